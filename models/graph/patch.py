"""What a window reads: where its taps lie, and which values lie there."""

from __future__ import annotations

import numpy as np

from models.arrays import Floats
from models.graph.cell import Places
from models.graph.node import Shape
from models.graph.receptive_field import Window

Windows = tuple[Window, Window]  # along rows, along columns
Cell2D = tuple[int, int]  # row, column


def taps(windows: Windows, shape: Shape, cell: Cell2D) -> Places:
    """Return where the taps of a cell's window lie: (rows, columns, 2), outside of the map on padding.

    Args:
        windows: Along rows and along columns.
        shape: Of what is read.
        cell: Row and column of the output.
    """
    rows, columns = (
        place * window.stride - window.padding_before(length) + np.arange(window.kernel) * window.dilation
        for place, window, length in zip(cell, windows, shape, strict=False)
    )
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)


def values_at(values: Floats, places: Places, outside: float) -> Floats:
    """Return the values, or rows of channels, that lie at some places, (…, 2); `outside` off the map."""
    shape = np.array(values.shape[:2])
    inside = np.asarray(((places >= 0) & (places < shape)).all(axis=-1))
    at = np.where(inside[..., np.newaxis], places, 0)
    found = values[at[..., 0], at[..., 1]]
    held = inside.reshape(inside.shape + (1,) * (found.ndim - inside.ndim))
    return np.where(held, found, np.float32(outside))


def with_channels(places: Places, channels: range) -> Places:
    """Return places, (…, 2), once for every channel: (…, channels, 3)."""
    shape = (*places.shape[:-1], len(channels))
    at = np.broadcast_to(places[..., np.newaxis, :], (*shape, 2))
    numbered = np.broadcast_to(np.array(channels, np.intp), shape)
    return np.concatenate([at, numbered[..., np.newaxis]], axis=-1)
