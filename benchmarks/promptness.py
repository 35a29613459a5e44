"""How soon a job begins and ends, and what it takes to have jobs done: `python -m benchmarks.promptness`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from benchmarks.figures import Row, at_most
from jobs.engine import Jobs
from jobs.where import Where
from models.watcher import Watcher, heed

WORKS = {"idling": "benchmarks.promptness:idling"}
TIMES = 12
STEP, LOOK = 0.02, 0.005  # seconds of a step of the work, and between two looks at it


def idling(_: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Tell that it has begun, and do nothing until it is asked to end."""
    watcher.tell({"what": "begun"})
    while True:
        heed(watcher)
        time.sleep(STEP)


def measure() -> Iterator[Row]:
    """Yield what passes between a wish and what is seen of it."""
    with TemporaryDirectory() as folder:
        jobs = Jobs(Path(folder) / "jobs", Where(1), works=WORKS)
        try:
            yield Row("from a submit to the first event, where nothing runs yet", f"{_begun(jobs):.1f} s")
            begun, cancelled = [], []
            for _ in range(TIMES):
                cancelled.append(_cancelled(jobs))
                begun.append(_begun(jobs))
            yield Row("… where something does, median", f"{statistics.median(begun):.2f} s")
            yield at_most("from a cancel to a job that is cancelled, the slowest", max(cancelled), 1, " s")
            _cancelled(jobs)
            yield Row("what has jobs done, idle, proportional set size", f"{_weight()} MiB")
        finally:
            jobs.close()


def _begun(jobs: Jobs) -> float:
    began = time.perf_counter()
    job = jobs.submit("idling", {}, "benchmark")
    _until(lambda: bool(jobs.events(job)))
    return time.perf_counter() - began


def _cancelled(jobs: Jobs) -> float:
    job = jobs.list()[-1].id
    began = time.perf_counter()
    jobs.cancel(job)
    _until(lambda: jobs.get(job).state == "cancelled")
    return time.perf_counter() - began


def _weight() -> int:
    """Return the MiB of the processes that this one started, and theirs."""
    processes = psutil.Process().children(recursive=True)
    return int(sum(each.memory_full_info().pss for each in processes)) >> 20


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(LOOK)


if __name__ == "__main__":
    for row in measure():
        print(f"{row.what}: {row.measured}", flush=True)
