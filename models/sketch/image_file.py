"""The picture in an image file: upright, without transparency, and no larger than is worked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.arrays import Floats
from models.pictures.decoder import Decoded, decode
from models.pictures.kinds import split
from models.pictures.parts import MOST_PIXELS, Format, ImageError

DECODERS: Mapping[Format, str] = MappingProxyType(  # Pillow's names of them
    {
        "PNG": "PNG",
        "JPEG": "JPEG",
        "WebP": "WEBP",
        "GIF": "GIF",
        "BMP": "BMP",
        "TIFF": "TIFF",
        "AVIF": "AVIF",
        "HEIC": "HEIF",
    }
)
SMALLEST = 8  # pixels of a side
SLIMMEST = 32  # times as long as wide
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601, of red, green and blue
Paper = Literal["white", "black", "its own background"]
OPAQUE = 0.6  # share of a picture that is covered, from which on what covers it has a background of its own


@dataclass(frozen=True)
class Picture:
    """A picture as it was found.

    Attributes:
        colours: (rows, columns, 3) float32 in [0, 1], the longer side at most 640.
        format: Of the file.
        width: Of the upright picture in the file, in pixels.
        height: Of the same.
        orientation: What EXIF said, 1 to 8; the picture is upright already.
        laid_on: What it was laid on where it is transparent, None where nothing is.
        turn: Degrees clockwise by which it was turned after that.
        coarse: Whether its file lacks the last of the steps in which it becomes fine.
    """

    colours: Floats
    format: Format
    width: int
    height: int
    orientation: int
    laid_on: Paper | None
    turn: int = 0
    coarse: bool = False


def read(content: bytes, turn: int = 0) -> Picture:
    """Return the picture in a file, of several the first.

    Args:
        content: The file.
        turn: Degrees clockwise by which it is turned once it is upright: 0, 90, 180 or 270.

    Raises:
        FormatError: The file is of no kind that can be read.
        ImageError: It is broken, too small, or too large; that is found before anything is decoded.
    """
    parts = split(content)
    _require_size(parts.width, parts.height)
    found = decode(parts.content, DECODERS[parts.format])
    _require_size(found.width, found.height)
    orientation = max(parts.orientation, found.orientation)
    (values, alpha), laid_on = _values(found), None
    if alpha is not None and alpha.min() < 1:
        laid_on, paper = _paper(values, alpha)
        values = values * alpha + paper * (1 - alpha)
    sides = (found.width, found.height)
    width, height = sides[::-1] if (orientation >= 5) != (turn in (90, 270)) else sides
    values = np.ascontiguousarray(np.rot90(upright(values, orientation), -turn // 90))
    return Picture(values, parts.format, width, height, orientation, laid_on, turn, parts.coarse)


def upright(values: Floats, orientation: int) -> Floats:
    """Return a picture, (rows, columns, …), turned as EXIF's number says, 1 to 8."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def _require_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise ImageError(
            f"The image has more than 16 million pixels ({MOST_PIXELS:,}). Make it smaller and send it again."
        )
    if min(width, height) < SMALLEST:
        raise ImageError(f"The image is too small to hold a digit: each side must be {SMALLEST} pixels long.")
    if max(width, height) > SLIMMEST * min(width, height):
        raise ImageError(f"The image is too slim: one side is more than {SLIMMEST} times the other.")


def _values(found: Decoded) -> tuple[Floats, Floats | None]:
    """Return colours, (rows, columns, 3), and what covers, (rows, columns, 1), both in [0, 1]."""
    columns, rows = found.sides
    levels = np.frombuffer(found.pixels, np.uint8).reshape(rows, columns, len(found.mode))
    values = np.divide(levels, np.float32(255), dtype=np.float32)
    return values[..., :3], values[..., 3:] if found.mode == "RGBA" else None


def _paper(values: Floats, alpha: Floats) -> tuple[Paper, Floats]:
    """Return what a transparent picture is laid on, and its colour: what little of it there is stands out."""
    seen = alpha[..., 0] > 0.5
    if seen.mean() > OPAQUE:
        return "its own background", np.asarray(np.median(values[seen], axis=0), np.float32)
    shown = (values @ np.array(LUMINANCE, np.float32))[seen]
    dark = not shown.size or shown.mean() < 0.5
    return ("white" if dark else "black"), np.full(3, dark, np.float32)
