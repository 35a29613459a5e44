from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.graph.receptive_field import ReceptiveField, Window, receptive_field

if TYPE_CHECKING:
    import keras

windows = st.builds(
    Window,
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["valid", "same"]),
)
stacks = st.lists(windows, min_size=1, max_size=4)
OUTSIDE = -1  # a tap that lies on padding


def through(cells: Sequence[set[int]], window: Window) -> list[set[int]]:
    """Return which pixels each cell behind `window` can see, given those of each cell before it."""
    length, reach = len(cells), (window.kernel - 1) * window.dilation + 1
    if window.padding == "same":
        count = ceil(length / window.stride)
        left = max((count - 1) * window.stride + reach - length, 0) // 2
    else:
        count, left = max((length - reach) // window.stride + 1, 0), 0
    seen = []
    for cell in range(count):
        taps = [cell * window.stride - left + tap * window.dilation for tap in range(window.kernel)]
        seen.append(set().union(*(cells[tap] if 0 <= tap < length else {OUTSIDE} for tap in taps)))
    return seen


def seen_by_brute_force(stack: list[Window], length: int) -> list[set[int]]:
    cells = [{pixel} for pixel in range(length)]
    for window in stack:
        cells = through(cells, window)
    return cells


@given(stacks, st.integers(1, 40))
def test_the_field_is_the_span_of_the_pixels_that_feed_a_cell(stack: list[Window], length: int) -> None:
    """Where no padding is touched, first and last pixel of the field are the first and last that are seen."""
    field = receptive_field(stack, length)

    for cell, pixels in enumerate(seen_by_brute_force(stack, length)):
        if OUTSIDE not in pixels:
            assert field.span(cell) == (min(pixels), max(pixels) + 1)


@given(stacks, st.integers(1, 40))
def test_no_pixel_outside_of_the_field_feeds_a_cell(stack: list[Window], length: int) -> None:
    """Padding or not, what lies outside of the field has no influence."""
    field = receptive_field(stack, length)

    for cell, pixels in enumerate(seen_by_brute_force(stack, length)):
        first, end = field.span(cell)
        assert all(first <= pixel < end for pixel in pixels - {OUTSIDE})


@given(st.data(), st.integers(1, 40))
def test_at_a_padded_border_the_field_is_what_lies_in_the_image(data: st.DataObject, length: int) -> None:
    """Of windows that leave no pixel out, a cell sees exactly the part of the field that is in the image."""
    stack, left = [], length
    for _ in range(data.draw(st.integers(1, 4))):
        kernel = data.draw(st.integers(1, 5))
        window = Window(kernel, data.draw(st.integers(1, kernel)), 1, "same")
        if kernel <= left and (left - kernel) % window.stride == 0:
            window = Window(kernel, window.stride, 1, data.draw(st.sampled_from(["valid", "same"])))
        stack.append(window)
        left = window.output_length(left)
    field = receptive_field(stack, length)

    cells = seen_by_brute_force(stack, length)

    assert len(cells) == left
    for cell, pixels in enumerate(cells):
        first, end = field.span(cell)
        assert pixels - {OUTSIDE} == set(range(max(first, 0), min(end, length)))


@given(windows, st.integers(1, 40))
def test_a_window_has_as_many_cells_as_positions(window: Window, length: int) -> None:
    """The number of outputs is the number of positions that the window can take."""
    if window.padding == "same" or length >= window.extent:
        assert window.output_length(length) == len(through([{0}] * length, window))


def test_the_convolutional_network_sees_3_then_5_then_6_pixels() -> None:
    """Two 3×3 convolutions and a 2×2 pooling see squares of 3, 5 and 6 pixels, the last 2 pixels apart."""
    stack = [Window(3), Window(3), Window(2, stride=2)]

    fields = [receptive_field(stack[:depth], 28) for depth in range(4)]

    assert [field.size for field in fields] == [1, 3, 5, 6]
    assert fields[3] == ReceptiveField(size=6, step=2, start=0)
    assert fields[3].span(11) == (22, 28)


def conv(side: int | tuple[int, int], **how: Any) -> keras.Layer:
    import keras

    return keras.layers.Conv2D(2, side, kernel_initializer="ones", **how)


def pool(side: int | tuple[int, int], kind: str = "Max", **how: Any) -> keras.Layer:
    import keras

    return getattr(keras.layers, f"{kind}Pooling2D")(side, **how)


@pytest.mark.keras
@pytest.mark.parametrize(
    "stack",
    [
        lambda: [conv(3), conv(3), pool(2)],
        lambda: [conv(5, padding="same"), pool(3, strides=2, padding="same"), conv(3)],
        lambda: [conv((3, 1), strides=(2, 1), padding="same"), conv((2, 3), padding="same")],
        lambda: [conv(3), conv(2, strides=2), pool(2, kind="Average")],
        lambda: [conv(4, padding="same"), pool(2, kind="Average", padding="same"), conv(4, strides=2)],
    ],
    ids=["article", "padded pooling", "oblong", "strided", "even kernels"],
)
def test_the_field_is_what_changes_a_cell_of_a_keras_model(stack: Callable[[], list[keras.Layer]]) -> None:
    """Of a 13×13 picture, exactly the pixels in the field change a cell of a real model when they light up.

    All weights are 1 and the picture is black, so no change is hidden behind another value.
    """
    import keras

    from models.graph.description import describe

    model = keras.Sequential([keras.Input((13, 13, 1)), *stack()])
    sight = describe(model)[-1].sight
    assert sight is not None
    rows, columns = sight
    pixels = np.eye(169, dtype=np.float32).reshape(169, 13, 13, 1)
    changed = np.asarray(model(pixels))[..., 0] > 0

    for row, column in np.ndindex(changed.shape[1:]):
        field = np.zeros((13, 13), bool)
        field[slice(*np.clip(rows.span(row), 0, 13)), slice(*np.clip(columns.span(column), 0, 13))] = True
        assert np.array_equal(changed[:, row, column].reshape(13, 13), field)


@pytest.mark.keras
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(windows, st.sampled_from(["conv", "Average"])), min_size=1, max_size=3))
def test_the_field_of_any_stack_of_keras_spans_the_gradients_support(stack: list[tuple[Window, str]]) -> None:
    """Pixels with a gradient lie in the field; away from the border they are its first and its last.

    Weights and values are positive and nothing is cut off, so no gradient is cancelled.
    """
    import keras
    import tensorflow as tf

    from models.graph.description import describe

    built, length = [], 15
    for window, kind in stack:
        if (window.padding == "valid" and length < window.extent) or window.stride > 1 < window.dilation:
            continue  # there is no such map, or no such layer in Keras
        how = {"strides": window.stride, "padding": window.padding}
        if kind == "conv" or window.dilation > 1:
            built.append(conv(window.kernel, dilation_rate=window.dilation, **how))
        else:
            built.append(pool(window.kernel, kind=kind, **how))
        length = window.output_length(length)
    assume(built)
    model = keras.Sequential([keras.Input((15, 15, 1)), *built])
    sight = describe(model)[-1].sight
    assert sight is not None
    digit = tf.ones((1, 15, 15, 1))

    def of(cell: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(digit)
            value = model(digit)[0, cell, cell, 0]
        return tape.gradient(value, digit)[0, ..., 0]

    gradient = tf.function(of)  # leaves out the weights' gradients, over which TensorFlow once crashed
    for cell in {0, length // 2, length - 1}:
        support = np.nonzero(gradient(tf.constant(cell)).numpy())
        for axis, seen in zip(sight, support, strict=True):
            first, end = axis.span(cell)
            assert first <= seen.min()
            assert seen.max() < end
            if first >= 0 and end <= 15:
                assert (seen.min(), seen.max() + 1) == (first, end)


@pytest.mark.keras
def test_a_dilated_field_spans_the_gradients_support() -> None:
    """With holes in the window, the field reaches from the first to the last pixel that has a gradient."""
    import keras
    import tensorflow as tf

    from models.graph.description import describe

    model = keras.Sequential([keras.Input((15, 15, 1)), conv(3, dilation_rate=2), conv(2, dilation_rate=3)])
    sight = describe(model)[-1].sight
    assert sight is not None
    rows, columns = sight
    digit = tf.ones((1, 15, 15, 1))
    for row, column in [(0, 0), (3, 7), (7, 7)]:
        with tf.GradientTape() as tape:
            tape.watch(digit)
            cell = model(digit)[0, row, column, 1]
        seen_rows, seen_columns = np.nonzero(tape.gradient(cell, digit)[0, ..., 0].numpy())
        assert rows.span(row) == (seen_rows.min(), seen_rows.max() + 1)
        assert columns.span(column) == (seen_columns.min(), seen_columns.max() + 1)
