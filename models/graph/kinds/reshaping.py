"""Flatten, Reshape and Permute: the same numbers in another order, row by row, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, is_empty, whole, within
from models.graph.cell import Cell, Copied, Place
from models.graph.kind import Kind, Picture, Weights, listed, require_place, sized
from models.graph.node import Node, Shape


class Reshaping(Kind):
    """Reshape."""

    names: ClassVar[tuple[str, ...]] = ("Reshape",)
    is_opaque = False
    form = "copy"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return the new shape."""
        return f"The same numbers in the same order, row by row, as {sized(node.output_shape)}."

    def picture(self, shape: Shape) -> Picture:
        """Return "none" for a row: its numbers were shown where they came from."""
        return "maps" if len(shape) == 3 else "none"

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the rows from the first number that is passed on to the last, and their columns.

        Where rows and columns stay, as where rows and columns alone become maps, it is the same box.
        """
        read = reads[source]
        if len(read) in (2, 3) and len(node.output_shape) == 3 and read[:2] == node.output_shape[:2]:
            return box
        if (
            len(read) != 3
            or len(node.output_shape) != 3
            or is_empty(inside := within(box, node.output_shape))
        ):
            return whole(read)
        (top, bottom), (left, right) = inside
        _, columns, channels = node.output_shape
        first, last = (top * columns + left) * channels, ((bottom - 1) * columns + right) * channels - 1
        along = read[1] * read[2]
        rows = first // along, last // along + 1
        one = rows[1] - rows[0] == 1
        return rows, (first % along // read[2], last % along // read[2] + 1) if one else (0, read[1])

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value that has the same number, counted row by row."""
        require_place(node, place)
        number = int(np.ravel_multi_index(place, node.output_shape))
        at = tuple(int(axis) for axis in np.unravel_index(number, reads[0].shape))
        return Copied(0, at, reads[0][at])


class Flattening(Reshaping):
    """Flatten."""

    names = ("Flatten",)


class Permuting(Kind):
    """Permute: axes change their places."""

    names = ("Permute",)
    keeps = ("dims",)
    is_opaque = False
    form = "copy"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return which axes stand where."""
        axes = ("rows", "columns", "channels") if len(node.output_shape) == 3 else ("rows", "channels")
        told = (
            [axes[axis - 1] for axis in node.settings["dims"]] if len(axes) == len(node.output_shape) else []
        )
        return f"The same numbers with axes exchanged{f', now {listed(told)} before' if told else ''}."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the box, turned with its axes; along an axis that was the channels before, all cells."""
        if len(node.output_shape) != 3:
            return whole(reads[source])
        came = {
            axis - 1: place for place, axis in enumerate(node.settings["dims"])
        }  # of an axis: where it is
        rows, columns = (box[came[axis]] if came[axis] < 2 else whole(reads[source])[axis] for axis in (0, 1))
        return rows, columns

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value whose axes were exchanged."""
        require_place(node, place)
        at = [0] * len(place)
        for where, axis in zip(place, node.settings["dims"], strict=True):
            at[axis - 1] = where
        return Copied(0, tuple(at), reads[0][tuple(at)])


KINDS = (Reshaping(), Flattening(), Permuting())
