"""What a change of the digits does to each network's answers."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.figures import amounts
from dashboard.figures.amounts import Axis, Curve
from dashboard.panels import colours, shifts
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Chart, Drawing, Panel, Table, Words
from dashboard.panels.shifts import PIXELS
from dashboard.panels.wording import count, listed, percent, percent_with_interval
from models.analysis import robustness
from models.analysis.metrics import wilson_interval
from models.analysis.robustness import Robustness
from models.datasets.perturbation import PERTURBATIONS, Perturbation
from models.store.entry import Entry

HELD = 0.95  # accuracy down to which a network holds


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the curves of all perturbations, of which one is seen, and how far each network holds.

    Of networks that nobody measured, only that is said. Other colours are measured apart from all that.
    """
    tables = comparison.found(robustness.MEASUREMENT)
    measured = [entry for entry in comparison.entries if entry.key in tables]
    if not measured:
        unknown = tuple((Cell(f"{sentence}."),) for sentence in _missing(comparison, measured))
        return Words(caption="Nothing can be drawn before", sentences=unknown), *colours.drawings(comparison)
    curves = [_curve(comparison, entry, way) for way in PERTURBATIONS.values() for entry in measured]
    axes = [Axis(way.key, _titled(way), way.low, way.high, way.neutral) for way in PERTURBATIONS.values()]
    chart = Chart(
        caption=f"Accuracy on {comparison.measured_on}, all changed alike",
        summary=_summary(comparison, measured),
        figure=amounts.draw(curves, axes, comparison.theme, comparison.right),
    )
    held = _table(comparison, measured)
    return chart, shifts.table(comparison, measured), held, *colours.drawings(comparison)


def _titled(way: Perturbation) -> str:
    return f"{way.title} ({way.unit})"


def _curve(comparison: Comparison, entry: Entry, way: Perturbation) -> Curve:
    table = comparison.found(robustness.MEASUREMENT)[entry.key]
    ends = [wilson_interval(right, table.digits) for right in table.correct[way.key]]
    shares = [right / table.digits for right in table.correct[way.key]]
    texts = [
        f"{entry.name}, {way.say(amount) or 'unchanged'}: {count(right)} of {count(table.digits)},<br>"
        + percent_with_interval(right / table.digits, interval)
        for amount, right, interval in zip(way.amounts, table.correct[way.key], ends, strict=True)
    ]
    return Curve(
        kind=way.key,
        name=f"{entry.name}, {way.title.lower()}",
        hue=comparison.hues[entry.key],
        amounts=way.amounts,
        shares=shares,
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        texts=texts,
    )


def _summary(comparison: Comparison, measured: Sequence[Entry]) -> str:
    """Return what a shift does to each network, and which networks nobody measured."""
    tables = [comparison.found(robustness.MEASUREMENT)[entry.key] for entry in measured]
    shifted = [
        f"{entry.name} names {_share(table, 0)} of the {comparison.noun.many} right where they are, and "
        f"{_share(table, PIXELS)} of them {PIXELS} px further right"
        for entry, table in zip(measured, tables, strict=True)
    ]
    return listed(shifted + _missing(comparison, measured))


def _missing(comparison: Comparison, measured: Sequence[Entry]) -> list[str]:
    return [
        f"{entry.name} was not measured yet: {comparison.measures('robustness', entry)}"
        for entry in comparison.entries
        if entry not in measured
    ]


def _right(table: Robustness, pixels: float) -> int:
    way = PERTURBATIONS["right"]
    return table.correct[way.key][way.amounts.index(pixels)]


def _share(table: Robustness, pixels: float) -> str:
    return percent(_right(table, pixels) / table.digits)


def _table(comparison: Comparison, measured: Sequence[Entry]) -> Table:
    heads = (Cell(entry.name, header=True, hue=entry.key) for entry in measured)
    return Table(
        caption=f"How far {comparison.noun.many} can be changed, of what was measured, until fewer than "
        f"{percent(HELD, 0)} "
        "are named right",
        header=(Cell("change", header=True), *heads, Cell("measured", header=True)),
        rows=tuple(
            (
                Cell(_titled(way), header=True),
                *(held(comparison.found(robustness.MEASUREMENT)[entry.key], way) for entry in measured),
                _between(way.low, way.high),
            )
            for way in PERTURBATIONS.values()
        ),
    )


def held(table: Robustness, way: Perturbation) -> Cell:
    """Return from which to which measured amount, around the neutral one, a network holds."""
    middle = way.amounts.index(way.neutral)
    holds = [right >= HELD * table.digits for right in table.correct[way.key]]
    if not holds[middle]:
        return Cell("not even unchanged")
    first, last = middle, middle
    while first > 0 and holds[first - 1]:
        first -= 1
    while last + 1 < len(holds) and holds[last + 1]:
        last += 1
    return _between(way.amounts[first], way.amounts[last])


def _between(low: float, high: float) -> Cell:
    ends = [f"{end:g}".replace("-", "−") for end in (low, high)]
    text = " to ".join(ends) if low != high else f"{ends[0]} alone"
    return Cell(text, interval=(low, high))


PANEL = Panel(
    key="moves",
    question="What moves them?",
    how_to_read=(
        "Each point is the share of all {members} named right when all are changed by that much, with "
        "its "
        "95 % Wilson interval; the dotted line stands where nothing is changed, the other at this {image}."
    ),
    draw=draw,
    live=True,
)
