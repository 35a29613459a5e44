"""What each network takes a digit for: a table whose cells lead to those digits on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Panel, Table
from dashboard.panels.wording import count, percent, signed
from models.analysis.metrics import answers, confusion
from models.datasets.dataset import Noun
from models.store.entry import Entry

Counts = NDArray[np.int64]
Pair = tuple[int, int]  # label, answer


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return a table per network, all shaded on one scale, and one of the difference of two."""
    counts = [confusion(comparison.logits[entry.key], comparison.labels) for entry in comparison.entries]
    darkest = max(int(mistakes(each).max()) for each in counts)
    matrices = [
        Matrix(comparison, entry, each, _first_digits(comparison, entry), darkest)
        for entry, each in zip(comparison.entries, counts, strict=True)
    ]
    tables = tuple(matrix.table() for matrix in matrices)
    return (*tables, Difference(*matrices).table()) if len(matrices) == 2 else tables


def mistakes(counts: Counts) -> Counts:
    """Return the counts without the right answers: the diagonal is zero."""
    return counts - np.diag(counts.diagonal())


def _first_digits(comparison: Comparison, entry: Entry) -> dict[Pair, int]:
    """Return the index of the first image of every label and answer that occur together."""
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
        counts: (labels, answers) images.
        first: The first image of every pair that occurs.
        darkest: The count, of any network shown, whose cell is shaded most.
    """

    comparison: Comparison
    entry: Entry
    counts: Counts
    first: dict[Pair, int]
    darkest: int

    def table(self) -> Table:
        """Return labels down and answers across, and at the ends how many images and what share is right."""
        classes, noun = range(len(self.counts)), self.comparison.noun
        called = self.comparison.classes
        answered = (Cell(answer, header=True, label=f"answer {answer}") for answer in called)
        return Table(
            caption=(
                f"{self.entry.name}, {self.comparison.measured_on}: labels down, "
                f"answers across; {self._mistaken()}; the strongest shade is {noun.counted(self.darkest)}"
            ),
            header=(
                Cell(self.entry.name, header=True, hue=self.entry.key),
                *answered,
                Cell(noun.many, header=True),
                Cell("right", header=True),
            ),
            rows=(*(self._row(label) for label in classes), self._totals()),
        )

    def _mistaken(self) -> str:
        wrong = np.flatnonzero(answers(self.comparison.logits[self.entry.key]) != self.comparison.labels)
        times = f"mistake{'' if len(wrong) == 1 else 's'}"
        disputes = self.comparison.disputes
        if not disputes.by_image:
            return f"{count(len(wrong))} {times}"
        return (
            f"{count(len(disputes.among(wrong)))} of {count(len(wrong))} {times} on one of the "
            f"{len(disputes.by_image)} disputed labels ({disputes.source})"
        )

    def _row(self, label: int) -> tuple[Cell, ...]:
        counts = self.counts[label]
        return (
            Cell(
                self.comparison.classes[label], header=True, label=f"label {self.comparison.classes[label]}"
            ),
            *(self._cell((label, answer)) for answer in range(len(counts))),
            *_ends(int(counts[label]), int(counts.sum())),
        )

    def _totals(self) -> tuple[Cell, ...]:
        return (
            Cell("all", header=True, label="all labels"),
            *(Cell(count(answered), value=answered) for answered in self.counts.sum(axis=0).tolist()),
            *_ends(int(self.counts.trace()), int(self.counts.sum())),
        )

    def link(self, pair: Pair) -> str:
        """Return the address of the wall with the images of a label that got an answer, if there are any."""
        label, answer = pair
        return self.comparison.wall(self.first[pair], label=label, answer=answer, by=self.entry.key)

    def _cell(self, pair: Pair) -> Cell:
        number = int(self.counts[pair])
        if not number:
            return Cell("0", value=0)
        images = self.comparison.noun.counted(number)
        label, answer = (self.comparison.classes[each] for each in pair)
        right = label == answer
        verdict = "names right" if right else f"takes for {answer}"
        return Cell(
            count(number),
            link=self.link(pair),
            label=f"{images} labelled {label} that {self.entry.name} {verdict}",
            shade=None if right else sqrt(number / self.darkest),
            kind="right" if right else "wrong",
            value=number,
        )


@dataclass(frozen=True)
class Difference:
    """What the first of two networks answers more often than the second."""

    first: Matrix
    second: Matrix

    @property
    def noun(self) -> Noun:
        """What images are called."""
        return self.first.comparison.noun

    def table(self) -> Table:
        """Return labels down and answers across: the first network's count less the second's."""
        counts = self.first.counts - self.second.counts
        most = int(abs(mistakes(counts)).max())
        one, other = self.first.entry.name, self.second.entry.name
        classes, called = range(len(counts)), self.first.comparison.classes
        answered = (Cell(answer, header=True, label=f"answer {answer}") for answer in called)
        return Table(
            caption=(
                f"{one} less {other}: red and + where {one} gives the answer more often, "
                f"blue and − where {other} does; the strongest shade is a difference of "
                f"{self.noun.counted(most)}"
            ),
            header=(Cell(f"{one} − {other}", header=True), *answered),
            rows=tuple(
                (
                    Cell(called[label], header=True, label=f"label {called[label]}"),
                    *(self._cell((label, answer), int(counts[label, answer]), most) for answer in classes),
                )
                for label in classes
            ),
        )

    def _cell(self, pair: Pair, more: int, most: int) -> Cell:
        """Return a difference, leading to the images of the network that gives the answer more often."""
        leader, other = (self.second, self.first) if more < 0 else (self.first, self.second)
        if not leader.counts[pair]:
            return Cell("0", value=0)
        label, answer = (self.first.comparison.classes[each] for each in pair)
        text = signed(more)
        verdict = "names right" if label == answer else f"takes for {answer}"
        counts = f"{count(int(leader.counts[pair]))}, {other.entry.name} {count(int(other.counts[pair]))}"
        return Cell(
            text,
            link=leader.link(pair),
            label=f"{text}, {self.noun.many} labelled {label} that {leader.entry.name} {verdict}: {counts}",
            shade=None if label == answer or not more else sqrt(abs(more) / most),
            kind="less" if more < 0 else "more" if more > 0 else "",
            value=more,
        )


def _ends(right: int, total: int) -> tuple[Cell, Cell]:
    return Cell(count(total), value=total), Cell(percent(right / total), value=right / total)


PANEL = Panel(
    key="confusions",
    question="What do they take {images} for?",
    how_to_read=(
        "Each number leads to its {images} on the wall; mistakes are shaded by the square root of their "
        "number, and right answers, on the diagonal, are not; the tables of the networks share one scale."
    ),
    draw=draw,
)
