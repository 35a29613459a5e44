from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.errors import RefusedError
from dashboard.turns import PLACES, Turns


def test_one_at_a_time() -> None:
    """As many as there are places come at once; each has its turn, and nobody else then."""
    turns, together = Turns(), threading.Barrier(PLACES)
    inside: list[int] = []
    seen: list[list[int]] = []

    def work(number: int) -> int:
        together.wait()
        with turns.taken("at work"):
            inside.append(number)
            sum(range(100_000))  # long enough for another to come in between
            seen.append(inside.copy())
            inside.remove(number)
        return number

    with ThreadPoolExecutor(PLACES) as threads:
        assert list(threads.map(work, range(PLACES))) == list(range(PLACES))

    assert sorted(seen) == [[number] for number in range(PLACES)]


def test_who_finds_no_place_is_refused_at_once() -> None:
    """With what others do, and when to come again; then there is a place, after a fault too."""
    turns = Turns(1)
    with turns.taken("at work"), pytest.raises(RefusedError) as refused, turns.taken("at work"):
        raise AssertionError
    with pytest.raises(ZeroDivisionError), turns.taken("at work"):
        raise ZeroDivisionError

    with (
        turns.taken("at work"),
        pytest.raises(RefusedError, match="Others are at work"),
        turns.taken("at play"),
    ):
        raise AssertionError

    told = refused.value
    assert (told.status, told.code, told.retry_after) == (503, "busy", 1)
    assert told.message == "Others are at work; this goes on in a second."
    with turns.taken("at work"):
        pass


def test_who_works_rests_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as each part took, and not at all where nobody waits."""
    clock, slept, waits = iter(range(100)), list[float](), threading.Event()
    monkeypatch.setattr("dashboard.turns.time.perf_counter", lambda: next(clock))
    monkeypatch.setattr("dashboard.turns.time.sleep", slept.append)
    turns = Turns()

    with turns.taken("at work"):
        assert list(turns.paced("abc")) == ["a", "b", "c"]
        assert slept == []

        def wait() -> None:
            waits.set()
            with turns.taken("at play"):
                pass

        other = threading.Thread(target=wait)
        other.start()
        waits.wait()
        while turns._present < 2:
            threading.Event().wait(0.001)
        assert list(turns.paced("ab")) == ["a", "b"]
    other.join()

    assert slept == [1, 1]
