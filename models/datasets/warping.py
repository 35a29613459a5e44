"""Moving the ink of a digit: where each pixel looks, and what it finds between the pixels there.

Coordinates are rows and columns of pixel centres, (0, 0) top left; what lies outside is background.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.mnist import SIDE

CENTRE = (SIDE - 1) / 2  # between the middle pixels
REACH = 3.0  # standard deviations of a Gaussian that are kept

Matrices = NDArray[np.float64]


def affine(
    rotation: NDArray[np.float64] | float = 0.0,
    scale: NDArray[np.float64] | float = 1.0,
    shear: NDArray[np.float64] | float = 0.0,
    down: NDArray[np.float64] | float = 0.0,
    right: NDArray[np.float64] | float = 0.0,
) -> Matrices:
    """Return matrices, (n, 2, 3): for a pixel of the moved digit, its place in the one before.

    The digit is sheared, scaled and turned around its centre, in this order, and then shifted. Every argument
    is one number, or (n,).

    Args:
        rotation: In degrees, counter-clockwise as seen.
        scale: Of both sides; 2 makes the digit twice as large.
        shear: Columns to the right per row further up: 0.2 slants a digit like italics.
        down: Rows.
        right: Columns.
    """
    turn, scale, shear, down, right = np.broadcast_arrays(
        np.radians(np.atleast_1d(rotation)), *map(np.float64, (scale, shear, down, right))
    )
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    rows = np.stack([cos, sin], axis=-1)  # of the digit before it was turned and scaled
    columns = np.stack([-sin, cos], axis=-1) + shear[:, None] * rows
    linear = np.stack([rows, columns], axis=1)
    middle = np.stack([CENTRE + down, CENTRE + right], axis=-1)
    offset = CENTRE - np.einsum("nij,nj->ni", linear, middle)
    return np.concatenate([linear, offset[..., None]], axis=-1)


def places(matrices: Matrices) -> Floats:
    """Return where every pixel looks: (n, 2, 28, 28), rows and columns."""
    rows, columns = np.mgrid[:SIDE, :SIDE].reshape(2, -1)
    grid = np.stack([rows, columns, np.ones_like(rows)]).astype(np.float64)
    return (matrices @ grid).reshape(-1, 2, SIDE, SIDE).astype(np.float32)


def sample(digits: Floats, where: Floats) -> Floats:
    """Return digits as their pixels find them between four pixels each, linearly: (n, 28, 28) float32.

    Args:
        digits: (n, 28, 28).
        where: (n, 2, 28, 28), rows and columns.
    """
    count, side = (
        len(digits),
        SIDE + 3,
    )  # one row of background above, and two below: for SIDE + 1 and its next
    framed = np.zeros((count, side, side), np.float32)
    framed[:, 1 : SIDE + 1, 1 : SIDE + 1] = digits
    found = np.clip(where + np.float32(1), 0, SIDE + 1)
    corner = found.astype(np.int32)
    down, right = np.moveaxis(found - corner, 1, 0)  # shares of the next row and column
    index = corner[:, 0] * side + corner[:, 1] + np.arange(count, dtype=np.int32)[:, None, None] * side**2
    pixels = framed.ravel()
    top = pixels[index] * (1 - right) + pixels[index + 1] * right
    bottom = pixels[index + side] * (1 - right) + pixels[index + side + 1] * right
    return np.asarray(top * (1 - down) + bottom * down, np.float32)


def gaussian(sigma: float) -> Floats:
    """Return the matrix, (28, 28), that smooths a column of pixels; beyond the edge is background.

    Args:
        sigma: Standard deviation in pixels; the bell is cut at three of them, and its weights add up to 1.
    """
    distance = np.subtract.outer(np.arange(SIDE), np.arange(SIDE))
    reach = int(REACH * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-9)) ** 2)
    weights = np.where(abs(distance) <= reach, np.exp(-0.5 * (distance / max(sigma, 1e-9)) ** 2), 0.0)
    return np.asarray(weights / bell.sum(), np.float32)


def elastic(rng: np.random.Generator, count: int, strength: float, sigma: float) -> Floats:
    """Return random, smooth displacements: (count, 2, 28, 28), rows and columns.

    Args:
        rng: Of the random numbers.
        count: Number of digits.
        strength: Standard deviation of a displacement, in pixels.
        sigma: Of the Gaussian that smooths them, in pixels.

    Source: Simard, Steinkraus & Platt (2003), ICDAR, doi:10.1109/ICDAR.2003.1227801.
    """
    smooth = gaussian(sigma)
    field = rng.standard_normal((count, 2, SIDE, SIDE), np.float32)
    return np.asarray(strength / np.square(smooth[SIDE // 2]).sum() * (smooth @ field @ smooth.T), np.float32)
