"""Which parts of some ink make one digit together, and in which order digits are read.

A digit may consist of several strokes: the bar of a five lies above it, an eight may be broken, a four open.
Dataset stand beside each other, about as high as each other. So the two nearest are joined first, if one lies
above the other, or if one is much lower and near; then the next, until no two belong together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats

LOW = 0.45  # of the height of the tallest, below which what was found is a piece of a digit
LONG = 0.6  # of the same, from which on something low is wide enough to be a digit by itself
SHARED = 0.12  # of the narrower one's width, that strokes have in common which lie one above the other
ABOVE = 0.3  # of the taller one's height, that may lie between two such strokes
BESIDE = 0.08  # … between two side by side, of which one is lower than LOWER times the other
LOWER = 0.75
PIECE_ABOVE, PIECE_BESIDE = 0.3, 0.2  # of the height of the tallest, that a piece may be away from its digit
WIDEST = 1.4  # of the same, that a digit may be wide by a piece that is not as near as BESIDE
LINE = 0.4  # of the lower one's height, that two neighbours in a line have in common

Names = NDArray[np.integer[Any]]  # which part each pixel belongs to, from 1 on, 0 to none: (rows, columns)
Boxes = NDArray[np.integer[Any]]  # (parts, 2, 2): rows, then columns; first, and first behind


def grouped(names: Names, boxes: Boxes) -> Names:
    """Return for each part the number of the digit that it belongs to, from 1 on, 0 for none: (parts,).

    Dataset are numbered as one reads: line by line from top to bottom, each from left to right.
    """
    gaps, found, owners = _gaps(names, len(boxes)), boxes.copy(), np.arange(len(boxes))
    while (pair := _nearest(gaps, found)) is not None:
        one, other = pair
        found[one] = found[other] = extent(found[[one, other]])
        gaps[one] = gaps[:, one] = np.minimum(gaps[one], gaps[other])
        gaps[one, one] = gaps[other] = gaps[:, other] = np.inf
        owners[owners == other] = one
    heights, widths = np.ptp(found, axis=2).T
    large = (heights >= LOW * heights.max()) | (widths >= LONG * heights.max())
    return _in_order(found, np.flatnonzero(large & (owners == np.arange(len(owners)))))[owners]


def extent(boxes: Boxes) -> Boxes:
    """Return the box around some boxes, (2, 2)."""
    return np.stack([boxes[..., 0].min(axis=0), boxes[..., 1].max(axis=0)], axis=1)


def _gaps(names: Names, count: int) -> Floats:
    """Return how many pixels lie between neighbours among parts, (parts, parts); infinitely many else.

    Two are neighbours if somewhere between them no other one is nearer.
    """
    from scipy import ndimage  # noqa: PLC0415 - takes a second; the page must not wait for it

    gaps = np.full((count, count), np.inf, np.float32)
    if count > 1:
        away, (rows, columns) = ndimage.distance_transform_edt(names == 0, return_indices=True)
        nearest = names[rows, columns] - 1
        for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
            border = nearest[one] != nearest[other]
            pair = nearest[one][border], nearest[other][border]
            np.minimum.at(gaps, pair, (away[one] + away[other])[border].astype(np.float32))
    return np.minimum(gaps, gaps.T)


def _nearest(gaps: Floats, boxes: Boxes) -> tuple[int, int] | None:
    """Return the two nearest that belong together, None where no two do."""
    between = np.where(gaps <= _limits(boxes), gaps, np.inf)
    one, other = np.unravel_index(between.argmin(), between.shape)
    return (int(one), int(other)) if np.isfinite(between[one, other]) else None


def _limits(boxes: Boxes) -> Floats:
    """Return how many pixels may lie between each two that make one digit, (parts, parts)."""
    heights, widths = np.ptp(boxes, axis=2).T
    tallest, low = heights.max(), heights < LOW * heights.max()
    higher, lower = np.maximum.outer(heights, heights), np.minimum.outer(heights, heights)
    left, right = boxes[:, 1].T
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    both = np.maximum.outer(right, right) - np.minimum.outer(left, left)
    above = shared >= SHARED * np.minimum.outer(widths, widths)
    fits = both <= np.maximum(WIDEST * tallest, np.maximum.outer(widths, widths))
    piece = np.where(fits, np.where(above, PIECE_ABOVE, PIECE_BESIDE), BESIDE) * tallest
    stroke = np.where(above, ABOVE * higher, BESIDE * higher * (lower < LOWER * higher))
    return np.asarray(np.where(low | low[:, np.newaxis], piece, stroke), np.float32)


def _in_order(boxes: Boxes, digits: Names) -> Names:
    """Return numbers from 1 on for those parts that are digits, as one reads them, 0 for others: (parts,)."""
    lines: list[list[int]] = []
    for digit in map(int, digits[boxes[digits, 1].sum(axis=1).argsort(kind="stable")]):
        common = [_common(boxes[line[-1], 0], boxes[digit, 0]) for line in lines]
        if common and max(common) >= LINE:
            lines[int(np.argmax(common))].append(digit)
        else:
            lines.append([digit])
    lines.sort(key=lambda line: float(boxes[line, 0].mean()))
    numbers = np.zeros(len(boxes), np.intp)
    numbers[[digit for line in lines for digit in line]] = np.arange(1, len(digits) + 1)
    return numbers


def _common(one: Names, other: Names) -> float:
    """Return what share of the lower of two digits is beside the other, given the rows of both."""
    return float((min(one[1], other[1]) - max(one[0], other[0])) / min(np.ptp(one), np.ptp(other)))
