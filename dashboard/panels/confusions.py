"""What each network takes a digit for: a table whose cells lead to those digits on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dashboard.panels.comparison import Comparison, name
from dashboard.panels.panel import Cell, Drawing, Panel, Table
from dashboard.panels.wording import count, digits, percent
from models.evaluate import answers, confusion
from models.registry import Entry

Counts = NDArray[np.int64]
Pair = tuple[int, int]  # label, answer


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return one table per network, all shaded on one scale."""
    counts = [confusion(comparison.logits[entry.key], comparison.labels) for entry in comparison.entries]
    darkest = max(int(mistakes(each).max()) for each in counts)
    matrices = [
        Matrix(comparison, entry, each, _first_digits(comparison, entry), darkest)
        for entry, each in zip(comparison.entries, counts, strict=True)
    ]
    return tuple(matrix.table() for matrix in matrices)


def mistakes(counts: Counts) -> Counts:
    """Return the counts without the right answers: the diagonal is zero."""
    return counts - np.diag(counts.diagonal())


def _first_digits(comparison: Comparison, entry: Entry) -> dict[Pair, int]:
    """Return the index of the first digit of every label and answer that occur together."""
    both = np.stack([comparison.labels, answers(comparison.logits[entry.key])], axis=1)
    pairs, where = np.unique(both, axis=0, return_index=True)
    return {
        (label, answer): index for (label, answer), index in zip(pairs.tolist(), where.tolist(), strict=True)
    }


@dataclass(frozen=True)
class Matrix:
    """One network's confusion matrix.

    Attributes:
        comparison: What is shown beside it.
        entry: The network.
        counts: (labels, answers) digits.
        first: The first digit of every pair that occurs.
        darkest: The count, of any network shown, whose cell is shaded most.
    """

    comparison: Comparison
    entry: Entry
    counts: Counts
    first: dict[Pair, int]
    darkest: int

    def table(self) -> Table:
        """Return labels down and answers across, and at the ends how many digits and what share is right."""
        classes = range(len(self.counts))
        answered = (Cell(str(answer), header=True, label=f"answer {answer}") for answer in classes)
        return Table(
            caption=(
                f"{name(self.entry)}, {digits(len(self.comparison.labels))} of the test set: labels down, "
                f"answers across; the strongest shade is {digits(self.darkest)}"
            ),
            header=(
                Cell(name(self.entry), header=True, hue=self.entry.key),
                *answered,
                Cell("digits", header=True),
                Cell("right", header=True),
            ),
            rows=(*(self._row(label) for label in classes), self._totals()),
        )

    def _row(self, label: int) -> tuple[Cell, ...]:
        counts = self.counts[label]
        return (
            Cell(str(label), header=True, label=f"label {label}"),
            *(self._cell((label, answer)) for answer in range(len(counts))),
            *_ends(int(counts[label]), int(counts.sum())),
        )

    def _totals(self) -> tuple[Cell, ...]:
        return (
            Cell("all", header=True, label="all labels"),
            *(Cell(count(answered)) for answered in self.counts.sum(axis=0).tolist()),
            *_ends(int(self.counts.trace()), int(self.counts.sum())),
        )

    def _cell(self, pair: Pair) -> Cell:
        number = int(self.counts[pair])
        if not number:
            return Cell("0")
        label, answer = pair
        right = label == answer
        verdict = "names right" if right else f"takes for {answer}"
        return Cell(
            count(number),
            link=self.comparison.wall(self.first[pair], label=label, answer=answer, by=self.entry.key),
            label=f"{digits(number)} labelled {label} that {name(self.entry)} {verdict}",
            shade=None if right else sqrt(number / self.darkest),
            kind="right" if right else "wrong",
        )


def _ends(right: int, total: int) -> tuple[Cell, Cell]:
    return Cell(count(total)), Cell(percent(right / total))


PANEL = Panel(
    key="confusions",
    question="What do they take a digit for?",
    how_to_read=(
        "Each number leads to its digits on the wall; mistakes are shaded by the square root of their "
        "number, on one scale for all networks shown, and right answers, on the diagonal, are not shaded; "
        "a few labels of MNIST are themselves disputed (Northcutt, Athalye & Mueller 2021)."
    ),
    draw=draw,
)
