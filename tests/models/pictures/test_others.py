from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from models.pictures.kinds import split
from models.pictures.parts import MOST_PARTS, ImageError
from tests.models.image_files import PILLOW, ROWS, file_of
from tests.models.photographs import exif

FIRST, SECOND = (Image.new("RGB", (40, 30), colour) for colour in ("maroon", "olive"))


def chunks(webp: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a WebP."""
    at = 12
    while at < len(webp):
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        yield webp[at : at + 4], webp[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    """Return a WebP of parts."""
    body = b"".join(kind + struct.pack("<I", len(each)) + each + bytes(len(each) % 2) for kind, each in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box, as AVIF and HEIC consist of."""
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def sized(*sides: tuple[int, int], brand: bytes = b"avif") -> bytes:
    """Return a file of boxes that claims pictures of these sides, and holds none."""
    ispe = [box(b"ispe", bytes(4), struct.pack(">II", *each)) for each in sides]
    meta = box(b"meta", bytes(4), box(b"iprp", box(b"ipco", *ispe)))
    return box(b"ftyp", brand, bytes(4), b"mif1") + meta


def page(tags: dict[int, tuple[int, int]], order: str = "<") -> bytes:
    """Return the beginning of a TIFF: kind and value by tag."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = b"".join(
        struct.pack(f"{order}HHI", tag, kind, 1)
        + (struct.pack(f"{order}HH", value, 0) if kind == 3 else struct.pack(f"{order}I", value))
        for tag, (kind, value) in tags.items()
    )
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4)


def test_of_an_animation_one_picture_is_passed_on() -> None:
    """The others, comments and what follows the end are not even seen by a decoder."""
    gif = file_of("GIF", FIRST, save_all=True, append_images=[SECOND] * 5, comment=b"c" * 300)
    webp = file_of("WebP", FIRST, save_all=True, append_images=[SECOND] * 5)

    for whole in (gif, webp):
        found = split(whole + b"behind")
        assert (found.width, found.height) == (40, 30)
        assert len(found.content) < len(whole)
        assert b"ccc" not in found.content
        assert b"behind" not in found.content
    clear = file_of("GIF", Image.fromarray(ROWS).quantize(16), transparency=3)
    assert split(clear).content.count(b"!\xf9\x04") == 1
    assert [kind for kind, _ in chunks(split(webp).content)].count(b"ANMF") == 1


def test_of_a_webp_only_what_makes_its_pixels_is_passed_on() -> None:
    """No EXIF, no profile, and the flags that promise them are gone; how it is turned was read."""
    whole = file_of("WebP", exif=exif(6), icc_profile=b"p" * 200)

    found = split(whole)

    kinds = [kind for kind, _ in chunks(found.content)]
    assert {b"EXIF", b"ICCP"} <= {kind for kind, _ in chunks(whole)}
    assert set(kinds) <= {b"VP8X", b"VP8L"}
    assert dict(chunks(found.content))[b"VP8X"][0] & 0b00101100 == 0
    assert found.orientation == 6


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "exif": exif(1)}])
def test_the_sides_of_every_kind_of_webp_are_found(options: dict[str, object]) -> None:
    """Lossless, lossy, and with a header of its own."""
    rng = np.random.default_rng(7)
    for _ in range(5):
        columns, rows = map(int, rng.integers(8, 400, 2))
        found = split(file_of("WebP", Image.new("RGB", (columns, rows)), **options))
        assert (found.width, found.height) == (columns, rows)


def test_the_larger_of_two_claims_counts() -> None:
    """A WebP's canvas or its picture, a GIF's screen or its picture, the largest picture of boxes."""
    parts = dict(chunks(file_of("WebP", exif=exif(1))))
    small = parts[b"VP8X"][:4] + (7).to_bytes(3, "little") * 2
    assert split(riff((b"VP8X", small), (b"VP8L", parts[b"VP8L"]))).width == 40

    gif = file_of("GIF")
    assert split(gif[:6] + struct.pack("<HH", 9, 9) + gif[10:]).width == 40
    assert split(gif[:6] + struct.pack("<HH", 60_000, 9) + gif[10:]).width == 60_000

    found = split(sized((300, 200), (4000, 3000), (160, 120)))
    assert (found.width, found.height) == (4000, 3000)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_first_page_of_a_tiff_is_found(order: str) -> None:
    """In both orders of bytes, its sides long or short; the first of two tags counts."""
    for kind in (3, 4):
        found = split(page({0x0100: (kind, 640), 0x0101: (kind, 480)}, order))
        assert (found.format, found.width, found.height) == ("TIFF", 640, 480)


@pytest.mark.parametrize("bits", ["1", "L", "RGB", "RGBA"])
def test_every_kind_of_bitmap_is_found(bits: str) -> None:
    """Also one of OS/2, whose sides are short, and one that begins at the top, whose height is negative."""
    whole = file_of("BMP", Image.fromarray(ROWS).convert(bits))
    assert (split(whole).width, split(whole).height) == (40, 30)

    if bits == "RGB":
        upside_down = whole[:22] + struct.pack("<i", -30) + whole[26:]
        old = b"BM" + struct.pack("<IIIIHHHH", len(whole) - 28, 0, 26, 12, 40, 30, 1, 24) + whole[54:]
        for each in (upside_down, old):
            assert (split(each).width, split(each).height) == (40, 30)


@pytest.mark.parametrize(
    "content",
    [
        riff((b"VP8L", b"")),
        riff(*[(b"JUNK", b"j")] * MOST_PARTS),
        file_of("WebP")[:16] + b"\xff\xff\xff\x7f" + file_of("WebP")[20:],
        file_of("GIF")[:13] + b"!\xfe\x01c\x00" * MOST_PARTS,
        file_of("GIF")[:10] + b"\0\0\0?",
        file_of("GIF")[:-8],
        b"GIF89a",
        b"BM" + bytes(12) + struct.pack("<I", 124),
        b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 40, 30, 1, 24, 0) + bytes(40),
        page({0x0100: (3, 640)}),
        page({}),
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"MM\0*",
        sized(),
        sized((0, 0)),
        box(b"ftyp", b"heic", bytes(4), b"mif1"),
        box(b"ftyp", b"avif", bytes(4), b"avif") + box(b"free") * MOST_PARTS,
        box(b"ftyp", b"avif", bytes(4), b"avif") + b"\0\0\0\3meta",
        box(b"ftyp", b"avif", bytes(4), b"avif") + b"\0\0\0\1meta" + b"\xff" * 8,
        box(b"ftyp", b"avif", bytes(4), b"avif") + b"\x7f\xff\xff\xffmeta",
    ],
)
def test_parts_without_sense_are_refused(content: bytes) -> None:
    """Nothing claims sides, parts by the ten thousand, lengths beyond the end, of nothing, or below it."""
    with pytest.raises(ImageError):
        split(content)


@pytest.mark.parametrize("kind", PILLOW)
def test_the_sides_are_those_that_a_decoder_finds(kind: str) -> None:
    """Of every kind, for several sides; those of a HEIC are of whole blocks, which the decoder cuts."""
    rng = np.random.default_rng(7)
    for _ in range(3):
        columns, rows = map(int, rng.integers(16, 300, 2))
        found = split(file_of(kind, Image.new("RGB", (columns, rows))))
        over = 63 if kind == "HEIC" else 0
        assert columns <= found.width <= columns + over
        assert rows <= found.height <= rows + over
