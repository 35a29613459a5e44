"""Rectangles of cells: what part of a map feeds a cell of another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from models.graph.node import Shape
from models.graph.receptive_field import Window

Span: TypeAlias = tuple[int, int]  # the first cell, and the first one behind that does not belong
Box: TypeAlias = tuple[Span, Span]  # along rows, along columns

NOWHERE: Box = ((0, 0), (0, 0))


def whole(shape: Shape) -> Box:
    """Return the box of all cells of maps; of a row of units, one cell that stands for all."""
    return ((0, shape[0]), (0, shape[1])) if len(shape) in (2, 3) else ((0, 1), (0, 1))


def is_empty(box: Box) -> bool:
    """Whether no cell lies in the box."""
    return any(end <= first for first, end in box)


def joined(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all cells of all boxes.

    >>> joined([((0, 3), (2, 4)), ((1, 5), (3, 4))])
    ((0, 5), (2, 4))
    """
    held = [box for box in boxes if not is_empty(box)]
    if not held:
        return NOWHERE
    rows, columns = (
        (min(box[axis][0] for box in held), max(box[axis][1] for box in held)) for axis in (0, 1)
    )
    return rows, columns


def within(box: Box, shape: Shape) -> Box:
    """Return the part of a box that lies on the maps, and not on padding."""
    limits = whole(shape)
    rows, columns = (
        (max(first, low), min(end, high)) for (first, end), (low, high) in zip(box, limits, strict=True)
    )
    return rows, columns


def under(window: Window, span: Span, length: int) -> Span:
    """Return which cells a window reads for a span of its outputs, holes of a dilation included.

    Args:
        window: Along this axis.
        span: Of output cells.
        length: Of what is read, in cells; on both of its sides lies padding, which counts as cells here.
    """
    before = window.padding_before(length)
    first, end = (place * window.stride - before for place in span)
    return first, end - window.stride + window.extent
