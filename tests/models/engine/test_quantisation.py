from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from models.arrays import Floats
from models.engine.quantisation import quantise

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
counts = st.sampled_from([2, 48, 128, 256])
rows = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=finite)


def levelled(values: Floats, count: int) -> tuple[Floats, Floats]:
    """Return the extremes of each row and its values as the browser sees them again."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        extremes, levels = quantise(values, count)
    low, high = extremes.astype(np.float64)[:, :, np.newaxis]
    return extremes, low + levels / (count - 1) * (high - low)


def half(span: NDArray[np.float64] | np.float64, count: int) -> NDArray[np.float64]:
    """Return half a level, with what rounding to float32 may add."""
    return np.asarray(span / (count - 1) * (0.5 + 1e-4))


@example(np.array([[0, 1e-40, 3e-40], [1, 1, 2]], np.float32), 128)
@example(np.array([[-3e38, 0, 3e38], [1, 1, 2]], np.float32), 128)
@given(rows, counts)
def test_a_cell_is_known_to_half_a_level(values: Floats, count: int) -> None:
    """For any finite numbers, tiny and huge, a cell read back is off by half a level at most."""
    extremes, seen = levelled(values, count)

    span = extremes[1].astype(np.float64) - extremes[0]
    assert np.all(np.abs(seen - values) <= half(span[:, np.newaxis], count))


@given(rows, counts)
def test_extremes_are_exact(values: Floats, count: int) -> None:
    """The smallest and largest value of each map travel as they are and get the first and the last level."""
    extremes, levels = quantise(values, count)

    assert np.array_equal(extremes, [values.min(axis=1), values.max(axis=1)])
    for row, marks in zip(values, levels, strict=True):
        if row.min() < row.max():
            assert set(marks[row == row.min()]) == {0}
            assert set(marks[row == row.max()]) == {count - 1}


@given(rows, counts)
def test_a_brighter_cell_never_has_a_lower_level(values: Floats, count: int) -> None:
    """Levels keep the order of the values within a map."""
    _, levels = quantise(values, count)

    for row, marks in zip(values, levels, strict=True):
        assert np.all(np.diff(marks[np.argsort(row)].astype(int)) >= 0)


@given(finite, st.integers(1, 9))
def test_a_constant_map_shows_its_constant(value: float, cells: int) -> None:
    """Both extremes are the constant, all levels are 0, and nothing is divided by zero."""
    extremes, seen = levelled(np.full((1, cells), value, np.float32), 128)

    assert np.array_equal(extremes, np.full((2, 1), value, np.float32))
    assert np.array_equal(seen, np.full((1, cells), np.float32(value)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_map_that_is_not_finite_says_so_in_its_extremes(bad: float) -> None:
    """What overflowed is not hidden: the extremes carry it, levels are 0, and the other maps stay right."""
    values = np.array([[0, bad, 1], [0, 0.5, 1]], np.float32)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        extremes, levels = quantise(values, 129)

    assert not np.isfinite(extremes[:, 0]).all()
    assert levels[0].tolist() == [0, 0, 0]
    assert extremes[:, 1].tolist() == [0, 1]
    assert levels[1].tolist() == [0, 64, 128]
