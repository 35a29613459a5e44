"""The numbers of every drawing as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import plotly.graph_objects as go

from dashboard.panels.panel import Cell, Chart, Gallery, Table, Words

Row = Iterable[object]
Numbers = Chart | Table | Gallery | Words  # a plane's points are a tensor, with an address of its own


def address(drawing: Numbers) -> str:
    """Return an address that holds the CSV itself, so that what is taken away is what is seen."""
    return f"data:text/csv;charset=utf-8,{quote(write(drawing))}"


def write(drawing: Numbers) -> str:
    """Return a drawing's numbers in full under a line of names, as RFC 4180 with line feeds."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_rows(drawing))
    return text.getvalue()


def _rows(drawing: Numbers) -> Iterator[Row]:
    if isinstance(drawing, Chart):
        yield "series", "x", "y", "low", "high"
        for trace in drawing.figure.data:
            yield from _points(drawing.figure, trace)
    elif isinstance(drawing, Table):
        yield from ([_content(cell) for cell in row] for row in (drawing.header, *drawing.rows))
    elif isinstance(drawing, Gallery):
        yield "digit", "address"
        yield from ([thumb.label, thumb.link] for thumb in drawing.thumbs)
    else:
        yield ("sentence",)
        yield from (["".join(cell.text for cell in sentence)] for sentence in drawing.sentences)


def _content(cell: Cell) -> object:
    return cell.text if cell.value is None else cell.value


def _points(figure: go.Figure, trace: Any) -> Iterator[Row]:
    """Yield a trace's points with the ends of their bars; a place on an axis of names by its name."""
    axis = figure.layout.xaxis
    names = dict(zip(axis.tickvals or (), axis.ticktext or (), strict=True))
    above = trace.error_y.array
    below = above if trace.error_y.arrayminus is None else trace.error_y.arrayminus
    for place, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
        ends = ("", "") if above is None else (y - below[place], y + above[place])
        named = names[min(names, key=lambda tick: abs(tick - x))] if names else x
        yield (trace.name, named, y, *ends)
