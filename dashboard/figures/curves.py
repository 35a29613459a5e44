"""What a number did from epoch to epoch, in training and on held-out digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.colours import Hue, Theme
from dashboard.figures.frame import frame

FEW = 12  # epochs that can all be numbered on a narrow screen


@dataclass(frozen=True)
class Curve:
    """One network's training.

    Attributes:
        name: What the legend says.
        hue: The network's.
        training: One number per epoch, on the images it learns from.
        held_out: One number per epoch, on images it does not learn from.
        chosen_epoch: Counted from 1; the epoch whose weights were kept.
    """

    name: str
    hue: Hue
    training: Sequence[float]
    held_out: Sequence[float]
    chosen_epoch: int


def draw(
    curves: Sequence[Curve], y: str, theme: Theme, *, percent: Callable[[float], str] | None = None
) -> go.Figure:
    """Return training dashed and held-out solid, with a large marker on every chosen epoch.

    Args:
        curves: At least one.
        y: What the number is, with its unit.
        theme: Of the page.
        percent: Writes the numbers where they are shares; where they are not, the axis begins at zero.
    """
    figure = frame(theme, "epoch", y)
    for curve in curves:
        figure.add_traces(_traces(curve, theme, percent or "{:.4f}".format))
    longest = max(len(curve.held_out) for curve in curves)
    figure.update_xaxes(range=[0.5, longest + 0.5], tick0=0, dtick=1 if longest <= FEW else 5)
    if percent:
        figure.update_yaxes(tickformat=".1~%")
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure


def _traces(curve: Curve, theme: Theme, write: Callable[[float], str]) -> list[go.Scatter]:
    colour = curve.hue.on(theme)
    chosen = curve.chosen_epoch
    lines = [
        go.Scatter(
            name=f"{curve.name} {part}",
            mode="lines",
            x=list(range(1, len(values) + 1)),
            y=list(values),
            line={"color": colour, "width": 2, "dash": dash},
            hovertext=list(map(write, values)),
            hovertemplate=f"{curve.name} {part}, epoch %{{x}}: %{{hovertext}}<extra></extra>",
        )
        for part, values, dash in (
            ("training", curve.training, "dash"),
            ("held-out", curve.held_out, "solid"),
        )
    ]
    marker = go.Scatter(
        name=f"{curve.name} chosen epoch",
        mode="markers",
        x=[chosen],
        y=[curve.held_out[chosen - 1]],
        marker={"color": colour, "symbol": curve.hue.symbol, "size": 13},
        showlegend=False,
        hovertext=[write(curve.held_out[chosen - 1])],
        hovertemplate=f"{curve.name} chosen epoch %{{x}}: %{{hovertext}}<extra></extra>",
    )
    return [*lines, marker]
