"""The four explanations of an answer, computed on the layers that the probe opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.analysis.attribution import COMPLETE, SEED, Explanation, Question, occluded
from models.arrays import Floats
from models.datasets.mnist import SIDE
from models.engine.probe import Link, through
from models.graph.description import Layer

BATCH = 32  # digits that run at once, and steps of integrated gradients before more are taken
MOST = 27 * BATCH  # steps of integrated gradients
IMAGE = (SIDE, SIDE, 1)

Compiled: TypeAlias = tf.types.experimental.PolymorphicFunction


def randomised(chained: Sequence[Link], seed: int = SEED) -> list[Link]:
    """Return the same layers with weights as before a training: Glorot's, of one seed; biases are zero.

    Source: Adebayo et al. (2018), Sanity Checks for Saliency Maps, doi:10.48550/arXiv.1810.03292.
    """
    tensor = keras.Input(IMAGE)
    made = []
    for place, (linear, activation) in enumerate(chained):
        fresh = type(linear).from_config(linear.get_config())
        _, tensor = through((fresh, activation), tensor)
        if hasattr(fresh, "kernel"):
            shape = fresh.kernel.shape
            drawn = keras.initializers.GlorotUniform(seed=1_000 * seed + place)(shape).numpy()
            zeros = [np.zeros(shape[-1:], np.float32)] * (len(fresh.weights) - 1)
            fresh.set_weights([drawn, *zeros])
        made.append((fresh, activation))
    return made


class Explainer:
    """One network, explained; safe to use from many threads.

    It differentiates logits, never probabilities. What it needs is compiled when it is first asked for: by
    TensorFlow alone, for XLA takes seconds to compile them and then runs them hardly faster.
    """

    def __init__(self, chained: Sequence[Link], layers: tuple[Layer, ...]) -> None:
        """Remember the network.

        Args:
            chained: Its layers, as `links` gives them.
            layers: Their descriptions, in the same order.
        """
        self._chained = chained
        self._places = {layer.name: place for place, layer in enumerate(layers)}
        self._classes = layers[-1].channels
        self._compiling = threading.Lock()
        self._compiled: dict[str, Compiled] = {}

    def logits(self, digits: Floats) -> Floats:
        """Return the logits, (n, classes), of digits, (n, 28, 28, 1) in [0, 1]."""
        logits = self._function("logits", self._passing)
        parts = [logits(digits[start : start + BATCH]).numpy() for start in range(0, len(digits), BATCH)]
        return np.concatenate([*parts, np.zeros((0, self._classes), np.float32)])

    def leads(self, digits: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return the logits, (n, classes), of digits, (n, 28, 28, 1), and where a class gains on all others.

        The second is the gradient, (n, 28, 28, 1), of the logit of each one's class, (n,), minus the largest
        other one.
        """
        logits, gradients = self._function("leads", self._leading)(digits, targets)
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
            place = self._places[name]
            grad_cam = self._function(f"gradcam {name}", lambda: self._grad_cam(place))
            return Explanation(grad_cam(image[np.newaxis], question.signs(self._classes)).numpy())
        return Explanation(self._gradients(image[np.newaxis], question)[0].sum(axis=-1))

    def _gradients(self, digits: Floats, question: Question) -> Floats:
        """Return the gradient of the score at each of the digits, (n, 28, 28, 1)."""
        gradients = self._function("gradient", self._gradient)
        found: Floats = gradients(digits, question.signs(self._classes)).numpy()
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

    def _logits(self, values: tf.Tensor, first: int = 0) -> tf.Tensor:
        """Return the logits of what the layer at `first` reads."""
        before = values
        for link in self._chained[first:]:
            before, values = through(link, values)
        return before

    def _passing(self) -> Compiled:
        signature = self._signature(None)[:1]
        return tf.function(self._logits, input_signature=signature, autograph=False)

    def _gradient(self) -> Compiled:
        def gradient(digits: tf.Tensor, signs: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(digits)
                score = tf.reduce_sum(self._logits(digits) * signs)
            return tape.gradient(score, digits)

        return tf.function(gradient, input_signature=self._signature(None), autograph=False)

    def _leading(self) -> Compiled:
        def leading(digits: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            chosen = tf.one_hot(targets, self._classes)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(digits)
                logits = self._logits(digits)
                others = tf.where(chosen == 1, tf.constant(-np.inf, tf.float32), logits)
                score = tf.reduce_sum(logits * chosen) - tf.reduce_sum(tf.reduce_max(others, axis=1))
            return logits, tape.gradient(score, digits)

        signature = [tf.TensorSpec((None, *IMAGE), tf.float32), tf.TensorSpec((None,), tf.int32)]
        return tf.function(leading, input_signature=signature, autograph=False)

    def _grad_cam(self, place: int) -> Compiled:
        def grad_cam(digit: tf.Tensor, signs: tf.Tensor) -> tf.Tensor:
            maps = digit
            for link in self._chained[: place + 1]:
                _, maps = through(link, maps)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(maps)
                score = tf.reduce_sum(self._logits(maps, place + 1) * signs)
            weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
            return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))[0]

        return tf.function(grad_cam, input_signature=self._signature(1), autograph=False)

    def _signature(self, digits: int | None) -> list[tf.TensorSpec]:
        return [tf.TensorSpec((digits, *IMAGE), tf.float32), tf.TensorSpec((self._classes,), tf.float32)]


def _middles(steps: int) -> NDArray[np.float32]:
    """Return the middles of even steps from 0 to 1."""
    return ((np.arange(steps) + 0.5) / steps).astype(np.float32)
