"""What a network answers with one channel of one layer set to zero, for every channel and every digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from models.analysis.layer_statistics import LayerSurvey
from models.analysis.metrics import answers
from models.analysis.telling import Told, untold
from models.arrays import Floats, Labels, Rows
from models.datasets.dataset import index_type
from models.engine.opened import Opened
from models.graph.description import Layer, switchable
from models.graph.node import IMAGE
from models.store.interim import Interim

BATCH = 250  # images


def complete(
    model: keras.Model,
    images: Rows,
    labels: Labels,
    logits: Floats,
    layers: Mapping[str, LayerSurvey],
    *,
    told: Told = untold,
    interim: Interim | None = None,
) -> dict[str, LayerSurvey]:
    """Return the surveys of the layers with the answers that the network gives without each channel.

    Args:
        model: The network.
        images: (n, rows, columns, channels).
        labels: (n,).
        logits: (n, classes), of the whole network.
        layers: What else is known of each layer.
        told: Is told how many images are done.
        interim: Where the answers to these are kept.
    """
    without = all_answers(model, images, told, interim)
    named = answers(logits)
    return {
        name: with_answers(measured, without[name], named, labels) if name in without else measured
        for name, measured in layers.items()
    }


def with_answers(measured: LayerSurvey, without: Labels, named: Labels, labels: Labels) -> LayerSurvey:
    """Return a layer's survey with what changes in the answers.

    Args:
        measured: What else is known of the layer.
        without: (channels, images), answers with one channel at zero.
        named: (images,), answers of the whole network.
        labels: (images,).
    """
    channel, image = np.nonzero(without != named)
    return replace(
        measured,
        correct_without=(without == labels).sum(axis=1).astype(np.int32),
        start=np.searchsorted(channel, np.arange(len(without) + 1)).astype(np.int32),
        digit=image.astype(index_type(without.shape[1])),
        answer=without[channel, image],
    )


def all_answers(
    model: keras.Model, images: Rows, told: Told = untold, interim: Interim | None = None
) -> dict[str, Labels]:
    """Return by layer what every image is taken for without each channel: (channels, images).

    Args:
        model: The network.
        images: (n, rows, columns, channels).
        told: Is told how many images are done.
        interim: Where the answers to the images that are done are kept.
    """
    opened = Opened.of(model)
    tried = switchable(opened.layers)
    kind = index_type(opened.graph.head.classes)
    found = np.empty((sum(layer.channels for layer in tried), len(images)), kind)
    tails = [_tail(opened, layer) for layer in tried]
    heads = _heads(opened, tried)
    done = kept = _restored(found, interim) if interim else 0
    while done < len(images):
        part = slice(done, done + BATCH)
        rows = iter(found[:, part])
        for layer, tail, known in zip(tried, tails, heads(images[part]), strict=True):
            for channel in range(layer.channels):
                next(rows)[:] = tail(known, np.int32(channel)).numpy()
        done = min(part.stop, len(images))
        told(done, len(images))
        if interim and interim.is_due:
            interim.write(f"{kept:09}", found[:, kept:done])
            kept = done
    ends = np.cumsum([layer.channels for layer in tried])
    return {layer.name: found[end - layer.channels : end] for layer, end in zip(tried, ends, strict=True)}


def _restored(found: Labels, interim: Interim) -> int:
    """Put in what was kept of answers, (channels of all layers, images); return how many images are done."""
    done = 0
    while (part := interim.read(f"{done:09}")) is not None and part.shape[1]:
        found[:, done : done + part.shape[1]] = part
        done += part.shape[1]
    return done


def _heads(opened: Opened, tried: Sequence[Layer]) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from images to what must be known behind every layer that is tried."""

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def heads(values: tf.Tensor) -> list[list[tf.Tensor]]:
        pairs = opened.values({IMAGE: values}, [layer.name for layer in tried])
        after = {IMAGE: values, **{name: pair[1] for name, pair in pairs.items()}}
        return [[after[name] for name in opened.graph.border(layer.name)] for layer in tried]

    return heads


def _tail(opened: Opened, cut: Layer) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from what is known behind a layer and the channel to zero to the answers."""
    border = opened.graph.border(cut.name)

    def tail(known: list[tf.Tensor], channel: tf.Tensor) -> tf.Tensor:
        values = tf.where(tf.range(cut.channels) == channel, tf.zeros_like(known[0]), known[0])
        logits = opened.logits(dict(zip(border, [values, *known[1:]], strict=True)))
        return tf.argmax(logits, axis=-1)  # of logits, as everywhere

    specs = [tf.TensorSpec((None, *opened.graph.shape(name)), tf.float32) for name in border]
    signature = [specs, tf.TensorSpec((), tf.int32)]
    return tf.function(tail, input_signature=signature, jit_compile=True, autograph=False)
