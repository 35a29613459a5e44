from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.arrays import Floats
from models.graph.cell import Chosen, Combined, Copied, Mapped, Place, Scaled, Shared, Summed
from models.graph.kinds import described, kind_of
from models.graph.node import IMAGE, Node
from tests.models.graph.cases import CASES, LAST

if TYPE_CHECKING:
    from models.engine.opened import Opened

pytestmark = pytest.mark.keras
SHOWN = 60  # places of each case that are looked at


@cache
def opened(case: str) -> tuple[Opened, dict[str, Floats], dict[str, Floats]]:
    """Return a case's network, and all its values before and after activation on a random image."""
    from models.engine.opened import Opened

    found = Opened.of(CASES[case]())
    image = np.random.default_rng(5).normal(0.3, 1, (1, *found.graph.image)).astype(np.float32)
    before, after = found.model(image, training=False)
    names = [node.name for node in found.graph.nodes]
    pre, post = (
        {name: np.asarray(each)[0] for name, each in zip(names, values, strict=True)}
        for values in (before, after)
    )
    return found, pre, {IMAGE: image[0], **post}


def parts(case: str) -> tuple[Node, list[Floats], dict[str, Floats], Floats]:
    """Return a case's last node, what it reads, its weights, and its values before activation."""
    found, before, after = opened(case)
    node = found.graph.node(LAST)
    weights = {
        name.removeprefix(f"{LAST}."): values
        for name, values in found.arrays().items()
        if name.startswith(f"{LAST}.")
    }
    return node, [after[name] for name in node.reads], weights, before[LAST]


def places(shape: tuple[int, ...]) -> list[Place]:
    """Return the corners of values of a shape, and some places between, all where there are few."""
    every = list(np.ndindex(shape))
    chosen = np.random.default_rng(1).permutation(len(every))[:SHOWN]
    return [every[0], every[-1], *(every[at] for at in sorted(chosen))]


@pytest.mark.parametrize("case", CASES)
def test_every_number_comes_about_as_it_is_told(case: str) -> None:
    """What a kind tells of a cell comes to the value that Keras has there, within 1e-5 of it."""
    node, reads, weights, expected = parts(case)

    for place in places(expected.shape):
        cell = kind_of(node.kind).cell(node, reads, weights, place)
        assert cell is not None
        value = float(expected[place])
        assert abs(float(cell.result) - value) <= 1e-5 * max(1, abs(value)), place


@pytest.mark.parametrize("case", CASES)
def test_what_a_cell_names_lies_where_it_says(case: str) -> None:
    """Every value that is said to be read lies at that place of what is read; beyond it there is padding."""
    node, reads, weights, expected = parts(case)

    for place in places(expected.shape)[:12]:
        match kind_of(node.kind).cell(node, reads, weights, place):
            case Summed(values=values, places=at) | Chosen(values=values, places=at):
                assert at.shape == (*values.shape, reads[0].ndim)
                inside = ((at >= 0) & (at < reads[0].shape)).all(axis=-1)
                assert np.array_equal(values[inside], reads[0][tuple(at[inside].T)])
                assert not np.nan_to_num(values[~inside]).any()
            case Copied(source=source, place=at, result=result):
                assert result == (0 if at is None else reads[source][at])
            case Combined(values=values, places=at):
                assert [read[where] for read, where in zip(reads, at, strict=True)] == values.tolist()
            case Scaled(value=value) | Mapped(value=value):
                assert value == reads[0][place]
            case Shared(values=values, index=index):
                assert values[index] == reads[0][place]


@pytest.mark.parametrize("case", CASES)
def test_there_is_no_cell_beyond_the_values(case: str) -> None:
    """A place that the values do not have, or with too few numbers, is an error, not some other cell."""
    node, reads, weights, expected = parts(case)

    for place in (expected.shape, (-1,) * expected.ndim, (0,) * (expected.ndim + 1)):
        with pytest.raises(IndexError, match=LAST):
            kind_of(node.kind).cell(node, reads, weights, place)


@settings(max_examples=30)
@given(st.tuples(*[st.integers(1, 12)] * 4), st.sampled_from(["nearest", "bilinear"]))
def test_maps_of_any_size_are_resized_as_keras_does(sides: tuple[int, ...], interpolation: str) -> None:
    """The nearest cell is the one that TensorFlow takes, also where two are equally near."""
    import keras

    rows, columns, height, width = sides
    values = np.random.default_rng(sum(sides)).normal(size=(rows, columns, 1)).astype(np.float32)
    resized = keras.layers.Resizing(height, width, interpolation=interpolation)(values[np.newaxis])
    node = Node(
        LAST, "Resizing", LAST, (IMAGE,), (height, width, 1), None, 0, {"interpolation": interpolation}
    )

    for place in np.ndindex(node.output_shape):
        cell = kind_of("Resizing").cell(node, [values], {}, place)
        assert cell is not None
        assert abs(float(cell.result) - float(resized[0][place])) <= 1e-5


def test_no_kind_is_left_out() -> None:
    """Every class that a kind names is looked at above; but for one that is the same in one dimension."""
    tried = {opened(case)[0].graph.node(LAST).kind for case in CASES}

    assert set(described()) - tried == {"SpatialDropout1D"}


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith(("conv", "dep", "sep", "trans"))])
def test_a_filter_is_told_un_flipped_and_whole(case: str) -> None:
    """The filter drawn is the filter summed: slice by slice, over the maps that it is said to lie over."""
    node, reads, weights, expected = parts(case)
    kind, graph = kind_of(node.kind), opened(case)[0].graph
    grid = graph.grid(LAST)
    assert grid is not None
    filters = kind.filters(node, weights, grid)
    assert filters is not None
    assert filters.shape == (node.channels, *grid)

    for channel in range(node.channels):
        place = (expected.shape[0] // 2, expected.shape[1] // 2, channel)
        cell = kind.cell(node, reads, weights, place)
        assert isinstance(cell, Summed)
        slices = kind.slices(node, reads[0].shape, channel)
        assert set(cell.places[..., 2].ravel()) <= set(slices)
        if node.kind != "Conv2DTranspose":  # of which a cell meets some taps alone
            assert np.allclose(cell.weights.transpose(2, 0, 1), filters[channel], atol=1e-6)
