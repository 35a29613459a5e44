"""Every seed of a recipe as a point of two numbers, and their mean with its standard deviation both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import plotly.graph_objects as go

from dashboard.colours import Hue, Theme
from dashboard.figures.frame import frame


@dataclass(frozen=True)
class Cloud:
    """One recipe's seeds.

    Attributes:
        name: What the legend says.
        hue: The network's.
        x: One number per seed.
        y: Another number per seed.
        texts: What hovering over each says.
        mean: What hovering over their mean says.
    """

    name: str
    hue: Hue
    x: Sequence[float]
    y: Sequence[float]
    texts: Sequence[str]
    mean: str = ""


def draw(clouds: Sequence[Cloud], x: str, y: str, theme: Theme) -> go.Figure:
    """Return small points for seeds, and for two and more a large one for their mean.

    Args:
        clouds: At least one.
        x: What the first number is, with its unit.
        y: What the second is; it is written in percent.
        theme: Of the page.
    """
    figure = frame(theme, x, y)
    for cloud in clouds:
        figure.add_trace(_points(cloud, theme))
        if len(cloud.x) > 1:
            figure.add_trace(_mean(cloud, theme))
    figure.update_yaxes(tickformat=".2~%")
    return figure


def _points(cloud: Cloud, theme: Theme) -> go.Scatter:
    return go.Scatter(
        name=f"{cloud.name} seeds",
        mode="markers",
        x=list(cloud.x),
        y=list(cloud.y),
        marker={"color": cloud.hue.on(theme), "symbol": cloud.hue.symbol, "size": 7, "opacity": 0.6},
        hovertext=list(cloud.texts),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _mean(cloud: Cloud, theme: Theme) -> go.Scatter:
    bars = [{"array": [stdev(values)], "thickness": 1.5, "width": 4} for values in (cloud.x, cloud.y)]
    return go.Scatter(
        name=f"{cloud.name} mean ± standard deviation of {len(cloud.x)} seeds",
        mode="markers",
        x=[fmean(cloud.x)],
        y=[fmean(cloud.y)],
        error_x=bars[0],
        error_y=bars[1],
        marker={"color": cloud.hue.on(theme), "symbol": f"{cloud.hue.symbol}-open", "size": 13},
        hovertemplate=f"{cloud.mean}<extra></extra>",
    )
