"""How often an explanation passes its check on test digits, and how often that passes which knows nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.figures import Row
from dashboard.inspector import Inspector
from dashboard.settings import Settings
from models.digits import Move
from models.evaluate import wilson_interval
from models.explanation import (
    METHODS,
    SEED,
    UNTRAINED,
    Deletion,
    Explanation,
    Question,
    convolutions,
)
from models.forward_pass import Floats
from models.mnist import SIDE
from models.registry import Entry

EVERY = 50  # of the test digits: 200 of them
METHOD = "gradient"  # whose untrained twin stands beside what is no method


def _random(_: Floats) -> Floats:
    return np.random.default_rng((SEED, 0)).random((SIDE, SIDE), np.float32)


IGNORANT: Mapping[str, Callable[[Floats], Floats]] = {
    "brightest ink first": lambda digit: digit[..., 0],
    "blurred by 1 pixel": lambda digit: Move("blur", 1).of(digit)[..., 0],
    "rows from the top": lambda digit: np.broadcast_to(-np.arange(SIDE)[:, np.newaxis], digit.shape[:2]),
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


def measure() -> Iterator[Row]:
    """Take every network's own answers to every 50th test digit, in this process."""
    inspector = Inspector.open(Settings.from_environment(os.environ))
    inspector.networks.wake()
    inspector.networks.wait()
    for entry in inspector.entries:
        for judged in _of(inspector, entry):
            yield judged.row()


def _of(inspector: Inspector, entry: Entry) -> Iterator[Judged]:
    digits = range(0, len(inspector.images), EVERY)
    answers = inspector.surveys[entry.key].logits.argmax(axis=1)
    last = [layer.name for layer in convolutions(entry.layers)][-1:]
    for method in METHODS:
        if method == "gradcam" and not last:
            continue
        layer = last[0] if method == "gradcam" else None
        found = [
            _judge(inspector, entry.key, index, Question(method, int(answers[index]), None, layer))
            for index in digits
        ]
        yield Judged(f"{METHODS[method].title}, {entry.key}", found)
    for what, order in IGNORANT.items():
        judge = partial(_judge, inspector, entry.key, order=order)
        found = [judge(index, Question(METHOD, int(answers[index]))) for index in digits]
        yield Judged(f"{what}, {entry.key}", found)


def _judge(
    inspector: Inspector,
    key: str,
    index: int,
    question: Question,
    order: Callable[[Floats], Floats] | None = None,
) -> Deletion:
    """Put an explanation through the check, or an order in its place."""
    if order is None:
        found = inspector.explain(key, index, question)
    else:
        found = Explanation(order(inspector.digit(index)))
    untrained = inspector.explain(key, index, question, trained=False)
    return inspector.deletion(key, index, question, (found, untrained))
