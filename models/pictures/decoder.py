"""Decodes an image, also as a process of its own, which may run into its limits without harm to others.

`python -m models.pictures.decoder WEBP`, with a file on standard input, writes a line of JSON on standard
output, and behind it the pixels.
"""

from __future__ import annotations

import io
import json
import re
import resource
import signal
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.pictures.parts import DAMAGED, MISSING, MOST_PIXELS, FormatError, ImageError, png_data

if TYPE_CHECKING:
    from PIL.Image import Image

ROOT = Path(__file__).parents[2]
WORKED = 640  # pixels of the longer side; larger pictures are made smaller by means over areas
APART = ("WEBP", "TIFF", "AVIF", "HEIF")  # are decoded by a process of their own
COVERED = ("LA", "PA", "RGBA", "La", "RGBa")  # Pillow's modes with what covers
ORIENTATION = 0x0112
SECONDS, PATIENCE = 10, 30  # of processor time that such a process may take, and of waiting for it
MEMORY = 2**30  # bytes of addresses that it may have
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG's kinds of colour
PASSES = (  # of an interlaced one: first column, first row, and the steps to the next
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
INFLATED = 2**20  # bytes at once
LOST = (
    "Corrupt",
    "Premature",
    "Bogus",
    "Inconsistent",
)  # how libjpeg begins to say that something is missing
IDLE = re.compile(r"Corrupt JPEG data: ([0-9]+) extraneous bytes before marker 0xd9")  # that is harmless
UNAVAILABLE = 4  # what it returns if a decoder is not installed
SLOW = "The image takes too long to decode. Save it anew as PNG or JPEG, and send that."


@dataclass(frozen=True)
class Decoded:
    """A picture with eight bits to a channel, the longer side at most 640 pixels.

    Attributes:
        mode: "RGB", or "RGBA" with what covers.
        sides: Columns and rows of it.
        width: Before it was made smaller.
        height: The same.
        orientation: How it is still to be turned, 1 to 8, as EXIF numbers it.
        pixels: Row by row.
    """

    mode: str
    sides: tuple[int, int]
    width: int
    height: int
    orientation: int
    pixels: bytes


def decode(content: bytes, kind: str) -> Decoded:
    """Return the first picture of a file.

    Args:
        content: What makes its pixels.
        kind: Pillow's name of the only decoder that is tried.

    Raises:
        FormatError: The decoder is not installed.
        ImageError: The file is damaged, larger than it said, or takes too long.
    """
    require_whole(content, kind)
    return _apart(content, kind) if kind in APART else _decoded(content, kind)


def require_whole(content: bytes, kind: str) -> None:
    """Refuse a file whose data end before its pixels do, where its decoder would pass over that in silence.

    Args:
        content: What makes its pixels.
        kind: Pillow's name of its decoder.

    Raises:
        ImageError: It is one.
    """
    if kind == "JPEG":
        _require_whole_jpeg(content)
    if kind == "PNG":
        _require_whole_png(content)


def _require_whole_png(content: bytes) -> None:
    """Refuse a PNG whose data end before its pixels do, of which Pillow makes black ones in silence."""
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    bits = content[24] * CHANNELS.get(content[25], 0)
    passes = PASSES if content[28] else ((0, 0, 1, 1),)
    sides = [
        (-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes if x < width and y < height
    ]
    lacking = sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sides)
    inflating = zlib.decompressobj()
    for part in png_data(content):
        left = part
        while left and lacking > 0:
            try:
                lacking -= len(inflating.decompress(left, INFLATED))
            except zlib.error as error:
                raise ImageError(DAMAGED) from error
            left = inflating.unconsumed_tail
    if lacking > 0:
        raise ImageError(MISSING)


def _require_whole_jpeg(content: bytes) -> None:
    """Refuse a JPEG whose data end before its pixels do, of which Pillow makes grey ones in silence.

    It is decoded once more for that, with an eighth of its detail, by what passes libjpeg's warnings on.
    Bytes that are left over before the end are harmless: some cameras write them.
    """
    said = _warning(content)
    if idle := IDLE.search(said):  # which may hide what was warned of before
        said = _warning(content[: len(content) - 2 - int(idle[1])] + content[-2:])
    if said.startswith(LOST) and not IDLE.search(said):
        raise ImageError(MISSING)


def _warning(content: bytes) -> str:
    """Return what libjpeg warns of as it decodes a JPEG, "" for nothing."""
    import simplejpeg  # noqa: PLC0415 - only where it is needed

    try:
        simplejpeg.decode_jpeg(content, "GRAY", fastdct=True, fastupsample=True, min_height=1, min_width=1)
    except ValueError as error:
        return str(error)
    return ""


def _decoded(content: bytes, kind: str) -> Decoded:
    from PIL import Image  # noqa: PLC0415 - takes a tenth of a second; the page must not wait for it

    if kind == "HEIF":
        import pillow_heif  # noqa: PLC0415 - only where it is needed

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ImageError(DAMAGED)
            turned = image.getexif().get(ORIENTATION, 1) if kind == "AVIF" else 1
            image.draft(None, (WORKED, WORKED))  # of a JPEG: not all of its detail
            plain = _plain(image)
        plain.thumbnail((WORKED, WORKED), Image.Resampling.BOX)
    except Exception as error:
        raise ImageError(DAMAGED) from error
    plain = plain.convert("RGB" if plain.mode in ("L", "RGB") else "RGBA")
    return Decoded(plain.mode, plain.size, width, height, turned, plain.tobytes())


def _plain(image: Image) -> Image:
    """Return an image with eight bits to a channel: grey or colour, with or without what covers."""
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image)
    if image.mode in COVERED or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _scaled(image: Image) -> Image:
    """Return a grey image of more than eight bits with eight; where no scale is known, from least to most."""
    import numpy as np  # noqa: PLC0415 - only where it is needed
    from PIL import Image  # noqa: PLC0415

    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(np.uint8))
    values = np.nan_to_num(values.astype(np.float64))
    low, high = values.min(), values.max()
    return Image.fromarray(np.uint8(255 * (values - low) / ((high - low) or 1)))


def _apart(content: bytes, kind: str) -> Decoded:
    """Have an image decoded by a process of its own, which ends with it."""
    command = [sys.executable, "-m", __name__, kind]
    known = {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, the file is read as bytes
            command, input=content, capture_output=True, timeout=PATIENCE, cwd=ROOT, env=known, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ImageError(SLOW) from error
    if done.returncode == UNAVAILABLE:
        raise FormatError(f"{kind} images cannot be read here: save it as PNG or JPEG, and send that.")
    if done.returncode == -signal.SIGXCPU:
        raise ImageError(SLOW)
    if done.returncode:
        raise ImageError(DAMAGED)
    head, _, pixels = done.stdout.partition(b"\n")
    told = json.loads(head)
    return Decoded(**{**told, "sides": tuple(told["sides"]), "pixels": pixels})


def main(kind: str) -> None:
    """Decode what is on standard input, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    try:
        found = _decoded(sys.stdin.buffer.read(), kind)
    except ImportError:
        sys.exit(UNAVAILABLE)
    told = {name: value for name, value in vars(found).items() if name != "pixels"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + found.pixels)


if __name__ == "__main__":
    main(sys.argv[1])
