"""MaxPooling2D and AveragePooling2D: of every window of a map one value, and the same over whole maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, whole
from models.graph.cell import Cell, Chosen, Place, Places
from models.graph.kind import Kind, Taken, Weights, require_place, sized
from models.graph.kinds.convolution import Windowed
from models.graph.node import Node, Shape
from models.graph.patch import Windows, taps, values_at, with_channels
from models.graph.receptive_field import Window


class Pooling(Windowed):
    """MaxPooling2D."""

    names: ClassVar[tuple[str, ...]] = ("MaxPooling2D",)
    keeps: ClassVar[tuple[str, ...]] = ("pool_size", "strides", "padding")
    form = "window"
    takes: ClassVar[Taken | None] = "largest"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return how large its windows are, how far apart, and what becomes of the maps."""
        rows, columns = self.windows(node)
        size, steps = f"{rows.kernel}×{columns.kernel}", (rows.stride, columns.stride)
        apart = (
            f"{steps[0]} apart" if steps[0] == steps[1] else f"{steps[0]} rows and {steps[1]} columns apart"
        )
        shrunk = f"{sized(reads[0][:2])} cells become {sized(node.output_shape[:2])}"
        what = "keeps the largest" if self.takes == "largest" else "is the mean"
        return f"Each cell {what} of the {size} cells under its window. Windows lie {apart}: {shrunk}."

    def windows(self, node: Node) -> Windows:
        """Return its window along rows and along columns."""
        told = node.settings
        rows, columns = (
            Window(size, step, 1, told["padding"])
            for size, step in zip(told["pool_size"], told["strides"], strict=True)
        )
        return rows, columns

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the window's values and the one that is kept, or their mean."""
        require_place(node, place)
        at = taps(self.windows(node), reads[0].shape, (place[0], place[1]))
        return _pooled(reads[0], at, place, self.takes)


class AveragePooling(Pooling):
    """AveragePooling2D: padding takes no part in the mean."""

    names = ("AveragePooling2D",)
    takes = "mean"


class GlobalPooling(Kind):
    """GlobalMaxPooling2D: of every map its largest value."""

    names: ClassVar[tuple[str, ...]] = ("GlobalMaxPooling2D",)
    is_opaque = False
    form = "window"
    takes: ClassVar[Taken | None] = "largest"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is taken of how many cells."""
        what = "largest" if self.takes == "largest" else "mean"
        return f"One number per map: the {what} of its {sized(reads[0][:2])} cells."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return all cells."""
        return whole(reads[source])

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the whole map and its largest value, or its mean."""
        require_place(node, place)
        rows, columns = (np.arange(length) for length in reads[0].shape[:2])
        at = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)
        return _pooled(reads[0], at, place, self.takes)


class GlobalAveragePooling(GlobalPooling):
    """GlobalAveragePooling2D: of every map its mean."""

    names = ("GlobalAveragePooling2D",)
    takes = "mean"


def _pooled(values: Floats, at: Places, place: Place, takes: Taken | None) -> Chosen:
    """Return what becomes of the values at some places, (rows, columns, 2), of the map that is asked for."""
    channel = place[-1]
    patch = values_at(values[..., channel], at, outside=np.nan)
    places = with_channels(at, range(channel, channel + 1))[:, :, 0]
    if takes == "mean":
        return Chosen(patch, places, None, 0, np.float32(np.nanmean(patch, dtype=np.float64)))
    row, column = np.unravel_index(np.nanargmax(patch), patch.shape)
    largest = patch[row, column]
    winner = tuple(int(axis) for axis in places[row, column])
    return Chosen(patch, places, winner, int((patch == largest).sum()), np.float32(largest))


KINDS = (Pooling(), AveragePooling(), GlobalPooling(), GlobalAveragePooling())
