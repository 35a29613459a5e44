"""A training whose process is killed, or that is cancelled before it has begun."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import JsonValue

from dashboard.runs.curves import curves
from dashboard.runs.runs import KIND
from jobs.engine import Jobs
from jobs.presence import RUNNER
from jobs.where import Where
from models.training import snapshots, work
from tests.jobs.waiting import become, children, holders, until

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(not Path("/proc/locks").exists(), reason="finds processes by /proc"),
]
SETTINGS: dict[str, JsonValue] = {
    "architecture": "fcn",
    "widths": [8],
    "epochs": 2,
    "share": 0.02,
    "batch": 50,
    "dataset": "mnist",
}
STEPS = 22  # of an epoch


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Real ones, done by processes of their own."""
    opened = Jobs(tmp_path / "jobs", Where(workers=1))
    yield opened
    opened.close()


def of(jobs: Jobs, job: str, kind: str) -> list[int]:
    """Return the steps at which something was told."""
    return [event["step"] for event in jobs.events(job) if event.get("event") == kind]


def test_a_training_that_is_killed_comes_to_the_same(jobs: Jobs, tmp_path: Path) -> None:
    """Killed with -9 behind its first epoch it goes on from there by itself."""
    killed = jobs.submit(KIND, SETTINGS, "somebody")
    until(lambda: len(of(jobs, killed, "epoch")) > 0)
    (runner,) = holders(tmp_path / "jobs" / RUNNER)
    learning = max(children(runner), key=lambda each: psutil.Process(each).memory_info().rss)
    os.kill(learning, signal.SIGKILL)
    become(jobs, killed, "finished", "failed")
    peaceful = jobs.submit(KIND, SETTINGS, "somebody")

    for job in (killed, peaceful):
        assert become(jobs, job, "finished", "failed").state == "finished"
    assert jobs.result(killed) == jobs.result(peaceful)
    one, other = (curves(jobs.events(job)).points["val_loss"] for job in (killed, peaceful))
    assert one == other
    assert one[0] == [STEPS, 2 * STEPS]
    moments = [snapshots.read(jobs.folder(job) / work.SNAPSHOTS).moments for job in (killed, peaceful)]
    assert moments[0] == moments[1]


def test_a_training_is_cancelled_in_its_first_second(jobs: Jobs) -> None:
    """While it waits, or is about to load what it needs: it ends as cancelled, and told nothing of steps."""
    waiting, running = (jobs.submit(KIND, {**SETTINGS, "epochs": 100}, "somebody") for _ in range(2))
    jobs.cancel(waiting)
    become(jobs, running, "running")
    jobs.cancel(running)

    for job in (waiting, running):
        assert "cancelled" in become(jobs, job, "cancelled", "failed", "finished").sentence
        assert not of(jobs, job, "batch")
