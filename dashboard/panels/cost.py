"""What the networks cost, layer by layer: numbers to hold, to multiply, and the time that takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from dashboard.panels.comparison import Comparison
from dashboard.panels.controls import matched
from dashboard.panels.panel import Cell, Drawing, Panel, Table, number
from dashboard.panels.wording import count, megabytes
from models.analysis.cost import Costs
from models.datasets.dataset import Noun
from models.graph.description import Layer
from models.store.entry import Entry

FLOAT = 4  # bytes


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return all networks beside each other, then each layer by layer."""
    entries = (*comparison.entries, *(each for each, *_ in matched(comparison)))
    layers = (_layers(entry, comparison) for entry in entries)
    return _whole(entries, comparison), *layers


def _whole(entries: Sequence[Entry], comparison: Comparison) -> Table:
    costs, noun = comparison.collection.costs, comparison.noun
    measured = {entry.key: costs and costs.of(entry) for entry in entries}
    times = [sum(found.values()) if found else None for found in (measured[each.key] for each in entries)]
    rows: dict[str, list[Cell]] = {
        "Parameters": [number(entry.parameters, whole) for entry in entries],
        f"Multiply-accumulates per {noun.one}": [
            number(sum(layer.multiply_accumulates for layer in entry.layers), whole) for entry in entries
        ],
        "Checkpoint": [
            number(entry.checkpoint.bytes, lambda each: megabytes(int(each)), "bytes") for entry in entries
        ],
        f"Time per {noun.one}": [microseconds(each) for each in times],
        "Time, the first being 1": [
            number(each / times[0], "{:.2f}".format) if each and times[0] else Cell("not measured")
            for each in times
        ],
    }
    return Table(
        caption=f"What each network costs{_where(costs, noun)}",
        header=(
            Cell("measure", header=True),
            *(Cell(each.name, header=True, hue=each.key) for each in entries),
        ),
        rows=tuple((Cell(measure, header=True), *cells) for measure, cells in rows.items()),
    )


def _where(costs: Costs | None, noun: Noun) -> str:
    if costs is None:
        return "; times were not measured"
    return (
        f"; processor time, the median of {costs.rounds} rounds in which {noun.counted(costs.batch)} ran at "
        f"once on {costs.machine}"
    )


def _layers(entry: Entry, comparison: Comparison) -> Table:
    costs = comparison.collection.costs
    measured = (costs and costs.of(entry)) or {}
    columns = (
        "output",
        "parameters",
        "bytes of weights",
        "bytes of output",
        "multiply-accumulates",
        f"time per {comparison.noun.one}",
    )
    return Table(
        caption=f"{entry.name}, layer by layer; times include calling the layer, and Flatten does no more",
        header=(
            Cell(entry.name, header=True, hue=entry.key),
            *(Cell(each, header=True) for each in columns),
        ),
        rows=tuple(_layer(layer, measured.get(layer.name)) for layer in entry.layers),
    )


def _layer(layer: Layer, time: float | None) -> tuple[Cell, ...]:
    return (
        Cell(layer.name, header=True),
        Cell("×".join(map(str, layer.output_shape))),
        number(layer.parameters, whole),
        number(FLOAT * layer.parameters, whole),
        number(FLOAT * prod(layer.output_shape), whole),
        number(layer.multiply_accumulates, whole),
        microseconds(time),
    )


def whole(value: float) -> str:
    """Return a number that has no fraction."""
    return count(int(value))


def microseconds(time: float | None) -> Cell:
    """Return a time, in microseconds, with its unit."""
    write: Callable[[float], str] = "{:.1f} µs".format
    return Cell("not measured") if time is None else number(time, write, "µs")


PANEL = Panel(
    key="cost",
    question="What do they cost?",
    how_to_read=(
        "Parameters are held, multiply-accumulates are done for every {image}, and neither says how long "
        "that takes; times are of one machine, so their ratio says more than they do; a network of one's "
        "layers "
        "and recipe and of the other's size, where there is one, tells what size alone does."
    ),
    draw=draw,
    asks_labels=False,
)
