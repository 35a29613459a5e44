"""What a network answers with one channel of one layer set to zero, for every channel and every digit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from models.analysis.layer_statistics import LayerSurvey
from models.analysis.metrics import answers
from models.arrays import Floats, Labels
from models.datasets.dataset import index_type
from models.engine.probe import Link, links, through
from models.graph.description import Layer, describe, switchable

BATCH = 250  # digits


def complete(
    model: keras.Model, digits: Floats, labels: Labels, logits: Floats, layers: Mapping[str, LayerSurvey]
) -> dict[str, LayerSurvey]:
    """Return the surveys of the layers with the answers that the network gives without each channel.

    Args:
        model: A chain of layers.
        digits: (n, 28, 28, 1) in [0, 1].
        labels: (n,).
        logits: (n, classes), of the whole network.
        layers: What else is known of each layer.
    """
    without = all_answers(model, digits)
    named = answers(logits)
    return {
        name: with_answers(measured, without[name], named, labels) if name in without else measured
        for name, measured in layers.items()
    }


def with_answers(measured: LayerSurvey, without: Labels, named: Labels, labels: Labels) -> LayerSurvey:
    """Return a layer's survey with what changes in the answers.

    Args:
        measured: What else is known of the layer.
        without: (channels, digits), answers with one channel at zero.
        named: (digits,), answers of the whole network.
        labels: (digits,).
    """
    channel, digit = np.nonzero(without != named)
    return replace(
        measured,
        correct_without=(without == labels).sum(axis=1).astype(np.int32),
        start=np.searchsorted(channel, np.arange(len(without) + 1)).astype(np.int32),
        digit=digit.astype(index_type(without.shape[1])),
        answer=without[channel, digit],
    )


def all_answers(model: keras.Model, digits: Floats) -> dict[str, Labels]:
    """Return by layer what every digit is taken for without each channel: (channels, digits)."""
    chained, layers = links(model), describe(model)
    tried = switchable(layers)
    kind = index_type(layers[-1].channels)
    found = {layer.name: np.empty((layer.channels, len(digits)), kind) for layer in tried}
    tails = {layer.name: _tail(chained, layers, layer) for layer in tried}
    heads = _heads(chained, layers)
    steps = -(-len(digits) // BATCH)
    bar = keras.utils.Progbar(steps, verbose=1 if sys.stdout.isatty() else 2)
    for step in range(steps):
        part = slice(step * BATCH, (step + 1) * BATCH)
        for layer, values in zip(tried, heads(digits[part]), strict=True):
            for channel in range(layer.channels):
                found[layer.name][channel, part] = tails[layer.name](values, np.int32(channel)).numpy()
        bar.update(step + 1)
    return found


def _heads(chained: Sequence[Link], layers: Sequence[Layer]) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from digits to what every layer passes on whose channels can be zero."""
    tried = {layer.name for layer in switchable(layers)}

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def heads(values: tf.Tensor) -> list[tf.Tensor]:
        passed = []
        for link, layer in zip(chained, layers, strict=True):
            _, values = through(link, values)
            passed += [values] * (layer.name in tried)
        return passed

    return heads


def _tail(
    chained: Sequence[Link], layers: Sequence[Layer], cut: Layer
) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from a layer's values and the channel to set to zero to the answers."""
    behind = chained[1 + [layer.name for layer in layers].index(cut.name) :]

    def tail(values: tf.Tensor, channel: tf.Tensor) -> tf.Tensor:
        values = tf.where(tf.range(cut.channels) == channel, tf.zeros_like(values), values)
        before = values
        for link in behind:
            before, values = through(link, values)
        return tf.argmax(before, axis=-1)  # of logits, as everywhere

    signature = [tf.TensorSpec((None, *cut.output_shape), tf.float32), tf.TensorSpec((), tf.int32)]
    return tf.function(tail, input_signature=signature, jit_compile=True, autograph=False)
