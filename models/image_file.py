"""The picture in a PNG or JPEG file: upright, without transparency, and no larger than is worked with."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.forward_pass import Floats
from models.image_parts import DAMAGED, ImageError, Parts, split

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 4096 * 4096
SMALLEST = 8  # pixels of a side
SLIMMEST = 32  # times as long as wide
WORKED = 640  # pixels of the longer side; larger pictures are made smaller by means over areas
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601, of red, green and blue
Paper = Literal["white", "black", "its own background"]
OPAQUE = 0.6  # share of a picture that is covered, from which on what covers it has a background of its own


@dataclass(frozen=True)
class Picture:
    """A picture as it was found.

    Attributes:
        colours: (rows, columns, 3) float32 in [0, 1], the longer side at most 640.
        format: "PNG" or "JPEG".
        width: Of the upright picture in the file, in pixels.
        height: Of the same.
        orientation: What EXIF said, 1 to 8; the picture is upright already.
        laid_on: What it was laid on where it is transparent, None where nothing is.
    """

    colours: Floats
    format: Literal["PNG", "JPEG"]
    width: int
    height: int
    orientation: int
    laid_on: Paper | None


def read(content: bytes) -> Picture:
    """Return the picture in a file, of an animation the first.

    Raises:
        FormatError: The file is neither PNG nor JPEG.
        ImageError: It is broken, too small, or too large; that is found before anything is decoded.
    """
    parts = split(content)
    _require_size(parts.width, parts.height)
    values, alpha = _decoded(parts)
    laid_on = None
    if alpha is not None and alpha.min() < 1:
        laid_on, paper = _paper(values, alpha)
        values = values * alpha + paper * (1 - alpha)
    sides = (parts.height, parts.width) if parts.orientation >= 5 else (parts.width, parts.height)
    return Picture(upright(values, parts.orientation), parts.format, *sides, parts.orientation, laid_on)


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


def _decoded(parts: Parts) -> tuple[Floats, Floats | None]:
    """Return colours, (rows, columns, 3), and what covers, (rows, columns, 1), both in [0, 1]."""
    from PIL import Image  # noqa: PLC0415 - takes a tenth of a second; the page must not wait for it

    try:
        with Image.open(io.BytesIO(parts.content), formats=(parts.format,)) as image:
            image.draft(None, (WORKED, WORKED))  # of a JPEG: not all of its detail
            plain = _plain(image)
        plain.thumbnail((WORKED, WORKED), Image.Resampling.BOX)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImageError(DAMAGED) from error
    if plain.mode in ("L", "RGB"):
        return _floats(plain.convert("RGB")), None
    whole = _floats(plain.convert("RGBA"))
    return whole[..., :3], whole[..., 3:]


def _plain(image: Image) -> Image:
    """Return an image with eight bits to a channel: grey or colour, with or without what covers."""
    from PIL import Image  # noqa: PLC0415

    if image.mode.startswith("I"):  # 16 bits
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _floats(image: Image) -> Floats:
    return np.asarray(image, np.float32) / np.float32(255)


def _paper(values: Floats, alpha: Floats) -> tuple[Paper, Floats]:
    """Return what a transparent picture is laid on, and its colour: what little of it there is stands out."""
    seen = alpha[..., 0] > 0.5
    if seen.mean() > OPAQUE:
        return "its own background", np.asarray(np.median(values[seen], axis=0), np.float32)
    shown = (values @ np.array(LUMINANCE, np.float32))[seen]
    dark = not shown.size or shown.mean() < 0.5
    return ("white" if dark else "black"), np.full(3, dark, np.float32)
