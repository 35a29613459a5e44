"""What all figures have in common: size, margins, legend, and how the browser shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.colours import Theme, template

HEIGHT = 340  # pixels


def frame(theme: Theme, x: str, y: str) -> go.Figure:
    """Return an empty figure, as wide as its place, with titled axes and the legend above."""
    return go.Figure(
        layout={
            "template": template(theme),
            "height": HEIGHT,
            "autosize": True,
            "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
            "dragmode": False,
            "hovermode": "closest",
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": {"title": {"text": x}},
            "yaxis": {"title": {"text": y}},
        }
    )


def error_bars(low: Sequence[float], shares: Sequence[float], high: Sequence[float]) -> dict[str, Any]:
    """Return bars from each interval's lower end to its upper end, for points at the shares."""
    return {
        "symmetric": False,
        "array": [end - share for share, end in zip(shares, high, strict=True)],
        "arrayminus": [share - end for share, end in zip(shares, low, strict=True)],
        "thickness": 1.5,
        "width": 3,
    }


def config(name: str) -> dict[str, Any]:
    """Return how the browser shows a figure: one button, which takes it away as a picture of that name.

    The place that it is shown in must be `HEIGHT` high; its width is free; the browser's Charts follow it.
    """
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "scrollZoom": False,
        "toImageButtonOptions": {"filename": name, "scale": 2},
    }
