"""A sweep over seeds by one and by two workers: `python -m benchmarks.sweep [SEEDS]`.

Each seed is a job, a short training of the FCN, in a process that loads TensorFlow anew, as all jobs are.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Row
from jobs.bounds import Bounds
from jobs.engine import Jobs
from jobs.job import Job
from jobs.where import Where
from models import architectures
from models.architectures.recipe import HELD_OUT
from models.datasets import mnist
from models.gc_freeze import load_keras
from models.training.partial import Partial
from models.watcher import Watcher, heed

NETWORK, SEEDS, LIMIT, EPOCHS = "fcn", 10, 20_000, 3
WORKS = {"seed": "benchmarks.sweep:seed"}
WORKERS = (1, 2)
ON_PAPER = (5, 10)
LOOK = 0.1  # seconds between two looks at whether all have ended


def seed(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Train a network once; return how it does on what is held out."""
    network = architectures.find(settings["network"])
    images = network.source.part("train")
    load_keras()
    import keras  # noqa: PLC0415 - takes seconds

    from models.training import trainer  # noqa: PLC0415

    heed(watcher)
    keras.utils.set_random_seed(settings["seed"])
    recipe = replace(network.recipe, epochs=settings["epochs"])
    began = time.perf_counter()
    run = trainer.fit(
        network.build(),
        recipe,
        settings["seed"],
        images[:-HELD_OUT][: settings["limit"]],
        images[-HELD_OUT:],
        partial=Partial(watcher.folder / "partial"),
    )
    return {"accuracy": run.held_out.accuracy, "seconds": time.perf_counter() - began}


def measure(seeds: int = SEEDS) -> Iterator[Row]:
    """Yield how long a sweep takes, and what share of that each worker saves."""
    settings = [
        {"network": NETWORK, "seed": number, "limit": LIMIT, "epochs": EPOCHS, "dataset": mnist.KEY}
        for number in range(1, seeds + 1)
    ]
    taken: dict[int, float] = {}
    single = 0.0
    for workers in WORKERS:
        taken[workers], ended, fitted = _swept(workers, settings)
        each = statistics.median(job.ran(0) for job in ended)
        single = single or each
        yield Row(
            f"a sweep of {seeds} short trainings of {NETWORK}, {_counted(workers)}",
            f"{taken[workers]:.1f} s; one job {each:.1f} s, of which its training {fitted:.1f} s",
        )
    one, two = (taken[workers] for workers in WORKERS)
    yield Row("… how many times as fast with two workers on the same two cores", f"{one / two:.2f} ×")
    for workers in ON_PAPER:
        rounds = math.ceil(seeds / workers)
        yield Row(
            f"… on paper, {_counted(workers)} on machines of their own: {rounds} of {seeds} jobs in a row",
            f"{seeds / rounds:.0f} ×, {one * rounds / seeds:.0f} s",
        )


def _swept(workers: int, settings: list[dict[str, Any]]) -> tuple[float, list[Job], float]:
    """Return how long a sweep takes, its jobs, and the median of what their trainings alone take."""
    bounds = Bounds(waiting=len(settings), owner_busy=len(settings), owner_kept=len(settings))
    with TemporaryDirectory() as folder:
        jobs = Jobs(Path(folder) / "jobs", Where(workers), bounds, WORKS)
        try:
            began = time.perf_counter()
            swept = jobs.sweep("seed", settings, "benchmark")
            while any(job.ended is None for job in map(jobs.get, swept)):
                time.sleep(LOOK)
            took = time.perf_counter() - began
            ended = [jobs.get(job) for job in swept]
            if faults := {job.sentence for job in ended if job.state != "finished"}:
                raise RuntimeError(" ".join(faults))
            return took, ended, statistics.median(jobs.result(job)["seconds"] for job in swept)
        finally:
            jobs.close()


def _counted(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"


if __name__ == "__main__":
    for row in measure(*map(int, sys.argv[1:])):
        print(f"{row.what}: {row.measured}", flush=True)
