from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage

from models.datasets import mnist
from models.datasets.mnist import SPEC, prepare
from models.datasets.perturbation import Move
from models.sketch.drawing import BYTES, LONGEST, PAD, Drawing, read_ink, read_pixels, write_ink, write_pixels
from models.sketch.preparation import prepare_drawing
from models.store import artefact, loading, manifest

Pixels = NDArray[np.uint8]

COUNT = 400
DRAWINGS = arrays(np.uint8, (PAD, PAD), elements=st.sampled_from([0, 255]), fill=st.just(np.uint8(0)))


def redrawn(digit: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a digit as somebody would draw it: bilevel, of any size and width, anywhere, upright or not."""
    size, slant = rng.uniform(40, 90), rng.uniform(-0.2, 0.2)
    step = 20 / size
    linear = np.array([[step, 0], [slant * step, step]])
    middle = (PAD - 1) / 2 + rng.uniform(-0.4, 0.4, 2) * (PAD - size)
    offset = (28 - 1) / 2 - linear @ middle
    ink = ndimage.affine_transform(digit / 255, linear, offset, (PAD, PAD), order=1) > 0.5
    width = int(rng.integers(-1, 3))
    if width > 0:
        ink = ndimage.binary_dilation(ink, iterations=width)
    elif width < 0:
        ink = ndimage.binary_erosion(ink)
    return np.where(ink, np.uint8(255), np.uint8(0))


@given(DRAWINGS)
def test_a_drawing_is_read_as_it_was_written(drawing: Pixels) -> None:
    """All of it, from a text of characters that an address may hold."""
    text = write_ink(drawing)

    assert np.array_equal(read_ink(text), drawing)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(arrays(np.uint8, (28, 28)))
def test_pixels_are_read_as_they_were_written(pixels: Pixels) -> None:
    """All of them, exactly, and nothing is done to them on the way to the networks."""
    text = write_pixels(pixels)

    assert np.array_equal(read_pixels(text), pixels)
    assert np.array_equal(Drawing(text, "pixels").pixels, pixels)
    assert Drawing(text, "pixels").text == f"pixels:{text}"


def test_the_longest_text_is_allowed(rng: np.random.Generator) -> None:
    """Noise, which no deflation makes smaller."""
    noise = np.where(rng.random((PAD, PAD)) < 0.5, np.uint8(255), np.uint8(0))
    pixels = rng.integers(0, 256, (28, 28), dtype=np.uint8)

    assert 2000 < len(write_ink(noise)) <= LONGEST
    assert np.array_equal(read_ink(write_ink(noise)), noise)
    assert 1000 < len(write_pixels(pixels)) <= LONGEST


def text_of(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


GOOD = write_ink(np.eye(PAD))


@pytest.mark.parametrize(
    "text",
    {
        "nothing": "",
        "cut off": GOOD[:-4],
        "one letter changed": GOOD[:20] + ("A" if GOOD[20] != "A" else "B") + GOOD[21:],
        "one letter more": f"{GOOD}A",
        "padded": f"{GOOD}==",
        "of other letters": "ink/+!",
        "not ASCII": "١٥",
        "not deflated": text_of(bytes(BYTES)),
        "too small": text_of(zlib.compress(bytes(BYTES - 1))),
        "too large": text_of(zlib.compress(bytes(BYTES + 1))),
        "more behind": text_of(zlib.compress(bytes(BYTES)) + b"x"),
        "a bomb": text_of(zlib.compress(bytes(1_600_000), 9)),
        "too long": "A" * (LONGEST + 1),
    }.items(),
    ids=lambda each: each[0],
)
def test_a_damaged_text_is_refused(text: tuple[str, str]) -> None:
    """Whatever is wrong with it, and without opening more than a drawing is large."""
    for read in (read_ink, read_pixels):
        with pytest.raises(ValueError, match="text"):
            read(text[1])


def test_other_sizes_are_not_written() -> None:
    """A digit is no drawing, nor a drawing a digit; and one in [0, 1] is no pixels."""
    with pytest.raises(ValueError, match="112×112"):
        write_ink(np.zeros((28, 28), np.uint8))
    with pytest.raises(ValueError, match="28×28"):
        write_pixels(np.zeros((PAD, PAD), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        write_pixels(np.zeros((28, 28), np.float32))


def test_it_takes_the_place_of_the_digit(rng: np.random.Generator) -> None:
    """Prepared, or only made smaller by means over 4×4; then moved; whatever digit was there."""
    drawn = redrawn(mnist.load("test").images[0], rng)
    digits = rng.random((2, 28, 28, 1)).astype(np.float32)
    ink = write_ink(drawn)

    prepared = prepare(prepare_drawing(drawn).pixels)
    assert np.array_equal(Drawing(ink).of(digits), np.stack([prepared, prepared]))
    raw = Drawing(ink, "raw").of(digits)[1]
    assert raw[..., 0] == pytest.approx(drawn.reshape(28, 4, 28, 4).mean(axis=(1, 3)) / 255, abs=0.002)
    turned = Move("rotation", 15)
    assert np.array_equal(Drawing(ink, move=turned).of(digits[0]), turned.of(prepared, SPEC))


def test_a_drawing_stands_in_an_address() -> None:
    """Its way, its ink, and what is done to it then."""
    assert Drawing("eNpj").text == "ink:eNpj"
    assert Drawing("eNpj", "raw", Move("rotation", 15)).text == "raw:eNpj,rotation:15"


@pytest.mark.keras
def test_what_is_drawn_is_read_because_it_is_prepared() -> None:
    """Test digits redrawn: prepared, the CNN names 97 % of them right; only made smaller, less than 70 %."""
    rng = np.random.default_rng(7)
    test = mnist.load("test")
    chosen = rng.choice(len(test.images), COUNT, replace=False)
    inks = [write_ink(redrawn(test.images[index], rng)) for index in chosen]
    entry = next(entry for entry in manifest.read() if entry.key == "cnn")
    model = loading.load(entry, artefact.CHECKPOINTS)

    def share(way: str) -> float:
        digits = prepare(np.stack([Drawing(ink, way).pixels for ink in inks]))
        return float((model(digits, training=False).numpy().argmax(axis=1) == test.labels[chosen]).mean())

    assert share("ink") >= 0.97
    assert share("raw") < 0.7
