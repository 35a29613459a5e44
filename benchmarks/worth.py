"""How often an explanation passes its check on test digits, and how often that passes which knows nothing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.figures import Row
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.analysis import makers
from models.analysis.attribution import (
    METHODS,
    SEED,
    UNTRAINED,
    Deletion,
    Question,
    deletion,
    on_pixels,
)
from models.analysis.metrics import wilson_interval
from models.arrays import Floats
from models.datasets.mnist import SIDE, SPEC
from models.datasets.perturbation import Move
from models.graph.description import convolutions
from models.store.entry import Entry

if TYPE_CHECKING:
    from models.analysis.attribution_methods import Explainer

EVERY = 50  # of the test digits: 200 of them
METHOD = "gradient"  # whose untrained twin stands beside what is no method


def _random(_: Floats) -> Floats:
    return np.random.default_rng((SEED, 0)).random((SIDE, SIDE), np.float32)


def _diagonal(digit: Floats) -> Floats:
    places = np.arange(SIDE, dtype=np.float32)
    return np.broadcast_to(-places[:, np.newaxis] - places, digit.shape[:2])


IGNORANT: Mapping[str, Callable[[Floats], Floats]] = {
    "brightest ink first": lambda digit: digit[..., 0],
    "blurred by 1 pixel": lambda digit: Move("blur", 1).of(digit, SPEC)[..., 0],
    "from the upper left": _diagonal,
    "at random": _random,
}  # what knows nothing of the network, put in the place of an explanation


@dataclass(frozen=True)
class Judged:
    """What the check said on every digit.

    Attributes:
        what: Method or order, and network.
        found: One for each digit.
    """

    what: str
    found: Sequence[Deletion]

    def row(self) -> Row:
        """Return how many were lower than brightness, the untrained twin, all random orders, and than all."""
        some = len(self.found)
        counts = {
            "lower than brightest": sum("brightest" in each.lower_than for each in self.found),
            "untrained": sum(UNTRAINED in each.lower_than for each in self.found),
            "all random": sum(each.chance <= 1 / (1 + len(each.random)) for each in self.found),
        }
        passed = sum(each.passes for each in self.found)
        low, high = (100 * each for each in wilson_interval(passed, some))
        parts = ", ".join(f"{what} {100 * count / some:.0f} %" for what, count in counts.items())
        every = f"every order {100 * passed / some:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"
        return Row(f"{self.what}, {some} digits", f"{parts}, {every}")


class Judge:
    """One network, of which no picture is run twice for the same digit and question."""

    def __init__(self, workspace: Workspace, entry: Entry) -> None:
        """Open the network and its untrained twin."""
        self._workspace, self._entry = workspace, entry
        self._explainer, self._twin = (
            workspace.networks.built(entry.key, make) for make in (makers.explainer, makers.untrained)
        )
        self._known: dict[bytes, Floats] = {}

    def judge(self, index: int, answer: int) -> Iterator[tuple[str, Deletion]]:
        """Put every explanation of an answer through the check, and then what knows nothing."""
        digit = self._workspace.digit(index)
        self._known.clear()
        layers = [layer.name for layer in convolutions(self._entry.layers)]
        for method, its in METHODS.items():
            if method == "gradcam" and not layers:
                continue
            question = Question(method, answer, None, layers[-1] if method == "gradcam" else None)
            found, untrained = (self._order(each, digit, question) for each in (self._explainer, self._twin))
            yield its.title, self._deletion(question, digit, found, untrained)
            if method == METHOD:
                ignorant = {what: order(digit) for what, order in IGNORANT.items()}
                for what, order in ignorant.items():
                    yield what, self._deletion(question, digit, order, untrained)

    def _order(self, explainer: Explainer, digit: Floats, question: Question) -> Floats:
        found = explainer.explain(digit, question)
        sight = self._entry.layer(question.layer).sight if question.layer else None
        return on_pixels(found.values, sight, (SIDE, SIDE)) if sight else found.values

    def _deletion(self, question: Question, digit: Floats, found: Floats, untrained: Floats) -> Deletion:
        return deletion(lambda digits: question.score(self._logits(digits)), digit, found, untrained)

    def _logits(self, digits: Floats) -> Floats:
        names = [digit.tobytes() for digit in digits]
        fresh = [place for place, name in enumerate(names) if name not in self._known]
        found = self._explainer.logits(digits[fresh])
        self._known |= dict(zip((names[place] for place in fresh), found, strict=True))
        return np.stack([self._known[name] for name in names])


def measure() -> Iterator[Row]:
    """Take every network's own answers to every 50th test digit, in this process."""
    workspace = Workspace.open(Settings.from_environment(os.environ))
    workspace.networks.wake()
    workspace.networks.wait()
    for entry in workspace.entries:
        judge, judged = Judge(workspace, entry), defaultdict(list)
        answers = workspace.surveys[entry.key].logits.argmax(axis=1)
        for index in range(0, len(workspace.images), EVERY):
            for what, found in judge.judge(index, int(answers[index])):
                judged[what].append(found)
        for what, all_found in judged.items():
            yield Judged(f"{what}, {entry.key}", all_found).row()
