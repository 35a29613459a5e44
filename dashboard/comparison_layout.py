"""What Compare looks like: panels drawn as charts and tables; computes nothing."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.figures.frame import HEIGHT, config
from dashboard.layout import label
from dashboard.panels.compare import PANELS
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Table


def comparison_view(comparison: Comparison) -> list[Component]:
    """Return every panel of Compare, drawn."""
    return [
        html.Section(
            [
                html.H2(panel.question),
                html.P(panel.how_to_read, className="reading"),
                html.Div(
                    [_drawing(panel.key, each) for each in panel.draw(comparison)], className="drawings"
                ),
            ],
            id=f"compare-{panel.key}",
            className="panel",
            **label(panel.question),
        )
        for panel in PANELS
    ]


def _drawing(name: str, drawing: Drawing) -> Component:
    if isinstance(drawing, Table):
        return html.Div(
            _table(drawing), className="scroll-x", tabIndex="0", role="region", **label(drawing.caption)
        )
    graph = dcc.Graph(
        figure=drawing.figure,
        config=config(name),  # type: ignore[arg-type]
        responsive=True,
        style={"height": f"{HEIGHT}px"},
    )
    return html.Figure(
        [html.Figcaption(drawing.caption), graph, html.P(drawing.summary, className="reading")]
    )


def _table(table: Table) -> Component:
    return html.Table(
        [
            html.Caption(table.caption),
            html.Thead(html.Tr([_cell(cell, "col") for cell in table.header])),
            html.Tbody([html.Tr([_cell(cell, "row") for cell in row]) for row in table.rows]),
        ]
    )


def _cell(cell: Cell, scope: str) -> Component:
    """Return a cell: a link where it leads somewhere, shaded where it counts something."""
    tag = html.Th if cell.header else html.Td
    attributes: dict[str, Any] = {"className": f"cell {cell.kind}"}
    if cell.header:
        attributes["scope"] = scope
    if cell.hue:
        attributes["data-model"] = cell.hue
    if cell.shade is not None:
        attributes["style"] = {"--shading": f"{cell.shade:.3f}"}
    named = label(cell.label) if cell.label else {}
    if cell.link:
        return tag(html.A(cell.text, href=cell.link, **named), **attributes)
    return tag(html.Span(cell.text, className="hue") if cell.hue else cell.text, **attributes, **named)
