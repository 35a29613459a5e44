from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from models.pictures.decoder import WORKED
from models.pictures.parts import MOST_PIXELS, ImageError
from models.sketch.image_file import read, upright
from tests.models.image_files import file_of
from tests.models.photographs import encoded, exif
from tests.models.pictures.test_others import page, riff, sized
from tests.models.pictures.test_parts import JPEG, PNG, chunk

ROWS = np.linspace(40, 220, 60 * 80 * 3).astype(np.uint8).reshape(60, 80, 3)


def huge(width: int, height: int) -> bytes:
    """Return a PNG of few bytes that claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    """Two levels, grey, palette, colours, with or without transparency, eight bits or sixteen."""
    grey = Image.fromarray(ROWS).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = grey.convert("RGB").convert("RGBA" if mode == "PA" else mode)
        image = image.quantize(256) if mode == "PA" else image

    found = read(encoded(image))

    assert (found.format, found.width, found.height, found.laid_on) == ("PNG", 80, 60, None)
    assert found.colours.shape == (60, 80, 3)
    assert found.colours.dtype == np.float32
    expected = np.asarray(image.convert("RGB") if mode != "I;16" else grey.convert("RGB"), np.float32) / 255
    assert found.colours == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 100, "subsampling": 0}])
def test_every_kind_of_jpeg_is_read(mode: str, options: dict[str, Any]) -> None:
    """Grey, colours, and those of print; all at once or step by step."""
    found = read(encoded(Image.fromarray(ROWS).convert(mode), "JPEG", **options))

    assert (found.format, found.width, found.height) == ("JPEG", 80, 60)
    assert found.colours.mean(axis=2) == pytest.approx(ROWS.mean(axis=2) / 255, abs=0.06)


def test_of_an_animation_the_first_picture_is_read() -> None:
    """The others are not even opened."""
    first, second = Image.new("L", (30, 20), 50), Image.new("L", (30, 20), 200)

    found = read(encoded(first, save_all=True, append_images=[second]))

    assert found.colours == pytest.approx(np.full((20, 30, 3), 50 / 255), abs=1e-6)


def test_an_interlaced_png_is_read() -> None:
    """Seven passes, as the standard's Adam7 lays them; here of a picture of one pixel's steps."""
    rows = np.arange(64, dtype=np.uint8).reshape(8, 8) * 3
    steps = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    passes = [rows[top::down, left::across] for top, left, down, across in steps]
    lines = b"".join(b"\0" + line.tobytes() for each in passes for line in each)
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    file = PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")

    assert read(file).colours[..., 0] == pytest.approx(rows / 255, abs=1e-6)


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_is_turned_as_exif_says(turned: int) -> None:
    """As Pillow itself would turn it."""
    content = encoded(ROWS, exif=exif(turned))
    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image)) / 255

    found = read(content)

    assert found.orientation == turned
    assert (found.height, found.width) == expected.shape[:2]
    assert found.colours == pytest.approx(expected, abs=1e-6)
    assert upright(ROWS.astype(np.float32), turned).flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(
    ("ink", "share", "laid_on"),
    [(0, 0.1, "white"), (255, 0.1, "black"), (90, 0.1, "white"), (230, 0.8, "its own background")],
)
def test_what_is_transparent_is_laid_on_what_shows_it(ink: int, share: float, laid_on: str) -> None:
    """Dark on white, light on black; a page with a few clear pixels on its own colour."""
    pixels = np.zeros((50, 50, 4), np.uint8)
    pixels[: int(50 * share), :] = (ink, ink, ink, 255)

    found = read(encoded(pixels))

    behind = {"white": 1.0, "black": 0.0}.get(laid_on, ink / 255)
    assert found.laid_on == laid_on
    assert found.colours[0] == pytest.approx(ink / 255, abs=0.01)
    assert found.colours[-1] == pytest.approx(behind, abs=0.01)


def test_a_large_picture_is_made_smaller() -> None:
    """To what is worked with, by means over areas; its size is told as it was."""
    grey = Image.linear_gradient("L").resize((2000, 1500))
    for kind in ("PNG", "JPEG"):
        found = read(encoded(grey, kind))
        assert (found.width, found.height) == (2000, 1500)
        assert found.colours.shape == (WORKED * 3 // 4, WORKED, 3)
        assert found.colours.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (huge(60_000, 60_000), "16 million"),
        (huge(2**31 - 1, 2**31 - 1), "16 million"),
        (huge(4097, 4096), "16 million"),
        (huge(1, 1), "too small"),
        (huge(0, 0), "too small"),
        (huge(100, 7), "too small"),
        (huge(16, 1_000_000), "too slim"),
        (huge(300, 9), "too slim"),
        (huge(64, 64), "damaged"),
        (JPEG.replace(struct.pack(">HH", 30, 40), struct.pack(">HH", 65_535, 65_535)), "16 million"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sizes_without_sense_are_refused(content: bytes, why: str) -> None:
    """From the header: the pixels that it claims are not there."""
    assert len(content) < 2000
    with pytest.raises(ImageError, match=why):
        read(content)


def test_a_bomb_within_the_limits_is_one_picture() -> None:
    """16 million pixels of nothing are few bytes; they are read, and no more than they are."""
    bomb = encoded(Image.new("L", (4096, 4096)))

    assert len(bomb) < 100_000
    assert read(bomb).colours.shape == (WORKED, WORKED, 3)
    more = zlib.compress(bytes(20_000_000), 9)
    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    assert MOST_PIXELS == 4096**2
    found = read(PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", more) + chunk(b"IEND", b""))
    assert found.colours.shape == (64, 64, 3)


@pytest.mark.parametrize("whole", [PNG, JPEG], ids=["PNG", "JPEG"])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    """Whatever is changed, cut off or put in, wherever: a picture or a sentence, and no other fault."""
    at = data.draw(st.integers(2, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 4)) :]
    with suppress(ImageError):
        assert max(read(changed).colours.shape) <= WORKED


def test_damaged_parts_with_right_checksums_are_read_or_refused(rng: np.random.Generator) -> None:
    """What a checksum does not give away: headers, palettes and pixels of other sizes and kinds."""
    for _ in range(150):
        kind, depth = rng.choice([0, 1, 2, 3, 4, 6, 7]), rng.choice([0, 1, 2, 4, 8, 16])
        head = struct.pack(">IIBBBBB", *rng.integers(8, 40, 2), depth, kind, 0, 0, rng.integers(0, 2))
        parts = [chunk(b"IHDR", head)]
        if rng.random() < 0.7:
            parts.append(chunk(b"PLTE", rng.bytes(int(rng.integers(0, 800)))))
        if rng.random() < 0.5:
            parts.append(chunk(b"tRNS", rng.bytes(int(rng.integers(0, 300)))))
        parts.append(chunk(b"IDAT", zlib.compress(rng.bytes(int(rng.integers(0, 9000))))))
        with suppress(ImageError):
            found = read(PNG[:8] + b"".join(parts) + chunk(b"IEND", b""))
            assert found.colours.shape[2] == 3


@pytest.mark.parametrize("kind", ["WebP", "TIFF", "AVIF", "HEIC"])
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_other_kinds_are_turned_once(kind: str, turned: int) -> None:
    """As EXIF says, or as the file itself does; what the decoder has turned is not turned again."""
    content = file_of(kind, exif=exif(turned)) if kind != "TIFF" else tiff(turned)
    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image)) / 255

    found = read(content)

    assert (found.height, found.width) == expected.shape[:2]
    assert found.colours == pytest.approx(expected, abs=0.05)


def tiff(turned: int) -> bytes:
    """Return a TIFF that is to be turned."""
    said = Image.Exif()
    said[0x0112] = turned
    return file_of("TIFF", exif=said)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_it_is_turned_as_it_is_asked_for(turn: int) -> None:
    """Clockwise, after it was turned upright; its sides are those of the turned picture."""
    found = read(encoded(ROWS, exif=exif(6)), turn)

    expected = np.rot90(np.rot90(ROWS, -1), -turn // 90) / 255
    assert found.colours == pytest.approx(expected, abs=1e-6)
    assert (found.height, found.width, found.turn) == (*expected.shape[:2], turn)


@pytest.mark.parametrize(
    "content",
    [
        riff((b"VP8X", bytes(4) + (9999).to_bytes(3, "little") * 2)),
        b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0)
        + b"," + struct.pack("<HHHHB", 0, 0, 9, 9, 0) + b"\2\1D\0;",
        b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 99_999, 99_999, 1, 1, 1).ljust(40, b"\0"),
        page({0x0100: (4, 2**31), 0x0101: (4, 2**31)}),
        sized((64, 64), (2**31, 2**31)),
        sized((30_000, 30_000), brand=b"heic"),
    ],
    ids=["WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"],
)  # fmt: skip
def test_other_sizes_without_sense_are_refused(content: bytes) -> None:
    """From the header too, whatever the kind: no decoder is called."""
    assert len(content) < 300
    with pytest.raises(ImageError, match="16 million"):
        read(content)


@pytest.mark.parametrize("kind", ["WebP", "GIF", "TIFF", "AVIF"])
def test_bombs_of_other_kinds_are_one_picture(kind: str) -> None:
    """16 million pixels of nothing are read, within the memory that a decoder may have; one more is not."""
    known: dict[str, dict[str, Any]] = {"TIFF": {"compression": "group4"}, "AVIF": {"speed": 10}}
    options = known.get(kind, {})
    mode = "1" if kind == "TIFF" else "L"

    found = read(file_of(kind, Image.new(mode, (4096, 4096)), **options))

    assert (found.width, found.height) == (4096, 4096)
    assert found.colours.shape == (WORKED, WORKED, 3)
    with pytest.raises(ImageError, match="16 million"):
        read(file_of(kind, Image.new(mode, (4097, 4096)), **options))
