"""The parts of a PNG or JPEG file that make its pixels, and what it says of itself; nothing is decoded here.

A file is a stranger's. A decoder that reads all of it can be kept busy by a few of its bytes: by thousands of
comments, by tables of EXIF that point at each other, by thousands of scans of one picture. It therefore gets
only what makes the pixels, in a number that a picture can need.

Sources: W3C (2003), Portable Network Graphics, 2nd ed., doi:10.2312/iso.15948; ITU-T T.81 (1992), annex B;
JEITA CP-3451 (2002), Exif 2.2, section 4.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MOST_PIXELS = 4096 * 4096
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"  # what they begin with
MOST_PARTS = 20_000
MOST_SCANS = 50  # of one picture; what is made to appear step by step takes about ten
CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of a frame, which says the size
MARKERS = SIZED | {0xC4, 0xCC, 0xDB, 0xDD, 0xE0, 0xEE}  # tables, restarts, and how colours are to be read
SCAN, EXIF = 0xDA, 0xE1
BARE = frozenset(range(0xD0, 0xDA)) | {0x00, 0x01}  # markers without a length: none belongs before a scan
MARKER = re.compile(rb"\xff+([^\xff])")
ORIENTATION, SHORT = 0x0112, 3

CUT = "The image is cut off: its file ends too early. Send the whole of it."
DAMAGED = "The image is damaged and cannot be read. Save it anew as PNG or JPEG."


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
    """

    format: Format
    width: int
    height: int
    orientation: int
    content: bytes


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
        if kind in CHUNKS:
            kept.append(content[at:end])
        if kind == b"eXIf":
            turned = orientation(content[at + 8 : end - 4])
        if kind == b"IEND":
            width, height = (int.from_bytes(kept[1][place : place + 4], "big") for place in (8, 12))
            return Parts("PNG", width, height, turned, b"".join(kept))
        at = end
    raise too_many()


def jpeg(content: bytes) -> Parts:
    """Return what makes the pixels of a JPEG."""
    kept, at, turned, sizes = [JPEG[:2]], 2, 1, []
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
        if marker == EXIF and segment[2:8] == b"Exif\0\0":
            turned = orientation(segment[8:])
    else:
        raise too_many()
    if len(sizes) != 1 or len(sizes[0]) < 8:
        raise ImageError(DAMAGED)
    height, width = (int.from_bytes(sizes[0][place : place + 2], "big") for place in (3, 5))
    return Parts("JPEG", width, height, turned, b"".join([*kept, b"\xff", _scans(content, first - 1)]))


def _scans(content: bytes, first: int) -> bytes:
    """Return what follows a JPEG's tables, from its first scan to its end."""
    end = content.find(b"\xff\xd9", first) + 2
    if end < 2:
        raise ImageError(CUT)
    if content.count(b"\xff\xda", first, end) >= MOST_SCANS:
        raise too_many()
    return content[first:end]


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
