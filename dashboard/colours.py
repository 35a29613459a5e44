"""Which colour means what: one hue per network, and quiet inks for axes; plain data for figures and CSS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle
from types import MappingProxyType
from typing import Any, Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Hue:
    """How one network is told from the others.

    Attributes:
        light: Colour on white paper, `#rrggbb`, readable as text.
        dark: The same on dark paper.
        symbol: Plotly's marker, so that the network is never told by colour alone.
    """

    light: str
    dark: str
    symbol: str

    def on(self, theme: Theme) -> str:
        """Return the colour for paper of that theme."""
        return self.light if theme == "light" else self.dark


@dataclass(frozen=True)
class Paper:
    """The colours of the paper that a figure is drawn on, and of all that is no network.

    Attributes:
        background: Of the page; figures themselves are transparent.
        text: Of titles, ticks and legends.
        grid: Fainter than any data.
    """

    background: str
    text: str
    grid: str


HUES: Mapping[str, Hue] = MappingProxyType(
    {
        "fcn": Hue("#b3500a", "#f0953f", "circle"),  # orange
        "cnn": Hue("#0b6a96", "#56bdea", "diamond"),  # blue
    }
)
OTHERS = (
    Hue("#7a3fb0", "#c49bf0", "square"),  # violet
    Hue("#4f6f12", "#a5c95a", "triangle-up"),  # olive
    Hue("#b0286f", "#f08abf", "triangle-down"),  # magenta
)
PAPERS: Mapping[Theme, Paper] = MappingProxyType(
    {
        "light": Paper("#ffffff", "#3d4650", "#d9dee3"),
        "dark": Paper("#101418", "#c3cad2", "#2c343c"),
    }
)


def hues(keys: Iterable[str]) -> dict[str, Hue]:
    """Return every network's hue; those without one of their own take turns, in the manifest's order.

    Args:
        keys: Of all networks, hidden ones included, so that hiding one recolours no other.
    """
    turns = cycle(OTHERS)
    return {key: HUES[key] if key in HUES else next(turns) for key in keys}


def template(theme: Theme) -> dict[str, Any]:
    """Return a Plotly template: transparent, one typeface, few lines."""
    paper = PAPERS[theme]
    axis = {
        "gridcolor": paper.grid,
        "linecolor": paper.text,
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": paper.grid,
        "automargin": True,
        "fixedrange": True,  # a finger that scrolls the page must not zoom the figure
        "title": {"standoff": 8},
    }
    return {
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "system-ui, sans-serif", "size": 13, "color": paper.text},
            "hoverlabel": {"bgcolor": paper.background, "font": {"color": paper.text}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": paper.text, "activecolor": paper.text},
            "xaxis": axis,
            "yaxis": axis,
        }
    }
