from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.arrays import Floats
from models.graph.description import Layer, called, graph_of_layers, layers_of
from models.graph.kind import Grid
from models.graph.receptive_field import ReceptiveField, Window
from models.store.records import record_of
from tests import networks, worlds
from tests.models.graph.cases import CASES

if TYPE_CHECKING:
    pass

fields = st.builds(ReceptiveField, st.integers(1, 28), st.integers(1, 8), st.integers(-8, 0))
laid = st.builds(
    Window, st.integers(1, 9), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same"])
)
FORM = TypeAdapter(tuple[Layer, ...])  # as the manifest has them
BRIEF = {  # cases that windows, shapes and kind say all of
    *("conv", "conv same", "conv strided", "conv dilated", "conv relu", "dense", "dense on maps"),
    *("max", "max same", "average", "average same", "global average", "dropout", "activation"),
    *("flatten", "reshape", "reshape to a row", "identity", "activity", "random flip", "random translation"),
    *("SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
    *("RandomRotation", "RandomZoom", "RandomContrast", "RandomBrightness", "global max"),
}
shapes = st.lists(st.integers(1, 64), min_size=1, max_size=4).map(tuple)
words = st.text("abcXYZ019._-ä", min_size=1)
layers = st.builds(
    Layer,
    name=words,
    kind=st.sampled_from(["Conv2D", "Dense", "Flatten"]),
    activation=st.none() | words,
    output_shape=shapes,
    parameters=st.integers(0, 2**53),
    multiply_accumulates=st.integers(0, 2**53),
    kernel_shape=st.none() | shapes,
    sight=st.none() | st.tuples(fields, fields),
    windows=st.none() | st.tuples(laid, laid),
)


def drawn(chain: tuple[Layer, ...], name: str, kernel: Floats) -> tuple[Grid, Floats]:
    """Return how a layer's filters lie over what it reads, and the filters."""
    graph = graph_of_layers(chain, networks.IMAGE)
    grid = graph.grid(name)
    assert grid is not None
    found = graph.kind(name).filters(graph.node(name), {"kernel": kernel}, grid)
    assert found is not None
    return grid, found


@given(layers)
def test_a_layer_survives_json(layer: Layer) -> None:
    """Written as JSON text and read again, a layer is equal to itself, tuples and all."""
    assert record_of(json.dumps([layer.to_json()]).encode(), FORM) == (layer,)


@pytest.mark.parametrize("missing", networks.CNN[0].to_json())
def test_a_layer_with_a_part_missing_is_refused(missing: str) -> None:
    """No field has a default that would hide a damaged manifest."""
    plain = networks.CNN[0].to_json()
    del plain[missing]

    with pytest.raises(ValueError, match=missing):
        record_of(json.dumps([plain]).encode(), FORM)


def test_a_filter_of_a_convolution_is_one_slice_per_map_it_reads() -> None:
    """`filters(...)[f, s, r, c]` is the weight that filter f gives row r, column c of the window in map s."""
    kernel = np.arange(3 * 3 * 3 * 4, dtype=np.float32).reshape(3, 3, 3, 4)
    grid, found = drawn(networks.CNN, "conv2", kernel)

    assert grid == (3, 3, 3)
    assert found.shape == (4, 3, 3, 3)
    for f, s, r, c in np.ndindex(found.shape):
        assert found[f, s, r, c] == kernel[r, c, s, f]


def test_an_oblong_window_keeps_rows_and_columns_apart() -> None:
    """A window of 2 rows and 5 columns is drawn 2 high and 5 wide."""
    layer = Layer("conv", "Conv2D", "relu", (27, 24, 2), 0, 0, (2, 5, 1, 2), None, None)
    kernel = np.arange(20, dtype=np.float32).reshape(2, 5, 1, 2)

    _, found = drawn((layer,), "conv", kernel)

    assert found.shape == (2, 1, 2, 5)
    assert found[1, 0, 1, 4] == kernel[1, 4, 0, 1]


def test_a_unit_behind_the_digit_is_a_template_of_the_digit() -> None:
    """The weight that unit f gives to row r, column c of the digit lies at r, c of its template."""
    kernel = np.arange(784 * 6, dtype=np.float32).reshape(784, 6)
    grid, found = drawn(networks.FCN, "dense1", kernel)

    assert grid == (1, 28, 28)
    for f, r, c in [(0, 0, 0), (5, 27, 27), (2, 3, 19)]:
        assert found[f, 0, r, c] == kernel[r * 28 + c, f]


def test_a_unit_behind_flattened_maps_has_one_slice_per_map() -> None:
    """Flatten writes channels last, so input (r · columns + c) · maps + s is row r, column c of map s."""
    kernel = np.arange(576 * 5, dtype=np.float32).reshape(576, 5)
    grid, found = drawn(networks.CNN, "dense", kernel)

    assert grid == (4, 12, 12)
    for f, s, r, c in [(0, 0, 0, 0), (4, 3, 11, 11), (1, 2, 3, 7)]:
        assert found[f, s, r, c] == kernel[(r * 12 + c) * 4 + s, f]


def test_a_unit_behind_units_has_a_single_row() -> None:
    """Between dense layers there is no picture, only a row of weights."""
    assert graph_of_layers(networks.CNN, networks.IMAGE).grid("output") == (1, 1, 5)


def test_layers_without_weights_have_no_kernel() -> None:
    """Pooling and flattening give None; a layer that does not exist is an error."""
    assert graph_of_layers(networks.CNN, networks.IMAGE).grid("pool") is None
    assert graph_of_layers(networks.CNN, networks.IMAGE).grid("flatten") is None
    with pytest.raises(KeyError):
        graph_of_layers(networks.CNN, networks.IMAGE).grid("conv3")


def test_maps_and_units_are_told_apart() -> None:
    """Convolution and pooling have maps, dense layers units; both are channels."""
    assert [layer.has_maps for layer in networks.CNN] == [True, True, True, False, False, False]
    assert [layer.channels for layer in networks.CNN] == [3, 4, 4, 576, 5, 10]


def test_layers_are_found_by_the_names_of_keras() -> None:
    """By that of the node; else by the layer's own, alone or behind its models', where that is one layer."""
    conv = networks.CNN[0]
    layers = [
        replace(conv, name="a_b", path="a b"),
        replace(conv, name="conv", path="conv"),
        replace(conv, name="inner.conv", path="inner/conv"),
        replace(conv, name="inner.conv.2", path="inner/conv"),
        replace(conv, name="x.deep", path="y/x/deep"),
        replace(conv, name="z.deep", path="y/z/deep"),
    ]
    for asked, name in {
        "a_b": "a_b",
        "a b": "a_b",
        "conv": "conv",
        "inner.conv": "inner.conv",
        "inner.conv.2": "inner.conv.2",
        "y.x.deep": "x.deep",
    }.items():
        assert called(layers, asked) == next(each for each in layers if each.name == name)
    assert called(layers, "deep") is None
    assert called(layers, "dense") is None


@pytest.mark.keras
@pytest.mark.parametrize("chain", [networks.FCN, networks.CNN], ids=["fcn", "cnn"])
def test_a_model_is_described_as_it_was_built(chain: tuple[Layer, ...]) -> None:
    """Shapes, parameters, cost, activations and sight of the small networks are those worked out by hand."""
    from models.graph.description import describe

    assert describe(networks.build(chain)) == chain


@pytest.mark.keras
def test_the_articles_networks_cost_what_was_worked_out_by_hand() -> None:
    """Parameters and multiplications per digit of both networks, layer by layer."""
    from models.architectures import cnn, fcn
    from models.graph.description import describe

    costs = {
        each.__name__.rsplit(".", 1)[-1]: {
            layer.name: (layer.parameters, layer.multiply_accumulates) for layer in describe(each.build())
        }
        for each in (fcn, cnn)
    }

    assert costs["fcn"] == {
        "flatten": (0, 0),
        "dense1": (784 * 512 + 512, 784 * 512),
        "dense2": (512 * 256 + 256, 512 * 256),
        "output": (256 * 10 + 10, 256 * 10),
    }
    assert costs["cnn"] == {
        "conv1": (3 * 3 * 32 + 32, 26 * 26 * 3 * 3 * 32),
        "conv2": (3 * 3 * 32 * 64 + 64, 24 * 24 * 3 * 3 * 32 * 64),
        "pool": (0, 0),
        "flatten": (0, 0),
        "dense": (9216 * 128 + 128, 9216 * 128),
        "output": (128 * 10 + 10, 128 * 10),
    }
    assert sum(parameters for parameters, _ in costs["fcn"].values()) == 535_818
    assert sum(parameters for parameters, _ in costs["cnn"].values()) == 1_199_882


@pytest.mark.keras
def test_the_convolutional_network_sees_squares_of_3_5_and_6_pixels() -> None:
    """The sight of the real convolutional network; behind Flatten a unit sees the whole digit."""
    from models.architectures import cnn
    from models.graph.description import describe

    sizes = {
        layer.name: None if layer.sight is None else tuple(axis.size for axis in layer.sight)
        for layer in describe(cnn.build())
    }

    expected = {
        "conv1": (3, 3),
        "conv2": (5, 5),
        "pool": (6, 6),
        "flatten": None,
        "dense": None,
        "output": None,
    }
    assert sizes == expected


@pytest.mark.keras
@pytest.mark.parametrize("case", ["branching", *CASES])
def test_a_graph_comes_back_from_what_is_told_of_it(case: str) -> None:
    """Branches, groups, paths and settings survive JSON text; what a chain says itself is not written."""
    from models.graph.reading import graph_of

    model = worlds.branching() if case == "branching" else CASES[case]()
    graph = graph_of(model)
    told = [layer.to_json() for layer in layers_of(graph)]

    layers = record_of(json.dumps(told).encode(), FORM)
    assert layers == layers_of(graph)
    assert graph_of_layers(layers, graph.image) == graph
    assert all("reads" not in each for each in told) is (case in BRIEF)


def test_what_a_cell_sees_of_every_layer_before_it() -> None:
    """A pooled cell reads 2×2 cells of conv2, 4×4 of conv1, 6×6 pixels; a unit sees everything of all."""
    seen = graph_of_layers(networks.CNN, networks.IMAGE).sights("pool")

    assert {name: (rows.size, rows.step, rows.start) for name, (rows, _) in seen.items()} == {
        "input": (6, 2, 0),
        "conv1": (4, 2, 0),
        "conv2": (2, 2, 0),
    }
    assert graph_of_layers(networks.CNN, networks.IMAGE).sights("dense") == {}
    with pytest.raises(KeyError):
        graph_of_layers(networks.CNN, networks.IMAGE).sights("conv3")
