"""The arithmetic behind more numbers than one: parts of maps, the lead of one unit over another.

How a single number comes about, `models/graph/kinds/` says of every kind of layer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.graph.cell import Summed
from models.graph.patch import Windows
from models.graph.receptive_field import Window


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


def decomposition(
    values: Floats, kernel: Floats, bias: Floats, answer: int, against: int | None = None
) -> Summed:
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
    return Summed(values, weights, np.arange(len(values))[:, np.newaxis], offset)


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
