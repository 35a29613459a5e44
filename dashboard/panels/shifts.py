"""What a shift of two pixels does to a network: the same digits, shifted and not, compared one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Table, number
from dashboard.panels.sentences import Sentence, either, words
from dashboard.panels.wording import count, probability
from models.analysis import robustness
from models.analysis.robustness import Paired, Robustness
from models.datasets.perturbation import PERTURBATIONS
from models.store.entry import Entry

PIXELS = 2
WAYS = (("right", PIXELS), ("right", -PIXELS), ("down", PIXELS), ("down", -PIXELS))


def shifted(table: Robustness) -> list[Paired]:
    """Return what a shift in each of the four directions does."""
    return [table.against_unchanged(way, amount) for way, amount in WAYS]


def sentence(comparison: Comparison) -> Iterator[Sentence]:
    """Say of both networks what the shifts do, where that was measured, and whom that makes invariant."""
    tables = [comparison.found(robustness.MEASUREMENT).get(entry.key) for entry in comparison.pair]
    known = [(entry, table) for entry, table in zip(comparison.pair, tables, strict=True) if table]
    if len(known) < len(comparison.pair):
        return
    parts: list[Entry | str] = [f"Shifted by {PIXELS} pixels in one of four directions, "]
    for entry, table in known:
        parts += [entry, f" {_changes(comparison, table)}. "]
    still = [entry for entry, table in known if not any(each.changed for each in shifted(table))]
    parts.append("A translation-invariant network would change none")
    parts += (
        [f": {either([each.name for each in still])} did not, here."] if still else [", so neither is one."]
    )
    yield words(*parts)


def _changes(comparison: Comparison, table: Robustness) -> str:
    """Return on how many images the answer changes, and where most right answers are lost on balance."""
    every = shifted(table)
    least, most = min(each.changed for each in every), max(each.changed for each in every)
    numbers = count(most) if least == most else f"{count(least)} to {count(most)}"
    changes = f"changes its answer on {numbers} of {comparison.noun.counted(table.digits)}"
    worst = max(every, key=lambda each: each.lost - each.gained)
    if worst.lost <= worst.gained:
        return f"{changes}, and loses no more right answers than it gains"
    tied = [each for each in every if each.lost - each.gained == worst.lost - worst.gained]
    where = either([PERTURBATIONS[each.key].say(each.amount) for each in tied])
    corrected = min(1.0, len(WAYS) * worst.chance)
    return (
        f"{changes}; {where} it loses most: {count(worst.lost)} right answers, and gains "
        f"{count(worst.gained)} (McNemar's exact test, times four for four directions: "
        f"{probability(corrected)})"
    )


def table(comparison: Comparison, measured: Sequence[Entry]) -> Table:
    """Return for each direction a row per network, which says what becomes of its answers."""
    found = {entry.key: shifted(comparison.found(robustness.MEASUREMENT)[entry.key]) for entry in measured}
    heads = ("direction", "network", "changed", "lost", "gained", "p")
    return Table(
        caption=(
            f"Every {comparison.noun.one} against itself, shifted by {PIXELS} pixels: answers that change, "
            "right ones that "
            "are lost and gained, and McNemar's exact test of these two, for this direction alone"
        ),
        header=tuple(Cell(head, header=True) for head in heads),
        rows=tuple(
            (
                Cell(PERTURBATIONS[way].say(amount), header=True),
                Cell(entry.name, header=True, hue=entry.key),
                *_cells(found[entry.key][place]),
            )
            for place, (way, amount) in enumerate(WAYS)
            for entry in measured
        ),
    )


def _cells(each: Paired) -> tuple[Cell, ...]:
    counts = (Cell(count(number), value=number) for number in (each.changed, each.lost, each.gained))
    return (*counts, number(each.chance, probability))
