"""The four explanations of an answer, computed on the layers that the probe opened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.analysis.attribution import COMPLETE, SEED, Explanation, Question, occluded
from models.arrays import Floats
from models.engine.opened import Opened
from models.graph.node import IMAGE

BATCH = 32  # images that run at once, and steps of integrated gradients before more are taken
MOST = 27 * BATCH  # steps of integrated gradients

Compiled: TypeAlias = tf.types.experimental.PolymorphicFunction


def randomised(opened: Opened, seed: int = SEED) -> Opened:
    """Return the same network with weights as before a training: Glorot's, of one seed; biases are zero.

    What else a layer has, such as the statistics of a normalisation, is as Keras makes it. Layers that are
    opaque stay as they are.

    Source: Adebayo et al. (2018), Sanity Checks for Saliency Maps, doi:10.48550/arXiv.1810.03292.
    """
    fresh = {id(layer): type(layer).from_config(layer.get_config()) for layer in _drawable(opened).values()}
    steps = {
        name: replace(step, call=replace(step.call, layer=fresh.get(id(step.call.layer), step.call.layer)))
        for name, step in opened.steps.items()
    }
    made = Opened(opened.graph, steps)
    draw(made, seed)
    return made


def draw(made: Opened, seed: int) -> None:
    """Give a network that was `randomised` the weights of another seed; what is compiled of it stays."""
    for place, layer in _drawable(made).items():
        _draw(layer, 1_000 * seed + place)


def _drawable(opened: Opened) -> dict[int, keras.Layer]:
    """Return the layers that are not opaque, each once, by the place of the first node that each computes."""
    found: dict[int, tuple[int, keras.Layer]] = {}
    for place, (name, step) in enumerate(opened.steps.items()):
        layer = step.call.layer
        if isinstance(layer, keras.Layer) and not opened.graph.kind(name).is_opaque:
            found.setdefault(id(layer), (place, layer))
    return dict(found.values())


def _draw(layer: keras.Layer, seed: int) -> None:
    """Give a layer new kernels of a seed, and no bias."""
    for which, weight in enumerate(layer.weights):
        if "kernel" in weight.name:
            weight.assign(keras.initializers.GlorotUniform(seed=1_000_000 * which + seed)(weight.shape))
        elif weight.name == "bias":
            weight.assign(np.zeros(weight.shape, np.float32))


class Explainer:
    """One network, explained; safe to use from many threads.

    It differentiates logits, never probabilities. What it needs is compiled when it is first asked for: by
    TensorFlow alone, for XLA takes seconds to compile them and then runs them hardly faster.
    """

    def __init__(self, opened: Opened) -> None:
        """Remember the network.

        Raises:
            UnopenableError: It gives no classes.
        """
        self._opened = opened
        self._classes = opened.graph.head.classes
        self._compiling = threading.Lock()
        self._compiled: dict[str, Compiled] = {}

    def logits(self, images: Floats) -> Floats:
        """Return the logits, (n, classes), of images, (n, rows, columns, channels)."""
        logits = self._function("logits", self._passing)
        parts = [logits(images[start : start + BATCH]).numpy() for start in range(0, len(images), BATCH)]
        return np.concatenate([*parts, np.zeros((0, self._classes), np.float32)])

    def leads(self, images: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return the logits, (n, classes), of images, and where a class gains on all others.

        The second is the gradient, (n, rows, columns, channels), of the logit of each one's class, (n,),
        minus the largest other one.
        """
        logits, gradients = self._function("leads", self._leading)(images, targets)
        return logits.numpy(), gradients.numpy()

    def explain(self, image: Floats, question: Question, empty: float = 0.0) -> Explanation:
        """Return what a method says of an image.

        Args:
            image: (rows, columns, channels), as networks are fed of it.
            question: What is asked.
            empty: What they are fed where nothing is shown.

        Raises:
            KeyError: Grad-CAM is asked for a layer that there is not.
        """
        if question.method == "integrated":
            return self._integrated(image, question, empty)
        if question.method == "occlusion":
            return Explanation(self._occlusion(image, question, empty))
        if question.method == "gradcam":
            name = question.layer or ""
            self._opened.graph.node(name)  # or there is none
            grad_cam = self._function(f"gradcam {name}", lambda: self._grad_cam(name))
            return Explanation(grad_cam(image[np.newaxis], question.signs(self._classes)).numpy())
        return Explanation(self._gradients(image[np.newaxis], question)[0].sum(axis=-1))

    def _gradients(self, images: Floats, question: Question) -> Floats:
        """Return the gradient of the score at each of the images, (n, rows, columns, channels)."""
        gradients = self._function("gradient", self._gradient)
        found: Floats = gradients(images, question.signs(self._classes)).numpy()
        return found

    def _integrated(self, image: Floats, question: Question, empty: float) -> Explanation:
        """Take the mean gradient over the middles of even steps; three times as many until it is complete."""
        score, baseline = question.score(self.logits(np.stack([image, np.full_like(image, empty)])))
        shown = image - np.float32(empty)
        steps, middles = BATCH, _middles(BATCH)
        total = np.zeros(image.shape, np.float64)
        while True:
            for start in range(0, len(middles), BATCH):
                share = middles[start : start + BATCH, np.newaxis, np.newaxis, np.newaxis]
                way = shown * share + np.float32(empty)
                total += self._gradients(way, question).sum(axis=0, dtype=np.float64)
            values = shown * total / steps
            residual = abs(float(values.sum() - (score - baseline)))
            if residual <= COMPLETE * abs(score - baseline) or steps == MOST:
                return Explanation(values.sum(axis=-1).astype(np.float32), residual)
            steps *= 3
            middles = np.delete(_middles(steps), np.s_[1::3])  # every third one was taken already

    def _occlusion(self, image: Floats, question: Question, empty: float) -> Floats:
        images, middles = occluded(image, empty)
        scores = question.score(self.logits(np.concatenate([image[np.newaxis], images])))
        values = np.zeros(image.shape[:2], np.float32)
        values[tuple(middles.T)] = scores[0] - scores[1:]
        return values

    def _function(self, name: str, make: Callable[[], Compiled]) -> Compiled:
        """Return a compiled function; whoever comes first makes it, others wait."""
        with self._compiling:
            if name not in self._compiled:
                self._compiled[name] = make()
            return self._compiled[name]

    def _logits(self, values: tf.Tensor) -> tf.Tensor:
        return self._opened.logits({IMAGE: values})

    def _passing(self) -> Compiled:
        signature = self._signature(None)[:1]
        return tf.function(self._logits, input_signature=signature, autograph=False)

    def _gradient(self) -> Compiled:
        def gradient(images: tf.Tensor, signs: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(images)
                score = tf.reduce_sum(self._logits(images) * signs)
            return tape.gradient(score, images)

        return tf.function(gradient, input_signature=self._signature(None), autograph=False)

    def _leading(self) -> Compiled:
        def leading(images: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            chosen = tf.one_hot(targets, self._classes)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(images)
                logits = self._logits(images)
                others = tf.where(chosen == 1, tf.constant(-np.inf, tf.float32), logits)
                score = tf.reduce_sum(logits * chosen) - tf.reduce_sum(tf.reduce_max(others, axis=1))
            return logits, tape.gradient(score, images)

        signature = [
            tf.TensorSpec((None, *self._opened.graph.image), tf.float32),
            tf.TensorSpec((None,), tf.int32),
        ]
        return tf.function(leading, input_signature=signature, autograph=False)

    def _grad_cam(self, name: str) -> Compiled:
        def grad_cam(image: tf.Tensor, signs: tf.Tensor) -> tf.Tensor:
            known = self._opened.needed_behind(image, name)
            maps = known[name]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(maps)
                score = tf.reduce_sum(self._opened.logits(known) * signs)
            weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
            return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))[0]

        return tf.function(grad_cam, input_signature=self._signature(1), autograph=False)

    def _signature(self, digits: int | None) -> list[tf.TensorSpec]:
        images = tf.TensorSpec((digits, *self._opened.graph.image), tf.float32)
        return [images, tf.TensorSpec((self._classes,), tf.float32)]


def _middles(steps: int) -> NDArray[np.float32]:
    """Return the middles of even steps from 0 to 1."""
    return ((np.arange(steps) + 0.5) / steps).astype(np.float32)
