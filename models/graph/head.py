"""What a network's last numbers mean: probabilities of classes, or logits that become such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from models.arrays import Floats
from models.graph.node import Node
from models.graph.refusal import UnopenableError

Meaning: TypeAlias = Literal["softmax", "sigmoid", "sigmoids", "logits"]
BY_ACTIVATION: dict[str | None, Meaning] = {
    "softmax": "softmax",
    "sigmoid": "sigmoids",
    None: "logits",
}
REGRESSION = {  # what a network is trained by that says how far off a number is
    *("mse", "mae", "mape", "msle", "huber", "huber_loss", "log_cosh", "logcosh", "cosine_similarity"),
    *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"),
    *("mean_squared_logarithmic_error", "tversky", "poisson"),
}
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")  # losses of sigmoids, also of their logits


@dataclass(frozen=True)
class Head:
    """How answers are read from a network's last layer.

    Attributes:
        node: Name of the layer that gives logits before its activation.
        meaning: "softmax": its units share a whole of 1. "sigmoid": one unit, whose sigmoid is that of
            the second of two classes. "sigmoids": several, each that of its class by itself.
            "logits": it has no activation; probabilities are the softmax of what it gives.
        classes: How many there are.
    """

    node: str
    meaning: Meaning
    classes: int

    @property
    def note(self) -> str | None:
        """What has to be said of its probabilities, in a sentence; None where nothing is special."""
        return {
            "softmax": None,
            "sigmoid": "It has one unit: its sigmoid is the probability of the second class.",
            "sigmoids": "Every class has a probability by itself, a sigmoid; together they need not be 1.",
            "logits": "It ends without an activation: probabilities are the softmax of its last values.",
        }[self.meaning]

    def logits(self, before: Floats) -> Floats:
        """Return one logit per class, (…, classes), of the last values before activation, (…, units).

        Of a single sigmoid unit the first class has the logit 0: the softmax of both is the sigmoid of it.
        """
        if self.meaning == "sigmoid":
            return np.concatenate([np.zeros_like(before), before], axis=-1)
        return before

    def probabilities(self, before: Floats) -> Floats:
        """Return the probability of each class, (…, classes), of values before activation, (…, units)."""
        if self.meaning == "sigmoids":
            return np.asarray(0.5 * (1 + np.tanh(before.astype(np.float64) / 2)), np.float32)
        exact = self.logits(before).astype(np.float64)
        exponentials = np.exp(exact - exact.max(axis=-1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), np.float32)


def head_of(last: Node, loss: str | None = None) -> Head:
    """Return what a network's last layer means.

    Args:
        last: That computes something: dropout and what only reshapes is passed over.
        loss: What the network was compiled with, by name, None if that is not known.

    Raises:
        UnopenableError: It gives no classes; the sentence says why.
    """
    units = last.output_shape[-1]
    if any(side != 1 for side in last.output_shape[:-1]):
        raise UnopenableError(
            f"its last layer, {last.name!r}, gives {last.output_shape}, and a classifier gives one number "
            "per class: ConvLens opens classifiers alone"
        )
    if last.activation not in BY_ACTIVATION:
        raise UnopenableError(
            f"its last layer, {last.name!r}, ends in {last.activation}, which gives no probabilities: "
            "ConvLens reads softmax, sigmoid, or logits without an activation"
        )
    meaning = BY_ACTIVATION[last.activation]
    if meaning == "logits" and loss in BINARY:
        meaning = "sigmoids"
    if meaning == "logits" and (units == 1 or loss in REGRESSION):
        why = f"was trained by {loss}" if loss in REGRESSION else "is a single number without a sigmoid"
        raise UnopenableError(
            f"its answer {why}: that is a regression, which has no classes, and ConvLens "
            "opens classifiers alone"
        )
    if meaning == "softmax" and units == 1:
        raise UnopenableError(
            f"its last layer, {last.name!r}, is a softmax of one unit, which is always 1: give it a sigmoid"
        )
    if meaning == "sigmoids" and units == 1:
        return Head(last.name, "sigmoid", 2)
    return Head(last.name, meaning, units)
