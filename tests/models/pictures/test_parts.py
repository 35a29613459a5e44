from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from models.pictures.kinds import split
from models.pictures.parts import MOST_PARTS, MOST_SCANS, ImageError, orientation
from tests.models.photographs import encoded, exif

PIXELS = np.arange(40 * 30 * 3, dtype=np.uint32).astype(np.uint8).reshape(30, 40, 3)
PNG = encoded(PIXELS)
JPEG = encoded(PIXELS, "JPEG")


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def segment(marker: int, content: bytes) -> bytes:
    """Return a part of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def in_png(*parts: bytes) -> bytes:
    """Return a PNG with more parts, before its pixels."""
    return PNG[:33] + b"".join(parts) + PNG[33:]


def in_jpeg(*parts: bytes) -> bytes:
    """Return a JPEG with more parts, before its tables."""
    return JPEG[:2] + b"".join(parts) + JPEG[2:]


def test_the_kind_is_decided_by_content() -> None:
    """And the size is known before anything is decoded."""
    for content, kind in ((PNG, "PNG"), (JPEG, "JPEG")):
        found = split(content)
        assert (found.format, found.width, found.height, found.orientation) == (kind, 40, 30, 1)


def test_the_decoder_gets_only_what_makes_the_pixels() -> None:
    """Comments, profiles, EXIF, other frames and what follows the end are left out; the pixels are not."""
    more = [(b"tEXt", b"a\0b"), (b"iCCP", b"x"), (b"eXIf", exif(6)[6:]), (b"fdAT", b"1"), (b"acTL", b"2")]
    png = split(in_png(*(chunk(*each) for each in more)) + b"behind")
    jpeg = split(in_jpeg(*(segment(each, b"what") for each in (0xE2, 0xED, 0xFE))) + b"\xff\xd8 behind")

    assert png.content == PNG
    assert jpeg.content == JPEG


@pytest.mark.parametrize("turned", range(1, 9))
def test_exif_is_read(turned: int) -> None:
    """In both kinds of file, in both orders of bytes."""
    said = exif(turned)
    assert split(in_jpeg(segment(0xE1, said))).orientation == turned
    assert split(in_png(chunk(b"eXIf", said[6:]))).orientation == turned
    little = b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, turned, 0)
    big = b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, 0x0112, 3, 1, turned, 0)
    assert orientation(little) == orientation(big) == turned


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"II",
        b"II*\0",
        b"XX*\0\x08\0\0\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0" + struct.pack("<IH", 8, 65535),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 9, 0),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 4, 1, 6, 0),
        b"II*\0" + struct.pack("<IHHHI", 8, 1, 0x0112, 3, 1),
        b"II*\0" + struct.pack("<IH", 0, 5000) + bytes(200),
    ],
)
def test_broken_exif_turns_nothing(said: bytes) -> None:
    """The picture is still one."""
    assert orientation(said) == 1
    assert split(in_jpeg(segment(0xE1, b"Exif\0\0" + said))).orientation == 1


@pytest.mark.parametrize("whole", [PNG, JPEG], ids=["PNG", "JPEG"])
def test_a_file_that_ends_early_is_refused(whole: bytes) -> None:
    """Wherever it ends."""
    for length in range(len(whole)):
        with pytest.raises(ImageError):
            split(whole[:length])


def test_too_many_parts_are_refused() -> None:
    """Comments by the ten thousand, and a picture that is sent again and again, keep nothing busy."""
    stepwise = encoded(PIXELS, "JPEG", progressive=True)
    scan, end = stepwise.rfind(b"\xff\xda"), stepwise.rfind(b"\xff\xd9")
    again = stepwise[:end] + stepwise[scan:end] * MOST_SCANS + stepwise[end:]

    assert split(stepwise).width == 40
    for content in (
        in_png(chunk(b"tEXt", b"") * MOST_PARTS),
        in_jpeg(segment(0xFE, b"") * MOST_PARTS),
        again,
    ):
        with pytest.raises(ImageError, match="more parts"):
            split(content)


def test_what_only_begins_like_an_image_is_damaged() -> None:
    """Two frames, none, a length of nothing, an end before the beginning, text."""
    frame = JPEG[JPEG.index(b"\xff\xc0") :][:19]
    wrong = [
        in_jpeg(frame),
        JPEG.replace(frame, b""),
        in_jpeg(b"\xff\xd9"),
        in_jpeg(b"\xff\xe1\0\0"),
        JPEG[:2] + b"\xff!" + b"text" * 100,
        PNG[:8] + PNG[33:],
        in_png(PNG[8:33]),
        PNG[:8] + b"text" * 100,
    ]
    for content in wrong:
        with pytest.raises(ImageError):
            split(content)


def test_a_decoder_that_reads_all_of_it_would_find_the_same() -> None:
    """The sizes are those that Pillow finds."""
    rng = np.random.default_rng(7)
    for kind in ("PNG", "JPEG"):
        for _ in range(5):
            rows, columns = map(int, rng.integers(8, 300, 2))
            found = split(encoded(Image.new("RGB", (columns, rows)), kind))
            assert (found.width, found.height) == (columns, rows)
