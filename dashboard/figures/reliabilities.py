"""How often a network is right when it is how sure: points around the line on which both are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.colours import Hue, Theme
from dashboard.figures.frame import error_bars, frame


@dataclass(frozen=True)
class Points:
    """One network's bins that hold any image.

    Attributes:
        name: What the legend says.
        hue: The network's.
        confidence: Mean confidence of each bin, in [0, 1].
        accuracy: Share of its images that were named right.
        low: Lower end of its interval.
        high: Upper end of its interval.
        texts: What hovering over each says.
    """

    name: str
    hue: Hue
    confidence: Sequence[float]
    accuracy: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    texts: Sequence[str]


def draw(networks: Sequence[Points], theme: Theme, right: str = "named right") -> go.Figure:
    """Return accuracy over confidence with error bars, and the diagonal."""
    figure = frame(theme, "confidence: probability of the answer", right)
    figure.add_trace(
        go.Scatter(
            name="as often right as sure",
            mode="lines",
            x=[0, 1],
            y=[0, 1],
            line={"color": "gray", "dash": "dot", "width": 1},
            hoverinfo="skip",
        )
    )
    figure.add_traces([_points(each, theme) for each in networks])
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    return figure


def _points(each: Points, theme: Theme) -> go.Scatter:
    return go.Scatter(
        name=each.name,
        mode="markers",
        x=list(each.confidence),
        y=list(each.accuracy),
        error_y=error_bars(each.low, each.accuracy, each.high),
        marker={"color": each.hue.on(theme), "symbol": each.hue.symbol, "size": 9},
        hovertext=list(each.texts),
        hovertemplate="%{hovertext}<extra></extra>",
    )
