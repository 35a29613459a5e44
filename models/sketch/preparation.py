"""How the digits of MNIST were prepared, done to any drawing: fitted into a box, and centred by its ink.

Source: LeCun, Bottou, Bengio & Haffner (1998), section III.A, doi:10.1109/5.726791. That the centre of mass
ends in pixel (14, 14), by whole pixels, is what the 10,000 test digits show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.datasets.mnist import SIDE

FITTED = 20  # pixels of the longer side of the ink
CENTRE = SIDE // 2  # row and column of the pixel that the centre of mass is put into
LARGEST = 4096  # pixels of a side of a drawing

Doubles = NDArray[np.float64]
Grey = NDArray[np.uint8] | NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Prepared:
    """A drawing as the networks are fed, and what was done to it.

    Attributes:
        pixels: (28, 28) uint8, 0 background, 255 ink.
        box: Of the ink in the drawing: first row and column, and first row and column behind it; None where
            there is no ink.
        shift: Rows down and columns to the right by which centring moved the fitted ink, from the middle.
    """

    pixels: NDArray[np.uint8]
    box: tuple[int, int, int, int] | None
    shift: tuple[int, int]


def prepare_drawing(drawing: Grey) -> Prepared:
    """Return a drawing as a digit of MNIST: its ink 20 pixels long, its centre of mass in the centre pixel.

    Every pixel is the mean of the area of the drawing that it covers, which gives bilevel ink its grey rim.
    A drawing without ink becomes a black digit; a single pixel becomes a square of 20×20. The centre of mass
    stays off the centre where ink would otherwise leave the 28×28 pixels.

    Args:
        drawing: (rows, columns), white ink on black: uint8, or floats in [0, 1].

    Raises:
        ValueError: Another type or shape, more than 4096 pixels a side, or values out of range.
    """
    ink = _ink(drawing)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return Prepared(np.zeros((SIDE, SIDE), np.uint8), None, (0, 0))
    top, left, bottom, right = map(int, (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1))
    side = max(bottom - top, right - left) / FITTED  # pixels of the drawing under one of the digit
    down, across = means(bottom - top, side), means(right - left, side)
    fitted = down @ ink[top:bottom, left:right] @ across.T
    first = [_place(fitted.sum(axis=1 - axis)) for axis in (0, 1)]
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[tuple(slice(at, at + n) for at, n in zip(first, fitted.shape, strict=True))] = np.rint(
        255 * fitted
    )
    shift = tuple(at - (SIDE - n) // 2 for at, n in zip(first, fitted.shape, strict=True))
    return Prepared(pixels, (top, left, bottom, right), (shift[0], shift[1]))


def means(length: int, side: float) -> Doubles:
    """Return the matrix, (pixels, length), that turns a column into means over `side` of its values each.

    The last pixel may reach beyond the column, where all is background.
    """
    count = int(np.ceil(length / side - 1e-9))
    edges = np.arange(count)[:, np.newaxis] * side
    cells = np.arange(length)
    covered = np.minimum(edges + side, cells + 1) - np.maximum(edges, cells)
    return np.asarray(np.maximum(covered, 0) / side, np.float64)


def _place(mass: Doubles) -> int:
    """Return the first of 28 rows for fitted ink whose rows weigh this much."""
    centre = mass @ np.arange(len(mass)) / mass.sum()
    return int(np.clip(np.floor(CENTRE + 0.5 - round(centre, 6)), 0, SIDE - len(mass)))  # of a tie the lower


def _ink(drawing: Grey) -> Doubles:
    """Return how much ink there is in every pixel, in [0, 1], or refuse."""
    if drawing.ndim != 2 or max(drawing.shape) > LARGEST:
        raise ValueError(f"A drawing has rows and columns, at most {LARGEST} each, not {drawing.shape}.")
    ink = drawing.astype(np.float64)
    if drawing.dtype == np.uint8:
        return ink / 255
    if not np.issubdtype(drawing.dtype, np.floating):
        raise ValueError(f"A drawing is uint8, or floats in [0, 1], not {drawing.dtype}.")
    if not np.all((ink >= 0) & (ink <= 1)):  # nor is NaN
        raise ValueError("A drawing of floats has values from 0 to 1.")
    return ink
