"""The numbers of every drawing as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite
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
        yield "series", *_axes(drawing.figure), "low", "high"
        for trace in drawing.figure.data:
            yield from _points(drawing.figure, trace)
    elif isinstance(drawing, Table):
        yield from _lines(drawing)
    elif isinstance(drawing, Gallery):
        yield *(drawing.thumbs[0].facts if drawing.thumbs else ()), "address"
        yield from ([*thumb.facts.values(), thumb.link] for thumb in drawing.thumbs)
    else:
        yield ("sentence",)
        yield from (["".join(cell.text for cell in sentence)] for sentence in drawing.sentences)


def _lines(table: Table) -> Iterator[Row]:
    """Yield a table's lines; a column in which a number has an interval is three: the number, low and high.

    A unit that all numbers of a column have stands in its header, else that of all numbers of a row in its.
    """
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.header)
    units = [_unit(column) for column in columns]
    wide = [any(cell.interval for cell in column) for column in columns]
    heads = [_named(*pair) for pair in zip(table.header, units, strict=True)]
    yield chain.from_iterable(
        (head, f"{head}, low", f"{head}, high") if three else (head,)
        for head, three in zip(heads, wide, strict=True)
    )
    for first, *others in table.rows:
        own = "" if any(units) else _unit(others)
        cells = [Cell(_named(first, own)), *others] if first.header else [first, *others]
        yield chain.from_iterable(map(_contents, cells, wide))


def _unit(cells: Sequence[Cell]) -> str:
    """Return the unit that all of these have which are numbers, "" where they differ or have none."""
    units = {cell.unit for cell in cells if cell.value is not None}
    return units.pop() if len(units) == 1 else ""


def _named(cell: Cell, unit: str) -> str:
    return f"{cell.text} ({unit})" if unit else cell.text


def _contents(cell: Cell, wide: bool) -> Row:
    """Return what a cell holds, and after it the ends of its interval where its column has some."""
    own = ("" if cell.interval else cell.text) if cell.value is None else whole(cell.value)
    ends = tuple(map(whole, cell.interval)) if cell.interval else ("", "")
    return (own, *ends) if wide else (own,)


def whole(value: float) -> float:
    """Return a number as it is written in full: without a fraction where it has none."""
    return int(value) if isfinite(value) and value == int(value) else float(value)


def _axes(figure: go.Figure) -> tuple[str, str]:
    """Return what the numbers are, with their units; where each series has an axis of its own, its amount."""
    x, y = (axis.title.text for axis in (figure.layout.xaxis, figure.layout.yaxis))
    return "amount" if any(trace.meta for trace in figure.data) else x, y


def _points(figure: go.Figure, trace: Any) -> Iterator[Row]:
    """Yield a trace's points with the ends of their bars; a place on an axis of names by its name."""
    axis = figure.layout.xaxis
    names = dict(zip(axis.tickvals or (), axis.ticktext or (), strict=True))
    above = trace.error_y.array
    below = above if trace.error_y.arrayminus is None else trace.error_y.arrayminus
    for place, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
        ends = ("", "") if above is None else (whole(y - below[place]), whole(y + above[place]))
        named = names[min(names, key=lambda tick: abs(tick - x))] if names else whole(x)
        yield (trace.name, named, whole(y), *ends)
