from __future__ import annotations

from functools import cache

import pytest

from models.graph.cell import FORMS
from models.graph.facts import Axis, Facts, facts_of
from models.graph.graph import Graph
from models.graph.kinds import kind_of
from models.graph.reading import graph_of
from tests import worlds
from tests.models.engine.test_opened import opaque
from tests.models.graph.cases import CASES, LAST
from tests.models.graph.kinds.test_cells import parts, places

pytestmark = pytest.mark.keras


@cache
def branching() -> Graph:
    return graph_of(worlds.branching())


@pytest.mark.parametrize("case", CASES)
def test_the_form_is_that_of_every_cell(case: str) -> None:
    """What is said of a layer without its numbers is what a kind tells of each of them."""
    node, reads, weights, expected = parts(case)
    kind = kind_of(node.kind)

    found = {
        FORMS[type(cell)]
        for place in places(expected.shape)
        if (cell := kind.cell(node, reads, weights, place)) is not None
    }

    assert found == {kind.form_of(node)}
    assert not kind.is_opaque


@pytest.mark.parametrize("case", CASES)
def test_a_described_kind_says_how_it_is_read(case: str) -> None:
    """In whole sentences; of no kind that is described nothing is said."""
    graph = graph_of(CASES[case]())

    reading = graph.reading(LAST)

    assert reading[0].isupper() or reading[0].isdigit()
    assert reading.endswith(".")
    assert "  " not in reading


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("conv", "One map per filter. A cell is its patch times the kernel drawn below, all products summed"),
        ("conv", ", plus the bias."),
        ("conv relu", "After relu what is below zero is zero."),
        ("conv grouped", "One map per filter, which reads 2 of the 4 maps."),
        ("depthwise", "One map per filter, which reads 1 of the 4 maps."),
        ("max", "Each cell keeps the largest of the 2×2 cells under its window."),
        ("max", "Windows lie 2 apart: 7×9 cells become 3×4."),
        ("max same", "the 3×2 cells under its window. Windows lie 2 apart: 7×9 cells become 4×5."),
        ("average", "Each cell is the mean of the 2×2 cells"),
        ("global average", "One number per map: the mean of its 7×9 cells."),
        ("batch norm", "Every map is scaled and shifted by numbers of its own"),
        ("batch norm along rows", "Every row is"),
        ("batch norm of a row", "Every unit is"),
        ("layer norm all", "the mean and the variance of all values."),
        ("layer norm root", "by the variance of the channels at its place."),
        ("rescaling", "Every value times 2, less 1."),
        ("padding", "zeros are put around every map: 1 above, 2 below, 3 to the left, 0 to the right."),
        ("relu", "Every value goes through relu, slope 0.2 below 0.1, at most 1."),
        ("elu", "Every value goes through elu, alpha 0.7."),
        ("activation", "Every value goes through tanh."),
        ("softmax", "Softmax: all units share a whole of 1."),
        ("softmax over rows", "Softmax: the values of every column share a whole of 1."),
        ("upsampling", "7×9 cells become 14×27: each is a copy of the nearest one."),
        ("upsampling bilinear", "each is mixed of the cells nearest to it."),
        ("permute channels", "now channels, rows and columns before."),
        ("reshape", "as 3×3×28."),
    ],
)
def test_what_is_said_of_a_kind_is_said_with_its_own_numbers(case: str, said: str) -> None:
    """Sizes of windows, frames and groups are those of the layer itself."""
    assert said in graph_of(CASES[case]()).reading(LAST)


def test_what_is_merged_is_said_by_name() -> None:
    """The inputs of a branch, in the order in which they are read."""
    graph = branching()

    assert graph.reading("residual") == (
        "Each cell is the sum of the cells at the same place of stem_relu and inner_norm."
    )
    assert graph.reading("both").startswith("The channels of wide and pooled, one after the other")


def test_the_facts_of_a_network_that_branches() -> None:
    """Forms, pictures, windows with their padding, and what each layer reads, by name."""
    graph = branching()
    found = {node.name: facts_of(graph, node.name) for node in graph.nodes}

    assert {name: each.form for name, each in found.items()} == {
        "stem": "sum",
        "stem_norm": "scale",
        "stem_relu": "map",
        "inner": "sum",
        "inner_norm": "scale",
        "residual": "merge",
        "wide": "sum",
        "pooled": "window",
        "both": "copy",
        "mean": "window",
        "answer": "sum",
    }
    assert found["wide"] == Facts(
        form="sum",
        picture="maps",
        has_kernel=True,
        convolves=True,
        groups=1,
        takes=None,
        windows=(Axis(3, 2, 0, 1), Axis(5, 2, -1, 1)),
        reads=("residual",),
        notes=(),
    )
    assert (found["pooled"].takes, found["mean"].takes, found["stem"].takes) == ("largest", "mean", None)
    assert found["residual"].reads == ("stem_relu", "inner_norm")
    assert found["stem"].reads == ("input",)
    assert [name for name, each in found.items() if each.has_kernel] == ["stem", "inner", "wide", "answer"]
    assert found["answer"].picture == "units"


@pytest.mark.parametrize(
    ("case", "groups"),
    [("conv", 1), ("conv grouped", 2), ("depthwise many", 4), ("separable", 1), ("max", 1)],
)
def test_in_how_many_groups_maps_are_read(case: str, groups: int) -> None:
    """A filter of a depthwise convolution reads one map, of a grouped one its part, of others all."""
    assert facts_of(graph_of(CASES[case]()), LAST).groups == groups


def test_what_only_makes_a_row_is_passed_over() -> None:
    """Behind Flatten a unit reads the maps themselves; an order that changes is not passed over."""
    import keras

    image = keras.Input((4, 5, 2))
    row = keras.layers.Reshape((-1,), name="row")(keras.layers.Flatten()(image))
    turned = keras.layers.Flatten()(keras.layers.Permute((2, 1, 3), name="turned")(image))
    both = keras.layers.Concatenate(name="both")([row, turned])
    graph = graph_of(keras.Model(image, keras.layers.Dense(3, activation="softmax", name="out")(both)))

    assert facts_of(graph, "both").reads == ("input", "turned")
    assert facts_of(graph, "out").reads == ("both",)


def test_an_opaque_layer_is_noted() -> None:
    """Its facts say that nothing can be said, in the network's own sentences."""
    graph = graph_of(opaque())

    found = [facts_of(graph, node.name) for node in graph.opaque]

    assert {each.form for each in found} == {"opaque"}
    assert [note for each in found for note in each.notes] == list(graph.notes[1:])
    assert any("MultiHeadAttention" in note for note in graph.notes)


def test_a_resizing_that_is_not_explained_says_so() -> None:
    """Bicubic cells are shown; what they are mixed of is not told."""
    import keras

    image = keras.Input((4, 5, 2))
    made = keras.layers.Resizing(8, 8, interpolation="bicubic", name=LAST)(image)
    found = facts_of(graph_of(keras.Model(image, made)), LAST)

    assert found.form == "opaque"
    assert found.notes == ("4×5 cells become 8×8, by bicubic interpolation; how is not explained here.",)
