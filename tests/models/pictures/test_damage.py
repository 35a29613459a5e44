"""Files that were cut off, changed or made up on the way: refused, or said, never shown in silence."""

from __future__ import annotations

import re
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.datasets.mnist import SIDE
from models.pictures.parts import ImageError, jpeg
from models.sketch.image_file import read
from tests.models.image_files import file_of
from tests.models.photographs import encoded
from tests.models.pictures.test_parts import chunk

NOISE = np.random.default_rng(1998).integers(0, 256, (90, 120, 3), np.uint8)  # something in every last pixel
END = b"\xff\xd9"
WAYS: dict[str, dict[str, object]] = {
    "plain": {},
    "progressive": {"progressive": True},
    "all colours": {"subsampling": 0},
    "restarts": {"restart_marker_rows": 1},
}
JPEGS = {way: encoded(NOISE, "JPEG", quality=90, **options) for way, options in WAYS.items()}
GREY = encoded(NOISE[..., 0], "JPEG")
WHOLE = {
    kind: file_of(kind, Image.fromarray(NOISE[:SIDE, :SIDE]))
    for kind in ("PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC")
}


def parts(content: bytes) -> list[tuple[int, bytes]]:
    """Return where each part of a PNG begins, and its kind."""
    found, at = [], 8
    while at < len(content):
        found.append((at, content[at + 4 : at + 8]))
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    return found


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("ending", [b"", END], ids=["without an end", "with an end"])
@pytest.mark.parametrize("way", WAYS)
def test_a_jpeg_that_was_cut_off_is_refused_or_said(way: str, ending: bytes, tenth: int) -> None:
    """At every tenth, and where somebody has put an end behind it: no grey where something is missing."""
    cut = JPEGS[way][: len(JPEGS[way]) * tenth // 10] + ending
    with pytest.raises(ImageError, match=r"Send the whole of it|damaged"):
        read(cut)


@given(lost=st.integers(1, 4000), way=st.sampled_from(sorted(WAYS)))
def test_a_jpeg_that_lacks_its_last_bytes_is_refused_or_coarse(lost: int, way: str) -> None:
    """Any number of them, the end put back: what is read then is whole, but for its last steps."""
    whole = JPEGS[way]
    cut = whole[: max(2, len(whole) - 2 - lost)] + END
    try:
        found = read(cut)
    except ImageError:
        return
    assert found.coarse or np.abs(found.colours - read(whole).colours).max() < 0.2, lost


@pytest.mark.parametrize("steps", [1, 3, 6])
def test_a_progressive_jpeg_without_its_last_steps_is_coarse(steps: int) -> None:
    """It is allowed to end between two: that is read, and said."""
    whole = JPEGS["progressive"]
    scans = [found.start() for found in re.finditer(rb"\xff\xda", whole)]
    tables = whole.find(b"\xff\xc4", scans[steps - 1], scans[steps])
    found = read(whole[: scans[steps] if tables < 0 else tables] + END)

    assert found.coarse
    assert not read(whole).coarse


def test_a_jpeg_without_one_of_its_colours_is_refused() -> None:
    """Its scans name one of three."""
    whole = JPEGS["plain"]
    at = whole.index(b"\xff\xda")
    one = segment_of_one(whole[at + 5])
    with pytest.raises(ImageError, match="cut off"):
        read(whole[:at] + one + whole[at + 14 :])


def segment_of_one(colour: int) -> bytes:
    """Return the head of a scan of one colour."""
    return b"\xff\xda" + struct.pack(">H", 8) + bytes([1, colour, 0, 0, 63, 0])


@pytest.mark.parametrize("kept", [0, 1, 40, 1000])
def test_a_jpeg_that_promises_more_than_it_holds_is_refused(kept: int) -> None:
    """16 million pixels, and the data of a few."""
    at = GREY.index(b"\xff\xc0") + 5
    large = GREY[:at] + struct.pack(">HH", 4096, 4096) + GREY[at + 4 :]
    data = large.index(b"\xff\xda") + 2 + 8
    with pytest.raises(ImageError, match="last pixel"):
        read(large[: data + kept] + END)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("behind", [bytes(200), b"\xff\xd8 another", b"trailer"])
def test_what_cameras_add_to_a_jpeg_is_harmless(way: str, behind: bytes) -> None:
    """Bytes behind the end, and some before it."""
    whole = read(JPEGS[way]).colours
    assert np.array_equal(read(JPEGS[way] + behind).colours, whole)
    assert np.array_equal(read(JPEGS[way][:-2] + bytes(4) + END).colours, whole)


def test_bytes_left_over_hide_no_damage() -> None:
    """Where libjpeg warns of both, the last alone is heard."""
    whole = JPEGS["plain"]
    data = whole.index(b"\xff\xda") + 14
    with pytest.raises(ImageError, match="last pixel"):
        read(whole[: data + 2000] + END[:1] + b"\xd3" + whole[data + 2000 : -2] + bytes(9) + END)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "1"])
def test_every_whole_jpeg_is_read(mode: str) -> None:
    """In every mode and way: none is said to be coarse."""
    image = Image.fromarray(NOISE).convert(mode)
    for options in WAYS.values():
        assert not read(encoded(image, "JPEG", **options)).coarse


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT", b"IEND", b"tEXt", b"tRNS", b"eXIf"])
def test_a_png_with_a_wrong_checksum_is_refused(kind: bytes) -> None:
    """Of any part, whether it makes pixels or not: something happened to the file."""
    plain = encoded(NOISE)
    more = {b"tEXt": b"a\0b", b"tRNS": bytes(6), b"eXIf": b"II*\0\x08\0\0\0\0\0"}
    whole = plain[:33] + b"".join(chunk(*each) for each in more.items()) + plain[33:]
    read(whole)
    for at, name in parts(whole):
        if name == kind:
            end = at + 12 + int.from_bytes(whole[at : at + 4], "big")
            with pytest.raises(ImageError, match="changed or lost"):
                read(whole[: end - 1] + bytes([whole[end - 1] ^ 1]) + whole[end:])


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
def test_a_png_with_too_few_pixels_is_refused(interlaced: bool, tenth: int) -> None:
    """Its checksums are right, its data end early: at every tenth, and where there are none."""
    rows = b"".join(b"\0" + row.tobytes() for row in NOISE)
    head = struct.pack(">IIBBBBB", 120, 90, 8, 2, 0, 0, interlaced)
    data = [chunk(b"IDAT", zlib.compress(rows[: len(rows) * tenth // 10]))] if tenth else []
    with pytest.raises(ImageError):
        read(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(data) + chunk(b"IEND", b""))


@pytest.mark.parametrize("kind", WHOLE)
@given(data=st.data())
def test_other_files_that_were_cut_off_are_refused(kind: str, data: st.DataObject) -> None:
    """Anywhere from their beginning to three quarters; a small rest may hold nothing that is needed."""
    whole = WHOLE[kind]
    with pytest.raises(ImageError):
        read(whole[: data.draw(st.integers(0, 3 * len(whole) // 4))])


@given(data=st.data(), way=st.sampled_from(sorted(WAYS)))
def test_the_parts_of_a_damaged_jpeg_are_found_or_refused(data: st.DataObject, way: str) -> None:
    """Whatever is changed in it, wherever."""
    whole = JPEGS[way]
    at = data.draw(st.integers(3, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 4)) :]
    with suppress(ImageError):
        assert jpeg(changed).format == "JPEG"
