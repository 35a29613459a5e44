from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from dashboard.serving.crowding import too_many, too_much


@dataclass
class Channel:
    """What is looked at of a connection."""

    addr: tuple[str, int]
    since: float = 0.0
    began: float | None = None
    kept: int = 0
    requests: list[object] = field(default_factory=list)


def channels(count: int, address: str, since: float = 0.0) -> list[Channel]:
    return [Channel((address, port), since + port) for port in range(count)]


def test_as_many_as_are_allowed_stay() -> None:
    """Of one address, and of all."""
    assert too_many(channels(5, "a"), 20, 5) is None
    assert too_many(channels(5, "a") + channels(5, "b") + channels(5, "c"), 15, 5) is None


def test_the_one_that_waits_longest_makes_room() -> None:
    """Of the address with too many; not who is being answered, nor anybody else."""
    crowd = channels(6, "a", since=100.0)
    crowd[0].requests = [object()]
    assert too_many(channels(3, "b") + crowd, 20, 5) is crowd[1]


def test_of_too_many_in_all_the_largest_address_makes_room() -> None:
    """Though it has no more than one address may have."""
    large, small = channels(5, "a", since=100.0), channels(4, "b")
    assert too_many(small + large, 8, 5) is large[0]


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 100)), max_size=30), st.integers(0, 300))
def test_at_most_so_much_is_kept(kept: list[tuple[int, float]], most: int) -> None:
    """What began first goes first, and not more than must."""
    crowd = [Channel(("a", port), began=began, kept=size) for port, (size, began) in enumerate(kept)]
    dropped = too_much(crowd, most)
    left = sum(each.kept for each in crowd) - sum(each.kept for each in dropped)
    assert left <= most
    if dropped:
        assert left + dropped[-1].kept > most
        rest = [each for each in crowd if each.kept and each not in dropped]
        assert all(one.began <= other.began for one in dropped for other in rest if one.began and other.began)
