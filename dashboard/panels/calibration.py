"""Whether the networks are as often right as they are sure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dashboard.figures import reliabilities
from dashboard.figures.reliabilities import Points
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Chart, Drawing, Panel, Table, Words, number
from dashboard.panels.sentences import points
from dashboard.panels.wording import chance, count, listed, loss, percent, percent_with_interval
from models.analysis.calibration import BINS, Reliability, brier_score, reliability
from models.analysis.metrics import margins, score, wilson_interval
from models.arrays import Floats, Labels
from models.datasets.dataset import Noun
from models.store.entry import Entry


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the scores that punish false certainty, and the reliability diagram."""
    found = {
        entry.key: reliability(comparison.logits[entry.key], comparison.labels)
        for entry in comparison.entries
    }
    points = [_points(comparison, entry, found[entry.key]) for entry in comparison.entries]
    measured_on = f"on {comparison.measured_on}"
    chart = Chart(
        caption=f"Reliability {measured_on}, in {BINS} bins of equal width with their 95 % Wilson intervals",
        summary=listed(
            [_summary(entry, found[entry.key]) for entry in comparison.entries],
        ),
        figure=reliabilities.draw(points, comparison.theme, comparison.right),
    )
    effect = Words(
        f"What the temperature changes {measured_on}; it was fitted on held-out ones",
        tuple((_effect(comparison, entry),) for entry in comparison.entries),
    )
    return _scores(comparison, found, measured_on), effect, chart


def _scores(comparison: Comparison, found: dict[str, Reliability], measured_on: str) -> Table:
    columns = [_column(comparison, entry, found[entry.key]) for entry in comparison.entries]
    heads = (Cell(entry.name, header=True, hue=entry.key) for entry in comparison.entries)
    return Table(
        caption=f"Scores that punish false certainty, {measured_on}",
        header=(Cell("measure", header=True), *heads),
        rows=tuple(
            (Cell(measure, header=True), *(column[measure] for column in columns)) for measure in columns[0]
        ),
    )


def _column(comparison: Comparison, entry: Entry, found: Reliability) -> dict[str, Cell]:
    logits, labels = comparison.logits[entry.key], comparison.labels
    half = float(np.median(margins(logits)))
    confidence = float(np.nansum(found.confidence * found.digits) / found.digits.sum())
    return {
        "Accuracy": number(found.right.sum() / found.digits.sum(), percent),
        "Mean confidence": number(confidence, chance),
        f"Calibration error (ECE, {BINS} bins)": number(found.error, percent),
        "Negative log-likelihood": number(score(logits, labels).loss, loss, "nats"),
        "Brier score (0 to 2)": number(brier_score(logits, labels), "{:.4f}".format),
        f"Margin of half of the {comparison.noun.many}, at least": number(half, chance),
    } | _cooled(logits, labels, entry, comparison.noun)


def _cooled(logits: Floats, labels: Labels, entry: Entry, noun: Noun) -> dict[str, Cell]:
    """Return what a temperature fitted on held-out images makes of both; it changes no answer."""
    title = f"Temperature, fitted on held-out {noun.many}"
    after = (f"Calibration error with it (ECE, {BINS} bins)", "Negative log-likelihood with it")
    if entry.temperature is None:
        return {each: Cell("not fitted") for each in (title, *after)}
    cooled = logits / np.float32(entry.temperature)
    return {
        title: number(entry.temperature, "{:.3f}".format),
        after[0]: number(reliability(cooled, labels).error, percent),
        after[1]: number(score(cooled, labels).loss, loss, "nats"),
    }


def _effect(comparison: Comparison, entry: Entry) -> Cell:
    """Say whether the temperature helps on the test images, by each measure: it need not."""
    if entry.temperature is None:
        return Cell(f"No temperature was fitted for {entry.name}.")
    logits, labels = comparison.logits[entry.key], comparison.labels
    cooled = logits / np.float32(entry.temperature)
    before, after = (reliability(each, labels).error for each in (logits, cooled))
    missed, left = (score(each, labels).loss for each in (logits, cooled))
    return Cell(
        f"With its temperature {entry.name}'s calibration error is {_than(before, after, percent)}, its "
        f"negative log-likelihood {_than(missed, left, loss)}."
    )


def _than(before: float, after: float, write: Callable[[float], str]) -> str:
    """Say what became of an error; nothing, where both are written with the same figures."""
    if write(before) == write(after):
        return f"the same, {write(after)}"
    return f"{'larger' if after > before else 'smaller'}, {write(after)} instead of {write(before)}"


def _points(comparison: Comparison, entry: Entry, found: Reliability) -> Points:
    used = [place for place in range(len(found.digits)) if found.digits[place]]
    right, total = found.right[used].tolist(), found.digits[used].tolist()
    ends = [wilson_interval(*pair) for pair in zip(right, total, strict=True)]
    texts = [
        f"{entry.name}, sure to {chance(confidence)} on average: {count(one)} of {count(all_)},<br>"
        + percent_with_interval(one / all_, interval)
        for confidence, one, all_, interval in zip(found.confidence[used], right, total, ends, strict=True)
    ]
    return Points(
        name=entry.name,
        hue=comparison.hues[entry.key],
        confidence=found.confidence[used].tolist(),
        accuracy=found.accuracy[used].tolist(),
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
        texts=texts,
    )


def _summary(entry: Entry, found: Reliability) -> str:
    return f"{entry.name}'s confidence is off by {points(found.error)} percentage points on average"


PANEL = Panel(
    key="calibration",
    question="Are they as often right as they are sure?",
    how_to_read=(
        "On the dotted line a network is right exactly as often as its probability says; below it, it is too "
        "sure of itself; few {images} get a low confidence, so their intervals are wide; a temperature above "
        "1 makes a network less sure of every answer (Guo, Pleiss, Sun & Weinberger 2017)."
    ),
    draw=draw,
)
