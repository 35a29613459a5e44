"""A trained network opened so that all of its layers can be read."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.arrays import Floats, Rows
from models.engine.forward_pass import ForwardPass
from models.engine.on_demand import forward_pass
from models.engine.opened import Change, Opened, Pair
from models.graph.description import Layer, is_large, switchable
from models.graph.node import IMAGE, Node

BATCH = 50  # images that run at once; their maps stay in the processor's cache
Off = Mapping[str, Collection[int]]  # channels that are switched off, by layer


class Probe:
    """One network, opened once; safe to use from many threads.

    Attributes:
        layers: What the network is made of, input side first.
        opened: The same network, node by node.
        image: Shape of an image.
        arrays: All weights as Keras holds them, by layer and name, such as "conv1.kernel", input side first.
    """

    def __init__(self, model: keras.Model) -> None:
        """Open the model and compile its forward pass.

        Raises:
            UnopenableError: The model cannot be looked into, or gives no classes.
        """
        self.opened = Opened.of(model)
        self._head = self.opened.graph.head
        self.layers: tuple[Layer, ...] = self.opened.layers
        self.arrays: Mapping[str, Floats] = self.opened.arrays()
        self.image: tuple[int, ...] = self.opened.graph.image
        self.is_large = is_large(self.layers)
        shape = (1, *self.image)
        self._forward = tf.function(
            lambda image: self.opened.model(image, training=False),
            input_signature=[tf.TensorSpec(shape, tf.float32)],
            jit_compile=True,
            autograph=False,
        )
        self._compiling = threading.Lock()
        self._compiled: dict[int, tf.types.experimental.PolymorphicFunction] = {}

    def run(self, image: Floats, at_once: Iterable[str] = ()) -> ForwardPass:
        """Run one image, (rows, columns, channels), and return every layer's values.

        Args:
            image: As it is fed.
            at_once: Of a large network the layers that are computed in one go; others are when asked for.
        """
        if self.is_large:
            return self._on_demand(image, at_once, None)
        pre, post = self._forward(image[np.newaxis])
        return ForwardPass(self._named(pre), self._named(post), self._head)

    def _on_demand(self, image: Floats, at_once: Iterable[str], change: Change | None) -> ForwardPass:
        known = {IMAGE: tf.constant(image[np.newaxis])}

        def compute(names: Iterable[str]) -> dict[str, tuple[Floats, Floats]]:
            wanted = {*names}
            pairs = self.opened.values(known, wanted, change)
            return {
                name: (pre.numpy()[0], post.numpy()[0])
                for name, (pre, post) in pairs.items()
                if name in wanted
            }

        return forward_pass(tuple(layer.name for layer in self.layers), at_once, compute, self._head)

    def run_without(self, image: Floats, off: Off, at_once: Iterable[str] = ()) -> ForwardPass:
        """Run one image, (rows, columns, channels), with channels switched off.

        They are zero after their layer's activation, and everything behind follows. A layer without
        activation has the same values before and after it, here too.

        Raises:
            KeyError: There is no such layer, or none whose channels can be switched off.
            IndexError: There is no such channel.
        """
        if not any(off.values()):
            return self.run(image, at_once)
        if self.is_large:
            return self._on_demand(
                image, at_once, self._masking([tf.constant(each) for each in self._masks(off)])
            )
        pre, post = self._passing(1)(image[np.newaxis], self._masks(off))
        return ForwardPass(self._named(pre), self._named(post), self._head)

    def logits_without(self, images: Rows, off: Off) -> Floats:
        """Return the logits, (n, classes), of images, as they are fed, with channels switched off.

        Raises:
            KeyError: There is no such layer, or none whose channels can be switched off.
            IndexError: There is no such channel.
        """
        masks, passing = self._masks(off), self._passing(BATCH)
        found = []
        for start in range(0, len(images), BATCH):
            part = images[start : start + BATCH]
            whole = np.pad(part, [(0, BATCH - len(part))] + [(0, 0)] * len(self.image))  # one shape
            found.append(passing(whole, masks).numpy()[: len(part)])
        return np.concatenate([*found, np.zeros((0, self._head.classes), np.float32)])

    def _masks(self, off: Off) -> list[NDArray[np.bool_]]:
        """Return for every layer that can be switched off whether each of its channels stays on."""
        masks = {layer.name: np.ones(layer.channels, np.bool_) for layer in switchable(self.layers)}
        for name, channels in off.items():
            chosen = np.array(sorted(channels), np.intp)
            if chosen.size and chosen[0] < 0:
                raise IndexError(int(chosen[0]))
            masks[name][chosen] = False
        return list(masks.values())

    def _passing(self, images: int) -> tf.types.experimental.PolymorphicFunction:
        """Return the compiled function for so many images; whoever comes first compiles it, others wait."""
        with self._compiling:
            if images not in self._compiled:
                passing = self._compile(images)
                passing(np.zeros((images, *self.image), np.float32), self._masks({}))
                self._compiled[images] = passing
            return self._compiled[images]

    def _compile(self, images: int) -> tf.types.experimental.PolymorphicFunction:
        """Return the forward pass with masks: of one image all layers, of several the logits alone."""
        tried = switchable(self.layers)

        def passing(values: tf.Tensor, masks: list[tf.Tensor]) -> list[list[tf.Tensor]] | tf.Tensor:
            names = [layer.name for layer in self.layers]
            pairs = self.opened.values({IMAGE: values}, names, self._masking(masks))
            if images > 1:
                return self.opened.answer(pairs)[0]
            return [[pair[stage] for pair in pairs.values()] for stage in (0, 1)]

        signature = [
            tf.TensorSpec((images, *self.image), tf.float32),
            [tf.TensorSpec((layer.channels,), tf.bool) for layer in tried],
        ]
        return tf.function(passing, input_signature=signature, jit_compile=True, autograph=False)

    def _masking(self, masks: Sequence[tf.Tensor]) -> Change:
        """Return what puts zero in the place of channels, by masks of all layers that can be switched off."""
        places = {layer.name: place for place, layer in enumerate(switchable(self.layers))}

        def masked(node: Node, pair: Pair) -> Pair:
            if node.name not in places:
                return pair
            left = tf.where(masks[places[node.name]], pair[1], tf.zeros_like(pair[1]))
            return (pair[0] if self.opened.steps[node.name].activation else left), left

        return masked

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

    def hold(self, arrays: Mapping[str, Floats]) -> None:
        """Go on as the network with other weights, of the names and shapes of `arrays`.

        What was compiled reads them from now on. It is for who alone uses this probe.
        """
        for name, variable in self.opened.variables().items():
            variable.assign(arrays[name])
        self.arrays = arrays

    def _named(self, tensors: list[tf.Tensor]) -> dict[str, Floats]:
        return {layer.name: tensor.numpy()[0] for layer, tensor in zip(self.layers, tensors, strict=True)}
