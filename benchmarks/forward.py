"""One digit through both networks, every layer to numpy."""

from __future__ import annotations

import os
import time
from statistics import median

from benchmarks.figures import Row, spread
from dashboard.settings import Settings
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.engine.networks import Networks
from models.store import manifest

DIGITS = 300
WARM = 20


def measure() -> list[Row]:
    """Run digits one by one, in this process, and one network after the other."""
    settings = Settings.from_environment(os.environ)
    entries = manifest.read(settings.checkpoints)[:2]  # what the page opens on
    networks = Networks(entries, settings.checkpoints)
    networks.wake()
    networks.wait()
    probes = [networks.probe(entry.key) for entry in entries]
    taken: list[list[float]] = []
    for image in mnist.load("test", settings.data).images[: DIGITS + WARM]:
        digit = prepare(image)
        one = []
        for probe in probes:
            started = time.perf_counter()
            probe.run(digit)
            one.append(1000 * (time.perf_counter() - started))
        taken.append(one)
    both = [sum(one) for one in taken[WARM:]]
    each = [f"{entry.key} {median(one[i] for one in taken[WARM:]):.2f} ms" for i, entry in enumerate(entries)]
    return [
        Row("one digit through both networks, all layers to numpy", spread(both, " ms")),
        Row("… median of each", ", ".join(each)),
    ]
