"""How a loss or an accuracy goes while a network learns, drawn so that it can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import OTHERS, Hue, Theme
from dashboard.figures.frame import frame

FIRST, SECOND = OTHERS[0], OTHERS[1]  # hues of a training, and of the one that it is compared with
HEIGHT = 260  # pixels
TRACES = ("", "val_")  # of each training: of batches, and of held-out images
Points = Mapping[str, tuple[list[float], list[float]]]  # by curve, steps and numbers


@dataclass(frozen=True)
class Learning:
    """One training as far as it is.

    Attributes:
        name: What the legend says.
        hue: Its colour.
        points: By curve, steps and numbers.
    """

    name: str
    hue: Hue
    points: Points


def draw(trainings: Sequence[Learning], measure: str, y: str, steps: int, theme: Theme) -> go.Figure:
    """Return what was measured: thin while it learned, with markers on held-out images behind each epoch.

    Args:
        trainings: One, or two that are compared.
        measure: "loss" or "accuracy".
        y: What that is, with its unit.
        steps: Of the longer training: the axis has room for all of them from the beginning.
        theme: Of the page.
    """
    figure = frame(theme, "step", y)
    for each in trainings:
        colour = each.hue.on(theme)
        for prefix, part in zip(TRACES, ("while learning", "held out"), strict=True):
            x, values = each.points[f"{prefix}{measure}"]
            figure.add_scatter(
                name=each.name or part,
                showlegend=bool(prefix) or not each.name,
                mode="lines+markers" if prefix else "lines",
                x=list(x),
                y=list(values),
                line={"color": colour, "width": 2 if prefix else 1},
                marker={"color": colour, "symbol": each.hue.symbol, "size": 8},
                opacity=1.0 if prefix else 0.7,
                hovertemplate=f"{part}, step %{{x:,}}: %{{y}}<extra></extra>",
            )
    figure.update_xaxes(range=[0, steps * 1.02])
    figure.update_layout(height=HEIGHT, margin={"t": 32 if len(trainings) < 2 else 50})
    if measure == "accuracy":
        shares = {"minallowed": 0, "maxallowed": 1}  # an empty chart would go from -100 % to 400 %
        figure.update_yaxes(tickformat=".0~%", hoverformat=".3%", **shares)
    else:
        figure.update_yaxes(rangemode="tozero", hoverformat=".4f")
    return figure


def extension(points: Sequence[Points], measure: str) -> list[Any]:
    """Return what a drawn figure is extended by, as Dash's graphs take it.

    Args:
        points: Of each of its trainings, what is new.
        measure: "loss" or "accuracy".
    """
    new = [each[f"{prefix}{measure}"] for each in points for prefix in TRACES]
    return [{"x": [x for x, _ in new], "y": [y for _, y in new]}, [*range(len(new))]]
