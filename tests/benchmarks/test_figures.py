import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import Row, at_least, at_most, p95, spread, table


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_p95_has_19_in_20_at_or_below_it(values: list[float]) -> None:
    """The 95th percentile was measured, and no smaller value has as many at or below it."""
    percentile = p95(values)

    assert percentile in values
    assert 20 * sum(value <= percentile for value in values) >= 19 * len(values)
    assert 20 * sum(value < percentile for value in values) < 19 * len(values)


@pytest.mark.parametrize(("value", "met"), [(1.29, True), (1.3, True), (1.31, False)])
def test_a_limit_is_met_up_to_itself(value: float, met: bool) -> None:
    """A ratio at its limit still meets it, in both directions."""
    assert at_most("ratio", value, 1.3, " ×").met is met
    assert at_least("ratio", -value, -1.3, " ×").met is met


def test_spread_says_how_many_were_measured() -> None:
    """Median, 95th percentile and count stand in one cell."""
    assert spread([2.0, 1.0, 4.0], " ms") == "median 2.0 ms, p95 4.0 ms (3)"


def test_table_shows_what_is_missed() -> None:
    """A target that is missed stands out; a figure without one has no verdict."""
    rows = [at_most("bytes", 31, 30, " kB", 1), Row("memory", "400 MiB")]

    assert table(rows).splitlines()[2:] == [
        "| bytes | 31.0 kB | ≤ 30 kB | **no** |",
        "| memory | 400 MiB |  |  |",
    ]
