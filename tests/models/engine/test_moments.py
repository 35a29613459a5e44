from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.engine.moments import Halves, Moments

BITS = arrays(np.uint16, st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 5)))


@given(BITS.map(lambda bits: bits.view(np.float16)))
def test_every_bit_comes_back(values: Halves) -> None:
    """Whatever float16 there is: numbers of all sizes, both zeros, infinities, and what is none."""
    back = Moments.from_bytes(Moments({"layer.kernel": values}).to_bytes())

    assert np.array_equal(back.arrays["layer.kernel"].view(np.uint16), values.view(np.uint16))


def test_a_moment_is_the_rounded_network() -> None:
    """What is given is float32 that float16 has, the nearest to what was held."""
    held = [
        {"a.kernel": np.array([1 / 3, 1e-9], np.float32), "a.bias": np.array([2], np.float32)}
        for _ in range(2)
    ]
    found = Moments.of(held).at(1)

    assert found["a.kernel"].dtype == np.float32
    assert found["a.kernel"].tolist() == [float(np.float16(1 / 3)), 0.0]
    assert found["a.bias"].tolist() == [2.0]


def test_small_moves_take_less_room() -> None:
    """Of moments that differ little the second takes much less than the first."""
    first = np.random.default_rng(3).normal(size=20_000).astype(np.float32)
    alone = len(Moments.of([{"a": first}]).to_bytes())
    both = len(Moments.of([{"a": first}, {"a": first * np.float32(1.001)}]).to_bytes())

    assert both < 1.5 * alone


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive at all"])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    """A damaged file is a sentence, not whatever NumPy raises."""
    with pytest.raises(ValueError, match=r"\w"):
        Moments.from_bytes(content)


def test_moments_of_another_network_are_refused() -> None:
    """Names, shapes and their number have to be those of the network and its timeline."""
    found = Moments.of([{"a": np.zeros((2, 3), np.float32)}] * 2)

    found.require({"a": np.zeros((2, 3), np.float32)}, 2)
    for held, count in (({"a": np.zeros((3, 2), np.float32)}, 2), ({"b": np.zeros((2, 3), np.float32)}, 2)):
        with pytest.raises(ValueError, match="another network"):
            found.require(held, count)
    with pytest.raises(ValueError, match="2 moments, not 3"):
        found.require({"a": np.zeros((2, 3), np.float32)}, 3)
