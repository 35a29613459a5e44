"""Each explanation of an answer, and what becomes of the answer without the ink that it points at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

from benchmarks.figures import Row, at_most
from dashboard.inspector import Inspector
from dashboard.settings import Settings
from models.analysis.attribution import BLIND, METHODS, ORDERS, Question, convolutions

DIGITS = 30
WARM = 2
LIMIT = 300  # milliseconds
RIVALS = (
    2 + len(BLIND) + ORDERS
)  # the explanation, the untrained twin's, those of the digit alone, random ones


def measure() -> list[Row]:
    """Take the two networks that the page opens on, in this process, warm and one after the other."""
    inspector = Inspector.open(Settings.from_environment(os.environ))
    inspector.networks.wake()
    inspector.networks.wait()
    rows = []
    for method, its in METHODS.items():
        for entry in inspector.entries[:2]:
            layers = [layer.name for layer in convolutions(entry.layers)]
            if method == "gradcam" and not layers:
                continue
            question = Question(method, 4, None, layers[-1] if method == "gradcam" else None)
            rows.append(_row(f"{its.title}, {entry.key}", _explaining(inspector, entry.key, question)))
    for entry in inspector.entries[:2]:
        rows.append(_row(f"deletion in {RIVALS} orders, {entry.key}", _deleting(inspector, entry.key)))
        rows.append(_row(f"a whole answer by gradient, {entry.key}", _answering(inspector, entry.key)))
    return rows


def _explaining(inspector: Inspector, key: str, question: Question) -> Callable[[int], object]:
    return lambda index: inspector.explain(key, index, question)


def _deleting(inspector: Inspector, key: str) -> Callable[[int], object]:
    question = Question("gradient", 4)
    found, other = (inspector.explain(key, 0, question, trained=trained) for trained in (True, False))
    return lambda index: inspector.deletion(key, index, question, (found, other))


def _answering(inspector: Inspector, key: str) -> Callable[[int], object]:
    """Return what the address of an explanation does, but for writing it as JSON."""
    question = Question("gradient", 4)

    def answer(index: int) -> object:
        found, other = (inspector.explain(key, index, question, trained=trained) for trained in (True, False))
        inspector.scores(key, index, question)
        return inspector.deletion(key, index, question, (found, other))

    return answer


def _row(what: str, act: Callable[[int], object]) -> Row:
    taken = []
    for index in range(DIGITS + WARM):
        started = time.perf_counter()
        act(index)
        taken.append(1000 * (time.perf_counter() - started))
    return at_most(f"{what}: median of {DIGITS} digits", median(taken[WARM:]), LIMIT, " ms", 0)
