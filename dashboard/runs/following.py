"""What changes on the page of a training since it was last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import Theme
from dashboard.figures.learning import FIRST, SECOND, Learning, draw, extension
from dashboard.runs.curves import Curves, curves
from dashboard.runs.runs import Run

MEASURES = {"loss": "loss in nats", "accuracy": "share right"}
SOON, LATER, RARELY = 700, 3_000, 15_000  # milliseconds until it is worth looking again


@dataclass(frozen=True)
class Charts:
    """The charts of a training, and of one that it is compared with: whole, or what is to be added.

    Attributes:
        figures: Whole ones, by measure; empty where what is there can be gone on with.
        extensions: What is added, by measure; empty where nothing is.
        seen: What the browser says next time.
    """

    figures: dict[str, go.Figure]
    extensions: dict[str, list[Any]]
    seen: dict[str, Any]


def charts(shown: Sequence[Run], theme: Theme, seen: object) -> Charts:
    """Return what the charts of one or two trainings need.

    Args:
        shown: The training, and the one that it is compared with, if any.
        theme: Of the page.
        seen: What was said the last time, or anything else.
    """
    drawn = {"runs": [run.job.id for run in shown], "theme": theme}
    lasts = _lasts(seen, drawn)
    if lasts is not None:
        news = [_since(run, last) for run, last in zip(shown, lasts, strict=True)]
        if not any(each.restarted for each in news):
            return Charts({}, _extensions(news), {**drawn, "lasts": [each.last for each in news]})
    whole = [curves(run.events) for run in shown]
    learned = [
        Learning(run.name if len(shown) > 1 else "", hue, each.points)
        for run, hue, each in zip(shown, (FIRST, SECOND), whole, strict=False)
    ]
    steps = max((run.steps for run in shown), default=1)
    figures = {name: draw(learned, name, y, steps, theme) for name, y in MEASURES.items()}
    return Charts(figures, {}, {**drawn, "lasts": [each.last for each in whole]})


def _since(run: Run, last: int) -> Curves:
    return curves([event for event in run.events if event["number"] > last], last)


def _lasts(seen: object, drawn: dict[str, Any]) -> list[int] | None:
    """Return the numbers of the events that were drawn last, None where other charts are to be drawn."""
    if not isinstance(seen, dict) or any(seen.get(name) != value for name, value in drawn.items()):
        return None
    lasts = seen.get("lasts")
    if not isinstance(lasts, list) or len(lasts) != len(drawn["runs"]):
        return None
    return lasts if all(type(each) is int for each in lasts) else None


def _extensions(news: Sequence[Curves]) -> dict[str, list[Any]]:
    if not any(x for each in news for x, _ in each.points.values()):
        return {}
    return {name: extension([each.points for each in news], name) for name in MEASURES}


def pause(shown: Sequence[Run], own: Sequence[Run], *, is_measured: bool = False) -> int:
    """Return after how many milliseconds it is worth looking again, sooner while a network is measured."""
    if is_measured or any(run.is_busy for run in shown):
        return SOON
    return LATER if any(run.is_busy for run in own) else RARELY
