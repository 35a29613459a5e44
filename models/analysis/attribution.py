"""Which pixels of a digit speak for an answer: what is asked, what is found, and whether that is any good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.mnist import SIDE
from models.graph.description import Layer
from models.graph.graph import Sight

SQUARE = 5  # pixels, side of what occlusion sets to black; odd, so that it has a middle
COMPLETE = 0.01  # share of the difference that integrated gradients may miss
STEPS = 20  # of a deletion, from the whole digit to none of its ink
ORDERS = 19  # random ones that a deletion is compared with: to be lower than all of them has chance 1 in 20
SEED = 7  # of the random orders, of what is drawn among equals, and of the random weights
SIDES = ("top", "bottom", "left", "right")
BLIND = ("brightest", "thickest", "middle", *SIDES)  # orders of ink that know nothing of a network
UNTRAINED = "untrained"  # the order of the same method on the same network with random weights

Doubles: TypeAlias = NDArray[np.float64]


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

    def score(self, logits: Floats) -> Doubles:
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
    """What becomes of a score while the digit's ink is set to black, pixel by pixel, in one order or another.

    An explanation is worth something where its order lowers the score further than orders do that cannot know
    what the network uses. A curve is summed up by its mean over the way. How much means differ for no reason
    is seen on the random orders: what is lower by no more than their standard deviation is not called lower.

    Attributes:
        scores: (steps + 1,), the most important pixels first, from the whole digit to a black picture.
        rivals: (steps + 1,) each, the same by every order of `BLIND`, and by `UNTRAINED`.
        random: (orders, steps + 1), the same in random orders.
    """

    scores: Doubles
    rivals: Mapping[str, Doubles]
    random: Doubles

    @property
    def spread(self) -> float:
        """Standard deviation of the random orders' means."""
        return float(self.random.mean(axis=1).std(ddof=1))

    @property
    def chance(self) -> float:
        """Share of orders at least as low on average, this one counted among the random ones: p."""
        as_low = self.random.mean(axis=1) <= self.scores.mean()
        return float((1 + as_low.sum()) / (1 + len(self.random)))

    @property
    def lower_than(self) -> tuple[str, ...]:
        """The rivals than which the mean is lower, by more than the spread."""
        limit = float(self.scores.mean()) + self.spread
        return tuple(name for name, curve in self.rivals.items() if limit < curve.mean())

    @property
    def passes(self) -> bool:
        """Whether it is lower than every rival, and than all random orders."""
        return len(self.lower_than) == len(self.rivals) and self.chance <= 1 / (1 + len(self.random))


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


def blind(digit: Floats) -> dict[str, Floats]:
    """Return how important each pixel of a digit, (28, 28, 1), is to every order of `BLIND`: (28, 28) each.

    That is its ink, the ink in the square around it, and how near it is to the middle of the picture and to
    each of its sides.
    """
    ink = digit[..., 0]
    squares = np.lib.stride_tricks.sliding_window_view(np.pad(ink, SQUARE // 2), (SQUARE, SQUARE))
    away = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    nearness = -(away[:, np.newaxis] ** 2 + away**2)
    down, right = np.broadcast_arrays(away[:, np.newaxis], away)
    orders = (ink, squares.sum(axis=(2, 3)), nearness, -down, down, -right, right)
    return dict(zip(BLIND, orders, strict=True))


def deleted(digit: Floats, importance: Floats) -> Floats:
    """Return a digit with more and more of its ink set to black, (STEPS + 1, 28, 28, 1), the whole one first.

    Args:
        digit: (28, 28, 1) in [0, 1].
        importance: (28, 28), of each pixel; the largest goes first. Only pixels that are not black count.
            Equals go in a random order, always the same: row by row they would go from the top, which is an
            order of its own.
    """
    ink = np.flatnonzero(digit)
    drawn = np.random.default_rng(SEED).random(digit.size)
    order = ink[np.lexsort((drawn[ink], -importance.reshape(-1)[ink]))]
    digits = np.repeat(digit[np.newaxis], STEPS + 1, axis=0)
    for step, pixels in enumerate(digits.reshape(STEPS + 1, -1)):
        pixels[order[: round(step * len(order) / STEPS)]] = 0
    return digits


def deletion(
    score: Callable[[Floats], Doubles], digit: Floats, importance: Floats, untrained: Floats
) -> Deletion:
    """Return what becomes of a score, most important ink first, and in the orders that it is compared with.

    Args:
        score: From digits, (n, 28, 28, 1), to (n,).
        digit: (28, 28, 1) in [0, 1].
        importance: (28, 28), of each pixel.
        untrained: The same by the same method, of the same network with random weights.

    Source: Petsiuk, Das & Saenko (2018), doi:10.48550/arXiv.1806.07421; here over the ink alone. Compared
        with untrained weights as in Adebayo et al. (2018), doi:10.48550/arXiv.1810.03292.
    """
    rivals = {**blind(digit), UNTRAINED: untrained}
    seed = (SEED, ORDERS)  # another one than among equals
    random = np.random.default_rng(seed).random((ORDERS, SIDE, SIDE), np.float32)
    digits = np.concatenate([deleted(digit, order) for order in (importance, *rivals.values(), *random)])
    curves = _scored_once(score, digits).reshape(-1, STEPS + 1)
    named = dict(zip(rivals, curves[1:], strict=False))
    return Deletion(curves[0], named, curves[1 + len(rivals) :])


def _scored_once(score: Callable[[Floats], Doubles], digits: Floats) -> Doubles:
    """Return the scores of digits, of equal ones the very same: two runs may differ in the last bits."""
    places: dict[bytes, int] = {}
    of = [places.setdefault(digit.tobytes(), len(places)) for digit in digits]
    _, firsts = np.unique(of, return_index=True)
    return score(digits[firsts])[of]


def on_pixels(values: Floats, sight: Sight) -> Floats:
    """Return a map over the digit, (28, 28): each pixel has the value of the cell whose middle is nearest."""
    pixels = np.arange(SIDE)[:, np.newaxis]
    nearest = [
        np.abs(axis.start + axis.step * np.arange(length) + (axis.size - 1) / 2 - pixels).argmin(axis=1)
        for axis, length in zip(sight, values.shape, strict=True)
    ]
    return values[np.ix_(*nearest)]
