"""Several networks as one compiled function that gives of a digit just what a picture shows.

A call of a compiled function takes time by itself, and so does every tensor that comes out of it. Here there
is one call for all networks, and two tensors come out: numbers, and maps that are levels already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from models.arrays import Floats, Levels
from models.engine.quantisation import are_ordinary
from models.graph.description import surveyed
from models.graph.node import IMAGE

if TYPE_CHECKING:
    from models.engine.probe import Probe


class Joint:
    """Networks that run an image together, after activation; safe to use from many threads."""

    def __init__(self, probes: Sequence[Probe], levels: int) -> None:
        """Compile them, which takes about a second.

        Args:
            probes: The opened networks; they read images of one shape.
            levels: How many a map has.
        """
        self._probes = probes
        self._last = levels - 1
        shape = (1, *probes[0].image)
        signature = [tf.TensorSpec(shape, tf.float32)]
        shown = tf.function(self._shown, input_signature=signature, jit_compile=True, autograph=False)
        self._run = shown.get_concrete_function()  # which looks at no call's arguments: a fifth of its time
        self._run(tf.zeros(shape))

    def run(self, image: Floats) -> tuple[Floats, Levels] | None:
        """Run one image, (rows, columns, channels).

        Returns:
            Numbers, one row: of every network its logits, its probabilities, and its layers in order, but for
            those that only reshape: the values of a row of units, or the smallest and then the largest value
            of every map. And the cells of all stacks of maps, one row in the same order: map, row, column, as
            the levels that `quantise` gives.
            None where a map is not finite, or its span is beyond what float32 divides by well.
        """
        numbers, cells, whole = self._run(tf.constant(image[np.newaxis]))
        return (numbers.numpy(), cells.numpy()) if whole else None

    def _shown(self, image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        numbers, cells, whole = [], [], []
        for probe in self._probes:
            panels = []
            pairs = probe.opened.values({IMAGE: image}, [layer.name for layer in probe.layers])
            for layer in surveyed(probe.layers):
                values = pairs[layer.name][1]
                if not layer.has_maps:
                    panels.append(values)
                    continue
                extremes, levels, span = self._levels(values[0])
                panels.append(extremes)
                cells.append(levels)
                whole.append(are_ordinary(span))
            numbers += [*probe.opened.answer(pairs), *panels]
        return _row(numbers, tf.float32), _row(cells, tf.uint8), tf.reduce_all(_row(whole, tf.bool))

    def _levels(self, maps: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return (2, maps) extremes, (maps, rows, columns) levels and the maps' spans, as `quantise` does."""
        maps = tf.transpose(maps, (2, 0, 1))
        low, high = tf.reduce_min(maps, (1, 2)), tf.reduce_max(maps, (1, 2))
        span = high - low
        factor = tf.math.divide_no_nan(tf.constant(self._last, tf.float32), span)[:, tf.newaxis, tf.newaxis]
        levels = tf.cast((maps - low[:, tf.newaxis, tf.newaxis]) * factor + 0.5, tf.uint8)
        return tf.stack([low, high]), levels, span


def _row(tensors: Sequence[tf.Tensor], kind: tf.DType) -> tf.Tensor:
    """Return all their numbers one after another."""
    return tf.concat([tf.zeros(0, kind), *(tf.reshape(tensor, [-1]) for tensor in tensors)], 0)
