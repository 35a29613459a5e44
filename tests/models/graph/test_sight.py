from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.graph.box import Box, is_empty, whole, within
from models.graph.node import IMAGE
from tests import worlds
from tests.models.graph.cases import CASES, LAST

if TYPE_CHECKING:
    import keras

    from models.graph.graph import Graph

pytestmark = pytest.mark.keras
GAPS = {"conv dilated", "transposed gaps"}  # whose outermost taps may all lie on padding, or nowhere
NOISE = 1e-4  # sums of many pictures at once are rounded otherwise than those of one


def changed(model: keras.Model, name: str, image: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which pixels change which cells of a node's maps: (pixel row, pixel column, row, column).

    Every pixel in turn is far above and far below a grey picture, in all colours.
    """
    from models.engine.opened import Opened

    opened = Opened.of(model)
    rows, columns, colours = image
    pixel = np.eye(rows * columns, dtype=np.float32).reshape(-1, rows, columns, 1)
    pictures = pixel * np.arange(5, 5 + colours, dtype=np.float32)  # by another amount in each colour
    grey = np.full((1, *image), 0.4, np.float32)
    values = [
        np.asarray(opened.values({IMAGE: each}, [name])[name][1])
        for each in (grey, grey + pictures, grey - pictures)
    ]
    moved = np.abs(values[1] - values[0]) + np.abs(values[2] - values[0]) > NOISE
    found: NDArray[np.bool_] = moved.any(axis=-1).reshape(rows, columns, *values[0].shape[1:3])
    return found


def require_sight(graph: Graph, name: str, moved: NDArray[np.bool_], exact: bool) -> None:
    """Fail where a pixel beyond a cell's box changes it; if exact, where its border changes nothing."""
    for row, column in np.ndindex(moved.shape[2:]):
        box: Box = ((row, row + 1), (column, column + 1))
        seen = within(graph.boxes(name, box).get(IMAGE, ((0, 0), (0, 0))), graph.image)
        support = np.nonzero(moved[:, :, row, column])
        if not support[0].size:
            assert not exact or is_empty(seen)
            continue
        found = tuple((int(axis.min()), int(axis.max()) + 1) for axis in support)
        for (first, end), (low, high) in zip(found, seen, strict=True):
            assert low <= first
            assert end <= high
        assert not exact or found == seen


@pytest.mark.parametrize("case", CASES)
def test_a_box_is_what_changes_a_cell(case: str) -> None:
    """No pixel beyond the box that is told changes a cell, and its outermost pixels do."""
    from models.graph.reading import graph_of

    model = CASES[case]()
    graph = graph_of(model)
    if len(graph.shape(LAST)) != 3:
        assert within(graph.boxes(LAST)[IMAGE], graph.image) == whole(graph.image)
        return
    moved = changed(model, LAST, graph.image)

    require_sight(graph, LAST, moved, exact=case not in GAPS)


def test_a_box_holds_what_comes_along_every_branch() -> None:
    """Of the made-up network: residual, strides, a pooling and a concatenation, at every cell."""
    from models.graph.reading import graph_of

    model = worlds.branching()
    graph = graph_of(model)

    for name in ("inner", "residual", "wide", "both"):
        require_sight(graph, name, changed(model, name, graph.image), exact=False)
    rows, columns = graph.sights("both")[IMAGE]
    assert (rows.size, rows.step) == (7, 2)  # wide reads 3 rows of what sees 5 of 12 pixels
    assert (columns.size, columns.step) == (9, 2)


def test_rows_and_columns_alone_become_maps() -> None:
    """What turns 12×9 numbers into maps of one channel moves none: a convolution sees as on an image."""
    import keras

    from models.graph.reading import graph_of

    image = keras.Input((12, 9))
    maps = keras.layers.Reshape((12, 9, 1))(image)
    made = keras.layers.Conv2D(2, 3, padding="same", name="edges")(maps)
    answer = keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(made))

    rows, columns = graph_of(keras.Model(image, answer)).sights("edges")[IMAGE]

    assert (rows.size, rows.step, rows.start) == (3, 1, -1)
    assert columns == rows


def stacks() -> st.SearchStrategy[list[tuple[str, dict[str, Any]]]]:
    """Return stacks of layers that move, widen and thin what is seen."""
    padded = st.sampled_from(["valid", "same"])
    conv = st.fixed_dictionaries(
        {"kernel_size": st.integers(1, 3), "strides": st.integers(1, 2), "padding": padded}
    )
    pool = st.fixed_dictionaries(
        {"pool_size": st.integers(1, 3), "strides": st.integers(1, 2), "padding": padded}
    )
    frame = st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2)
    kinds = st.one_of(
        st.tuples(st.just("Conv2D"), conv),
        st.tuples(st.just("Conv2DTranspose"), conv),
        st.tuples(st.just("AveragePooling2D"), pool),
        st.tuples(st.just("ZeroPadding2D"), st.fixed_dictionaries({"padding": frame})),
        st.tuples(st.just("Cropping2D"), st.fixed_dictionaries({"cropping": frame})),
        st.tuples(st.just("UpSampling2D"), st.fixed_dictionaries({"size": st.integers(1, 3)})),
        st.tuples(
            st.just("Resizing"),
            st.fixed_dictionaries({"height": st.integers(2, 12), "width": st.integers(2, 12)}),
        ),
    )
    return st.lists(kinds, min_size=1, max_size=4)


@settings(max_examples=25)
@given(stacks())
def test_no_pixel_beyond_the_box_of_any_stack_changes_a_cell(stack: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever stands behind whatever, as long as there are maps left."""
    import keras

    from models.graph.reading import graph_of

    image = made = keras.Input((8, 9, 2))
    for kind, how in stack:
        told = {**how, "filters": 2} if kind.startswith("Conv") else how
        shape = (
            getattr(keras.layers, kind)(**told).compute_output_shape(made.shape)
            if _fits(kind, how, made)
            else None
        )
        if shape and min(shape[1:]) > 0:
            made = getattr(keras.layers, kind)(**told)(made)
    model = worlds.randomised(keras.Model(image, keras.layers.Identity(name=LAST)(made)))

    require_sight(graph_of(model), LAST, changed(model, LAST, (8, 9, 2)), exact=False)


def _fits(kind: str, how: dict[str, Any], made: keras.KerasTensor) -> bool:
    """Return whether Keras has such a layer over such maps."""
    rows, columns = made.shape[1:3]
    if kind == "Cropping2D":
        (top, bottom), (left, right) = how["cropping"]
        return bool(top + bottom < rows and left + right < columns)
    side = how.get("kernel_size", how.get("pool_size", 1))
    return bool(kind == "Conv2DTranspose" or how.get("padding") != "valid" or side <= min(rows, columns))
