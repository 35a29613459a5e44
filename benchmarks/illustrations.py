"""How long an illustration takes, and how much longer a click takes while one is made after another."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Row, at_most, p95, spread
from dashboard.api import pictures
from dashboard.api.feature_visualisation import Asked as Channel
from dashboard.api.feature_visualisation import illustration as made
from dashboard.api.pictures import Asked
from dashboard.memory import Memory
from dashboard.pair import pairs
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.graph.description import surveyed

SEEDS = 5
CLICKS = 200
REST = 0.02  # seconds between two clicks
ROUNDS = 4  # in turn, so that what else the machine does falls on both
LIMIT = 1_000  # milliseconds; then a person would have to see progress
TIMES = 3  # as long as without


def measure() -> Iterator[Row]:
    """Take the two networks that the page opens on, in this process, with nothing remembered."""
    with TemporaryDirectory() as folder:
        workspace = Workspace.open(Settings.from_environment(os.environ))
        workspace = replace(workspace, memory=Memory(Path(folder)))
        workspace.networks.wake()
        workspace.networks.wait()
        for entry in workspace.entries[:2]:
            for layer in surveyed(entry.layers):
                first, *others = (
                    _taken(lambda: made(workspace, Channel(entry.key, layer, 0, seed)))  # noqa: B023
                    for seed in range(SEEDS + 1)
                )
                what = f"illustration, {entry.key} {layer.name}: median of {SEEDS}; the first {first:.0f} ms"
                yield at_most(what, median(others), LIMIT, " ms", 0)
        yield from _clicks(workspace)


def _clicks(workspace: Workspace) -> Iterator[Row]:
    pair, digits = pairs(workspace.entries)[0], itertools.count()
    seeds = itertools.count(SEEDS + 1)  # not one that is remembered
    quiet: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        for taken in (quiet, busy):
            with _making(workspace, seeds if taken is busy else iter(())):
                for _ in range(CLICKS // ROUNDS):
                    taken.append(_taken(lambda: pictures.paint(workspace, Asked(pair, next(digits), "post"))))
                    time.sleep(REST)
    yield Row("picture of a click, both networks", spread(quiet, " ms"))
    yield Row("… while one illustration after another is made", spread(busy, " ms"))
    yield at_most("… 95th percentile against without", p95(busy) / p95(quiet), TIMES, " ×")


@contextmanager
def _making(workspace: Workspace, seeds: Iterator[int]) -> Iterator[None]:
    """Make one illustration after another in a thread of its own, as long as there are seeds."""
    over = threading.Event()

    def make() -> None:
        entry = workspace.entries[1]
        for seed in seeds:
            made(workspace, Channel(entry.key, entry.layers[-1], 1, seed))
            if over.is_set():
                return

    maker = threading.Thread(target=make)
    maker.start()
    yield
    over.set()
    maker.join()


def _taken(act: Callable[[], object]) -> float:
    """Return the milliseconds that something takes."""
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)
