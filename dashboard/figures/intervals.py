"""Shares with their intervals, side by side for several networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import plotly.graph_objects as go

from dashboard.colours import Hue, Theme
from dashboard.figures.frame import error_bars, frame

APART = 0.24  # of the distance between two places
STEP = 100  # the axis begins at a whole percent


@dataclass(frozen=True)
class Intervals:
    """One network's shares, one per place.

    Attributes:
        name: What the legend says.
        hue: The network's.
        shares: In [0, 1].
        low: Lower end of each interval.
        high: Upper end of each interval.
        texts: What hovering over each says.
    """

    name: str
    hue: Hue
    shares: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    texts: Sequence[str]


def lowest(networks: Sequence[Intervals]) -> float:
    """Return where the axis begins: the whole percent at or below the lowest interval."""
    return floor(STEP * min(low for each in networks for low in each.low)) / STEP


def draw(
    networks: Sequence[Intervals], places: Sequence[str], x: str, theme: Theme, right: str = "named right"
) -> go.Figure:
    """Return points with error bars, those of one place next to each other.

    Args:
        networks: At least one, each with as many shares as there are places.
        places: Names along the axis.
        x: What the places are.
        theme: Of the page.
        right: What the axis of shares is called.
    """
    figure = frame(theme, x, right)
    for number, each in enumerate(networks):
        shift = APART * (number - (len(networks) - 1) / 2)
        figure.add_trace(_points(each, shift, theme))
    figure.update_xaxes(tickvals=list(range(len(places))), ticktext=list(places), showgrid=False)
    begin = lowest(networks)
    figure.update_yaxes(range=[begin, 1 + 0.02 * (1 - begin)], tickformat=".1~%")
    return figure


def _points(each: Intervals, shift: float, theme: Theme) -> go.Scatter:
    return go.Scatter(
        name=each.name,
        mode="markers",
        x=[place + shift for place in range(len(each.shares))],
        y=list(each.shares),
        error_y=error_bars(each.low, each.shares, each.high),
        marker={"color": each.hue.on(theme), "symbol": each.hue.symbol, "size": 9},
        hovertext=list(each.texts),
        hovertemplate="%{hovertext}<extra></extra>",
    )
