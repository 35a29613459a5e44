"""What Compare looks like: a section for each panel, and its drawings once they are asked for."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.pages.drawings import drawn
from dashboard.pages.elements import label, uncounted
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Panel, Plane
from models.datasets.dataset import Noun


def section_id(panel: Panel) -> str:
    """Return the id of a panel's section, whose `data-choice` says what is to be compared."""
    return f"compare-{panel.key}"


def drawings_id(panel: Panel) -> str:
    """Return the id of the place of a panel's drawings."""
    return f"{section_id(panel)}-drawings"


def section(panel: Panel, noun: Noun) -> Component:
    """Return the section of a panel: its question, how to read it, and the place of its drawings."""
    question, how_to_read = panel.said(noun)
    return html.Section(
        [
            html.H2(question),
            html.P(how_to_read, className="reading"),
            html.Div(className="live") if panel.live else None,
            html.Div(id=drawings_id(panel), className="drawings"),
        ],
        id=section_id(panel),
        className="panel",
        **label(question),
    )


def drawings(panel: Panel, comparison: Comparison) -> list[Component]:
    """Return a panel's drawings, each with its numbers to take away under a name of their own."""
    pair = "-and-".join(entry.key for entry in comparison.pair)
    return [
        uncounted(
            drawn(
                each,
                f"convlens-{panel.key}-{each.model}-{each.method}"
                if isinstance(each, Plane)
                else f"convlens-{panel.key}-{pair}-{number}",
            )
        )
        for number, each in enumerate(panel.answered(comparison), 1)
    ]
