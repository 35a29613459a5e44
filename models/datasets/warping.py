"""Moving what an image shows: where each pixel looks, and what it finds between the pixels there.

Coordinates are rows and columns of pixel centres, (0, 0) top left; what lies outside is background.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats

REACH = 3.0  # standard deviations of a Gaussian that are kept

Matrices = NDArray[np.float64]
Sides = tuple[int, int]  # rows and columns of an image


def affine(
    sides: Sides,
    *,
    rotation: NDArray[np.float64] | float = 0.0,
    scale: NDArray[np.float64] | float = 1.0,
    shear: NDArray[np.float64] | float = 0.0,
    down: NDArray[np.float64] | float = 0.0,
    right: NDArray[np.float64] | float = 0.0,
) -> Matrices:
    """Return matrices, (n, 2, 3): for a pixel of the moved image, its place in the one before.

    The image is sheared, scaled and turned around its centre, in this order, and then shifted. Every argument
    but the first is one number, or (n,).

    Args:
        sides: Of the image.
        rotation: In degrees, counter-clockwise as seen.
        scale: Of both sides; 2 makes what is shown twice as large.
        shear: Columns to the right per row further up: 0.2 slants letters like italics.
        down: Rows.
        right: Columns.
    """
    turn, scale, shear, down, right = np.broadcast_arrays(
        np.radians(np.atleast_1d(rotation)), *map(np.float64, (scale, shear, down, right))
    )
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    rows = np.stack([cos, sin], axis=-1)  # of the image before it was turned and scaled
    columns = np.stack([-sin, cos], axis=-1) + shear[:, None] * rows
    linear = np.stack([rows, columns], axis=1)
    centre = (np.array(sides) - 1) / 2  # between the middle pixels
    middle = centre + np.stack([down, right], axis=-1)
    offset = centre - np.einsum("nij,nj->ni", linear, middle)
    return np.concatenate([linear, offset[..., None]], axis=-1)


def places(sides: Sides, matrices: Matrices) -> Floats:
    """Return where every pixel looks: (n, 2, rows, columns), rows and columns."""
    rows, columns = np.indices(sides).reshape(2, -1)
    grid = np.stack([rows, columns, np.ones_like(rows)]).astype(np.float64)
    return (matrices @ grid).reshape(-1, 2, *sides).astype(np.float32)


def sample(images: Floats, where: Floats) -> Floats:
    """Return images as their pixels find them between four pixels each, linearly: (n, rows, columns) float32.

    Args:
        images: (n, rows, columns), 0 where nothing is shown.
        where: (n, 2, rows, columns), rows and columns; or of one image for all.
    """
    count, rows, columns = images.shape
    high, wide = rows + 3, columns + 3  # one of background before, and two behind: for the last and its next
    framed = np.zeros((count, high, wide), np.float32)
    framed[:, 1 : rows + 1, 1 : columns + 1] = images
    last = np.array([rows + 1, columns + 1], np.float32)[:, np.newaxis, np.newaxis]
    found = np.clip(where + np.float32(1), 0, last)
    corner = found.astype(np.int32)
    down, right = np.moveaxis(found - corner, 1, 0)  # shares of the next row and column
    first = np.arange(count, dtype=np.int32)[:, np.newaxis, np.newaxis] * (high * wide)
    index = corner[:, 0] * wide + corner[:, 1] + first
    pixels = framed.ravel()
    top = pixels[index] * (1 - right) + pixels[index + 1] * right
    bottom = pixels[index + wide] * (1 - right) + pixels[index + wide + 1] * right
    return np.asarray(top * (1 - down) + bottom * down, np.float32)


def gaussian(length: int, sigma: float) -> Floats:
    """Return the matrix, (length, length), that smooths a line of pixels; beyond the edge is background.

    Args:
        length: Pixels of the line.
        sigma: Standard deviation in pixels; the bell is cut at three of them, and its weights add up to 1.
    """
    distance = np.subtract.outer(np.arange(length), np.arange(length))
    reach = int(REACH * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-9)) ** 2)
    weights = np.where(abs(distance) <= reach, np.exp(-0.5 * (distance / max(sigma, 1e-9)) ** 2), 0.0)
    return np.asarray(weights / bell.sum(), np.float32)


def elastic(sides: Sides, rng: np.random.Generator, count: int, strength: float, sigma: float) -> Floats:
    """Return random, smooth displacements: (count, 2, rows, columns), rows and columns.

    Args:
        sides: Of the images.
        rng: Of the random numbers.
        count: Number of images.
        strength: Standard deviation of a displacement in the middle of a square image, in pixels.
        sigma: Of the Gaussian that smooths them, in pixels.

    Source: Simard, Steinkraus & Platt (2003), ICDAR, doi:10.1109/ICDAR.2003.1227801.
    """
    high, wide = (gaussian(length, sigma) for length in sides)
    field = rng.standard_normal((count, 2, *sides), np.float32)
    spread = np.square(high[sides[0] // 2]).sum()
    return np.asarray(strength / spread * (high @ field @ wide.T), np.float32)
