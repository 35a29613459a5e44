"""ZeroPadding2D and Cropping2D: maps with a frame put on, or cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box
from models.graph.cell import Cell, Copied, Place
from models.graph.kind import Kind, Weights, require_place
from models.graph.node import Node, Shape


class Framed(Kind):
    """What moves maps by the width of a frame."""

    is_opaque = False
    form = "copy"
    does: ClassVar[str]  # in words

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return how wide the frame is on each side."""
        (above, below), (left, right) = node.settings[self.setting]
        wide = f"{above} above, {below} below, {left} to the left, {right} to the right"
        return f"{self.does}: {wide}. Nothing else is changed."

    setting: ClassVar[str]
    sign: ClassVar[int]  # of what is added to a cell's place to find what it reads

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the box, moved; what lies on a frame of zeros lies outside of what is read."""
        rows, columns = (
            (first + self.sign * before, end + self.sign * before)
            for (first, end), (before, _) in zip(box, node.settings[self.setting], strict=True)
        )
        return rows, columns

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value that is passed on, or the zero that was put in."""
        require_place(node, place)
        row, column = (
            at + self.sign * before
            for at, (before, _) in zip(place, node.settings[self.setting], strict=False)
        )
        inside = 0 <= row < reads[0].shape[0] and 0 <= column < reads[0].shape[1]
        at = (row, column, place[-1])
        return Copied(0, at, reads[0][at]) if inside else Copied(0, None, np.float32(0))


class Padding(Framed):
    """ZeroPadding2D."""

    names = ("ZeroPadding2D",)
    keeps = ("padding",)
    setting = "padding"
    does = "Rows and columns of zeros are put around every map"
    sign = -1


class Cropping(Framed):
    """Cropping2D."""

    names = ("Cropping2D",)
    keeps = ("cropping",)
    setting = "cropping"
    does = "Rows and columns are cut off every map"
    sign = 1


KINDS = (Padding(), Cropping())
