"""The ink of a digit in a picture of it, as a drawing.

Ink is what Otsu's threshold cuts off among the pixels around those that stand out from the paper's noise.
Dirt, shadows at the border and what is far away are left out; slim lines are drawn again with a wider pen.

Source: Otsu (1979), IEEE Trans. SMC 9:62, doi:10.1109/TSMC.1979.4310076.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.drawing import PAD, Bilevel
from models.forward_pass import Floats
from models.image_file import LUMINANCE
from models.image_parts import ImageError
from models.mnist import SIDE
from models.paper import height, is_dark, noise, resized
from models.preparation import FITTED

FIT = PAD * FITTED // SIDE  # points of the longer side of the ink on a drawing
FINE = 4  # rows of the picture, made larger or smaller, to a point of the drawing
LEAST = 240  # pixels of the longer side that a picture is worked with; smaller ones are made larger
FAINTEST = 0.06  # of ink above its paper
OUT = 5.0  # standard deviations of the paper by which ink stands out
PLAIN = 1.5  # times as much as in grey must be seen in a colour for it to be looked at instead
SPECK = 0.03  # of the area of the largest part, below which a part is dirt
ALONG = 0.15  # of the shorter side, along which a shadow lies at the border
DIGIT = 0.08  # of the shorter side, that a part must be long to be a digit beside shadows
GAP = 0.3  # of the longer side of what was found, that a further part may be away from it
MOST = 0.6  # of a picture's area that may be ink
PEN = 7.0  # points of the drawing: what is slimmer is widened to this, about the width of MNIST's lines
CHANNELS = ("grey", "red", "green", "blue")
NOTHING = "No digit can be found: nothing stands out from the background."

Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Ink:
    """A digit that was found in a picture.

    Attributes:
        drawing: (112, 112), 255 is ink.
        dark: Whether it is darker than what is around it.
        contrast: How far it is above its paper, from 0 to 1, which is black on white.
        channel: "grey", or the colour that shows it much better.
        widened: Whether its lines were too slim to be seen in 28×28 pixels, and were widened.
        dropped: How many parts were left out as dirt or shadow.
    """

    drawing: Bilevel
    dark: bool
    contrast: float
    channel: str
    widened: bool
    dropped: int


def find_ink(colours: Floats) -> Ink:
    """Return the ink of a picture, (rows, columns, 3) in [0, 1].

    Raises:
        ImageError: Nothing stands out from what is around it, or nearly everything does.
    """
    channel, grey = _channel(colours)
    if np.ptp(grey) < FAINTEST / 2:
        raise ImageError("No digit can be found: all of the image has the same brightness.")
    grey = resized(grey, *(side * -(-LEAST // max(grey.shape)) for side in grey.shape))
    dark = is_dark(grey)
    parts, _, _ = _parted(height(grey, 0.4 * min(grey.shape), dark=dark))
    above = height(grey, 3 * _width(parts[_box(parts)]), dark=dark)  # now that the width of the ink is known
    parts, threshold, dropped = _parted(above)
    if parts.mean() > MOST:
        raise ImageError("No digit can be found: nearly all of the image stands out from its border.")
    fine = _cut_out(above, parts) > threshold
    slim = max(0.0, PEN - _width(fine) / FINE)
    contrast = min(1.0, float(np.percentile(above[parts], 75)))
    return Ink(_drawn(fine, slim / 2), dark, contrast, channel, slim > 1, dropped)


def _channel(colours: Floats) -> tuple[str, Floats]:
    """Return the colour in which most is to be seen, and how bright all is in it."""
    channels = [colours @ np.array(LUMINANCE, np.float32), *np.moveaxis(colours, -1, 0)]
    seen = [float(np.ptp(np.percentile(each[::2, ::2], (1, 99)))) for each in channels]
    best = int(np.argmax([seen[0] * PLAIN, *seen[1:]]))
    return CHANNELS[best], channels[best]


def _parted(above: Floats) -> tuple[Bits, float, int]:
    """Return where the digit is, from which height on, and how many parts do not belong to it."""
    from scipy import ndimage  # noqa: PLC0415 - takes a second; the page must not wait for it

    level, least = float(np.median(above)), max(FAINTEST, OUT * noise(above))
    around = ndimage.binary_dilation(above - level > least, iterations=4)
    if not around.any():
        raise ImageError(NOTHING)
    threshold = max(level + least / 2, otsu(above[around]))
    parts, dropped = _digit(above > threshold)
    return parts, threshold, dropped


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


def _digit(ink: Bits) -> tuple[Bits, int]:
    """Return the ink of the digit alone, and how many parts of all ink that leaves out."""
    from scipy import ndimage  # noqa: PLC0415

    names, count = ndimage.label(ink, np.ones((3, 3)))
    if not count:
        raise ImageError(NOTHING)
    areas = np.bincount(names.ravel())[1:]
    found = ndimage.find_objects(names)
    boxes = np.array([[(side.start, side.stop) for side in box] for box in found])  # (parts, 2, 2)
    areas[_shadows(names, np.ptp(boxes, axis=2).max(axis=1))] = 0
    areas[areas < SPECK * areas.max()] = 0
    chosen = np.arange(count) == areas.argmax()
    while True:
        first, last = boxes[chosen, :, 0].min(axis=0), boxes[chosen, :, 1].max(axis=0)
        away = np.maximum(first - boxes[..., 1], boxes[..., 0] - last).max(axis=1)
        near = (areas > 0) & (away <= GAP * (last - first).max())
        if np.array_equal(near, chosen):
            return np.concatenate([[False], chosen])[names], int(count - chosen.sum())
        chosen = near


def _shadows(names: NDArray[np.integer[Any]], longer: NDArray[np.integer[Any]]) -> Bits:
    """Return for each part whether it lies along the border, while another that could be a digit does not.

    Args:
        names: Of the parts, from 1 on, (rows, columns).
        longer: The longer side of each part, (parts,).
    """
    shorter = min(names.shape)
    border = np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]])
    contact = np.bincount(border, minlength=len(longer) + 1)[1:]
    digits = (contact == 0) & (longer > DIGIT * shorter)
    return np.asarray((contact > ALONG * shorter) & digits.any())


def _cut_out(above: Floats, digit: Bits) -> Floats:
    """Return how far the digit is above its paper, in the box around it, the longer side of it 320 pixels."""
    from scipy import ndimage  # noqa: PLC0415

    own = np.where(ndimage.binary_dilation(digit, iterations=3), above, np.float32(0))
    box = own[_box(digit)]
    rows, columns = (max(1, round(side * FIT * FINE / max(box.shape))) for side in box.shape)
    return resized(box, rows, columns)


def _box(digit: Bits) -> tuple[slice, slice]:
    """Return the rows and columns that hold all of some ink."""
    rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _width(ink: Bits) -> float:
    """Return how wide lines are: across one, the mean distance to its edge is a quarter of its width."""
    from scipy import ndimage  # noqa: PLC0415

    inside = ndimage.distance_transform_edt(np.pad(ink, 1))
    return float(4 * inside[inside > 0].mean())


def _drawn(fine: Bits, wider: float) -> Bilevel:
    """Return ink as a drawing, in its middle, wider by so many points to all sides."""
    from scipy import ndimage  # noqa: PLC0415

    ink = np.pad(fine, int(np.ceil(wider * FINE)))
    if wider:
        ink = ndimage.distance_transform_edt(~ink) <= wider * FINE
    rows, columns = (max(1, round(side * FIT / max(ink.shape))) for side in ink.shape)
    top, left = (PAD - rows) // 2, (PAD - columns) // 2
    drawing = np.zeros((PAD, PAD), np.uint8)
    shown = resized(ink.astype(np.float32), rows, columns) >= 0.5
    drawing[top : top + rows, left : left + columns] = np.where(shown, 255, 0)
    return drawing
