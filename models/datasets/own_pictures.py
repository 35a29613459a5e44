"""A picture in a file becomes the pixels that a network reads: upright, on white, whole, in its size.

A file is taken apart first, as uploads are: sizes are compared with the limit by its header, and the decoder
gets only what makes the pixels. Only those of the formats that are named here are tried, whatever a file is
called.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.datasets.dataset import ImageSpec
from models.pictures.decoder import require_whole
from models.pictures.kinds import split
from models.pictures.parts import MOST_BYTES, MOST_PIXELS, Format, FormatError, ImageError, Parts

if TYPE_CHECKING:
    from PIL.Image import Image

DECODERS: Mapping[Format, str] = MappingProxyType(  # Pillow's names of them
    {"PNG": "PNG", "JPEG": "JPEG", "WebP": "WEBP", "BMP": "BMP", "TIFF": "TIFF"}
)
READ = "PNG, JPEG, WebP, BMP and TIFF"
ORIENTATION = 0x0112  # in EXIF
TURNED = (5, 6, 7, 8)  # values of it that exchange columns and rows
THREADS = 4  # at most: each may hold a picture in full
SIXTEEN = 65_535 / 255  # levels of 16 bits to one of 8
Fault = Literal[
    "no pictures",
    "broken",
    "larger than 16 million pixels",
    "larger than 12 MiB",
    "unreadable to this user",
]
COLOURED = 16  # levels by which red, green and blue differ in what is no grey picture


class PictureError(Exception):
    """A file gives no picture; the one argument says why."""


class Sides(NamedTuple):
    """Of a picture, upright, in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


@dataclass(frozen=True)
class Seen:
    """What is said of a picture that was read.

    Attributes:
        sides: Before it was brought to another size.
        is_clear: Whether it is transparent anywhere, and was laid on white.
        is_greyed: Whether it had colours, and has none any more.
    """

    sides: Sides
    is_clear: bool = False
    is_greyed: bool = False


@dataclass(frozen=True)
class Pictures:
    """The pictures in files, without those that could not be read.

    Attributes:
        images: (n, rows, columns) uint8 of grey, (n, rows, columns, 3) of coloured ones.
        seen: Of each file what was seen, None where there is no picture in it.
        faults: Files without a picture, by what is wrong with them.
    """

    images: NDArray[np.uint8]
    seen: tuple[Seen | None, ...]
    faults: dict[Fault, list[Path]]


def read_all(files: Sequence[Path], spec: ImageSpec) -> Pictures:
    """Return the pictures in files, decoded by several threads straight to the size that is asked for."""
    images = np.empty((len(files), *spec.sides), np.uint8)

    def one(number: int) -> Seen | Fault:
        try:
            images[number], seen = read(files[number], spec)
        except PictureError as error:
            fault: Fault = error.args[0]
            return fault
        return seen

    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one, range(len(files))))
    faults: dict[Fault, list[Path]] = {}
    for file, each in zip(files, found, strict=True):
        if not isinstance(each, Seen):
            faults.setdefault(each, []).append(file)
    seen = tuple(each if isinstance(each, Seen) else None for each in found)
    return Pictures(images[[each is not None for each in seen]] if faults else images, seen, faults)


def read(path: Path, spec: ImageSpec) -> tuple[NDArray[np.uint8], Seen]:
    """Return the pixels of the first picture in a file, and what is said of it.

    Raises:
        PictureError: There is none; its argument is a `Fault`.
    """
    from PIL import Image  # noqa: PLC0415 - a tenth of a second; no page waits for it

    parts = _parts(path)
    try:
        require_whole(parts.content, DECODERS[parts.format])
        with Image.open(io.BytesIO(parts.content), formats=(DECODERS[parts.format],)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureError("larger than 16 million pixels")
            whole = image.size
            side = 2 * max(spec.rows, spec.columns)
            image.draft(None, (side, side))  # of a JPEG: no more detail than twice what is kept
            image.load()
            turned = max(parts.orientation, _orientation(image))  # a TIFF is upright once it is loaded
            pixels, is_clear, is_greyed = _plain(image, spec.channels)
    except PictureError:
        raise
    except Exception as error:  # decoders raise anything at all
        raise PictureError("broken") from error
    sides = Sides(*(whole[::-1] if turned in TURNED else whole))
    return fitted(pixels, spec, turned), Seen(sides, is_clear, is_greyed)


def _parts(path: Path) -> Parts:
    """Return what of a file makes its pixels.

    Raises:
        PictureError: It has none, or too many, or is cut off or damaged.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise PictureError("larger than 12 MiB")
        parts = split(content)
    except PermissionError as error:
        raise PictureError("unreadable to this user") from error
    except FormatError as error:
        raise PictureError("no pictures") from error
    except (ImageError, OSError) as error:
        raise PictureError("broken") from error
    if parts.format not in DECODERS:
        raise PictureError("no pictures")
    if parts.width * parts.height > MOST_PIXELS:
        raise PictureError("larger than 16 million pixels")
    return parts


def fitted(image: Image, spec: ImageSpec, turned: int = 1) -> NDArray[np.uint8]:
    """Return the pixels of the whole of a picture in another size, and upright.

    What becomes smaller does so by Lanczos' filter over the area of each pixel, what does not, bilinearly.

    Args:
        image: Grey for one channel, in colours for three.
        spec: The form that is wanted.
        turned: How it is to be turned, as EXIF says it.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    sides = (spec.columns, spec.rows) if turned not in TURNED else (spec.rows, spec.columns)
    if image.size != sides:
        shrinks = image.width > sides[0] or image.height > sides[1]
        image = image.resize(sides, Image.Resampling.LANCZOS if shrinks else Image.Resampling.BILINEAR)
    if turned != 1:
        image.getexif()[ORIENTATION] = turned
        image = ImageOps.exif_transpose(image)
    return np.asarray(image, np.uint8)


def _orientation(image: Image) -> int:
    """Return how EXIF says that a picture is to be turned: 1 to 8, and 1 where it is silent or broken."""
    try:
        turned = image.getexif().get(ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, OverflowError):
        return 1
    return turned if isinstance(turned, int) and 1 <= turned <= 8 else 1


def _plain(image: Image, channels: int) -> tuple[Image, bool, bool]:
    """Return a picture in grey or in colours, whether it was laid on white, and lost its colours."""
    from PIL import Image  # noqa: PLC0415 - as above

    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    is_clear = False
    if image.has_transparency_data:
        image = image.convert("RGBA")
        is_clear = image.getchannel("A").getextrema() != (255, 255)
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    if image.mode not in ("1", "L"):
        image = image.convert("RGB")
    is_greyed = channels == 1 and image.mode == "RGB" and _has_colours(image)
    return image.convert("L" if channels == 1 else "RGB"), is_clear, is_greyed


def _has_colours(image: Image) -> bool:
    """Whether red, green and blue differ anywhere by more than the loss of a JPEG."""
    red, green, blue = (np.asarray(each) for each in image.split())
    most, least = (pick(pick(red, green), blue) for pick in (np.maximum, np.minimum))
    return bool((most - least).max() > COLOURED)


def _eight_bits(image: Image) -> Image:
    """Return a grey picture of more than eight bits with eight, by the scale that its largest value tells."""
    from PIL import Image  # noqa: PLC0415 - as above

    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 65_535:
        raise ValueError("Its values go beyond sixteen bits.")
    if image.mode.startswith("I;16") or values.max() > 255:
        values = values / SIXTEEN
    elif image.mode == "F" and values.max() <= 1:
        values = values * 255
    return Image.fromarray(np.rint(values).astype(np.uint8))
