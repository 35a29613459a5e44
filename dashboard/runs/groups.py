"""Trainings that were begun together and differ in their seeds alone: what they come to."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.panels.wording import mean_and_deviation, percent
from dashboard.runs.runs import Run


def grouped(runs: Sequence[Run]) -> list[list[Run]]:
    """Return trainings with those that were begun together, by their seeds; each alone that was not."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.job.group or run.job.id, []).append(run)
    return [sorted(each, key=lambda run: run.order.seed) for each in groups.values()]


def seed_name(run: Run) -> str:
    """Return what one of a group is called within it."""
    return run.job.title or f"seed {run.order.seed}"


def together_words(runs: Sequence[Run]) -> str:
    """Return what those have come to that have ended, over how many seeds that is, and what the others do."""
    results = [run.result for run in runs if run.result]
    busy = sum(run.is_busy for run in runs)
    left = len(runs) - len(results) - busy
    said = []
    if results:
        held_out, test = (
            mean_and_deviation([each[part]["correct"] / each[part]["digits"] for each in results], percent)
            for part in ("held_out", "test")
        )
        over = f"mean ± standard deviation of {len(results)} seeds" if len(results) > 1 else "of one seed"
        said.append(f"Held out {held_out}, test {test}: {over}.")
    said += [f"{busy} still run or wait."] if busy > 1 else ["1 still runs or waits."] if busy else []
    said += [f"{left} stopped before the end."] if left else []
    return " ".join(said)
