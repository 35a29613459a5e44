"""Which digits are hard for whom."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.figures import intervals
from dashboard.figures.intervals import Intervals
from dashboard.panels.comparison import Comparison, name
from dashboard.panels.panel import Chart, Drawing, Panel
from dashboard.panels.wording import count, digits, listed, percent, percent_with_interval
from models.evaluate import confusion, wilson_interval
from models.registry import Entry


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return one chart: all digits first, then label by label."""
    networks = [_intervals(comparison, entry) for entry in comparison.entries]
    places = ["all", *(str(label) for label in range(len(networks[0].shares) - 1))]
    begin = percent(intervals.lowest(networks), 0)
    chart = Chart(
        caption=f"Accuracy on {digits(len(comparison.labels))} of the test set; the axis begins at {begin}",
        summary=listed([_summary(each) for each in networks]),
        figure=intervals.draw(networks, places, "label", comparison.theme),
    )
    return (chart,)


def _intervals(comparison: Comparison, entry: Entry) -> Intervals:
    counts = confusion(comparison.logits[entry.key], comparison.labels)
    right = [int(counts.trace()), *(int(number) for number in counts.diagonal())]
    total = [int(counts.sum()), *(int(number) for number in counts.sum(axis=1))]
    ends = [wilson_interval(correct, number) for correct, number in zip(right, total, strict=True)]
    texts = [
        f"{name(entry)}, {place}: {count(correct)} of {count(number)},<br>"
        + percent_with_interval(correct / number, interval)
        for place, correct, number, interval in zip(_places(len(counts)), right, total, ends, strict=True)
    ]
    return Intervals(
        name=name(entry),
        hue=comparison.hues[entry.key],
        shares=[correct / number for correct, number in zip(right, total, strict=True)],
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        texts=texts,
    )


def _places(classes: int) -> list[str]:
    return ["all labels", *(f"label {label}" for label in range(classes))]


def _summary(each: Intervals) -> str:
    ranked = sorted(range(1, len(each.shares)), key=each.shares.__getitem__)
    worst, best = (_of(each.shares, place) for place in (ranked[0], ranked[-1]))
    return f"{each.name} is worst on label {worst} and best on label {best}"


def _of(shares: Sequence[float], place: int) -> str:
    return f"{place - 1} ({percent(shares[place])})"


PANEL = Panel(
    key="classes",
    question="Which digits are hard?",
    how_to_read=(
        "Each point is the share of a label's digits that the network names right, with its 95 % Wilson "
        "interval; the axis begins just below the lowest interval, not at zero."
    ),
    draw=draw,
)
