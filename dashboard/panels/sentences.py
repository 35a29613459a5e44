"""What sentences on networks are made of: parts, of which some lead somewhere or have a network's hue."""

from __future__ import annotations

from dashboard.panels.panel import Cell, Words
from dashboard.panels.wording import count, percent, spread
from models.datasets.dataset import Noun
from models.store.entry import Entry, Score, Training

Sentence = tuple[Cell, ...]


def words(*parts: Entry | Cell | str) -> Sentence:
    """Return a sentence; networks are called by their names, in their hues."""
    return tuple(_part(each) for each in parts)


def _part(each: Entry | Cell | str) -> Cell:
    if isinstance(each, Entry):
        return Cell(each.name, hue=each.key)
    return each if isinstance(each, Cell) else Cell(each)


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points, without the words.

    >>> points(-0.0073)
    '−0.73'
    """
    return f"{100 * difference:.2f}".replace("-", "−")


def mistakes(measured: Score) -> str:
    """Return how many images were named wrong."""
    wrong = measured.digits - measured.correct
    return f"{count(wrong)} mistake{'' if wrong == 1 else 's'}"


def trainings(training: Training) -> str:
    """Return how many trainings, one a seed, a network's scores are known of."""
    number = len(training.seeds)
    return "one training" if number == 1 else f"{count(number)} trainings"


def shown_training(training: Training, noun: Noun) -> str:
    """Return which training of a network is shown, and what chose it."""
    if len(training.seeds) == 1:
        return f"seed {training.seed}, the only training"
    return f"seed {training.seed}" + (
        f", the median of {trainings(training)} on held-out {noun.many}" if training.is_median else ""
    )


def over_trainings(training: Training) -> str:
    """Return the accuracy over all trainings, with their deviation; of one it is said that it is one."""
    alone = " (one training)" if len(training.seeds) == 1 else ""
    return f"{spread([each.test.accuracy for each in training.seeds], percent)}{alone}"


def unknown_training() -> Words:
    """Return what stands where something of a training would be shown, and nobody knows of any."""
    said = "How these networks were trained is not known: they were trained elsewhere."
    return Words(caption="What is missing", sentences=((Cell(said),),))


def either(parts: list[str]) -> str:
    """Return parts as one enumeration.

    >>> either(["a", "b", "c"]), either(["a"])
    ('a, b and c', 'a')
    """
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
