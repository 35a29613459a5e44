"""What a picture would be without its ink, and how far the ink stands out from that.

The light on a photograph is uneven: ink in the sun may be lighter than paper in the shade. So what counts is
how much darker, or lighter, a pixel is than the paper around it. The paper is what is left when everything
slim is closed.

Source: Serra (1982), Image Analysis and Mathematical Morphology: the top-hat transform.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Floats

COARSE = 96  # pixels of the longer side of a picture in which the paper is looked for
COARSEST = 40  # … in which only its kind is
ROUNDS = 4  # in which what is away from the plane of most pixels is left out
DARKEST = 0.05  # of paper, and lightest as far from white: no share of less is looked at
NOISY = 0.01  # standard deviation of the paper, in shares of its brightness, from which on it is smoothed


def is_dark(grey: Floats) -> bool:
    """Return whether ink is darker than its paper: most of what surrounds any place is paper.

    Args:
        grey: (rows, columns) in [0, 1].
    """
    from scipy import ndimage  # noqa: PLC0415 - takes a second; the page must not wait for it

    small = resized(grey, *_sides(grey, COARSEST))
    above = small - ndimage.median_filter(small, max(5, min(small.shape) // 2), mode="nearest")
    return bool((above**3).sum() < 0)


def height(grey: Floats, slim: float, *, dark: bool) -> Floats:
    """Return how far each pixel is above its paper, (rows, columns): 0 is paper, 1 is black on white.

    Args:
        grey: (rows, columns) in [0, 1].
        slim: Pixels, at least the width of the ink, and less than that of a shadow.
        dark: Whether ink is darker than its paper.
    """
    from scipy import ndimage  # noqa: PLC0415

    if not dark:
        grey = 1 - grey
    above = np.asarray(1 - grey / np.maximum(_paper(grey, slim), DARKEST), np.float32)
    return np.asarray(ndimage.gaussian_filter(above, 1.0), np.float32) if level(above)[1] > NOISY else above


def _paper(grey: Floats, slim: float) -> Floats:
    """Return a picture without what is dark and slim."""
    from scipy import ndimage  # noqa: PLC0415

    small = resized(grey, *_sides(grey, COARSE))
    reach = max(5, 2 + round(slim * max(small.shape) / max(grey.shape)))
    smooth = ndimage.gaussian_filter(ndimage.median_filter(small, 3), 1.0)
    falling = _falling(smooth)
    closed = falling + ndimage.grey_closing(smooth - falling, size=(reach, reach), mode="nearest")
    return resized(np.asarray(ndimage.gaussian_filter(closed, reach / 10, mode="nearest")), *grey.shape)


def _falling(small: Floats) -> Floats:
    """Return the plane of brightness that most of a picture lies in: light that comes from one side."""
    rows, columns = np.indices(small.shape)
    terms = np.stack([np.ones(small.size), rows.ravel(), columns.ravel()], axis=1)
    values, most = small.ravel().astype(np.float64), np.ones(small.size, np.bool_)
    for _ in range(ROUNDS):
        plane = terms @ np.linalg.lstsq(terms[most], values[most], rcond=None)[0]
        away = np.abs(values - plane)
        most = away <= max(2 * float(np.median(away)), 1e-3)
    return np.asarray(plane.reshape(small.shape), np.float32)


def level(above: Floats) -> tuple[float, float]:
    """Return how high paper lies, and the standard deviation of its noise.

    Both are told by the lowest quarter of a picture, which is paper as long as a half of it is: of a normal
    distribution, a fourth lies 0.7 deviations below its middle, and a twentieth one further.
    """
    lowest, low = map(float, np.percentile(above[::2, ::2], (5, 25)))
    return low + (low - lowest) / 2, low - lowest


def resized(values: Floats, rows: int, columns: int) -> Floats:
    """Return a picture of another size: means over areas where it becomes smaller, linear in between else."""
    from PIL import Image  # noqa: PLC0415

    way = Image.Resampling.BOX if rows <= values.shape[0] else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.asarray(values, np.float32)).resize((columns, rows), way))


def _sides(values: Floats, longer: int) -> tuple[int, int]:
    """Return rows and columns of a picture whose longer side is so many pixels."""
    rows, columns = (max(1, round(side * longer / max(values.shape))) for side in values.shape)
    return rows, columns
