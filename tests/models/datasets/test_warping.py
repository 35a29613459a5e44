from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from models.arrays import Floats
from models.datasets.warping import affine, elastic, gaussian, places, sample

SIDES = (28, 28)
DIGITS = st.builds(
    lambda seed: np.random.default_rng(seed).random((2, 28, 28), np.float32), st.integers(0, 99)
)
FACTORS = st.floats(0.4, 1.6)
ANYHOW = st.fixed_dictionaries(
    {
        "rotation": st.floats(-180, 180),
        "scale": FACTORS,
        "shear": st.floats(-1, 1),
        "down": st.floats(-30, 30),
        "right": st.floats(-30, 30),
    }
)


def moved(digits: Floats, **how: Any) -> Floats:
    return sample(digits, places(SIDES, affine(SIDES, **how)))


@given(DIGITS, ANYHOW)
def test_it_is_what_scipy_samples(digits: Floats, how: dict[str, float]) -> None:
    """However a digit is moved, its pixels are scipy's: linear, and black beyond the edge."""
    (where,) = places(SIDES, affine(SIDES, **how))

    expected = [ndimage.map_coordinates(each, where, order=1, mode="grid-constant") for each in digits]

    assert np.abs(moved(digits, **how) - expected).max() <= 1e-5


@given(DIGITS)
def test_nothing_is_no_change(digits: Floats) -> None:
    """Turned by nothing, of its own size, not slanted and not shifted, a digit keeps every bit."""
    assert np.array_equal(moved(digits), digits)


@given(DIGITS, st.integers(-27, 27), st.integers(-27, 27))
def test_there_and_back_loses_only_what_left_the_frame(digits: Floats, down: int, right: int) -> None:
    """A shift by whole pixels moves them exactly; back again, all are in place that never went out."""
    back = moved(moved(digits, down=down, right=right), down=-down, right=-right)

    kept = np.zeros((28, 28), bool)
    kept[max(0, -down) : 28 - max(0, down), max(0, -right) : 28 - max(0, right)] = True
    assert np.array_equal(back, np.where(kept, digits, 0))


def test_a_shift_goes_down_and_to_the_right() -> None:
    """A pixel of row 3, column 4, shifted by 5 down and 6 to the right, is in row 8, column 10."""
    digit = np.zeros((1, 28, 28), np.float32)
    digit[0, 3, 4] = 1

    assert np.argwhere(moved(digit, down=5, right=6)).tolist() == [[0, 8, 10]]


@given(DIGITS, st.sampled_from([-2, -1, 1, 2, 3]))
def test_quarter_turns_are_exact(digits: Floats, quarters: int) -> None:
    """Turned by 90 degrees, counter-clockwise as seen, no pixel is between pixels."""
    expected = np.rot90(digits, quarters, axes=(1, 2))

    assert np.abs(moved(digits, rotation=90 * quarters) - expected).max() <= 1e-5


def test_it_grows_around_its_centre() -> None:
    """Twice as large, a square of 4 pixels at the centre becomes one of 8, grey at its rim."""
    digit = np.zeros((1, 28, 28), np.float32)
    digit[0, 12:16, 12:16] = 1

    found = moved(digit, scale=2)

    assert (found[0, 11:17, 11:17] == 1).all()
    assert np.argwhere(found[0]).min(axis=0).tolist() == [9, 9]
    assert np.argwhere(found[0]).max(axis=0).tolist() == [18, 18]


def test_a_slant_is_that_of_italics() -> None:
    """Slanted by one column per row, what is above the centre goes right and what is below goes left."""
    digit = np.zeros((1, 28, 28), np.float32)
    digit[0, [9, 19], 14] = 1

    columns = moved(digit, shear=1)[0] @ np.arange(28)

    assert columns[9] == pytest.approx(14 + 4.5)
    assert columns[19] == pytest.approx(14 - 5.5)


@given(DIGITS, st.lists(ANYHOW, min_size=2, max_size=2))
def test_each_digit_has_its_own_way(digits: Floats, ways: list[dict[str, float]]) -> None:
    """Moved together, each in its own way, digits become what they become alone."""
    together = moved(digits, **{name: np.array([way[name] for way in ways]) for name in ways[0]})

    for digit, way, found in zip(digits, ways, together, strict=True):
        assert np.array_equal(moved(digit[np.newaxis], **way)[0], found)


@given(DIGITS, st.floats(0, 5))
def test_smoothing_is_scipys(digits: Floats, sigma: float) -> None:
    """Rows and columns smoothed are scipy's Gaussian of three standard deviations, black beyond the edge."""
    smooth = gaussian(28, sigma)
    expected = [ndimage.gaussian_filter(each, sigma, mode="constant", truncate=3) for each in digits]

    assert np.abs(smooth @ digits @ smooth.T - expected).max() <= 1e-5


def test_elastic_displacements_are_smooth_and_as_strong_as_asked() -> None:
    """Away from the edge their standard deviation is the strength, and neighbours go nearly the same way."""
    field = elastic(SIDES, np.random.default_rng(0), 300, strength=2, sigma=3)[..., 9:19, 9:19]

    assert field.shape == (300, 2, 10, 10)
    assert field.std() == pytest.approx(2, rel=0.05)
    assert np.diff(field, axis=-1).std() < 0.4 * field.std()


def test_elastic_displacements_come_from_the_seed() -> None:
    """The same generator gives the same ones, the next call others."""
    rng = np.random.default_rng(1)
    first: NDArray[np.float32] = elastic(SIDES, rng, 2, 1, 4)

    assert np.array_equal(first, elastic(SIDES, np.random.default_rng(1), 2, 1, 4))
    assert not np.array_equal(first, elastic(SIDES, rng, 2, 1, 4))
