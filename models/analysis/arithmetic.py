"""The arithmetic behind every number of a network: what is multiplied, what is added, what comes out.

Products of float32 values are exact in float64; only results are rounded to float32, as the networks hold
them. The networks themselves add in float32 and in another order, so their values differ in the last digits:
by at most 1e-5 of the value, or by 1e-5 where it is smaller than 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.graph.receptive_field import Window

Doubles = NDArray[np.float64]
Windows = tuple[Window, Window]  # along rows, along columns
Cell = tuple[int, int]  # row, column
Pooling = Literal["max", "average"]


@dataclass(frozen=True)
class ConvCell:
    """One cell of one map of a convolution.

    Attributes:
        first: Row and column of the first tap in the layer's input; negative where that is padding.
        patch: What the window reads: (rows, columns, slices), zeros where padding lies.
        weights: The filter, un-flipped, of the same shape.
        products: Each value times its weight, of the same shape.
        sum: Of all products.
        bias: Of the filter.
        result: sum + bias in float32: the pre-activation.
    """

    first: Cell
    patch: Floats
    weights: Floats
    products: Doubles
    sum: float
    bias: float
    result: np.float32


@dataclass(frozen=True)
class PoolCell:
    """One cell of one map of a pooling layer.

    Attributes:
        first: Row and column of the first tap in the layer's input; negative where that is padding.
        patch: What the window reads: (rows, columns), nan where padding lies, which takes no part.
        winner: Row and column, in the layer's input, of the largest value; the first one, row by row, where
            several are as large. None where the mean is taken.
        tied: How many values are as large as the winner; 0 where the mean is taken.
        result: The largest value, or the mean of those that are not padding.
    """

    first: Cell
    patch: Floats
    winner: Cell | None
    tied: int
    result: np.float32


@dataclass(frozen=True)
class Terms:
    """A weighted sum: one unit of a dense layer, or the difference between two.

    Attributes:
        values: What the unit reads: (inputs,).
        weights: (inputs,).
        products: Each value times its weight: (inputs,).
        sum: Of all products.
        bias: Of the unit.
        result: sum + bias in float32: the pre-activation.
    """

    values: Floats
    weights: Doubles
    products: Doubles
    sum: float
    bias: float
    result: np.float32


@dataclass(frozen=True)
class SoftmaxSteps:
    """From logits to probabilities, step by step.

    Attributes:
        largest: Logit that is subtracted from all: it changes no probability and keeps exp from overflowing.
        exponentials: exp(logit - largest): (classes,), in [0, 1].
        sum: Of the exponentials.
        probabilities: Each exponential's part of the sum: (classes,).
    """

    largest: float
    exponentials: Doubles
    sum: float
    probabilities: Doubles


def conv_cell(values: Floats, kernel: Floats, bias: float, windows: Windows, cell: Cell) -> ConvCell:
    """Return how one cell of one map comes about.

    Args:
        values: What the layer reads: (rows, columns, slices).
        kernel: One filter as Keras holds it: (rows, columns, slices). It is not flipped.
        bias: Of that filter.
        windows: Of the layer, along rows and along columns.
        cell: Row and column on the layer's map.

    Raises:
        ValueError: There is no such cell on the map.
    """
    first = _first(values.shape, windows, cell)
    patch = _patch(values, windows, first, outside=0.0)
    products = patch.astype(np.float64) * kernel
    total = float(products.sum())
    return ConvCell(first, patch, kernel, products, total, float(bias), np.float32(total + bias))


def partial_maps(values: Floats, kernel: Floats, windows: Windows) -> Floats:
    """Return what each slice of one filter adds to its map: (map rows, map columns, slices).

    The sum over the last axis plus the filter's bias is the pre-activation.

    Args:
        values: What the layer reads: (rows, columns, slices).
        kernel: One filter as Keras holds it: (rows, columns, slices).
        windows: Of the layer, along rows and along columns.
    """
    rows, columns = (_positions(*axis) for axis in zip(windows, values.shape, strict=False))
    added = np.zeros((rows.shape[1], columns.shape[1], values.shape[2]))
    for tap in np.ndindex(kernel.shape[:2]):
        read = _at(values, rows[tap[0]], columns[tap[1]], outside=0.0)
        added += read.astype(np.float64) * kernel[tap]
    return added.astype(np.float32)


def pool_cell(values: Floats, windows: Windows, cell: Cell, pooling: Pooling) -> PoolCell:
    """Return how one cell of a pooling layer comes about.

    Args:
        values: One map that the layer reads: (rows, columns).
        windows: Of the layer, along rows and along columns.
        cell: Row and column on the layer's map.
        pooling: Whether the largest value is kept or the mean; padding takes part in neither, as in Keras.

    Raises:
        ValueError: There is no such cell on the map.
    """
    first = _first(values.shape, windows, cell)
    patch = _patch(values, windows, first, outside=np.nan)
    if pooling == "average":
        return PoolCell(first, patch, None, 0, np.float32(np.nanmean(patch, dtype=np.float64)))
    row, column = np.unravel_index(np.nanargmax(patch), patch.shape)
    largest = patch[row, column]
    winner = (
        first[0] + int(row) * windows[0].dilation,
        first[1] + int(column) * windows[1].dilation,
    )
    return PoolCell(first, patch, winner, int((patch == largest).sum()), np.float32(largest))


def terms(values: Floats, weights: NDArray[np.floating], bias: float) -> Terms:
    """Return how one unit of a dense layer comes about.

    Args:
        values: What the layer reads: (inputs,).
        weights: Of that unit: (inputs,).
        bias: Of that unit.
    """
    exact = weights.astype(np.float64)
    products = values * exact
    total = float(products.sum())
    return Terms(values, exact, products, total, float(bias), np.float32(total + bias))


def decomposition(
    values: Floats, kernel: Floats, bias: Floats, answer: int, against: int | None = None
) -> Terms:
    """Return what each unit of the layer before adds to one unit, or to its lead over another one.

    Nothing is approximated: the products' sum plus the bias is the logit, or the difference of two logits.

    Args:
        values: What the layer reads: (inputs,).
        kernel: As Keras holds it: (inputs, units).
        bias: (units,).
        answer: The unit.
        against: The unit that is subtracted, None for none.
    """
    weights, offset = kernel[:, answer].astype(np.float64), float(bias[answer])
    if against is not None:
        weights, offset = weights - kernel[:, against], offset - float(bias[against])
    return terms(values, weights, offset)


def softmax_steps(logits: Floats) -> SoftmaxSteps:
    """Return the steps from logits, (classes,), to probabilities."""
    largest = float(logits.max())
    exponentials = np.exp(logits.astype(np.float64) - largest)
    total = float(exponentials.sum())
    return SoftmaxSteps(largest, exponentials, total, exponentials / total)


ACTIVATIONS: Mapping[str | None, Callable[[float], float]] = {
    None: float,
    "relu": lambda value: max(0.0, value),
    "tanh": lambda value: float(np.tanh(value)),
    "sigmoid": lambda value: float(0.5 * (1 + np.tanh(value / 2))),
}


def activated(value: np.float32, activation: str | None) -> float | None:
    """Return a value after its layer's activation, None where it takes more than that value to tell."""
    return ACTIVATIONS[activation](float(value)) if activation in ACTIVATIONS else None


def _first(shape: tuple[int, ...], windows: Windows, cell: Cell) -> Cell:
    """Return where the first tap of a cell's window lies in an input of this shape."""
    rows, columns = (window.output_length(length) for window, length in zip(windows, shape, strict=False))
    if not (0 <= cell[0] < rows and 0 <= cell[1] < columns):
        raise ValueError(f"There is no cell {cell} on a map of {rows}×{columns}.")
    starts = [
        place * window.stride - window.padding_before(length)
        for place, window, length in zip(cell, windows, shape, strict=False)
    ]
    return starts[0], starts[1]


def _patch(values: Floats, windows: Windows, first: Cell, outside: float) -> Floats:
    rows, columns = (
        start + np.arange(window.kernel) * window.dilation
        for start, window in zip(first, windows, strict=True)
    )
    return _at(values, rows, columns, outside)


def _positions(window: Window, length: int) -> NDArray[np.intp]:
    """Return where each tap (row) of each cell's (column) window lies along one axis of the input."""
    starts = np.arange(window.output_length(length)) * window.stride - window.padding_before(length)
    return np.arange(window.kernel)[:, np.newaxis] * window.dilation + starts


def _at(values: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp], outside: float) -> Floats:
    """Return the values where these rows and columns cross, and `outside` where that is off the map."""
    inside = [
        (axis >= 0) & (axis < length) for axis, length in zip((rows, columns), values.shape, strict=False)
    ]
    found = np.full((len(rows), len(columns), *values.shape[2:]), outside, np.float32)
    found[np.ix_(*inside)] = values[np.ix_(rows[inside[0]], columns[inside[1]])]
    return found
