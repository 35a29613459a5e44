"""From what a training told to its curves: pure, and the same whether it is told at once or bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
Points = dict[str, tuple[list[float], list[float]]]  # by curve, x in steps and y
CURVES: Mapping[str, tuple[str, str]] = {
    "loss": ("loss", "batch"),
    "accuracy": ("accuracy", "batch"),
    "val_loss": ("val_loss", "epoch"),
    "val_accuracy": ("val_accuracy", "epoch"),
}  # by curve, the number and the event that has it


@dataclass(frozen=True)
class Curves:
    """All that a training told that can be drawn.

    Attributes:
        points: By curve, up to where it goes on from.
        last: Number of the last event.
        restarted: Whether it went back to an earlier step, so that what was drawn of it is no longer so.
    """

    points: Points = field(default_factory=dict)
    last: int = 0
    restarted: bool = False


def curves(events: Iterable[Event], last: int = 0) -> Curves:
    """Return the points of some events; where a training went on from a step, those beyond it are made anew.

    Args:
        events: In their order.
        last: Number of the one before them.
    """
    points: Points = {name: ([], []) for name in CURVES}
    restarted = False
    for event in events:
        last = event["number"]
        if event.get("event") == "begin":
            restarted |= event["step"] > 0 or last > 2
            points = {name: _until(event["step"], of) for name, of in points.items()}
        for name, (number, kind) in CURVES.items():
            if event.get("event") == kind and event.get(number) is not None:
                points[name][0].append(event["step"])
                points[name][1].append(event[number])
    return Curves(points, last, restarted)


def _until(step: int, points: tuple[list[float], list[float]]) -> tuple[list[float], list[float]]:
    kept = [(x, y) for x, y in zip(*points, strict=True) if x <= step]
    return [x for x, _ in kept], [y for _, y in kept]


def step_of(events: Sequence[Event]) -> int:
    """Return how many steps were made, 0 before the first."""
    return next((each["step"] for each in reversed(events) if "step" in each), 0)


def seconds_left(events: Sequence[Event], steps: int) -> float | None:
    """Return how many seconds a training still takes at the pace it has had since it began or went on.

    Args:
        events: All of it.
        steps: Of the whole training.

    Returns:
        None where nobody knows yet.

    >>> told = [{"event": "batch", "step": step, "at": at} for step, at in ((1, 10.0), (5, 14.0))]
    >>> seconds_left(told, 20)
    15.0
    """
    begun = max((place for place, each in enumerate(events) if each.get("event") == "begin"), default=0)
    made = [each for each in events[begun:] if each.get("event") in ("batch", "epoch")]
    if not made or made[0]["step"] == made[-1]["step"]:
        return None
    first, last = made[0], made[-1]  # before the first one there was much to prepare
    pace = (last["at"] - first["at"]) / (last["step"] - first["step"])
    return float(pace * max(steps - last["step"], 0))


def newest(events: Sequence[Event], kind: str) -> Event | None:
    """Return the last event of a kind, None where there is none."""
    return next((each for each in reversed(events) if each.get("event") == kind), None)
