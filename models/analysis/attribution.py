"""Which pixels of an image speak for an answer: what is asked, what is found, and whether it is any good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.graph.graph import Sight

SQUARE = 5  # pixels, side of what occlusion sets to black; odd, so that it has a middle
COMPLETE = 0.01  # share of the difference that integrated gradients may miss
STEPS = 20  # of a deletion, from the whole image to none of its ink
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
        "The pixel's ink times the mean gradient on the straight way from a black picture to the image; "
        "all pixels add up to what the image adds to the logit.",
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
        values: (rows, columns) float32 of the image, its channels added up, above zero for what speaks for
            the answer; of Grad-CAM of its layer, never below zero.
        residual: Of integrated gradients, how far the sum of the values is from what the image adds to the
            score of an empty one; None for other methods.
    """

    values: Floats
    residual: float | None = None


@dataclass(frozen=True)
class Deletion:
    """What becomes of a score while an image is emptied, pixel by pixel, in one order or another.

    An explanation is worth something where its order lowers the score further than orders do that cannot know
    what the network uses. A curve is summed up by its mean over the way. How much means differ for no reason
    is seen on the random orders: what is lower by no more than their standard deviation is not called lower.

    Attributes:
        scores: (steps + 1,), the most important pixels first, from the whole image to an empty one.
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


def occluded(image: Floats, empty: float = 0.0) -> tuple[Floats, NDArray[np.intp]]:
    """Return images with one square each emptied, (n, rows, columns, channels), and its middle, (n, 2).

    Squares reach over the border. Those that show nothing change nothing and are left out.

    Args:
        image: (rows, columns, channels), as networks are fed of it.
        empty: What they are fed where nothing is shown.
    """
    reach = SQUARE // 2
    padded = np.pad((image != empty).any(axis=-1), reach)
    middles = np.argwhere(np.lib.stride_tricks.sliding_window_view(padded, (SQUARE, SQUARE)).any(axis=(2, 3)))
    images = np.repeat(image[np.newaxis], len(middles), axis=0)
    for changed, (row, column) in zip(images, middles, strict=True):
        changed[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = empty
    return images, middles


def blind(image: Floats, empty: float = 0.0) -> dict[str, Floats]:
    """Return how important each pixel of an image is to every order of `BLIND`: (rows, columns) each.

    That is how far it is from empty, the same in the square around it, and how near it is to the middle of
    the picture and to each of its sides.

    Args:
        image: (rows, columns, channels), as networks are fed of it.
        empty: What they are fed where nothing is shown.
    """
    ink = np.abs(image - np.float32(empty)).sum(axis=-1)
    squares = np.lib.stride_tricks.sliding_window_view(np.pad(ink, SQUARE // 2), (SQUARE, SQUARE))
    rows, columns = (np.arange(side, dtype=np.float32) - (side - 1) / 2 for side in ink.shape)
    nearness = -(rows[:, np.newaxis] ** 2 + columns**2)
    down, right = np.broadcast_arrays(rows[:, np.newaxis], columns)
    orders = (ink, squares.sum(axis=(2, 3)), nearness, -down, down, -right, right)
    return dict(zip(BLIND, orders, strict=True))


def deleted(image: Floats, importance: Floats, empty: float = 0.0) -> Floats:
    """Return an image of which more and more is taken away, (STEPS + 1, …), the whole one first.

    Args:
        image: (rows, columns, channels), as networks are fed of it.
        importance: (rows, columns), of each pixel; the largest goes first. Only pixels that are not empty
            count. Equals go in a random order, always the same: row by row they would go from the top, which
            is an order of its own.
        empty: What networks are fed where nothing is shown.
    """
    pixels = image.reshape(-1, image.shape[-1])
    shown = np.flatnonzero((pixels != empty).any(axis=-1))
    drawn = np.random.default_rng(SEED).random(len(pixels))
    order = shown[np.lexsort((drawn[shown], -importance.reshape(-1)[shown]))]
    images = np.repeat(image[np.newaxis], STEPS + 1, axis=0)
    for step, left in enumerate(images.reshape(STEPS + 1, *pixels.shape)):
        left[order[: round(step * len(order) / STEPS)]] = empty
    return images


def deletion(
    score: Callable[[Floats], Doubles],
    image: Floats,
    importance: Floats,
    untrained: Floats,
    empty: float = 0.0,
) -> Deletion:
    """Return what becomes of a score, most important pixels first, and in the orders it is compared with.

    Args:
        score: From inputs, (n, rows, columns, channels), to (n,).
        image: (rows, columns, channels), as networks are fed of it.
        importance: (rows, columns), of each pixel.
        untrained: The same by the same method, of the same network with random weights.
        empty: What networks are fed where nothing is shown.

    Source: Petsiuk, Das & Saenko (2018), doi:10.48550/arXiv.1806.07421; here over what is shown.
        Compared with untrained weights as in Adebayo et al. (2018), doi:10.48550/arXiv.1810.03292.
    """
    rivals = {**blind(image, empty), UNTRAINED: untrained}
    seed = (SEED, ORDERS)  # another one than among equals
    random = np.random.default_rng(seed).random((ORDERS, *image.shape[:2]), np.float32)
    orders = (importance, *rivals.values(), *random)
    images = np.concatenate([deleted(image, order, empty) for order in orders])
    curves = _scored_once(score, images).reshape(-1, STEPS + 1)
    named = dict(zip(rivals, curves[1:], strict=False))
    return Deletion(curves[0], named, curves[1 + len(rivals) :])


def _scored_once(score: Callable[[Floats], Doubles], images: Floats) -> Doubles:
    """Return the scores of images, of equal ones the very same: two runs may differ in the last bits."""
    places: dict[bytes, int] = {}
    of = [places.setdefault(image.tobytes(), len(places)) for image in images]
    _, firsts = np.unique(of, return_index=True)
    return score(images[firsts])[of]


def on_pixels(values: Floats, sight: Sight, sides: tuple[int, int]) -> Floats:
    """Return a map over an image of these rows and columns: each pixel has the value of the nearest cell."""
    nearest = [
        np.abs(
            axis.start + axis.step * np.arange(length) + (axis.size - 1) / 2 - np.arange(side)[:, np.newaxis]
        ).argmin(axis=1)
        for axis, length, side in zip(sight, values.shape, sides, strict=True)
    ]
    return values[np.ix_(*nearest)]
