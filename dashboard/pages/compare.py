"""What Compare looks like: panels drawn as charts and tables; computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import markup
from dashboard.pages.elements import filled, label
from dashboard.panels.compare import PANELS
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Drawing, Plane


def comparison_view(comparison: Comparison) -> list[Component]:
    """Return every panel of Compare, drawn."""
    said = {panel.key: panel.said(comparison.noun) for panel in PANELS}
    return [
        html.Section(
            [
                html.H2(said[panel.key][0]),
                html.P(said[panel.key][1], className="reading"),
                html.Div(className="live") if panel.live else None,
                html.Div(_drawings(panel.key, comparison, panel.draw(comparison)), className="drawings"),
            ],
            id=f"compare-{panel.key}",
            className="panel",
            **label(said[panel.key][0]),
        )
        for panel in PANELS
    ]


def _drawings(key: str, comparison: Comparison, drawings: Sequence[Drawing]) -> list[Component]:
    """Return a panel's drawings, each with its numbers to take away under a name of their own."""
    pair = "-and-".join(entry.key for entry in comparison.pair)
    return [
        _drawing(
            f"convlens-{key}-{each.model}-{each.method}"
            if isinstance(each, Plane)
            else f"convlens-{key}-{pair}-{number}",
            each,
        )
        for number, each in enumerate(drawings, 1)
    ]


def _drawing(name: str, drawing: Drawing) -> Component:
    """Return a drawing; assets/js/compare/markup.js puts what is HTML into the page."""
    return html.Div(
        className=type(drawing).__name__.lower(),
        **filled(markup.written(drawing, name), markup.file(drawing, name)),
    )
