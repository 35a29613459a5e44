from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.runs.curves import CURVES, curves, seconds_left
from dashboard.runs.following import charts
from tests.dashboard.runs.conftest import ADA, BEGIN, STEPS, Trainings, batch, epoch

TOLD = [BEGIN, batch(1), batch(7, 0.6), epoch(1), batch(30, 0.4), batch(44, 0.3), epoch(2)]


def numbered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "number": number, "at": 10.0 + number} for number, each in enumerate(events, 1)]


@given(st.integers(0, len(TOLD)))
def test_bit_by_bit_is_the_same_as_at_once(cut: int) -> None:
    """Wherever one looks in between, what is added makes the whole."""
    events = numbered(TOLD)
    first = curves(events[:cut])
    then = curves(events[cut:], first.last)

    whole = curves(events)
    for name in CURVES:
        joined = [first.points[name][axis] + then.points[name][axis] for axis in (0, 1)]
        assert joined == list(whole.points[name])
    assert then.last == whole.last == len(TOLD)


def test_what_was_made_anew_stands_there_once() -> None:
    """After a pause steps are told again; the curve has the second telling, and is drawn anew."""
    again = [
        *TOLD[:5],
        {"what": "begun again"},
        {"event": "begin", "step": STEPS, "epoch": 1},
        batch(30, 0.2),
        batch(44, 0.1),
    ]
    found = curves(numbered(again))

    assert dict(zip(*found.points["loss"], strict=True)) == {1: 1.0, 7: 0.6, 30: 0.2, 44: 0.1}
    assert found.restarted
    assert not curves(numbered(TOLD)).restarted


def test_time_left_follows_the_pace_since_it_went_on() -> None:
    """What was before the first step does not count, nor what was before a pause."""
    slow: list[dict[str, Any]] = [
        {"event": "begin", "step": 0, "at": 0.0},
        {"event": "batch", "step": 1, "at": 90.0},
    ]
    begun: list[dict[str, Any]] = [
        {"event": "begin", "step": 22, "at": 500.0},
        {"event": "batch", "step": 23, "at": 510.0},
    ]

    assert seconds_left([], 44) is None
    assert seconds_left(slow, 44) is None
    assert seconds_left([*slow, *begun, {"event": "batch", "step": 33, "at": 520.0}], 44) == 11.0


def test_charts_are_extended_and_not_drawn_again(trainings: Trainings) -> None:
    """The first look draws, the next ones add what is new, of both; another paper draws again."""
    one, other = trainings.started(), trainings.started()
    for run in (one, other):
        trainings.tell(run, *TOLD[:3])
    shown = [trainings.runs.get(run) for run in (one, other)]
    first = charts(shown, "light", None)
    assert [len(trace.x) for trace in first.figures["loss"].data] == [2, 0, 2, 0]

    trainings.tell(other, *TOLD[3:])
    shown = [trainings.runs.get(run) for run in (one, other)]
    then = charts(shown, "light", first.seen)
    assert not then.figures
    added, traces = then.extensions["accuracy"]
    assert traces == [0, 1, 2, 3]
    assert added["x"] == [[], [], [30, 44], [22, 44]]
    assert charts(shown, "light", then.seen).extensions == {}
    assert charts(shown, "dark", then.seen).figures
    assert charts(shown[:1], "light", then.seen).figures


def test_what_a_browser_says_it_has_seen_may_be_anything(trainings: Trainings) -> None:
    """Then the charts are drawn whole."""
    run = trainings.started(ADA)
    trainings.tell(run, *TOLD)
    shown = [trainings.runs.get(run)]
    drawn = {"runs": [run], "theme": "light"}

    sent: list[Any] = [1, [], {}, drawn]
    sent += [{**drawn, "lasts": lasts} for lasts in (3, [1.5], [1, 2])]
    for seen in sent:
        assert charts(shown, "light", seen).figures
