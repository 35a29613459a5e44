"""UpSampling2D and Resizing: maps of another size, whose cells are copies or means of what is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, Span, whole
from models.graph.cell import Cell, Copied, Doubles, Form, Place, Places, Summed
from models.graph.kind import Kind, Weights, require_place, sized
from models.graph.node import Node, Shape
from models.graph.patch import values_at, with_channels

ODD = ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias")  # what makes a resizing another one


class Resizing(Kind):
    """Resizing; nearest and bilinear are explained, without cropping, padding and smoothing."""

    names: ClassVar[tuple[str, ...]] = ("Resizing",)
    keeps: ClassVar[tuple[str, ...]] = ("interpolation", *ODD)
    is_opaque = False
    form = "sum"

    def form_of(self, node: Node) -> Form:
        """Return "copy" of the nearest cell, "sum" of a few; "opaque" of what is not explained."""
        if not _is_plain(node):
            return "opaque"
        return "copy" if node.settings["interpolation"] == "nearest" else "sum"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what a cell is made of."""
        size = f"{sized(reads[0][:2])} cells become {sized(node.output_shape[:2])}"
        if not _is_plain(node):
            return f"{size}, by {node.settings['interpolation']} interpolation; how is not explained here."
        if node.settings["interpolation"] == "nearest":
            return f"{size}: each is a copy of the nearest one."
        return f"{size}: each is mixed of the cells nearest to it."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the cells from the nearest of the first to the nearest of the last; all if not explained."""
        read = reads[source]
        if not _is_plain(node):
            return whole(read)
        rows, columns = (_near(node, axis, span, read[axis]) for axis, span in enumerate(box))
        return rows, columns

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the cell that is copied, or the few that are mixed."""
        require_place(node, place)
        if not _is_plain(node):
            return None
        values, channel = reads[0], place[-1]
        (rows, row_parts), (columns, column_parts) = (
            _mixed(node, axis, place[axis], values.shape[axis]) for axis in (0, 1)
        )
        if node.settings["interpolation"] == "nearest":
            at = (int(rows[0]), int(columns[0]), channel)
            return Copied(0, at, values[at])
        near = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)
        read = values_at(values[..., channel : channel + 1], near, outside=0.0)
        parts = (row_parts[:, np.newaxis] * column_parts)[..., np.newaxis]
        return Summed(read, parts, with_channels(near, range(channel, channel + 1)))


class UpSampling(Resizing):
    """UpSampling2D: as many times as many cells."""

    names = ("UpSampling2D",)
    keeps = ("size", "interpolation")


def _is_plain(node: Node) -> bool:
    told = node.settings
    return told["interpolation"] in ("nearest", "bilinear") and not any(told.get(name) for name in ODD)


def _centre(node: Node, axis: int, place: int, length: int) -> float:
    """Return where the middle of an output cell lies on the axis of what is read, in cells from its start.

    In float32, as TensorFlow has it: where a middle lies between two cells, rounding tells which is nearest.
    """
    return float(np.float32(place + 0.5) * np.float32(np.float32(length) / node.output_shape[axis]))


def _near(node: Node, axis: int, span: Span, length: int) -> Span:
    if span[1] <= span[0]:
        return 0, 0
    if node.settings["interpolation"] == "nearest":
        first, last = (int(np.floor(_centre(node, axis, at, length))) for at in (span[0], span[1] - 1))
        return first, last + 1
    low, high = (_centre(node, axis, at, length) - 0.5 for at in (span[0], span[1] - 1))
    first, end = int(np.floor(low)), int(np.ceil(high)) + 1
    inside = span[0] >= 0 and span[1] <= node.output_shape[axis]
    return (max(first, 0), min(end, length)) if inside else (first, end)


def _mixed(node: Node, axis: int, place: int, length: int) -> tuple[Places, Doubles]:
    """Return the cells along one axis that make an output cell, and the part of each."""
    centre = _centre(node, axis, place, length)
    if node.settings["interpolation"] == "nearest":
        return np.array([min(int(centre), length - 1)]), np.ones(1)
    at = centre - 0.5
    first = int(np.floor(at))
    cells = np.clip([first, first + 1], 0, length - 1)
    return cells, np.array([1 - (at - first), at - first])


KINDS = (Resizing(), UpSampling())
