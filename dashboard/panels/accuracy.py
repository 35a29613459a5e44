"""How often each network is right, and how it was trained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Panel, Table, number
from dashboard.panels.sentences import shown_training
from dashboard.panels.wording import (
    count,
    loss,
    percent,
    percent_with_interval,
)
from models.analysis.metrics import answers, score, wilson_interval
from models.datasets.dataset import Noun
from models.store.entry import Entry


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the table of the networks that are shown."""
    return (_figures(comparison),)


def _figures(comparison: Comparison) -> Table:
    columns = [_column(comparison, entry) for entry in comparison.entries]
    if any(entry.training for entry in comparison.entries):
        for column, entry in zip(columns, comparison.entries, strict=True):
            column.update(_trained(entry, comparison.noun))
    return Table(
        caption=f"Measured on {comparison.measured_on}{_source(comparison)}",
        header=(Cell("measure", header=True), *(_heading(entry) for entry in comparison.entries)),
        rows=tuple(
            (Cell(measure, header=True), *(column[measure] for column in columns)) for measure in columns[0]
        ),
    )


def _source(comparison: Comparison) -> str:
    """Return who disputes labels, "" where nobody does."""
    source = comparison.disputes.source
    return f"; a label is disputed that fewer than three of five reviewers named ({source})" if source else ""


def _heading(entry: Entry) -> Cell:
    return Cell(entry.name, header=True, hue=entry.key)


def _column(comparison: Comparison, entry: Entry) -> dict[str, Cell]:
    """Return one network's numbers by what they measure, in reading order."""
    test, of = score(comparison.logits[entry.key], comparison.labels), comparison.noun.of
    interval = wilson_interval(test.correct, test.digits)
    return {
        f"{of} accuracy (95 % interval)".strip().capitalize(): Cell(
            percent_with_interval(test.accuracy, interval), value=test.accuracy, interval=interval
        ),
        "Right": Cell(count(test.correct), kind="right", value=test.correct),
        "Wrong": _wrong(comparison, entry),
        **_disputed(comparison, entry),
        f"{of} loss".strip().capitalize(): number(test.loss, loss, "nats"),
    }


def _trained(entry: Entry, noun: Noun) -> dict[str, Cell]:
    """Return how a network was trained, by what is told of it; of one from elsewhere that nobody knows."""
    told = (
        *("Held-out accuracy", f"Held-out {noun.many}", "Held-out loss"),
        *("Epochs", "Chosen epoch", "Training", "Trained by"),
    )
    training = entry.training
    if training is None:
        return dict.fromkeys(told, Cell("not known"))
    held_out = training.held_out
    cells = (
        number(held_out.accuracy, percent),
        number(held_out.digits, count),
        number(held_out.loss, loss, "nats"),
        number(len(training.history["loss"]), count),
        number(training.chosen_epoch, count),
        Cell(shown_training(training, noun), value=training.seed),
        Cell(training.command, kind="code"),
    )
    return dict(zip(told, cells, strict=True))


def _wrong(comparison: Comparison, entry: Entry) -> Cell:
    """Return the number of wrong answers, leading to the first of them on the wall."""
    where = _mistakes(comparison, entry)
    if not len(where):
        return Cell("0", kind="wrong", value=0)
    return Cell(
        count(len(where)),
        link=comparison.wall(int(where[0]), wrong=entry.key),
        label=f"{comparison.noun.counted(len(where))} that {entry.name} names wrong",
        kind="wrong",
        value=len(where),
    )


def _disputed(comparison: Comparison, entry: Entry) -> dict[str, Cell]:
    """Return on how many disputed labels a network errs, where any are disputed."""
    disputes = comparison.disputes
    if not disputes.by_image:
        return {}
    wrong = number(len(disputes.among(_mistakes(comparison, entry))), count)
    return {"Wrong on a disputed label": wrong}


def _mistakes(comparison: Comparison, entry: Entry) -> NDArray[np.intp]:
    return np.flatnonzero(answers(comparison.logits[entry.key]) != comparison.labels)


PANEL = Panel(
    key="accuracy",
    question="How often is each network right?",
    how_to_read=(
        "Of a network whose training is known the {members} were used for no choice, and held-out ones "
        "chose the epoch; loss is the mean negative log-likelihood of the label, 0 at best."
    ),
    draw=draw,
)
