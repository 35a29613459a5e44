from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from models.datasets import mnist
from models.sketch.preparation import LARGEST, means, prepare_drawing

Pixels = NDArray[np.uint8]

SIDES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
DRAWINGS = arrays(np.uint8, SIDES)
BILEVEL = arrays(np.uint8, SIDES, elements=st.sampled_from([0, 0, 0, 255]))


def canvas(drawing: Pixels, down: int, right: int, side: int = 400) -> Pixels:
    """Return a black canvas with a drawing on it."""
    whole = np.zeros((side, side), np.uint8)
    whole[down : down + drawing.shape[0], right : right + drawing.shape[1]] = drawing
    return whole


def test_the_digits_of_mnist_are_prepared_already() -> None:
    """Of the 10,000 test digits all but four, three of which are smaller than 20, come back bit by bit."""
    images = mnist.load("test").images

    assert sum(np.array_equal(prepare_drawing(image).pixels, image) for image in images) == 9_996


@given(DRAWINGS | BILEVEL)
def test_it_is_a_digit_of_mnist(drawing: Pixels) -> None:
    """The ink is within 20×20 and touches both ends of its longer side; its centre of mass is in pixel 14."""
    found = prepare_drawing(drawing)

    assert found.pixels.shape == (28, 28)
    assert found.pixels.dtype == np.uint8
    if found.box is None:
        assert not drawing.any()
        assert not found.pixels.any()
        return
    top, left, bottom, right = found.box
    assert drawing.sum() == drawing[top:bottom, left:right].sum()
    assert all(drawing[top:bottom, left:right].any(axis=axis).take([0, -1]).all() for axis in (0, 1))
    rows, columns = np.nonzero(found.pixels)
    if len(rows):
        assert max(np.ptp(rows), np.ptp(columns)) < 20


@given(BILEVEL, st.integers(1, 8), st.integers(0, 60), st.integers(0, 60))
def test_size_and_place_do_not_matter(drawing: Pixels, times: int, down: int, right: int) -> None:
    """A drawing several times as large and elsewhere on a larger canvas gives the same digit."""
    enlarged = canvas(np.kron(drawing, np.ones((times, times), np.uint8)), down, right)

    found, expected = prepare_drawing(enlarged), prepare_drawing(drawing)

    assert np.abs(found.pixels.astype(int) - expected.pixels).max() <= 1
    assert found.shift == expected.shift


@given(BILEVEL)
def test_quantities_of_ink_are_kept(drawing: Pixels) -> None:
    """Means over areas: the ink is that of the drawing, in pixels of the digit, but for rounding."""
    found = prepare_drawing(drawing)
    if found.box is None:
        return
    top, left, bottom, right = found.box
    side = max(bottom - top, right - left) / 20

    assert found.pixels.sum(dtype=int) == pytest.approx(drawing.sum(dtype=int) / side**2, abs=200)


@given(st.integers(1, 80), st.integers(1, 80), st.integers(0, 9))
def test_means_are_those_of_a_finer_grid(length: int, longer: int, seed: int) -> None:
    """Every value repeated until each mean is one over whole values: both agree."""
    values = np.random.default_rng(seed).random(length)
    fine, block = 20 // gcd(20, longer), longer // gcd(20, longer)
    repeated = np.repeat(values, fine)
    padded = np.pad(repeated, (0, -len(repeated) % block))

    assert means(length, longer / 20) @ values == pytest.approx(padded.reshape(-1, block).mean(axis=1))


def test_by_hand() -> None:
    """A bar of 40×4 in a corner: 20×2 white pixels, its centre of mass where that of MNIST's digits is."""
    drawing = np.zeros((100, 100), np.uint8)
    drawing[60:100, 0:4] = 255

    found = prepare_drawing(drawing)

    expected = np.zeros((28, 28), np.uint8)
    expected[5:25, 14:16] = 255
    centre = np.argwhere(expected).mean(axis=0)
    assert (np.abs(centre - 14) <= 0.5).all()
    assert found.box == (60, 0, 100, 4)
    assert found.shift == (1, 1)
    assert np.array_equal(found.pixels, expected)


def test_ink_is_never_cut_off() -> None:
    """Where nearly all ink is at one end, the centre of mass stays off the centre."""
    drawing = np.zeros((100, 100), np.float64)
    drawing[0] = 1
    drawing[:, 0] = 0.001

    pixels = prepare_drawing(drawing).pixels

    assert np.flatnonzero(pixels.any(axis=1))[0] == 8
    assert pixels[8].sum() == pytest.approx(20 * 255 / 5, rel=0.02)


def test_the_smallest_drawings() -> None:
    """No ink, no rows: a black digit. A single pixel: a white square of 20×20. As floats the same."""
    assert not prepare_drawing(np.zeros((50, 30), np.uint8)).pixels.any()
    assert prepare_drawing(np.zeros((0, 0), np.uint8)).box is None
    one = np.zeros((50, 30), np.uint8)
    one[49, 0] = 255
    assert prepare_drawing(one).pixels.sum(dtype=int) == 255 * 400
    assert np.array_equal(prepare_drawing(one / 255).pixels, prepare_drawing(one).pixels)
    assert prepare_drawing(np.ones((LARGEST, LARGEST), np.float32)).pixels.sum(dtype=int) == 255 * 400


@pytest.mark.parametrize(
    "drawing",
    [
        np.full((5, 5), np.nan),
        np.full((5, 5), np.inf),
        np.full((5, 5), 1.01),
        np.full((5, 5), -0.01),
        np.ones((5, 5), np.int64),
        np.ones(5),
        np.ones((5, 5, 3)),
        np.ones((1, LARGEST + 1)),
    ],
    ids=["NaN", "infinite", "above 1", "below 0", "integers", "a row", "colours", "huge"],
)
def test_anything_else_is_refused(drawing: NDArray[np.generic]) -> None:
    """In a sentence; never a digit of something that is no drawing."""
    with pytest.raises(ValueError, match=r"^A drawing .*\.$"):
        prepare_drawing(drawing)  # type: ignore[arg-type]
