"""One pass over many digits: what every channel of every layer does, without ever keeping their maps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.description import Layer, chain, describe
from models.evaluate import Labels
from models.forward_pass import STAGES, Floats, Stage
from models.layer_survey import KEPT, UNKNOWN, LayerSurvey, most_similar, quantised, surveyed
from models.probe import BATCH, open_layers

CLASSES = 10
THREADS = 2  # batches that run at once: one alone leaves a processor idle between its layers
Reduced = tuple[tf.Tensor, ...]
Ranges = dict[tuple[str, Stage], Floats]


def measure(
    model: keras.Model, digits: Floats, labels: Labels
) -> tuple[Floats, Ranges, dict[str, LayerSurvey]]:
    """Return logits, ranges of all layers, and what their channels do, but for what the network is without.

    Args:
        model: A chain of layers.
        digits: (n, 28, 28, 1) in [0, 1].
        labels: (n,).
    """
    layers = describe(model)
    reduce = _reduction(model, layers)
    kernels = {layer.name: layer.get_weights()[0] for layer in chain(model) if hasattr(layer, "kernel")}
    logits: list[Floats] = []
    ranges: Ranges = {}
    tallies = {layer.name: Tally(layer) for layer in surveyed(layers)}
    for batch_logits, extremes, found in _in_turn(reduce, _batches(digits, labels)):
        logits.append(batch_logits.numpy())
        for stage, tensors in zip(STAGES, extremes, strict=True):
            for layer, tensor in zip(layers, tensors, strict=True):
                new, old = tensor.numpy(), ranges.get((layer.name, stage))
                ranges[layer.name, stage] = new if old is None else _wider(old, new)
        for tally, tensors in zip(tallies.values(), found, strict=True):
            tally.add(*(tensor.numpy() for tensor in tensors))
    told = {name: tally.told(labels, kernels.get(name)) for name, tally in tallies.items()}
    return np.concatenate(logits), ranges, told


def _batches(digits: Floats, labels: Labels) -> Iterator[tuple[Floats, Floats]]:
    """Yield digits and their labels, one-hot, (n, 10)."""
    one_hot = np.eye(CLASSES, dtype=np.float32)[labels]
    for start in range(0, len(digits), BATCH):
        yield digits[start : start + BATCH], one_hot[start : start + BATCH]


def _in_turn(reduce: Callable[..., Reduced], batches: Iterable[tuple[Floats, Floats]]) -> Iterator[Reduced]:
    """Yield what is left of each batch, in order; while one runs, so does the next."""
    with ThreadPoolExecutor(THREADS) as pool:
        running: deque[Future[Reduced]] = deque()
        for batch in batches:
            running.append(pool.submit(reduce, *batch))
            if len(running) > THREADS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _reduction(model: keras.Model, layers: tuple[Layer, ...]) -> Callable[..., Reduced]:
    """Return a compiled function that runs a batch and gives back what is left of its maps."""
    opened = open_layers(model)

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def reduce(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, ...]:
        stages = opened(images, training=False)
        before = [_extremes(values) for values in stages[0]]
        after = [
            tf.nn.relu(ends) if layer.activation == "relu" else _extremes(values)  # a ReLU keeps the order
            for layer, ends, values in zip(layers, before, stages[1], strict=True)
        ]
        found = [
            _reduced(values, classes)
            for layer, values in zip(layers, stages[1], strict=True)
            if layer.kind != "Flatten"
        ]
        return stages[0][-1], (before, after), found

    compiled: Callable[..., Reduced] = reduce
    return compiled


def _extremes(values: tf.Tensor) -> tf.Tensor:
    axes = list(range(len(values.shape) - 1))
    return tf.stack([tf.reduce_min(values, axes), tf.reduce_max(values, axes)])


def _reduced(values: tf.Tensor, classes: tf.Tensor) -> list[tf.Tensor]:
    """Return each digit's largest cell and its place, sums by class, and how many cells are above zero."""
    digits, channels = values.shape[0], values.shape[-1]
    cells = tf.reshape(values, (digits, -1, channels))
    above = tf.reduce_sum(tf.cast(cells > 0, tf.float32), axis=[0, 1])  # whole numbers below 2²⁴
    by_class = tf.matmul(classes, tf.reduce_sum(cells, axis=1), transpose_a=True)
    peaks = tf.reduce_max(cells, axis=1, keepdims=True)
    last = cells.shape[1] - 1
    numbered = tf.range(last + 1)[tf.newaxis, :, tf.newaxis]
    places = tf.reduce_min(
        tf.where(cells == peaks, numbered, last), axis=1
    )  # XLA's argmax took twice as long
    return [peaks[:, 0], places, by_class, above]


class Tally:
    """What is gathered of one layer, batch by batch."""

    def __init__(self, layer: Layer) -> None:
        """Begin with nothing."""
        self._cells = int(np.prod(layer.output_shape[:-1]))
        self._peaks: list[Floats] = []
        self._places: list[NDArray[np.uint16]] = []
        self._by_class = np.zeros((CLASSES, layer.channels))
        self._above = np.zeros(layer.channels)

    def add(self, peaks: Floats, places: NDArray[np.int32], by_class: Floats, above: Floats) -> None:
        """Add what `_reduced` made of a batch."""
        self._peaks.append(peaks)
        self._places.append(places.astype(np.uint16))
        self._by_class += by_class
        self._above += above

    def told(self, labels: Labels, kernel: Floats | None) -> LayerSurvey:
        """Return what it comes to, with no channel tried without."""
        peaks, places = np.concatenate(self._peaks), np.concatenate(self._places)  # (digits, channels)
        digits, channels = peaks.shape
        strongest = np.stack([_strongest(column) for column in np.ascontiguousarray(peaks.T)])
        named = strongest, np.arange(channels)[:, np.newaxis]
        counts = np.bincount(labels, minlength=CLASSES)[:, np.newaxis] * self._cells
        similar, cosine = most_similar(kernel, channels)
        return LayerSurvey(
            mean=(self._by_class.sum(axis=0) / (digits * self._cells)).astype(np.float32),
            active=(self._above / (digits * self._cells)).astype(np.float32),
            firing=(peaks > 0).mean(axis=0).astype(np.float32),
            by_class=(self._by_class / np.maximum(counts, 1)).astype(np.float32),
            strongest=strongest.astype(np.uint16),
            places=places[named],
            values=peaks[named],
            strength=quantised(peaks),
            similar=similar,
            cosine=cosine,
            correct_without=np.full(channels, UNKNOWN, np.int32),
            start=np.zeros(channels + 1, np.int32),
            digit=np.zeros(0, np.uint16),
            answer=np.zeros(0, np.uint8),
        )


def _strongest(values: Floats) -> NDArray[np.intp]:
    """Return where the largest lie, largest first, equal ones by index; what is no number is never large.

    Sorting all of them took half the time of the whole pass over a dense network.
    """
    values = np.where(np.isnan(values), np.float32(-np.inf), values)
    least = np.partition(values, -KEPT)[-KEPT] if len(values) > KEPT else values.min()
    enough = np.flatnonzero(values >= least)
    return enough[(-values[enough]).argsort(kind="stable")[:KEPT]]


def _wider(one: Floats, other: Floats) -> Floats:
    return np.stack([np.minimum(one[0], other[0]), np.maximum(one[1], other[1])])
