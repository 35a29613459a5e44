"""Which parts of what stands out from its paper are digits.

Ink is what Otsu's threshold cuts off among the pixels around those that stand out from the paper's noise.
Dirt, shadows at the border and what lies apart are left out.

Source: Otsu (1979), IEEE Trans. SMC 9:62, doi:10.1109/TSMC.1979.4310076.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.pictures.parts import ImageError
from models.sketch.background import level
from models.sketch.grouping import Names, grouped

FAINTEST = 0.06  # of ink above its paper
OUT = 5.0  # standard deviations of the paper by which ink stands out
SPECK = 0.03  # of the area of the largest part, below which a part is dirt
ALONG = 0.15  # of the shorter side, along which a shadow lies at the border
DIGIT = 0.08  # of the shorter side, that a part must be long to be a digit beside shadows
MOST_PARTS = 300  # that are looked at, the largest
NOTHING = "No digit can be found: nothing stands out from the background."

Bits = NDArray[np.bool_]


def parted(above: Floats) -> tuple[Names, float, int]:
    """Return where which digit is, from which height on, and how many parts belong to none.

    Dataset are numbered from 1 on, as one reads them; 0 is where none is.
    """
    from scipy import ndimage  # noqa: PLC0415 - takes a second; the page must not wait for it

    paper, noise = level(above)
    least = max(FAINTEST, OUT * noise)
    around = ndimage.binary_dilation(above - paper > least, iterations=4)
    if not around.any():
        raise ImageError(NOTHING)
    threshold = max(paper + least / 2, otsu(above[around]))
    digits, dropped = _digits(above > threshold)
    return digits, threshold, dropped


def otsu(values: Floats) -> float:
    """Return the threshold that parts values into the two groups that differ most, as Otsu does.

    >>> 0.2 < otsu(np.array([0.1, 0.2, 0.8, 0.9, 0.9])) < 0.8
    True
    """
    counts, edges = np.histogram(values, 256)
    middles = (edges[1:] + edges[:-1]) / 2
    below, sums = counts.cumsum()[:-1], (counts * middles).cumsum()
    above = counts.sum() - below
    between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    return float(edges[1 + between.argmax()])


def _digits(ink: Bits) -> tuple[Names, int]:
    """Return the number of each pixel's digit, and how many parts of the ink belong to none."""
    from scipy import ndimage  # noqa: PLC0415

    names, count = ndimage.label(ink, np.ones((3, 3)))
    if not count:
        raise ImageError(NOTHING)
    areas = np.bincount(names.ravel())[1:]
    boxes = np.array([[(side.start, side.stop) for side in box] for box in ndimage.find_objects(names)])
    areas[_shadows(names, np.ptp(boxes, axis=2).max(axis=1))] = 0
    kept = np.flatnonzero((areas > 0) & (areas >= SPECK * areas.max()))
    if len(kept) > MOST_PARTS:
        kept = np.sort(areas.argsort()[-MOST_PARTS:])
    renamed = np.zeros(count + 1, np.int32)
    renamed[kept + 1] = np.arange(1, len(kept) + 1)
    names = renamed[names]
    digits = grouped(names, boxes[kept])
    return np.concatenate([[0], digits])[names], count - int((digits > 0).sum())


def _shadows(names: NDArray[np.integer[Any]], longer: NDArray[np.integer[Any]]) -> Bits:
    """Return for each part whether it lies along the border, or leads from one to the other.

    None does where there is nothing else that could be a digit.

    Args:
        names: Of the parts, from 1 on, (rows, columns).
        longer: The longer side of each part, (parts,).
    """
    shorter = min(names.shape)
    edges = (names[0], names[-1], names[:, 0], names[:, -1])
    contact = np.array([np.bincount(edge, minlength=len(longer) + 1)[1:] for edge in edges])
    touching = contact.any(axis=0)
    crossing = contact[:2].all(axis=0) | contact[2:].all(axis=0)
    digits = ~touching & (longer > DIGIT * shorter)
    return np.asarray((crossing | (contact.sum(axis=0) > ALONG * shorter)) & digits.any())
