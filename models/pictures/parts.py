"""The parts of a PNG or JPEG file that make its pixels, and what it says of itself; nothing is decoded here.

A file is a stranger's. A decoder that reads all of it can be kept busy by a few of its bytes: by thousands of
comments, by tables of EXIF that point at each other, by thousands of scans of one picture. It therefore gets
only what makes the pixels, in a number that a picture can need.

Sources: W3C (2003), Portable Network Graphics, 2nd ed., doi:10.2312/iso.15948; ITU-T T.81 (1992), annex B;
JEITA CP-3451 (2002), Exif 2.2, section 4.6.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

MOST_PIXELS = 4096 * 4096
MOST_BYTES = 12 * 2**20  # of a file
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"  # what they begin with
MOST_PARTS = 20_000
MOST_SCANS = 50  # of one picture; what is made to appear step by step takes about ten
CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of a frame, which says the size
MARKERS = SIZED | {0xC4, 0xCC, 0xDB, 0xDD, 0xE0, 0xEE}  # tables, restarts, and how colours are to be read
PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)  # of these frames
SCAN, EXIF = 0xDA, 0xE1
BARE = frozenset(range(0xD0, 0xDA)) | {0x00, 0x01}  # markers without a length: none belongs before a scan
MARKER = re.compile(rb"\xff+([^\xff])")
SCANS = re.compile(
    rb"\xff\xda..([\1-\4])(?=(.{5,11}))", re.DOTALL
)  # how many colours each has, and their parts
COEFFICIENTS, NEVER = 64, 0xFF  # of a block; how many bits one lacks that never comes
ORIENTATION, SHORT = 0x0112, 3

CUT = "The image is cut off: its file ends too early. Send the whole of it."
DAMAGED = "The image is damaged and cannot be read. Save it anew as PNG or JPEG."
MISSING = (
    "The image is damaged: its file ends, or goes wrong, before its last pixel. Send the whole of it anew."
)
CHANGED = "The image is damaged: some of its bytes were changed or lost on the way. Send it anew."


Format = Literal["PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"]


class ImageError(ValueError):
    """A file that no digit can be read from; the message is a sentence for the person who sent it."""


class FormatError(ImageError):
    """A file of no kind that can be read, whatever it is called."""


@dataclass(frozen=True)
class Parts:
    """What of a file makes its pixels.

    Attributes:
        format: By content.
        width: In pixels, as stored; where a file names several, the largest.
        height: In pixels, as stored.
        orientation: How it is to be turned, 1 to 8, as EXIF numbers it; 1 is as stored, or as decoded.
        content: A file of the same pixels.
        coarse: Whether it lacks the last of the steps in which a progressive JPEG becomes fine.
    """

    format: Format
    width: int
    height: int
    orientation: int
    content: bytes
    coarse: bool = False


def png(content: bytes) -> Parts:
    """Return what makes the pixels of a PNG."""
    kept, at, turned = [PNG], len(PNG), 1
    for _ in range(MOST_PARTS):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content):
            raise ImageError(CUT)
        if (kind == b"IHDR") != (at == len(PNG)):
            raise ImageError(DAMAGED)
        if zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end], "big"):
            raise ImageError(CHANGED)
        if kind in CHUNKS:
            kept.append(content[at:end])
        if kind == b"eXIf":
            turned = orientation(content[at + 8 : end - 4])
        if kind == b"IEND":
            width, height = (int.from_bytes(kept[1][place : place + 4], "big") for place in (8, 12))
            return Parts("PNG", width, height, turned, b"".join(kept))
        at = end
    raise too_many()


def png_data(content: bytes) -> Iterator[bytes]:
    """Yield the parts of a PNG that hold its pixels, of one that `png` has passed on."""
    at = len(PNG)
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"IDAT":
            yield content[at + 8 : at + 8 + size]
        at += 12 + size


def jpeg(content: bytes) -> Parts:
    """Return what makes the pixels of a JPEG."""
    kept, at, turned, sizes, frames = [JPEG[:2]], 2, 1, [], []
    for _ in range(MOST_PARTS):
        found = MARKER.match(content, at)
        if found is None:
            raise ImageError(CUT if not content[at:].strip(b"\xff") else DAMAGED)
        marker, first = found[1][0], found.end()
        at = first + int.from_bytes(content[first : first + 2], "big")
        if marker in BARE:
            raise ImageError(DAMAGED)
        if at > len(content) or len(content) < first + 2:
            raise ImageError(CUT)
        if marker == SCAN:
            break
        segment = content[first:at]
        if marker in MARKERS:
            kept.append(b"\xff" + found[1] + segment)
        if marker in SIZED:
            sizes.append(segment)
            frames.append(marker)
        if marker == EXIF and segment[2:8] == b"Exif\0\0":
            turned = orientation(segment[8:])
    else:
        raise too_many()
    if len(sizes) != 1 or len(sizes[0]) < 8:
        raise ImageError(DAMAGED)
    height, width = (int.from_bytes(sizes[0][place : place + 2], "big") for place in (3, 5))
    scans = _scans(content, first - 1)
    coarse = _is_coarse(sizes[0], b"\xff" + scans, progressive=frames[0] in PROGRESSIVE)
    return Parts("JPEG", width, height, turned, b"".join([*kept, b"\xff", scans]), coarse)


def _scans(content: bytes, first: int) -> bytes:
    """Return what follows a JPEG's tables, from its first scan to its end."""
    end = content.find(b"\xff\xd9", first) + 2
    if end < 2:
        raise ImageError(CUT)
    if content.count(b"\xff\xda", first, end) >= MOST_SCANS:
        raise too_many()
    return content[first:end]


def _is_coarse(frame: bytes, scans: bytes, *, progressive: bool) -> bool:
    """Return whether some coefficients of a JPEG never come, or not to their last bit.

    A progressive one that was cut between two scans is a whole file, and allowed: only less fine.

    Args:
        frame: Its segment, from the length on.
        scans: From the first of them to the end.
        progressive: Whether a scan may bring a part of the coefficients, or of their bits.

    Raises:
        ImageError: One of the colours never comes.
    """
    lacking = {colour: bytearray([NEVER] * COEFFICIENTS) for colour in frame[8 : 8 + 3 * frame[7] : 3]}
    for count, said in SCANS.findall(scans):
        colours, (first, last, bits) = said[: 2 * count[0] : 2], said[2 * count[0] :][:3]
        brought = range(first, min(last + 1, COEFFICIENTS)) if progressive else range(COEFFICIENTS)
        for colour, coefficient in product(colours, brought):
            if colour in lacking:
                lacking[colour][coefficient] = bits & 15 if progressive else 0
    if any(each[0] == NEVER for each in lacking.values()):
        raise ImageError(CUT)
    return any(map(any, lacking.values()))


def too_many() -> ImageError:
    """Return the refusal of a file that has too many parts."""
    return ImageError("The image consists of more parts than a picture needs. Save it anew as PNG or JPEG.")


def orientation(exif: bytes) -> int:
    """Return how EXIF, from its byte order on, says that a picture is to be turned: 1 to 8.

    It is 1, as stored, where EXIF is silent or broken: then the picture is still one.

    >>> orientation(bytes.fromhex("4949 2a00 08000000 0100 1201 0300 01000000 06000000"))
    6
    """
    if exif[:2] not in (b"II", b"MM"):
        return 1
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4)
    for entry in range(first + 2, min(first + 2 + 12 * number(first, 2), len(exif)), 12):
        if number(entry, 2) == ORIENTATION and number(entry + 2, 2) == SHORT:
            turned = number(entry + 8, 2)
            return turned if 1 <= turned <= 8 else 1
    return 1
