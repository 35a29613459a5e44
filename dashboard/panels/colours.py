"""Whether a network reads the shape or the colour: the same images in learned and in other colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Table, Words, number
from dashboard.panels.sentences import Sentence, words
from dashboard.panels.wording import count, percent, percent_with_interval, probability
from models.analysis import colours
from models.analysis.colours import LEARNED, OTHERS, Coloured
from models.analysis.metrics import wilson_interval
from models.datasets.coloured_mnist import Colours
from models.store.entry import Entry

SAID: Mapping[Colours, str] = {
    "learned": "the colour of its class",
    "swapped": "swapped: the colour of another class",
    "unrelated": "any colour, by chance",
}


def drawings(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return sentences and a table of the networks shown that were measured; nothing where none was."""
    known = _known(comparison)
    if not known:
        return ()
    return Words(caption="Shape or colour?", sentences=sentences(comparison)), _table(comparison, known)


def sentences(comparison: Comparison) -> tuple[Sentence, ...]:
    """Return a sentence for each of the networks shown that was measured."""
    return tuple(_sentence(comparison, entry, table) for entry, table in _known(comparison))


def _known(comparison: Comparison) -> list[tuple[Entry, Coloured]]:
    tables = comparison.found(colours.MEASUREMENT)
    return [(entry, tables[entry.key]) for entry in comparison.entries if entry.key in tables]


def _sentence(comparison: Comparison, entry: Entry, table: Coloured) -> Sentence:
    """Return how many stay right once the colours are swapped, and what the others are taken for."""
    swapped: Colours = "swapped"
    told = table.by_colours[swapped]
    share = told.followed / told.misled if told.misled else 0.0
    chance = probability(table.chance(swapped))
    return words(
        entry,
        f" names {_right(table, LEARNED)} of the {comparison.noun.member.many} right where each wears the "
        f"colour of its class, and {_right(table, swapped)} where the classes have swapped their colours: it "
        f"loses {count(told.lost)} right answers and gains {count(table.gained(swapped))} (McNemar's exact "
        f"test: {chance}). {percent(share)} are then named after the class whose colour they wear. ",
        _verdict(table, swapped),
    )


def _verdict(table: Coloured, swapped: Colours) -> str:
    if table.chance(swapped) < 0.05 and table.gained(swapped) < table.by_colours[swapped].lost:
        return "It has learned the colour as a shortcut: what it reads is not the shape alone."
    return "That the colour matters to it does not show."


def _right(table: Coloured, kind: Colours) -> str:
    correct = table.by_colours[kind].correct
    return percent_with_interval(correct / table.images, wilson_interval(correct, table.images))


def _table(comparison: Comparison, known: Sequence[tuple[Entry, Coloured]]) -> Table:
    heads = ("ink", "network", "right", "95 % interval", "lost", "gained", "named after the colour", "p")
    return Table(
        caption=(
            f"The same {comparison.noun.counted(len(comparison.labels))} in other ink: how many are named "
            "right, right answers that are lost and gained against the ink of their class, and McNemar's "
            "exact test of these two"
        ),
        header=tuple(Cell(head, header=True) for head in heads),
        rows=tuple(
            (
                Cell(SAID[kind], header=True),
                Cell(entry.name, header=True, hue=entry.key),
                *_cells(table, kind),
            )
            for kind in (LEARNED, *OTHERS)
            for entry, table in known
        ),
    )


def _cells(table: Coloured, kind: Colours) -> tuple[Cell, ...]:
    told = table.by_colours[kind]
    low, high = wilson_interval(told.correct, table.images)
    between = Cell(f"{percent(low)} to {percent(high)}", interval=(low, high))
    right = number(told.correct / table.images, percent)
    if kind == LEARNED:
        return right, between, *(Cell("") for _ in range(4))
    counts = (number(each, count) for each in (told.lost, table.gained(kind), told.followed))
    return right, between, *counts, number(table.chance(kind), probability)
