"""How often each network is right, and how it was trained."""

from __future__ import annotations

import numpy as np

from dashboard.panels.comparison import Comparison, name
from dashboard.panels.panel import Cell, Drawing, Panel, Table
from dashboard.panels.sentences import shown_training
from dashboard.panels.wording import (
    count,
    digits,
    loss,
    percent,
    percent_with_interval,
)
from models.evaluate import answers, score, wilson_interval
from models.registry import Entry


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the table of the networks that are shown."""
    return (_figures(comparison),)


def _figures(comparison: Comparison) -> Table:
    columns = [_column(comparison, entry) for entry in comparison.entries]
    return Table(
        caption=f"Measured on {digits(len(comparison.labels))} of the test set",
        header=(Cell("measure", header=True), *(_heading(entry) for entry in comparison.entries)),
        rows=tuple(
            (Cell(measure, header=True), *(column[measure] for column in columns)) for measure in columns[0]
        ),
    )


def _heading(entry: Entry) -> Cell:
    return Cell(name(entry), header=True, hue=entry.key)


def _column(comparison: Comparison, entry: Entry) -> dict[str, Cell]:
    """Return one network's numbers by what they measure, in reading order."""
    test = score(comparison.logits[entry.key], comparison.labels)
    interval = wilson_interval(test.correct, test.digits)
    held_out = entry.held_out
    return {
        "Test accuracy (95 % interval)": Cell(percent_with_interval(test.accuracy, interval)),
        "Right": Cell(count(test.correct), kind="right"),
        "Wrong": _wrong(comparison, entry),
        "Test loss": Cell(loss(test.loss)),
        "Held-out accuracy": Cell(f"{percent(held_out.accuracy)} of {count(held_out.digits)}"),
        "Held-out loss": Cell(loss(held_out.loss)),
        "Chosen epoch": Cell(f"{entry.chosen_epoch} of {len(entry.history['loss'])}"),
        "Training": Cell(shown_training(entry)),
        "Trained by": Cell(entry.command, kind="code"),
    }


def _wrong(comparison: Comparison, entry: Entry) -> Cell:
    """Return the number of wrong answers, leading to the first of them on the wall."""
    where = np.flatnonzero(answers(comparison.logits[entry.key]) != comparison.labels)
    if not len(where):
        return Cell("0", kind="wrong")
    return Cell(
        count(len(where)),
        link=comparison.wall(int(where[0]), wrong=entry.key),
        label=f"{digits(len(where))} that {name(entry)} names wrong",
        kind="wrong",
    )


PANEL = Panel(
    key="accuracy",
    question="How often is each network right?",
    how_to_read=(
        "The test digits were used for no choice, the held-out ones chose the epoch; "
        "loss is the mean negative log-likelihood of the label, 0 at best."
    ),
    draw=draw,
)
