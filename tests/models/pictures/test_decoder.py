from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.pictures import decoder
from models.pictures.decoder import APART, WORKED, decode
from models.pictures.kinds import split
from models.pictures.parts import FormatError, ImageError
from models.sketch.image_file import DECODERS
from tests.models.image_files import PILLOW, ROWS, file_of


@pytest.mark.parametrize("kind", PILLOW)
def test_pixels_are_those_of_the_file(kind: str) -> None:
    """Of every kind: exactly where nothing is lost, nearly where something is."""
    found = decode(split(file_of(kind)).content, DECODERS[kind])  # type: ignore[index]

    pixels = np.frombuffer(found.pixels, np.uint8).reshape(30, 40, 3)
    lossy = kind in ("JPEG", "GIF", "AVIF", "HEIC")
    assert (found.mode, found.sides, found.width, found.height) == ("RGB", (40, 30), 40, 30)
    assert abs(pixels.astype(int) - ROWS).max() <= (12 if lossy else 0)


@pytest.mark.parametrize("kind", ["WebP", "GIF", "TIFF", "AVIF", "HEIC"])
def test_of_several_pictures_the_first_is_decoded(kind: str) -> None:
    """Of an animation, of pages, and of a burst."""
    first, second = (Image.new("RGB", (32, 24), (level,) * 3) for level in (50, 200))

    found = decode(split(file_of(kind, first, save_all=True, append_images=[second])).content, DECODERS[kind])  # type: ignore[index]

    assert np.frombuffer(found.pixels, np.uint8) == pytest.approx(50, abs=4)


@pytest.mark.parametrize("kind", ["WebP", "GIF", "TIFF", "AVIF", "HEIC"])
def test_what_covers_is_kept(kind: str) -> None:
    """Transparency of every kind that has any."""
    pixels = np.full((24, 32, 4), 255, np.uint8)
    pixels[:12, :, 3] = 0

    found = decode(split(file_of(kind, Image.fromarray(pixels))).content, DECODERS[kind])  # type: ignore[index]

    assert found.mode == "RGBA"
    cover = np.frombuffer(found.pixels, np.uint8).reshape(24, 32, 4)[..., 3]
    assert (cover[:12] < 8).all()
    assert (cover[12:] > 247).all()


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F", "CMYK", "YCbCr", "LAB"])
def test_every_kind_of_tiff_is_decoded(mode: str) -> None:
    """Sixteen bits and more, whole or not, and the colours of print and of the eye."""
    grey = Image.fromarray(ROWS).convert("L")
    if mode.startswith("I;16"):
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    elif mode == "LAB":
        image = Image.merge("LAB", [grey, Image.new("L", grey.size), Image.new("L", grey.size)])
    else:
        image = Image.fromarray(ROWS).convert("L" if mode in "IF" else "RGB").convert(mode)

    found = decode(file_of("TIFF", image), "TIFF")

    pixels = np.frombuffer(found.pixels, np.uint8).reshape(30, 40, 3).mean(axis=2)
    assert np.corrcoef(pixels.ravel(), np.asarray(grey).ravel())[0, 1] > 0.99


def test_a_tiff_of_nothing_but_gaps_is_decoded() -> None:
    """Floats of no size, of all the same, and none at all do not divide by zero."""
    for values in (np.full((30, 40), np.nan), np.full((30, 40), 3.5), np.full((30, 40), np.inf)):
        found = decode(file_of("TIFF", Image.fromarray(values.astype(np.float32))), "TIFF")
        assert set(found.pixels) == {0}


def test_a_tiff_is_turned_once() -> None:
    """Its own decoder turns it, so nothing is left to be turned."""
    said = Image.Exif()
    said[0x0112] = 6

    found = decode(file_of("TIFF", exif=said), "TIFF")

    assert (found.sides, found.orientation) == ((30, 40), 1)
    assert np.array_equal(np.frombuffer(found.pixels, np.uint8).reshape(40, 30, 3), np.rot90(ROWS, -1))


def test_a_large_picture_is_made_smaller_where_it_is_decoded() -> None:
    """So that a process hands back no more than is worked with."""
    found = decode(file_of("WebP", Image.linear_gradient("L").resize((1600, 1200))), "WEBP")

    assert (found.width, found.height, found.sides) == (1600, 1200, (WORKED, WORKED * 3 // 4))


def test_a_file_that_holds_more_than_it_said_is_refused() -> None:
    """Decoders tell sides of their own; too many pixels are refused before they are decoded."""
    with pytest.raises(ImageError, match="damaged"):
        decode(file_of("TIFF", Image.new("1", (5000, 5000)), compression="group4"), "TIFF")


def test_only_the_decoder_of_its_kind_is_tried() -> None:
    """A file of another kind is damaged, not decoded as what it is."""
    for kind in PILLOW:
        with pytest.raises(ImageError):
            decode(file_of("PNG" if kind != "PNG" else "BMP"), DECODERS[kind])  # type: ignore[index]


CODE = """#!{}
import sys
{}
decoder.main(sys.argv[3])
"""


def children() -> set[int]:
    """Return the processes that this one has started and that are not gone."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(each) for file in found for each in file.read_text().split()}


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, change: str) -> None:
    """Let decoders in processes of their own be changed by a line of code."""
    program = folder / "decoder"
    program.write_text(
        CODE.format(
            sys.executable,
            f"sys.path.insert(0, {str(decoder.ROOT)!r})\nfrom models.pictures import decoder\n{change}",
        )
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("decoder._decoded = lambda *_: bytearray(4 * decoder.MEMORY)", "damaged"),
        ("decoder.SECONDS = 1; decoder._decoded = lambda *_: sum(iter(int, 1))", "too long"),
        ("import os; decoder._decoded = lambda *_: os.abort()", "damaged"),
        ("import ctypes; decoder._decoded = lambda *_: ctypes.string_at(0)", "damaged"),
        ("decoder._decoded = lambda *_: 1 / 0", "damaged"),
        ("decoder._decoded = lambda *_: __import__('no_such_decoder')", "cannot be read here"),
        ("import time; time.sleep(600)", "too long"),
    ],
    ids=["memory", "time", "abort", "a fault of memory", "an error", "no decoder", "silence"],
)
def test_a_decoder_that_fails_harms_nobody(
    change: str, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that eats memory, runs on, crashes, is not there, or says nothing is a sentence, and is gone."""
    whole, before = file_of("WebP"), children()
    with monkeypatch.context() as patch:
        if "sleep" in change:
            patch.setattr(decoder, "PATIENCE", 1)
        stand_in(patch, tmp_path, change)
        with pytest.raises(ImageError, match=why) as refused:
            decode(whole, "WEBP")
    assert isinstance(refused.value, FormatError) == (why == "cannot be read here")

    assert decode(whole, "WEBP").sides == (40, 30)
    assert children() == before


def test_a_process_that_decodes_is_limited() -> None:
    """In memory and in time, whatever its parent may have."""
    code = """
import resource, sys
from models.pictures import decoder as decoder
memory, time = ([each for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)])
right = lambda *_: sys.exit(
    (resource.getrlimit(memory)[0], resource.getrlimit(time)[0]) == (decoder.MEMORY, decoder.SECONDS)
)
decoder._decoded = right
decoder.main("WEBP")
"""
    done = subprocess.run([sys.executable, "-c", code], input=b"", cwd=decoder.ROOT, check=False)

    assert done.returncode == 1  # as True is
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize("kind", ["WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"])
def test_a_damaged_file_is_read_or_refused(kind: str, rng: np.random.Generator) -> None:
    """Bytes changed anywhere, or an end that comes early: a picture or a sentence, soon."""
    whole, started = file_of(kind), time.process_time()
    for _ in range(60):
        changed = bytearray(whole[: rng.integers(len(whole) // 2, len(whole) + 1)])
        for at in rng.integers(2, len(changed), rng.integers(1, 6)):
            changed[at] = rng.integers(256)
        with suppress(ImageError):
            parts = split(bytes(changed))
            if parts.width * parts.height < 1e6:
                found = decoder._decoded(parts.content, DECODERS[parts.format])
                assert max(found.sides) <= WORKED
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    "tags",
    [
        {0x0102: (3, 0xFFFFFFFF, 8)},
        {0x0111: (4, 0xFFFFFF, 8)},
        {0x0111: (4, 1, 0xFFFFFFF0), 0x0117: (4, 1, 0xFFFFFFF0)},
        {0x0103: (3, 1, 0xFFFF)},
        {0x0103: (3, 1, 6)},
        {0x0106: (3, 1, 99), 0x0115: (3, 1, 0xFFFF)},
        {0x0116: (4, 1, 0)},
        {0x0142: (4, 1, 0), 0x0143: (4, 1, 0)},
        {0x014A: (4, 0xFFFF, 8), 0x8769: (4, 1, 8)},
    ],
)  # fmt: skip
def test_a_tiff_with_tags_without_sense_is_read_or_refused(
    tags: dict[int, tuple[int, int, int]],
) -> None:
    """Counts of thousands of millions, strips beyond the end, kinds that there are not, loops."""
    usual = {0x0102: 8, 0x0103: 1, 0x0106: 1, 0x0111: 400, 0x0115: 1, 0x0116: 30, 0x0117: 1200}
    entries = {tag: (4, 1, value) for tag, value in {0x0100: 40, 0x0101: 30, **usual}.items()} | tags
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    body = b"".join(struct.pack("<HHII", tag, *entries[tag]) for tag in sorted(entries))
    content = (head + body + bytes(4)).ljust(400, b"\0") + bytes(1200)
    with suppress(ImageError):
        assert decode(split(content).content, "TIFF").sides == (40, 30)


def test_what_is_decoded_apart_is_what_large_libraries_decode() -> None:
    """PNG, JPEG, GIF and BMP, whose files are taken apart before, are decoded here: that is faster."""
    assert set(DECODERS.values()) - set(APART) == {"PNG", "JPEG", "GIF", "BMP"}
