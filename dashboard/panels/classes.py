"""Which digits are hard for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb

from dashboard.figures import intervals
from dashboard.figures.intervals import Intervals
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Chart, Drawing, Panel
from dashboard.panels.wording import count, listed, percent, percent_with_interval
from models.analysis.metrics import confusion, fisher, wilson_interval
from models.store.entry import Entry

DOUBT = 0.05  # a chance of this and more, over all pairs of labels, is no evidence


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return one chart: all images first, then label by label."""
    networks = [_intervals(comparison, entry) for entry in comparison.entries]
    places = ["all", *comparison.classes]
    begin = percent(intervals.lowest(networks), 0)
    chart = Chart(
        caption=f"Accuracy on {comparison.measured_on}; the axis begins at {begin}",
        summary=listed([_summary(comparison, entry) for entry in comparison.entries]),
        figure=intervals.draw(networks, places, "label", comparison.theme, comparison.right),
    )
    return (chart,)


def _intervals(comparison: Comparison, entry: Entry) -> Intervals:
    counts = confusion(comparison.logits[entry.key], comparison.labels)
    right = [int(counts.trace()), *(int(number) for number in counts.diagonal())]
    total = [int(counts.sum()), *(int(number) for number in counts.sum(axis=1))]
    ends = [wilson_interval(correct, number) for correct, number in zip(right, total, strict=True)]
    texts = [
        f"{entry.name}, {place}: {count(correct)} of {count(number)},<br>"
        + percent_with_interval(correct / number, interval)
        for place, correct, number, interval in zip(
            _places(comparison.classes), right, total, ends, strict=True
        )
    ]
    return Intervals(
        name=entry.name,
        hue=comparison.hues[entry.key],
        shares=[correct / number for correct, number in zip(right, total, strict=True)],
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        texts=texts,
    )


def _places(classes: Sequence[str]) -> list[str]:
    return ["all labels", *(f"label {label}" for label in classes)]


def _summary(comparison: Comparison, entry: Entry) -> str:
    """Say on which label a network errs most and least often, and whether any is the worst or the best."""
    counts = confusion(comparison.logits[entry.key], comparison.labels)
    totals = [int(total) for total in counts.sum(axis=1)]
    wrong = [total - int(right) for total, right in zip(totals, counts.diagonal(), strict=True)]
    counted = zip(comparison.classes, zip(wrong, totals, strict=True), strict=True)
    mistakes = {label: pair for label, pair in counted if pair[1]}
    if len({Fraction(*pair) for pair in mistakes.values()}) == 1:
        return f"{entry.name} errs equally often on all labels"
    return f"{entry.name} {_extreme(mistakes, 'most', 'worst')}, and {_extreme(mistakes, 'least', 'best')}"


def _extreme(mistakes: Mapping[str, tuple[int, int]], how: str, name_of_it: str) -> str:
    """Return on which labels the share of mistakes is largest or smallest, and what that is worth.

    Args:
        mistakes: By label: how many there are, of how many images.
        how: "most" or "least".
        name_of_it: What a label is called that is told from all others.
    """
    shares = {label: Fraction(*pair) for label, pair in mistakes.items()}
    end = (max if how == "most" else min)(shares.values())
    first, *equal = (label for label, share in shares.items() if share == end)
    like = [label for label in mistakes if label != first and not told_apart(mistakes, first, label)]
    found = _labels([first, *equal], mistakes)
    if not like:
        return f"is {name_of_it} on {found}"
    among = [label for label in like if label not in equal]
    others = f"{len(among)} other label{'' if len(among) == 1 else 's'}" if among else "each other"
    return f"errs {how} often on {found}, not told from {others}, so none is {name_of_it}"


def told_apart(mistakes: Mapping[str, tuple[int, int]], one: str, other: str) -> bool:
    """Return whether chance explains two labels' difference poorly, in view of how many pairs there are."""
    return fisher(*mistakes[one], *mistakes[other]) < DOUBT / comb(len(mistakes), 2)


def _labels(labels: Sequence[str], mistakes: Mapping[str, tuple[int, int]]) -> str:
    """Return one label or more, each with its mistakes and images."""
    each = [f"{label} ({count(mistakes[label][0])} of {count(mistakes[label][1])} wrong)" for label in labels]
    *others, last = each
    return f"labels {', '.join(others)} and {last}" if others else f"label {last}"


PANEL = Panel(
    key="classes",
    question="Which {images} are hard?",
    how_to_read=(
        "Each point is the share of a label's {images} that the network names right, with its 95 % Wilson "
        "interval; the axis begins just below the lowest interval, not at zero; a label is called worst or "
        "best where Fisher's exact test tells it from every other, at 0.05 divided by all pairs of labels."
    ),
    draw=draw,
)
