from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.graph.box import NOWHERE, Box, is_empty, joined, whole, within
from models.graph.graph import Graph
from models.graph.kinds import OPAQUE, described, kind_of
from models.graph.node import IMAGE, Node, Shape
from models.graph.receptive_field import Window, receptive_field

spans = st.tuples(st.integers(-5, 20), st.integers(0, 9)).map(lambda each: (each[0], each[0] + each[1]))
boxes = st.tuples(spans, spans)
windows = st.builds(
    Window,
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["valid", "same"]),
)


def conv(name: str, read: str, window: Window, shape: Shape) -> Node:
    """Return a convolution with one window along both axes."""
    side, step, apart = (window.kernel,) * 2, (window.stride,) * 2, (window.dilation,) * 2
    told = {"kernel_size": side, "strides": step, "dilation_rate": apart, "padding": window.padding}
    return Node(name, "Conv2D", name, (read,), shape, None, 0, told, {"kernel": (*side, 1, shape[-1])})


def residual() -> Graph:
    """Return input → stem → inner → sum, which reads the stem too, and a row at the end."""
    stem = conv("stem", IMAGE, Window(3, padding="same"), (12, 20, 4))
    inner = conv("inner", "stem", Window(5, padding="same"), (12, 20, 4))
    both = Node("sum", "Add", "sum", ("stem", "inner"), (12, 20, 4))
    row = Node("row", "GlobalAveragePooling2D", "row", ("sum",), (4,))
    answer = Node("answer", "Dense", "answer", ("row",), (3,), "softmax", 15, {}, {"kernel": (4, 3)})
    return Graph((12, 20, 3), (stem, inner, both, row, answer))


@given(st.lists(boxes, max_size=5))
def test_a_joined_box_is_the_smallest_that_holds_all(each: list[Box]) -> None:
    """It holds every box, and touches one of them on each of its sides; empty ones count for nothing."""
    found, held = joined(each), [box for box in each if not is_empty(box)]

    if not held:
        assert found == NOWHERE
    for axis in range(2) if held else ():
        assert found[axis][0] == min(box[axis][0] for box in held)
        assert found[axis][1] == max(box[axis][1] for box in held)


@given(st.lists(windows, min_size=1, max_size=4), st.integers(20, 60))
def test_a_chain_of_windows_sees_what_was_worked_out_for_chains(stack: list[Window], length: int) -> None:
    """Boxes of the graph are the spans of the receptive field of Araujo, Norris & Sim, at every cell."""
    nodes, read, side = [], IMAGE, length
    for place, window in enumerate(stack):
        side = window.output_length(side)
        if side < 1:
            return
        nodes.append(conv(f"conv{place}", read, window, (side, side, 1)))
        read = nodes[-1].name
    graph, field = Graph((length, length, 1), tuple(nodes)), receptive_field(stack, length)

    for cell in range(side):
        box = graph.boxes(read, ((cell, cell + 1), (0, 1)))[IMAGE]
        assert box == (field.span(cell), field.span(0))
    assert graph.sights(read)[IMAGE] == (field, field)


def test_where_branches_join_the_larger_view_holds_both() -> None:
    """A cell of a residual sum sees one cell of the stem directly and 5×5 around it: together 5×5."""
    graph = residual()

    seen = graph.boxes("sum", ((6, 7), (9, 10)))
    assert seen["inner"] == ((6, 7), (9, 10))
    assert seen["stem"] == ((4, 9), (7, 12))
    assert seen[IMAGE] == ((3, 10), (6, 13))
    sizes = {name: rows.size for name, (rows, _) in graph.sights("sum").items()}
    assert sizes == {"inner": 1, "stem": 5, IMAGE: 7}
    assert graph.boxes("answer")[IMAGE] == ((-3, 15), (-3, 23))
    assert within(graph.boxes("answer")[IMAGE], graph.image) == whole(graph.image)
    assert graph.sights("answer") == {}


@pytest.mark.parametrize("sides", [(1, 5), (5, 1)])
def test_the_wider_branch_counts_wherever_it_stands(sides: tuple[int, int]) -> None:
    """Of two branches from one stem, a narrow and a wide one, in either order: the stem is seen widely."""
    stem = conv("stem", IMAGE, Window(1), (12, 20, 4))
    one, other = (
        conv(name, "stem", Window(side, padding="same"), (12, 20, 4))
        for name, side in zip(("one", "other"), sides, strict=True)
    )
    both = Node("both", "Concatenate", "both", ("one", "other"), (12, 20, 8), settings={"axis": -1})
    graph = Graph((12, 20, 3), (stem, one, other, both))

    assert graph.boxes("both", ((6, 7), (9, 10)))["stem"] == ((4, 9), (7, 12))


def test_what_must_be_known_to_go_on_behind_a_node() -> None:
    """Behind the inner convolution the stem is needed too, for the sum reads it."""
    graph = residual()

    assert [node.name for node in graph.behind("inner")] == ["sum", "row", "answer"]
    assert graph.border("inner") == ("inner", "stem")
    assert graph.border("sum") == ("sum",)
    assert graph.border("stem") == ("stem",)
    assert [node.name for node in graph.before(["answer"], ["inner", "stem"])] == ["sum", "row", "answer"]
    assert [node.name for node in graph.before(["inner"])] == ["stem", "inner"]
    assert graph.before([IMAGE]) == ()
    assert [node.name for node in graph.readers("stem")] == ["inner", "sum"]


def test_a_branch_is_no_chain() -> None:
    """A chain reads one thing after another; a sum of two does not."""
    graph = residual()

    assert not graph.is_chain
    assert Graph(graph.image, graph.nodes[:2]).is_chain


def test_a_flattened_row_is_read_as_the_maps_that_it_was() -> None:
    """A unit behind Flatten has a slice per map; its source is the layer with maps, or the image."""
    flat = Node("flat", "Flatten", "flat", (IMAGE,), (720,))
    unit = Node("unit", "Dense", "unit", ("flat",), (2,), None, 0, {}, {"kernel": (720, 2)})
    graph = Graph((12, 20, 3), (flat, unit))

    assert graph.source("unit") == (IMAGE, (12, 20, 3))
    assert graph.grid("unit") == (3, 12, 20)
    kernel = np.arange(1440, dtype=np.float32).reshape(720, 2)
    filters = graph.kind("unit").filters(unit, {"kernel": kernel}, (3, 12, 20))
    assert filters is not None
    assert filters[1, 2, 4, 5] == kernel[(4 * 20 + 5) * 3 + 2, 1]
    assert graph.grid("flat") is None


def test_what_there_is_not_is_an_error() -> None:
    """A name that no node has is refused everywhere."""
    graph = residual()

    for ask in (
        graph.node,
        graph.shape,
        graph.shapes_read,
        graph.grid,
        graph.cost,
        graph.sights,
        graph.source,
    ):
        with pytest.raises(KeyError):
            ask("nothing")


def test_a_kind_that_nobody_described_shows_its_maps() -> None:
    """Its picture follows from its shape, it sees everything, and nothing is said of its cells."""
    node = Node("odd", "Conv9D", "odd", (IMAGE,), (5, 5, 2))
    kind = kind_of(node.kind)

    assert kind is OPAQUE
    assert kind.is_opaque
    assert [kind.picture(shape) for shape in ((5, 5, 2), (5,), (5, 2))] == ["maps", "units", "none"]
    assert kind.cell(node, [np.zeros((9, 9, 1), np.float32)], {}, (0, 0, 0)) is None
    assert Graph((9, 9, 1), (node,)).boxes("odd", ((0, 1), (0, 1)))[IMAGE] == ((0, 9), (0, 9))
    assert [each.name for each in Graph((9, 9, 1), (node,)).opaque] == ["odd"]


def test_what_cannot_be_explained_is_said_in_a_sentence() -> None:
    """One for each such layer, whether it can be drawn or not, and one for an end that is not a softmax."""
    odd = Node("odd", "Conv9D", "odd", (IMAGE,), (5, 5, 2))
    rows = Node("rows", "LSTM", "rows", ("odd",), (5, 2))
    flat = Node("flat", "Flatten", "flat", ("rows",), (10,))
    answer = Node("answer", "Dense", "answer", ("flat",), (3,), None, 33, {}, {"kernel": (10, 3)})
    graph = Graph((5, 5, 1), (odd, rows, flat, answer))

    assert graph.notes == (
        "It ends without an activation: probabilities are the softmax of its last values.",
        (
            "odd is of the kind Conv9D, which ConvLens does not know: "
            "its values are shown, but not how they come about."
        ),
        "rows is of the kind LSTM, which ConvLens does not know: its values, (5, 2), are not drawn.",
    )
    assert residual().notes == ()


def test_kinds_are_what_the_folder_holds() -> None:
    """Every class of Keras has one kind, found by the files alone."""
    kinds = described()

    assert {"Conv2D", "Dense", "Add", "Softmax", "PReLU"} <= set(kinds)
    assert all(name in kind.names and not kind.is_opaque for name, kind in kinds.items())
    named = [name for kind in set(kinds.values()) for name in kind.names]
    assert len(named) == len(set(named))
