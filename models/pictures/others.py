"""The parts of WebP, GIF, BMP, TIFF, AVIF and HEIC files that make their pixels; nothing is decoded here.

Of WebP and GIF the first picture alone is passed on. A TIFF's parts point at each other, and those of AVIF
and HEIC at places in the file, so these are passed on whole.

Sources: RFC 9649 (2024), WebP; CompuServe (1990), GIF89a; Adobe (1992), TIFF 6.0; ISO/IEC 14496-12 and
23008-12, the boxes of AVIF and HEIC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from models.pictures.parts import (
    CUT,
    DAMAGED,
    MOST_PARTS,
    FormatError,
    ImageError,
    Parts,
    orientation,
    too_many,
)

Order = Literal["little", "big"]

BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # bytes of it, by which its kinds are known
UNCOMPRESSED = (0, 3)  # kinds of BMP
WIDTH, LENGTH, SUBFILE, DNG = 0x0100, 0x0101, 0x00FE, 0xC612  # tags of a TIFF
NUMBERS = {3: 2, 4: 4}  # bytes of a TIFF's SHORT and LONG
AVIF_BRANDS, HEIC_BRANDS = {b"avif", b"avis"}, {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1"}
RAW = "This is a camera's raw file: save the picture as JPEG, or take a screenshot of it, and send that."


def webp(content: bytes) -> Parts:
    """Return the first picture of a WebP."""
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise ImageError(CUT)
    kept, sides, turned = [], [(0, 0)], 1
    for kind, body in _chunks(content, end):
        if kind in (b"VP8X", b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF"):
            flags = body[:1] if kind != b"VP8X" else bytes([body[0] & 0b00010010])  # covered, animated
            kept.append(kind + len(body).to_bytes(4, "little") + flags + body[1:] + bytes(len(body) % 2))
            sides.append(_webp_sides(kind, body))
        if kind == b"EXIF":
            turned = orientation(body.removeprefix(b"Exif\0\0"))
    pictures = [part for part in kept if part[:4] == b"ANMF"]
    rest = b"".join(part for part in kept if part[:4] != b"ANMF") + b"".join(pictures[:1])
    width, height = (max(each) for each in zip(*sides, strict=True))
    return Parts(
        "WebP", width, height, turned, b"RIFF" + (4 + len(rest)).to_bytes(4, "little") + b"WEBP" + rest
    )


def _chunks(content: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > end or not size:
            raise ImageError(DAMAGED)
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise too_many()


def _webp_sides(kind: bytes, body: bytes) -> tuple[int, int]:
    """Return the sides that a part of a WebP claims, none where it is a part of something larger."""
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return 0, 0


def gif(content: bytes) -> Parts:
    """Return the first picture of a GIF, with what says which of its colours is none."""
    if len(content) < 13:
        raise ImageError(CUT)
    at = 13 + _palette(content[10])
    screen, control = content[:at], b""
    for _ in range(MOST_PARTS):
        introducer = content[at : at + 1]
        if introducer == b",":
            left, top, width, height = (
                int.from_bytes(content[place : place + 2], "little") for place in range(at + 1, at + 9, 2)
            )
            end = _blocks(content, at + 11 + _palette(content[at + 9] if len(content) > at + 9 else 0))
            sides = (
                max(int.from_bytes(content[6:8], "little"), left + width),
                max(int.from_bytes(content[8:10], "little"), top + height),
            )
            return Parts("GIF", *sides, 1, screen + control + content[at:end] + b";")
        if introducer not in (b"!", b""):
            raise ImageError(DAMAGED)
        end = _blocks(content, at + 2)
        if content[at + 1] == 0xF9:
            control = content[at:end]
        at = end
    raise too_many()


def _palette(flags: int) -> int:
    """Return how many bytes of colours follow."""
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _blocks(content: bytes, at: int) -> int:
    """Return where a row of blocks ends, behind the empty one."""
    while at < len(content):
        size = content[at]
        at += 1 + size
        if not size:
            return at
    raise ImageError(CUT)


def bmp(content: bytes) -> Parts:
    """Return a BMP."""
    header = int.from_bytes(content[14:18], "little")
    if len(content) < 14 + header:
        raise ImageError(CUT)
    size = 2 if header == BITMAP_HEADERS[0] else 4
    width, height = (
        int.from_bytes(content[at : at + size], "little", signed=size == 4) for at in (18, 18 + size)
    )
    bits = int.from_bytes(content[20 + 2 * size : 22 + 2 * size], "little")
    plain = size == 2 or int.from_bytes(content[30:34], "little") in UNCOMPRESSED
    rows = (width * bits + 31) // 32 * 4 * abs(height)
    if plain and width > 0 and int.from_bytes(content[10:14], "little") + rows > len(content):
        raise ImageError(CUT)
    return Parts("BMP", max(0, width), abs(height), 1, content)


def tiff(content: bytes) -> Parts:
    """Return a TIFF, with the sides of its first page; the decoder turns it upright."""
    order: Order = "little" if content[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[at : at + size], order)

    first = number(4, 4)
    end = first + 2 + 12 * number(first, 2)
    if len(content) < 8 or end > len(content):
        raise ImageError(CUT)
    tags: dict[int, int] = {}
    for entry in range(first + 2, end, 12):
        tags.setdefault(number(entry, 2), number(entry + 8, NUMBERS.get(number(entry + 2, 2), 4)))
    if DNG in tags or tags.get(SUBFILE, 0) & 1 or content[8:10] == b"CR":
        raise FormatError(RAW)
    if WIDTH not in tags or LENGTH not in tags:
        raise ImageError(DAMAGED)
    return Parts("TIFF", tags[WIDTH], tags[LENGTH], 1, content)


def boxed(content: bytes, brands: set[bytes]) -> Parts:
    """Return an AVIF or HEIC, with the sides of its largest picture; the decoder says how it is turned."""
    sides = [(0, 0)]
    for meta in _boxes(content, 0, len(content), b"meta"):
        for properties in _boxes(content, meta[0] + 4, meta[1], b"iprp"):
            for container in _boxes(content, *properties, b"ipco"):
                for at, end in _boxes(content, *container, b"ispe"):
                    if end - at < 12:
                        raise ImageError(DAMAGED)
                    width, height = (int.from_bytes(content[at + n : at + n + 4], "big") for n in (4, 8))
                    sides.append((width, height))
    largest = max(sides, key=lambda side: side[0] * side[1])
    if not any(largest):
        raise ImageError(DAMAGED)
    return Parts("AVIF" if brands & AVIF_BRANDS else "HEIC", *largest, 1, content)


def brands_of(content: bytes) -> set[bytes]:
    """Return what a file of boxes says that it is, nothing of others."""
    size = int.from_bytes(content[:4], "big")
    if content[4:8] != b"ftyp" or not 16 <= size <= 4096:
        return set()
    return {content[8:12], *(content[at : at + 4] for at in range(16, min(size, len(content)), 4))}


def _boxes(content: bytes, at: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the contents of boxes of a kind begin and end."""
    for _ in range(MOST_PARTS):
        if at + 8 > end:
            return
        size, first = int.from_bytes(content[at : at + 4], "big"), at + 8
        if size == 1:
            size, first = int.from_bytes(content[at + 8 : at + 16], "big"), at + 16
        last = at + size if size else end
        if last > end:
            raise ImageError(CUT if end == len(content) else DAMAGED)
        if last < first:
            raise ImageError(DAMAGED)
        if content[at + 4 : at + 8] == kind:
            yield first, last
        at = last
    raise too_many()
