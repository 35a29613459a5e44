"""Charts, tables, digits and sentences of Compare as components: one for each drawing, whatever is in it.

Each component of Dash listens to the changes of all others. With one for every cell and image, 2,442 of them,
the browser computed 15.7 s until Compare stood; with one for every drawing, 33, it is 1.1 s (processor time).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from dashboard.figures.frame import HEIGHT, config
from dashboard.panels import export
from dashboard.panels.panel import Cell, Chart, Gallery, Plane, Table, Thumb, Words
from dashboard.panels.panel import Drawing as Answer


class Drawing(Component):
    """A drawing of a panel; assets/js/compare/drawing.js makes elements of it.

    Attributes:
        children: What Dash draws in it: a chart's curves.
        kind: What it is, in a word: the name of its class in `panel`.
        content: What it holds.
        file: The link that takes its numbers away: text, href, download and label.
    """

    _namespace = "convlens"
    _type = "Drawing"

    def __init__(
        self,
        kind: str,
        content: Mapping[str, Any],
        file: Mapping[str, str],
        children: Component | None = None,
    ) -> None:
        """Take what the browser is sent."""
        self._prop_names = ["children", "kind", "content", "file"]
        self._valid_wildcard_attributes = []
        inside = {} if children is None else {"children": children}
        super().__init__(kind=kind, content=content, file=file, **inside)  # type: ignore[no-untyped-call]


def drawn(answer: Answer, name: str) -> Drawing:
    """Return a drawing whose numbers are taken away in a file of that name."""
    graph = None
    match answer:
        case Chart():
            content: Mapping[str, Any] = {"summary": answer.summary, "height": HEIGHT}
            graph = _graph(answer, name)
        case Table():
            content = {"header": _cells(answer.header), "rows": [_cells(row) for row in answer.rows]}
        case Gallery():
            content = {"thumbs": [_thumb(each) for each in answer.thumbs]}
            if answer.rest:
                content["rest"] = _cell(answer.rest)
        case Words():
            content = {"sentences": [_cells(sentence) for sentence in answer.sentences]}
        case Plane():
            content = {
                part: getattr(answer, part) for part in ("summary", "model", "method", "layer", "address")
            }
    return Drawing(
        kind=type(answer).__name__.lower(),
        content={"caption": answer.caption, **content},
        file=_file(answer, name),
        children=graph,
    )


def _graph(chart: Chart, name: str) -> Component:
    shown: Any = config(name)
    return dcc.Graph(id=name, figure=chart.figure, config=shown, style={"height": HEIGHT})


def _file(answer: Answer, name: str) -> Mapping[str, str]:
    if isinstance(answer, Plane):
        text, address, suffix = "points as NPY", answer.address, "npy"
    else:
        text, address, suffix = "numbers as CSV", export.address(answer), "csv"
    return {
        "text": text,
        "href": address,
        "download": f"{name}.{suffix}",
        "label": f"{text}: {answer.caption}",
    }


def _cells(cells: tuple[Cell, ...]) -> list[dict[str, Any]]:
    return [_cell(cell) for cell in cells]


def _cell(cell: Cell) -> dict[str, Any]:
    """Return what is seen of a cell, without what is at its default."""
    told = {name: getattr(cell, name) for name in ("text", "header", "link", "label", "hue", "kind")}
    shade = {} if cell.shade is None else {"shade": f"{cell.shade:.3f}"}
    return {name: value for name, value in told.items() if value} | shade


def _thumb(thumb: Thumb) -> dict[str, Any]:
    return {"picture": thumb.picture, "link": thumb.link, "label": thumb.label, "under": _cells(thumb.under)}
