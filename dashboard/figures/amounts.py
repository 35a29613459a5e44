"""Shares of right answers against how much digits are changed, one kind of change at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import PAPERS, Hue, Theme
from dashboard.figures.frame import error_bars, frame


@dataclass(frozen=True)
class Curve:
    """One network's shares for one kind of change.

    Attributes:
        kind: Key of the change.
        name: What the legend says.
        hue: The network's.
        amounts: Ascending.
        shares: In [0, 1], one per amount.
        low: Lower end of each interval.
        high: Upper end of each interval.
        texts: What hovering over each says.
    """

    kind: str
    name: str
    hue: Hue
    amounts: Sequence[float]
    shares: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    texts: Sequence[str]


@dataclass(frozen=True)
class Axis:
    """What is along the axis for one kind of change.

    Attributes:
        kind: Key of the change.
        title: Its name and unit.
        low: Smallest amount.
        high: Largest amount.
        neutral: The amount that changes nothing.
    """

    kind: str
    title: str
    low: float
    high: float
    neutral: float


def draw(
    curves: Sequence[Curve], axes: Sequence[Axis], theme: Theme, right: str = "named right"
) -> go.Figure:
    """Return all curves, of which those of the first axis are seen, and a line at the amount of an image.

    Each trace has its kind of change as `meta`; what the axis is for each stands in the layout's `meta`. The
    first line is at the neutral amount; the second is the browser's to move.

    Args:
        curves: Any number per axis.
        axes: At least one.
        theme: Of the page.
        right: What the axis of shares is called.
    """
    first = axes[0]
    figure = frame(theme, first.title, right)
    figure.add_traces([_trace(curve, theme, visible=curve.kind == first.kind) for curve in curves])
    figure.add_shape(_line(first.neutral, {"color": "gray", "dash": "dot", "width": 1}))
    figure.add_shape(_line(first.neutral, {"color": PAPERS[theme].text, "width": 2}))
    figure.update_xaxes(_along(first))
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    figure.update_layout(meta={axis.kind: _along(axis) for axis in axes})
    return figure


def _along(axis: Axis) -> dict[str, Any]:
    room = (axis.high - axis.low) / 40
    return {"title": {"text": axis.title}, "range": [axis.low - room, axis.high + room]}


def _line(amount: float, line: dict[str, Any]) -> dict[str, Any]:
    ends = {"x0": amount, "x1": amount, "y0": 0, "y1": 1, "yref": "y domain"}
    return {"type": "line", "layer": "below", "line": line, **ends}


def _trace(curve: Curve, theme: Theme, *, visible: bool) -> go.Scatter:
    colour = curve.hue.on(theme)
    return go.Scatter(
        name=curve.name,
        meta=curve.kind,
        visible=visible,
        mode="lines+markers",
        x=list(curve.amounts),
        y=list(curve.shares),
        error_y=error_bars(curve.low, curve.shares, curve.high),
        line={"color": colour, "width": 1.5},
        marker={"color": colour, "symbol": curve.hue.symbol, "size": 8},
        hovertext=list(curve.texts),
        hovertemplate="%{hovertext}<extra></extra>",
    )
