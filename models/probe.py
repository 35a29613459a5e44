"""A trained network opened so that all of its layers can be read."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from models.description import Layer, chain, describe
from models.forward_pass import Floats, ForwardPass


def open_layers(model: keras.Model) -> keras.Model:
    """Return a sub-model whose outputs are every layer's values, first before, then after activation.

    A layer with an activation, fused or its only content, is rebuilt without it, on the same weights, and the
    activation is applied behind it. Each output is a list in the order of `describe(model)`.
    """
    tensor = entry = keras.Input(model.inputs[0].shape[1:])
    pre, post = [], []
    for layer in chain(model):
        linear, activation = _split(layer)
        before = linear(tensor)
        tensor = activation(before) if activation else before
        pre.append(before)
        post.append(tensor)
        linear.set_weights(layer.get_weights())
    return keras.Model(entry, [pre, post])


def _split(layer: keras.Layer) -> tuple[keras.Layer, Callable[..., keras.KerasTensor] | None]:
    activation = getattr(layer, "activation", None)
    if activation is None or activation is keras.activations.linear:
        return type(layer).from_config(layer.get_config()), None
    return type(layer).from_config({**layer.get_config(), "activation": None}), activation


def _weights(layer: keras.Layer) -> tuple[Floats, Floats] | None:
    if not hasattr(layer, "kernel"):
        return None
    kernel, *bias = layer.get_weights()
    return kernel, bias[0] if bias else np.zeros(kernel.shape[-1], np.float32)


class Probe:
    """One network, opened once; safe to use from many threads.

    Attributes:
        layers: What the network is made of, input side first.
    """

    def __init__(self, model: keras.Model) -> None:
        """Open the model and compile its forward pass.

        Raises:
            ValueError: The model is not a chain of layers that can be looked into.
        """
        self.layers: tuple[Layer, ...] = describe(model)
        self._weights = {layer.name: _weights(layer) for layer in chain(model)}
        opened = open_layers(model)
        shape = (1, *model.inputs[0].shape[1:])
        self._forward = tf.function(
            lambda digit: opened(digit, training=False),
            input_signature=[tf.TensorSpec(shape, tf.float32)],
            jit_compile=True,
            autograph=False,
        )

    def run(self, digit: Floats) -> ForwardPass:
        """Run one digit, (28, 28, 1) in [0, 1], and return every layer's values."""
        pre, post = self._forward(digit[np.newaxis])
        return ForwardPass(pre=self._named(pre), post=self._named(post))

    def weights(self, layer: str) -> tuple[Floats, Floats] | None:
        """Return a layer's kernel and bias as Keras holds them, zeros for no bias, None without a kernel.

        Raises:
            KeyError: There is no such layer.
        """
        return self._weights[layer]

    def _named(self, tensors: list[tf.Tensor]) -> dict[str, Floats]:
        return {layer.name: tensor.numpy()[0] for layer, tensor in zip(self.layers, tensors, strict=True)}
