"""What a click takes while a network learns on the same machine: `python -m benchmarks learning`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Row
from benchmarks.people import Crowd, at
from benchmarks.servers import CONVLENS, PATIENCE, served, version
from dashboard.runs.curves import Event, newest
from dashboard.runs.runs import KIND
from jobs.engine import Jobs
from models.training.order import Order

CROWD = Crowd(30, 3, "kept", 300)
TRAININGS = (
    Order(epochs=100, augmentation="moved"),
    Order(architecture="fcn", widths=(512, 256), epochs=100),
)


def measure() -> Iterator[Row]:
    """Let 30 people click beside nobody, and beside a training of each of the article's networks."""
    with tempfile.TemporaryDirectory() as folder, served(CONVLENS, Path(folder)) as server:
        server.wait_until_awake()
        path = f"/pictures/{version(server)}/fcn,cnn/{{}}/post.bin"
        yield from at(server.host, path, [CROWD])
        for order in TRAININGS:
            with _learning(order, Path(folder) / "jobs") as told:
                what = f"… while {'a CNN' if order.architecture == 'cnn' else 'an FCN'} learns"
                begun = _step(told()), time.monotonic()
                for row in at(server.host, path, [CROWD]):
                    yield Row(f"{what}: {row.what}", row.measured, row.target, row.met)
                pace = (_step(told()) - begun[0]) / (time.monotonic() - begun[1])
                yield Row(f"{what}: its own pace meanwhile", f"{pace:.1f} steps a second")


def _step(event: Event | None) -> int:
    return int(event["step"]) if event else 0


@contextmanager
def _learning(order: Order, folder: Path) -> Iterator[Callable[[], Event | None]]:
    """Let a network learn; yield what returns the last event on its batches."""
    jobs = Jobs(folder)
    try:
        job = jobs.submit(KIND, order.settings, "benchmark")
        end = time.monotonic() + PATIENCE

        def told() -> Event | None:
            return newest(jobs.events(job), "batch")

        while told() is None and time.monotonic() < end:
            time.sleep(0.2)
        yield told
        jobs.cancel(job)
    finally:
        jobs.close()
