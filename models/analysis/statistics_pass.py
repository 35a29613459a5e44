"""One pass over many digits: what every channel of every layer does, without ever keeping their maps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from tempfile import SpooledTemporaryFile

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.analysis.layer_statistics import KEPT, UNKNOWN, LayerSurvey, most_similar, quantised
from models.analysis.telling import Told, untold
from models.arrays import Floats, Labels, Rows
from models.datasets.dataset import index_type
from models.engine.forward_pass import STAGES, Stage
from models.engine.opened import Opened
from models.engine.probe import BATCH
from models.graph.description import Layer, surveyed
from models.graph.node import IMAGE

SPOOLED = 1 << 22  # bytes of a layer's peaks that are kept in memory; all of many images would be too many
THREADS = 2  # batches that run at once: one alone leaves a processor idle between its layers
Reduced = tuple[tf.Tensor, ...]
Ranges = dict[tuple[str, Stage], Floats]


def measure(
    model: keras.Model, images: Rows, labels: Labels, told: Told = untold
) -> tuple[Floats, Ranges, dict[str, LayerSurvey]]:
    """Return logits, ranges of all layers, and what their channels do, but for what the network is without.

    Args:
        model: The network.
        images: (n, rows, columns, channels).
        labels: (n,).
        told: Is told how many images are done.
    """
    opened = Opened.of(model)
    layers, arrays = opened.layers, opened.arrays()
    logits: list[Floats] = []
    ranges: Ranges = {}
    classes = opened.graph.head.classes
    tallies = {layer.name: Tally(layer, classes) for layer in surveyed(layers)}
    batches = _batches(images, labels, classes)
    for batch_logits, ends, sums in _in_turn(_reduction(opened), batches):
        logits.append(batch_logits.numpy())
        told(min(len(logits) * BATCH, len(images)), len(images))
        for stage, tensors in zip(STAGES, ends, strict=True):
            for layer, (lows, highs) in zip(layers, tensors, strict=True):
                new = np.stack([lows.numpy().min(axis=0), highs.numpy().max(axis=0)])
                old = ranges.get((layer.name, stage))
                ranges[layer.name, stage] = new if old is None else _wider(old, new)
        peaks = {
            layer.name: (before[1], after[1]) for layer, before, after in zip(layers, *ends, strict=True)
        }
        for (name, tally), tensors in zip(tallies.items(), sums, strict=True):
            tally.add(*(highs.numpy() for highs in peaks[name]), *(tensor.numpy() for tensor in tensors))
    found = {name: tally.told(labels, _kernel(opened, arrays, name)) for name, tally in tallies.items()}
    return np.concatenate(logits), ranges, _placed(opened, images, found)


def _kernel(opened: Opened, arrays: Mapping[str, Floats], name: str) -> Floats | None:
    """Return a layer's weights, (…, filters), as its kind lays them over what it reads; None without.

    Keras holds those of a transposed convolution the other way around, and those of a separable one in two.
    """
    before = f"{name}."
    own = {key.removeprefix(before): values for key, values in arrays.items() if key.startswith(before)}
    filters = opened.graph.filters(name, own)
    return None if filters is None else np.moveaxis(filters, 0, -1)


def _batches(images: Rows, labels: Labels, classes: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield images and their labels, one-hot, (n, classes + 1): the last is of those without."""
    one_hot = np.eye(classes + 1, dtype=np.float32)
    for start in range(0, len(images), BATCH):
        yield images[start : start + BATCH], one_hot[labels[start : start + BATCH]]


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


def _reduction(opened: Opened) -> Callable[..., Reduced]:
    """Return a function that runs a batch and gives back what is left of its maps.

    Not by XLA: TensorFlow's own convolutions are faster on a batch, and there is nothing to wait for.
    """

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def reduce(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, ...]:
        pairs = opened.values({IMAGE: images}, [layer.name for layer in opened.layers])
        before = [_ends(values) for values, _ in pairs.values()]
        after = [
            [tf.nn.relu(end) for end in ends] if layer.activation == "relu" else _ends(values)
            for layer, ends, (_, values) in zip(opened.layers, before, pairs.values(), strict=True)
        ]  # a ReLU keeps the order
        found = [_summed(pairs[layer.name][1], classes) for layer in surveyed(opened.layers)]
        return opened.answer(pairs)[0], (before, after), found

    compiled: Callable[..., Reduced] = reduce
    return compiled


def _cells(values: tf.Tensor) -> tf.Tensor:
    return tf.reshape(values, (values.shape[0], -1, values.shape[-1]))


def _ends(values: tf.Tensor) -> list[tf.Tensor]:
    """Return each digit's smallest and largest cell, (images, channels) each."""
    cells = _cells(values)
    return [tf.reduce_min(cells, axis=1), tf.reduce_max(cells, axis=1)]


def _summed(values: tf.Tensor, classes: tf.Tensor) -> list[tf.Tensor]:
    """Return sums by class, (classes + 1, channels), and how many cells are above zero, (channels,)."""
    cells = _cells(values)
    by_class = tf.matmul(classes, tf.reduce_sum(cells, axis=1), transpose_a=True)
    above = tf.reduce_sum(tf.cast(cells > 0, tf.float32), axis=[0, 1])  # whole numbers below 2²⁴
    return [by_class, above]


def _placed(opened: Opened, digits: Rows, told: dict[str, LayerSurvey]) -> dict[str, LayerSurvey]:
    """Add where the strongest digits have their largest cells, before an activation that saturates.

    Only these few digits are run again: to look for the places in all maps took as long as the network.
    """
    mapped = {layer.name: 0 if layer.saturates else 1 for layer in opened.layers if layer.has_maps}
    if not mapped:
        return told
    wanted = np.unique(np.concatenate([told[name].strongest.ravel() for name in mapped]))

    def maps(images: tf.Tensor) -> list[tf.Tensor]:
        pairs = opened.values({IMAGE: images}, mapped)
        return [pairs[name][stage] for name, stage in mapped.items()]

    run = tf.function(maps, autograph=False)
    places = {name: told[name].places.copy() for name in mapped}
    for start in range(0, len(wanted), BATCH):
        part = np.resize(wanted[start : start + BATCH], min(BATCH, len(digits)))  # one size, compiled once
        for name, values in zip(mapped, run(digits[part]), strict=True):
            cells = values.numpy().reshape(len(part), -1, values.shape[-1])
            channels, ranks = np.nonzero(np.isin(told[name].strongest, part))
            rows = np.searchsorted(wanted[start : start + BATCH], told[name].strongest[channels, ranks])
            places[name][channels, ranks] = cells[rows, :, channels].argmax(axis=1)
    return {name: replace(each, places=places.get(name, each.places)) for name, each in told.items()}


class Tally:
    """What is gathered of one layer, batch by batch."""

    def __init__(self, layer: Layer, classes: int) -> None:
        """Begin with nothing of a layer, in a network that tells so many classes apart."""
        self._cells = int(np.prod(layer.output_shape[:-1]))
        self._saturates = layer.saturates
        self._peaks = SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - closed once it is told
        self._firing = np.zeros(layer.channels, np.int64)
        self._by_class = np.zeros((classes + 1, layer.channels))
        self._above = np.zeros(layer.channels)

    def add(self, before: Floats, after: Floats, by_class: Floats, above: Floats) -> None:
        """Add what a batch was reduced to.

        Args:
            before: (images, channels), each digit's largest cells before activation.
            after: The same after activation.
            by_class: (classes + 1, channels), sums by class, of what has none the last.
            above: (channels,), cells above zero.
        """
        self._peaks.write((before if self._saturates else after).tobytes())
        self._firing += (after > 0).sum(axis=0)
        self._by_class += by_class
        self._above += above

    def told(self, labels: Labels, kernel: Floats | None) -> LayerSurvey:
        """Return what it comes to, with every place the first and no channel tried without."""
        channels = len(self._firing)
        self._peaks.seek(0)
        peaks = np.frombuffer(self._peaks.read(), np.float32).reshape(-1, channels)  # (images, channels)
        self._peaks.close()
        images = len(peaks)
        strongest = np.stack([_strongest(column) for column in np.ascontiguousarray(peaks.T)])
        named = strongest, np.arange(channels)[:, np.newaxis]
        classes = len(self._by_class) - 1
        counts = np.bincount(labels, minlength=classes)[:classes, np.newaxis] * self._cells
        similar, cosine = most_similar(kernel, channels)
        return LayerSurvey(
            mean=(self._by_class.sum(axis=0) / (images * self._cells)).astype(np.float32),
            active=(self._above / (images * self._cells)).astype(np.float32),
            firing=(self._firing / images).astype(np.float32),
            by_class=(self._by_class[:-1] / np.maximum(counts, 1)).astype(np.float32),
            strongest=strongest.astype(index_type(images)),
            places=np.zeros(strongest.shape, index_type(self._cells)),
            values=peaks[named],
            strength=quantised(peaks),
            similar=similar,
            cosine=cosine,
            correct_without=np.full(channels, UNKNOWN, np.int32),
            start=np.zeros(channels + 1, np.int32),
            digit=np.zeros(0, index_type(images)),
            answer=np.zeros(0, labels.dtype),
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
