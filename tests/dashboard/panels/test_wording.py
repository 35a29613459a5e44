from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panels.wording import chance, percent, percent_with_interval, spread


@given(st.floats(0, 1), st.integers(0, 6))
def test_only_all_is_written_as_all_and_only_nothing_as_nothing(share: float, decimals: int) -> None:
    """At any number of decimals; what is written between is the share, but for the rounding."""
    written = percent(share, decimals)

    assert (written == "100 %") == (share == 1)
    assert (written == "0 %") == (share == 0)
    assert not re.fullmatch(r"(100|0)(\.0+)? %", written) or share in (0, 1)
    bound, number = re.fullmatch(r"([<>] )?([\d.]+) %", written).groups()  # type: ignore[union-attr]
    if bound == "> ":
        assert float(number) / 100 < share < 1
    elif bound == "< ":
        assert 0 < share < float(number) / 100
    else:
        assert float(number) == pytest.approx(100 * share, abs=0.50001 * 10**-decimals)


def test_a_softmax_is_never_sure_to_all_of_it() -> None:
    """Its 1 was rounded, as float32 or as float64; so was its 0."""
    assert [chance(1.0, 1), chance(0.0, 1), chance(0.5, 1)] == ["> 99.9 %", "< 0.1 %", "50.0 %"]


def test_the_ends_of_an_interval_are_written_by_the_same_rule() -> None:
    """An interval that does not reach all or nothing does not look as if it did."""
    assert percent_with_interval(0.5, (1e-9, 1 - 1e-9)) == "50.00 % (< 0.01 to > 99.99)"
    assert percent_with_interval(1, (0.9, 1)) == "100 % (90.00 to 100)"


def test_a_deviation_says_of_what_it_is() -> None:
    """Of how many seeds, in the unit of the mean; one that is small is not none."""
    assert spread([0.5, 0.50001], percent) == "50.00 ± < 0.01 % (standard deviation of 2 seeds)"
    assert spread([0.5, 0.5], percent) == "50.00 ± 0 % (standard deviation of 2 seeds)"
