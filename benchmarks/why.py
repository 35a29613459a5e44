"""Each explanation of an answer, and what becomes of the answer without the ink that it points at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from benchmarks.figures import Row, at_most
from dashboard.api.attribution import Asked, explained, removed, scores
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.analysis.attribution import BLIND, METHODS, ORDERS, Question
from models.graph.description import convolutions

DIGITS = 30
WARM = 2
LIMIT = 300  # milliseconds
RIVALS = (
    2 + len(BLIND) + ORDERS
)  # the explanation, the untrained twin's, those of the digit alone, random ones


def measure() -> list[Row]:
    """Take the two networks that the page opens on, in this process, warm and one after the other."""
    workspace = Workspace.open(Settings.from_environment(os.environ))
    workspace.networks.wake()
    workspace.networks.wait()
    rows = []
    for method, its in METHODS.items():
        for entry in workspace.entries[:2]:
            layers = [layer.name for layer in convolutions(entry.layers)]
            if method == "gradcam" and not layers:
                continue
            question = Question(method, 4, None, layers[-1] if method == "gradcam" else None)
            rows.append(_row(f"{its.title}, {entry.key}", _explaining(workspace, entry.key, question)))
    for entry in workspace.entries[:2]:
        rows.append(_row(f"deletion in {RIVALS} orders, {entry.key}", _deleting(workspace, entry.key)))
        rows.append(_row(f"a whole answer by gradient, {entry.key}", _answering(workspace, entry.key)))
    return rows


def _explaining(workspace: Workspace, key: str, question: Question) -> Callable[[int], object]:
    return lambda index: explained(workspace, Asked(key, index, question))


def _deleting(workspace: Workspace, key: str) -> Callable[[int], object]:
    question = Question("gradient", 4)
    asked = Asked(key, 0, question)
    found, other = (explained(workspace, each) for each in (asked, replace(asked, trained=False)))
    return lambda index: removed(workspace, Asked(key, index, question), (found, other))


def _answering(workspace: Workspace, key: str) -> Callable[[int], object]:
    """Return what the address of an explanation does, but for writing it as JSON."""
    question = Question("gradient", 4)

    def answer(index: int) -> object:
        asked = Asked(key, index, question)
        found, other = (explained(workspace, each) for each in (asked, replace(asked, trained=False)))
        scores(workspace, asked)
        return removed(workspace, asked, (found, other))

    return answer


def _row(what: str, act: Callable[[int], object]) -> Row:
    taken = []
    for index in range(DIGITS + WARM):
        started = time.perf_counter()
        act(index)
        taken.append(1000 * (time.perf_counter() - started))
    return at_most(f"{what}: median of {DIGITS} digits", median(taken[WARM:]), LIMIT, " ms", 0)
