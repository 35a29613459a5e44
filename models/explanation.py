"""Which pixels of a digit speak for an answer: what is asked, what is found, and whether that is any good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.description import Layer, Sight
from models.forward_pass import Floats
from models.mnist import SIDE

SQUARE = 5  # pixels, side of what occlusion sets to black; odd, so that it has a middle
COMPLETE = 0.01  # share of the difference that integrated gradients may miss
STEPS = 20  # of a deletion, from the whole digit to none of its ink
ORDERS = 5  # random ones that a deletion is compared with
SEED = 7  # of the random orders and of the random weights


@dataclass(frozen=True)
class Method:
    """One way to explain an answer.

    Attributes:
        title: What a person reads.
        definition: What a pixel's number is, in one sentence.
        source: Who defined it.
    """

    title: str
    definition: str
    source: str


# fmt: off
METHODS: Mapping[str, Method] = MappingProxyType({
    "gradient": Method(
        "Gradient", "By how much the logit rises per unit of ink that the pixel gains: its derivative.",
        "Simonyan, Vedaldi & Zisserman (2013), doi:10.48550/arXiv.1312.6034"),
    "integrated": Method(
        "Integrated gradients",
        "The pixel's ink times the mean gradient on the straight way from a black picture to the digit; "
        "all pixels add up to what the digit adds to the logit.",
        "Sundararajan, Taly & Yan (2017), doi:10.48550/arXiv.1703.01365"),
    "occlusion": Method(
        "Occlusion",
        f"How far the logit drops when the {SQUARE}×{SQUARE} pixels around the pixel are set to black.",
        "Zeiler & Fergus (2014), doi:10.1007/978-3-319-10590-1_53"),
    "gradcam": Method(
        "Grad-CAM",
        "The maps of a convolution after activation, each times the mean of the logit's derivatives over it, "
        "summed; what is below zero is zero.",
        "Selvaraju et al. (2017), doi:10.1109/ICCV.2017.74"),
})
# fmt: on


@dataclass(frozen=True)
class Question:
    """What is to be explained: a logit, or its lead over another.

    Attributes:
        method: Of one of `METHODS`.
        target: The class.
        against: Another class whose logit is subtracted: why a and not b.
        layer: The convolution that Grad-CAM looks at, None for other methods.
    """

    method: str
    target: int
    against: int | None = None
    layer: str | None = None

    def signs(self, classes: int) -> Floats:
        """Return what each logit is multiplied with, (classes,): their sum is the score that is explained."""
        signs = np.zeros(classes, np.float32)
        signs[self.target] += 1
        if self.against is not None:
            signs[self.against] -= 1
        return signs

    def score(self, logits: Floats) -> NDArray[np.float64]:
        """Return the score of logits, (..., classes)."""
        return np.asarray(logits.astype(np.float64) @ self.signs(logits.shape[-1]), np.float64)


@dataclass(frozen=True)
class Explanation:
    """What one method says.

    Attributes:
        values: (28, 28) float32, above zero for what speaks for the answer; of Grad-CAM (rows, columns) of
            its layer, never below zero.
        residual: Of integrated gradients, how far the sum of the values is from what the digit adds to the
            score of a black picture; None for other methods.
    """

    values: Floats
    residual: float | None = None


@dataclass(frozen=True)
class Deletion:
    """What becomes of a score while the digit's ink is set to black, pixel by pixel.

    Attributes:
        scores: (steps + 1,), the most important pixels first, from the whole digit to a black picture.
        random: (orders, steps + 1), the same in random orders.
    """

    scores: NDArray[np.float64]
    random: NDArray[np.float64]


def convolutions(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers that Grad-CAM can look at: none of a fully connected network."""
    return tuple(layer for layer in layers if layer.kind == "Conv2D")


def occluded(digit: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return digits with one square each set to black, (n, 28, 28, 1), and the squares' middles, (n, 2).

    Squares reach over the border. Those that hold no ink change nothing and are left out.
    """
    reach = SQUARE // 2
    padded = np.pad(digit[..., 0] != 0, reach)
    middles = np.argwhere(np.lib.stride_tricks.sliding_window_view(padded, (SQUARE, SQUARE)).any(axis=(2, 3)))
    digits = np.repeat(digit[np.newaxis], len(middles), axis=0)
    for changed, (row, column) in zip(digits, middles, strict=True):
        changed[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = 0
    return digits, middles


def deleted(digit: Floats, importance: Floats) -> Floats:
    """Return a digit with more and more of its ink set to black, (STEPS + 1, 28, 28, 1), the whole one first.

    Args:
        digit: (28, 28, 1) in [0, 1].
        importance: (28, 28), of each pixel; the largest goes first. Only pixels that are not black count.
    """
    ink = np.flatnonzero(digit)
    order = ink[np.argsort(-importance.reshape(-1)[ink], kind="stable")]
    digits = np.repeat(digit[np.newaxis], STEPS + 1, axis=0)
    for step, pixels in enumerate(digits.reshape(STEPS + 1, -1)):
        pixels[order[: round(step * len(order) / STEPS)]] = 0
    return digits


def deletion(score: Callable[[Floats], NDArray[np.float64]], digit: Floats, importance: Floats) -> Deletion:
    """Return what becomes of a score, most important ink first, and in seeded random orders.

    Args:
        score: From digits, (n, 28, 28, 1), to (n,).
        digit: (28, 28, 1) in [0, 1].
        importance: (28, 28), of each pixel.

    Source: Petsiuk, Das & Saenko (2018), doi:10.48550/arXiv.1806.07421; here over the ink alone.
    """
    orders = np.random.default_rng(SEED).random((ORDERS, SIDE, SIDE), np.float32)
    digits = [deleted(digit, order) for order in (importance, *orders)]
    scores = score(np.concatenate(digits)).reshape(1 + ORDERS, STEPS + 1)
    return Deletion(scores[0], scores[1:])


def on_pixels(values: Floats, sight: Sight) -> Floats:
    """Return a map over the digit, (28, 28): each pixel has the value of the cell whose middle is nearest."""
    pixels = np.arange(SIDE)[:, np.newaxis]
    nearest = [
        np.abs(axis.start + axis.step * np.arange(length) + (axis.size - 1) / 2 - pixels).argmin(axis=1)
        for axis, length in zip(sight, values.shape, strict=True)
    ]
    return values[np.ix_(*nearest)]
