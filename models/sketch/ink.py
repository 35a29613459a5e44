"""The ink of the digits in a picture, as drawings; slim lines are drawn again with a wider pen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats
from models.datasets.mnist import SIDE
from models.pictures.parts import ImageError
from models.sketch.background import height, is_dark, resized
from models.sketch.drawing import PAD, Bilevel
from models.sketch.grouping import Names
from models.sketch.image_file import LUMINANCE
from models.sketch.preparation import FITTED
from models.sketch.segmentation import FAINTEST, NOTHING, Bits, parted

FIT = PAD * FITTED // SIDE  # points of the longer side of the ink on a drawing
FINE = 4  # rows of the picture, made larger or smaller, to a point of the drawing
LEAST = 240  # pixels of the longer side that a picture is worked with; smaller ones are made larger
PLAIN = 1.5  # times as much as in grey must be seen in a colour for it to be looked at instead
BROAD = 0.4  # of the shorter side, than which ink is slimmer
SHEET = 0.7  # of a box that what was found fills, from which on it is a sheet of paper
RIM = 0.02  # of the shorter side, that a sheet is cut off at its edge
MOST = 0.6  # of a picture's area that may be ink
PEN = 7.0  # points of the drawing: what is slimmer is widened to this, about the width of MNIST's lines
MOST_DIGITS = 32  # of one picture
WIDE = 1.6  # times as wide as high: of MNIST's digits one in 300 is
CHANNELS = ("grey", "red", "green", "blue")


@dataclass(frozen=True)
class Digit:
    """One digit in a picture.

    Attributes:
        drawing: (112, 112), 255 is ink.
        box: Around its ink: top, left, bottom and right, as shares of the picture's height and width.
        ink: Share of the picture that is its ink.
        widened: Whether its lines were too slim to be seen in 28×28 pixels, and were widened.
    """

    drawing: Bilevel
    box: tuple[float, float, float, float]
    ink: float
    widened: bool

    def is_wide(self, width: int, height: int) -> bool:
        """Whether it is so much wider than high, in a picture of these sides, that it may be two."""
        top, left, bottom, right = self.box
        return (right - left) * width > WIDE * (bottom - top) * height


@dataclass(frozen=True)
class Ink:
    """The digits that were found in a picture.

    Attributes:
        digits: As one reads them, at least one and at most 32.
        count: How many were found in all.
        dark: Whether ink is darker than what is around it.
        contrast: How far it is above its paper, from 0 to 1, which is black on white.
        channel: "grey", or the colour that shows it much better.
        dropped: How many parts were left out as dirt or shadow.
    """

    digits: tuple[Digit, ...]
    count: int
    dark: bool
    contrast: float
    channel: str
    dropped: int

    @property
    def largest(self) -> int:
        """Which digit has most ink: its place among them, from 0 on."""
        return max(range(len(self.digits)), key=lambda place: self.digits[place].ink)


def find_ink(colours: Floats) -> Ink:
    """Return the ink of a picture, (rows, columns, 3) in [0, 1].

    Raises:
        ImageError: Nothing stands out from what is around it, or nearly everything does.
    """
    channel, grey = _channel(colours)
    if np.ptp(grey) < FAINTEST / 2:
        raise ImageError("No digit can be found: all of the image has the same brightness.")
    grey = resized(grey, *(side * -(-LEAST // max(grey.shape)) for side in grey.shape))
    found = _looked_for(grey)
    if (found.digits > 0).mean() > MOST:
        raise ImageError("No digit can be found: nearly all of the image stands out from its border.")
    count = int(found.digits.max())
    digits = tuple(_digit(found, number, grey.shape) for number in range(1, min(count, MOST_DIGITS) + 1))
    contrast = min(1.0, float(np.percentile(found.above[found.digits > 0], 75)))
    return Ink(digits, count, found.dark, contrast, channel, found.dropped)


@dataclass(frozen=True)
class _Found:
    """What stands out: how far all is above its paper, where which digit is, from which height on.

    Attributes:
        corner: Row and column of the picture where the part of it begins that was looked at.
    """

    above: Floats
    digits: Names
    threshold: float
    dropped: int
    dark: bool
    corner: tuple[int, int] = (0, 0)


def _looked_for(grey: Floats) -> _Found:
    """Return what stands out from a picture, or, where that is a sheet of paper, from this."""
    dark = is_dark(grey)
    try:
        found = _found(grey, dark=dark)
    except ImageError:
        return _found(grey, dark=not dark)
    first = _largest(found.digits)
    if not _is_sheet(first):
        return found
    sheet, corner = _on_sheet(grey, first)
    return replace(_found(sheet, dark=not dark), corner=corner)


def _found(grey: Floats, *, dark: bool) -> _Found:
    first = _largest(parted(height(grey, BROAD * min(grey.shape), dark=dark))[0])
    above = height(grey, 3 * _width(first[_box(first)]), dark=dark)  # now that the width of the ink is known
    return _Found(above, *parted(above), dark)


def _largest(digits: Names) -> Bits:
    """Return where the digit with most ink is."""
    return np.asarray(digits == 1 + np.bincount(digits.ravel())[1:].argmax())


def _digit(found: _Found, number: int, shape: tuple[int, ...]) -> Digit:
    """Return one digit of those that were found in a picture of so many rows and columns."""
    own = found.digits == number
    rows, columns = _box(own)
    fine = _cut_out(found, number, (rows, columns)) > found.threshold
    slim = max(0.0, PEN - _width(fine) / FINE)
    (top, left), (height, width) = found.corner, shape[:2]
    box = (
        (top + rows.start) / height,
        (left + columns.start) / width,
        (top + rows.stop) / height,
        (left + columns.stop) / width,
    )
    return Digit(_drawn(fine, slim / 2), box, float(own.sum() / (height * width)), slim > 1)


def _is_sheet(parts: Bits) -> bool:
    """Return whether what was found is no digit but what one is written on: it fills most of a broad box."""
    box = parts[_box(parts)]
    return bool(box.mean() > SHEET) and max(box.shape) < 2 * min(box.shape)


def _on_sheet(grey: Floats, parts: Bits) -> tuple[Floats, tuple[int, int]]:
    """Return what is on a sheet, and where it begins; what lies around becomes as bright as its edge."""
    from scipy import ndimage  # noqa: PLC0415 - takes a second; the page must not wait for it

    sheet = ndimage.binary_fill_holes(parts)
    inner = ndimage.distance_transform_edt(sheet) > RIM * min(parts.shape)
    if not inner.any():
        raise ImageError(NOTHING)
    rows, columns = ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True)
    box = _box(inner)
    return np.asarray(grey[rows, columns][box]), (box[0].start, box[1].start)


def _channel(colours: Floats) -> tuple[str, Floats]:
    """Return the colour in which most is to be seen, and how bright all is in it."""
    channels = [colours @ np.array(LUMINANCE, np.float32), *np.moveaxis(colours, -1, 0)]
    seen = [float(np.ptp(np.percentile(each[::2, ::2], (1, 99)))) for each in channels]
    best = int(np.argmax([seen[0] * PLAIN, *seen[1:]]))
    return CHANNELS[best], channels[best]


def _cut_out(found: _Found, number: int, box: tuple[slice, slice]) -> Floats:
    """Return how far a digit is above its paper, in the box around it, the longer side of it 320 pixels."""
    from scipy import ndimage  # noqa: PLC0415

    digits = found.digits[box]
    near = ndimage.binary_dilation(digits == number, iterations=3) & ((digits == number) | (digits == 0))
    own = np.where(near, found.above[box], np.float32(0))
    rows, columns = (max(1, round(side * FIT * FINE / max(own.shape))) for side in own.shape)
    return resized(own, rows, columns)


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
