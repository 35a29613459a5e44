"""What takes longer is measured while the page is looked at already.

As a program, `python -m models.own.rest FOLDER` measures what a folder lacks; it says what it measures, and
behind `PROGRESS` how far it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.analysis import channel_statistics, projection, robustness, tuning
from models.analysis.channel_statistics import Survey
from models.analysis.ending import in_a_sentence
from models.analysis.measurement import Measurement
from models.analysis.telling import Told, untold
from models.datasets.shipped import part_of
from models.gc_freeze import load_keras
from models.graph.description import convolutions
from models.measure import keep, measure
from models.own import training
from models.own.wish import telling
from models.store import loading, manifest
from models.store.entry import Entry
from models.store.interim import Interim

Say = Callable[[str], None]
Where = Callable[[Entry], bool]  # on which networks something can be measured
LATER: Sequence[tuple[Measurement[Any], Where]] = (
    (tuning.MEASUREMENT, lambda entry: bool(convolutions(entry.layers))),
    (robustness.MEASUREMENT, lambda entry: entry.test is not None),
    (
        projection.MEASUREMENT,
        lambda entry: bool(find_spec("sklearn") and entry.test and entry.test.digits <= projection.MOST),
    ),
)
MILD = 15  # of 19: who clicks comes first


def measured(folder: Path, say: Say = print, told: Told = untold) -> bool:
    """Measure what the networks of a folder lack; return whether it has more now.

    Args:
        folder: Of their manifest.
        say: Is told what is measured next, and which step of how many that is.
        told: Is told how far the step is, where it can say so.
    """
    before = manifest.read(folder)
    steps = list(_steps(before, folder, told))
    for number, (title, step) in enumerate(steps, 1):
        say(f"Measuring {title} … ({number} of {len(steps)})")
        with redirect_stdout(sys.stderr):  # it says what it found
            step()
    return manifest.read(folder) != before


def _steps(entries: Sequence[Entry], folder: Path, told: Told) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield what is to be measured, with what it finds; what takes longest comes last."""
    for measurement, can_be in LATER:
        for entry in entries:
            if measurement.file(entry) is None and can_be(entry):
                step = (
                    partial(_moved, entry, folder, told)
                    if measurement is robustness.MEASUREMENT
                    else partial(measure, measurement, [entry.key], folder)
                )
                yield f"{measurement.finds}: {entry.title}", step
    for entry in entries:
        survey = channel_statistics.MEASUREMENT.read(entry, folder)
        if survey and not survey.is_complete(entry.layers):
            yield (
                f"what {'is right' if entry.test else 'is said'} without each channel: {entry.title}",
                partial(_complete, entry, survey, folder, told),
            )
    for entry in entries:
        if taught := training.to_measure(entry, folder):
            step = partial(training.measure, entry, taught, folder, told)
            yield f"what it was at moments of its training: {entry.title}", step


def _moved(entry: Entry, folder: Path, told: Told) -> None:
    """Count how many images stay right when all of them are changed; what was counted before is not again."""
    images, interim = part_of(entry.dataset, "test", folder), Interim.of(entry, "robustness", folder)
    model = loading.load(entry, folder)
    found = robustness.run(model, images.fed, images.labels, images.spec, interim=interim, told=told)
    keep(robustness.MEASUREMENT, found, entry, folder)
    interim.forget()


def _complete(entry: Entry, begun: Survey, folder: Path, told: Told) -> None:
    """Add to the survey of a network what it is without each channel; what was tried before is not again."""
    images, interim = part_of(entry.dataset, "test", folder), Interim.of(entry, "ablation", folder)
    model = loading.load(entry, folder)
    found = channel_statistics.complete(model, images.fed, images.labels, begun, told, interim=interim)
    keep(channel_statistics.MEASUREMENT, found, entry, folder)
    interim.forget()


@in_a_sentence()
def main(folder: str) -> None:
    """Measure, and say how far it is."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.nice(MILD)
    load_keras()
    heard = sys.stdout

    def say(sentence: str) -> None:
        print(sentence, file=heard, flush=True)

    measured(Path(folder), say, telling(say))


if __name__ == "__main__":
    main(*sys.argv[1:])
