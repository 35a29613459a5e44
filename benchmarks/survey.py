"""The statistics of all channels over all test digits: in one compiled pass, and layer by layer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Row, at_least
from models.arrays import Floats, Labels
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.store import loading, manifest

if TYPE_CHECKING:
    import keras

PART = 2_000  # digits whose maps of one layer are held at once, so that the plain way fits into memory
CLASSES = 10


def measure() -> list[Row]:
    """Take both ways for each network of the manifest, in this process, one after the other."""
    from models.analysis.statistics_pass import measure as survey  # noqa: PLC0415 - loads TensorFlow

    test = mnist.load("test")
    digits = prepare(test.images)
    one_pass, plain = [], []
    for entry in manifest.read():
        model = loading.load(entry)
        started = time.perf_counter()
        _, _, layers = survey(model, digits, test.labels)
        one_pass.append(time.perf_counter() - started)
        started = time.perf_counter()
        means = layer_by_layer(model, digits, test.labels)
        plain.append(time.perf_counter() - started)
        for name, mean in means.items():
            np.testing.assert_allclose(mean, layers[name].mean, rtol=1e-3, atol=1e-5)
    return [
        Row("all channels over all test digits, one compiled pass per network", seconds(one_pass)),
        Row("… `model.predict` and NumPy, layer by layer", seconds(plain)),
        at_least("… how many times as fast", sum(plain) / sum(one_pass), 5, " ×", 1),
    ]


def seconds(taken: list[float]) -> str:
    """Return times with their sum."""
    return f"{' + '.join(f'{each:.1f}' for each in taken)} = {sum(taken):.1f} s"


def layer_by_layer(model: keras.Model, digits: Floats, labels: Labels) -> dict[str, Floats]:
    """Measure what a survey measures, one sub-model per layer, and return every channel's mean."""
    import keras  # noqa: PLC0415 - takes seconds

    one_hot = np.eye(CLASSES, dtype=np.float32)[labels]
    found = {}
    for layer in model.layers:
        if type(layer).__name__ in ("InputLayer", "Flatten"):
            continue
        opened = keras.Model(model.inputs[0], layer.output)
        parts = []
        for start in range(0, len(digits), PART):
            chosen = slice(start, start + PART)
            values = opened.predict(digits[chosen], verbose=0)
            parts.append(statistics(values.reshape(len(values), -1, values.shape[-1]), one_hot[chosen]))
        found[layer.name] = np.mean([part["mean"] for part in parts], axis=0)
    return found


def statistics(cells: Floats, one_hot: Floats) -> dict[str, NDArray[np.floating | np.integer]]:
    """Return what is kept of a part of a layer, (digits, cells, channels)."""
    peaks, sums = cells.max(axis=1), cells.sum(axis=1)
    return {
        "mean": sums.mean(axis=0, dtype=np.float64) / cells.shape[1],
        "smallest": cells.min(axis=(0, 1)),
        "active": (cells > 0).mean(axis=(0, 1)),
        "by_class": one_hot.T @ sums,
        "peaks": peaks,
        "places": cells.argmax(axis=1),
        "strongest": (-peaks).argsort(axis=0, kind="stable"),
    }
