"""A trained network opened so that all of its layers can be read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.arrays import Floats
from models.engine.forward_pass import ForwardPass
from models.graph.description import Layer, chain, describe, switchable

BATCH = 50  # digits that run at once; their maps stay in the processor's cache
Off = Mapping[str, Collection[int]]  # channels that are switched off, by layer

Link = tuple[keras.Layer, Callable[..., tf.Tensor] | None]  # a layer without its activation; that


def links(model: keras.Model) -> list[Link]:
    """Return the layers of a chain, rebuilt without their activations on copies of the weights, and these."""
    tensor = keras.Input(model.inputs[0].shape[1:])
    made = []
    for layer in chain(model):
        linear, activation = _split(layer)
        _, tensor = through((linear, activation), tensor)
        linear.set_weights(layer.get_weights())
        made.append((linear, activation))
    return made


def through(link: Link, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return what a layer makes of a batch, before and after its activation; the same where it has none."""
    linear, activation = link
    before = linear(values, training=False)
    return before, activation(before) if activation else before


def open_layers(model: keras.Model) -> keras.Model:
    """Return a sub-model whose outputs are every layer's values, first before, then after activation.

    A layer with an activation, fused or its only content, is rebuilt without it, on the same weights, and the
    activation is applied behind it. Each output is a list in the order of `describe(model)`.
    """
    return _open(links(model), model.inputs[0].shape[1:])


def _open(chained: Sequence[Link], shape: tuple[int, ...]) -> keras.Model:
    tensor = entry = keras.Input(shape)
    pre, post = [], []
    for link in chained:
        before, tensor = through(link, tensor)
        pre.append(before)
        post.append(tensor)
    return keras.Model(entry, [pre, post])


def _split(layer: keras.Layer) -> tuple[keras.Layer, Callable[..., keras.KerasTensor] | None]:
    activation = getattr(layer, "activation", None)
    if activation is None or activation is keras.activations.linear:
        return type(layer).from_config(layer.get_config()), None
    return type(layer).from_config({**layer.get_config(), "activation": None}), activation


def _arrays(layer: keras.Layer) -> dict[str, Floats]:
    """Return a layer's weights by the names that Keras gives them, such as "kernel"."""
    return {weight.name: values for weight, values in zip(layer.weights, layer.get_weights(), strict=True)}


class Probe:
    """One network, opened once; safe to use from many threads.

    Attributes:
        layers: What the network is made of, input side first.
        chained: The same layers, each apart from its activation.
        image: Shape of a digit.
        arrays: All weights as Keras holds them, by layer and name, such as "conv1.kernel", input side first.
    """

    def __init__(self, model: keras.Model) -> None:
        """Open the model and compile its forward pass.

        Raises:
            ValueError: The model is not a chain of layers that can be looked into.
        """
        self.layers: tuple[Layer, ...] = describe(model)
        self.arrays: Mapping[str, Floats] = {
            f"{layer.name}.{name}": values
            for layer in chain(model)
            for name, values in _arrays(layer).items()
        }
        self.chained: Sequence[Link] = links(model)
        self.image: tuple[int, ...] = tuple(model.inputs[0].shape[1:])
        opened = _open(self.chained, self.image)
        shape = (1, *self.image)
        self._forward = tf.function(
            lambda digit: opened(digit, training=False),
            input_signature=[tf.TensorSpec(shape, tf.float32)],
            jit_compile=True,
            autograph=False,
        )
        self._compiling = threading.Lock()
        self._compiled: dict[int, tf.types.experimental.PolymorphicFunction] = {}

    def run(self, digit: Floats) -> ForwardPass:
        """Run one digit, (28, 28, 1) in [0, 1], and return every layer's values."""
        pre, post = self._forward(digit[np.newaxis])
        return ForwardPass(pre=self._named(pre), post=self._named(post))

    def run_without(self, digit: Floats, off: Off) -> ForwardPass:
        """Run one digit, (28, 28, 1) in [0, 1], with channels switched off.

        They are zero after their layer's activation, and everything behind follows. A layer without
        activation has the same values before and after it, here too.

        Raises:
            KeyError: There is no such layer, or none whose channels can be switched off.
            IndexError: There is no such channel.
        """
        if not any(off.values()):
            return self.run(digit)
        pre, post = self._passing(1)(digit[np.newaxis], self._masks(off))
        return ForwardPass(pre=self._named(pre), post=self._named(post))

    def logits_without(self, digits: Floats, off: Off) -> Floats:
        """Return the logits, (n, classes), of digits, (n, 28, 28, 1) in [0, 1], with channels switched off.

        Raises:
            KeyError: There is no such layer, or none whose channels can be switched off.
            IndexError: There is no such channel.
        """
        masks, passing = self._masks(off), self._passing(BATCH)
        found = []
        for start in range(0, len(digits), BATCH):
            part = digits[start : start + BATCH]
            whole = np.pad(part, ((0, BATCH - len(part)), (0, 0), (0, 0), (0, 0)))  # one shape, compiled once
            found.append(passing(whole, masks).numpy()[: len(part)])
        return np.concatenate([*found, np.zeros((0, self.layers[-1].channels), np.float32)])

    def _masks(self, off: Off) -> list[NDArray[np.bool_]]:
        """Return for every layer that can be switched off whether each of its channels stays on."""
        masks = {layer.name: np.ones(layer.channels, np.bool_) for layer in switchable(self.layers)}
        for name, channels in off.items():
            chosen = np.array(sorted(channels), np.intp)
            if chosen.size and chosen[0] < 0:
                raise IndexError(int(chosen[0]))
            masks[name][chosen] = False
        return list(masks.values())

    def _passing(self, digits: int) -> tf.types.experimental.PolymorphicFunction:
        """Return the compiled function for so many digits; whoever comes first compiles it, others wait."""
        with self._compiling:
            if digits not in self._compiled:
                passing = self._compile(digits)
                passing(np.zeros((digits, *self.image), np.float32), self._masks({}))
                self._compiled[digits] = passing
            return self._compiled[digits]

    def _compile(self, digits: int) -> tf.types.experimental.PolymorphicFunction:
        """Return the forward pass with masks: of one digit all layers, of several the logits alone."""
        tried = switchable(self.layers)
        places = {layer.name: place for place, layer in enumerate(tried)}

        def passing(values: tf.Tensor, masks: list[tf.Tensor]) -> list[list[tf.Tensor]] | tf.Tensor:
            pre, post = [], []
            for link, layer in zip(self.chained, self.layers, strict=True):
                before, values = through(link, values)
                if layer.name in places:
                    masked = tf.where(masks[places[layer.name]], values, tf.zeros_like(values))
                    before, values = (masked if link[1] is None else before), masked
                pre.append(before)
                post.append(values)
            return [pre, post] if digits == 1 else pre[-1]

        signature = [
            tf.TensorSpec((digits, *self.image), tf.float32),
            [tf.TensorSpec((layer.channels,), tf.bool) for layer in tried],
        ]
        return tf.function(passing, input_signature=signature, jit_compile=True, autograph=False)

    def weights(self, layer: str) -> tuple[Floats, Floats] | None:
        """Return a layer's kernel and bias as Keras holds them, zeros for no bias, None without a kernel.

        Raises:
            KeyError: There is no such layer.
        """
        described = {each.name: each for each in self.layers}[layer]
        if described.kernel_shape is None:
            return None
        bias = self.arrays.get(f"{layer}.bias")
        return self.arrays[f"{layer}.kernel"], (
            np.zeros(described.channels, np.float32) if bias is None else bias
        )

    def _named(self, tensors: list[tf.Tensor]) -> dict[str, Floats]:
        return {layer.name: tensor.numpy()[0] for layer, tensor in zip(self.layers, tensors, strict=True)}
