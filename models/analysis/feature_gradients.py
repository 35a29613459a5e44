"""How the number that an illustration raises changes with every pixel."""

from __future__ import annotations

import threading

import numpy as np
import tensorflow as tf

from models.analysis.feature_visualisation import middle
from models.arrays import Floats
from models.engine.opened import Opened
from models.graph.description import Layer
from models.graph.kinds import kind_of
from models.graph.node import IMAGE


class Slopes:
    """Gives the slopes of one network: how a channel changes with each pixel. Many threads may share it.

    There is one function per layer, with the channel as an argument, made when it is first asked for: by
    TensorFlow alone, for XLA takes up to four times as long to make it and then runs it hardly faster.
    """

    def __init__(self, opened: Opened) -> None:
        """Remember the network."""
        self._opened = opened
        self._layers = {layer.name: layer for layer in opened.layers}
        self._compiling = threading.Lock()
        self._compiled: dict[str, tf.types.experimental.PolymorphicFunction] = {}

    def at(self, image: Floats, name: str, channel: int) -> Floats:
        """Return the derivatives by each pixel of a channel's pre-activation, of a map that in its middle.

        A maximum over maps that ReLU has cut is flat wherever all of them are below zero. It is the maximum
        of the same maps before ReLU, cut: of max pooling the slope of that is returned.

        Args:
            image: (rows, columns, channels), as networks are fed of it.
            name: Of the layer.
            channel: Map or unit.

        Raises:
            KeyError: There is no such layer.
        """
        layer = self._layers[name]
        with self._compiling:
            if name not in self._compiled:
                self._compiled[name] = self._slope(layer)
        found: Floats = self._compiled[name](image[np.newaxis], channel).numpy()[0]
        return found

    def _slope(self, layer: Layer) -> tf.types.experimental.PolymorphicFunction:
        cell, uncut = middle(layer) or (), kind_of(layer.kind).takes == "largest"

        def slope(image: tf.Tensor, channel: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(image)
                number = self._before(image, layer.name, uncut)[(0, *cell)][channel]
            return tape.gradient(number, image, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        signature = [tf.TensorSpec((1, *self._opened.graph.image), tf.float32), tf.TensorSpec((), tf.int32)]
        return tf.function(slope, input_signature=signature, autograph=False)

    def _before(self, values: tf.Tensor, name: str, uncut: bool) -> tf.Tensor:
        """Return a layer's values before activation; `uncut`, of those that the layer before it has then."""
        reads = self._opened.graph.node(name).reads
        pairs = self._opened.values({IMAGE: values}, reads)
        stage = 0 if uncut else 1
        return self._opened.steps[name].apply([values if r == IMAGE else pairs[r][stage] for r in reads])[0]
