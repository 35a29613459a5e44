"""The smallest change of a digit that makes a network say another class: an adversarial example.

Gradient steps on a sphere around the digit, which grows until the network says the class and shrinks while it
does: Rony, Hafemann, Oliveira, Ben Ayed, Sabourin & Granger (2019), Decoupling Direction and Norm,
doi:10.48550/arXiv.1811.09600. Then some from the nearest digit found, each to where a linear network would
change its answer, drawn towards the digit at hand: Croce & Hein (2020), Fast Adaptive Boundary Attack,
doi:10.48550/arXiv.1907.02044. What they find is near, not proven to be the nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, inf, pi

import numpy as np
from numpy.typing import NDArray

from models.digits import prepare
from models.forward_pass import Floats
from models.mnist import SIDE

SPHERES = 34  # steps that seek the class
BORDERS = 14  # steps that come nearer to the digit
STEPS = SPHERES + BORDERS
DEFINITION = (
    "The nearest picture in 256 levels of grey that the network takes for the class, by the root of all "
    f"squared differences, as far as {STEPS} steps along the gradient of the class's lead find it."
)
SOURCE = (
    "Rony et al. (2019), doi:10.48550/arXiv.1811.09600; the last steps as Croce & Hein (2020), "
    "doi:10.48550/arXiv.1907.02044"
)
MARGIN = 0.05  # by which the logit of the class is ahead of all others
WHITE = 255  # levels of grey above black
LARGEST = 2.0  # radius of the first sphere, at most
TURN = (0.5, 0.005)  # of the radius, a step along the gradient: of the first sphere and of the last
GROWTH = 0.2  # of the radius, until the class is found
CHANGE = 0.1  # of the radius then, at most
PULL = (0.1, 0.03)  # share of the way back to the digit, of the first and the last border
ROUNDS = 30  # in which what rounding has undone is mended
FURTHER = 0.01  # of a logit, that each of them goes further than the one before
LEAST = 0.25  # of one level's square, that a level is said to cost where it lessens the distance

Doubles = NDArray[np.float64]
Lead = Callable[[Floats, int], tuple[Floats, Floats]]
Logits = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Distance:
    """How far a picture is from a digit.

    Attributes:
        l2: Root of the sum of all squared differences, white is 1 and black 0.
        linf: Largest difference of a pixel, likewise.
        pixels: How many differ by more than half of one of 255 levels.
    """

    l2: float
    linf: float
    pixels: int

    @classmethod
    def between(cls, digit: Floats, pixels: NDArray[np.uint8]) -> Distance:
        """Return that from a digit, (28, 28, 1) in [0, 1], to a picture, (28, 28), 255 is white."""
        change = np.abs(pixels / WHITE - digit[..., 0].astype(np.float64))
        return cls(float(np.linalg.norm(change)), float(change.max()), int((change > 0.5 / WHITE).sum()))


@dataclass(frozen=True)
class Adversary:
    """A digit that a network takes for another class, and how it was found.

    Attributes:
        before: What the network says of the digit at hand.
        target: What it says of this one, by at least `MARGIN`.
        pixels: (28, 28) uint8, 255 is white: as it is fed.
        way: (steps, 28, 28) uint8, the digits that were looked at, the one at hand first, rounded.
        logits: (steps, classes), of these, not rounded.
        distances: (steps,), L2 of these to the digit at hand, not rounded.
    """

    before: int
    target: int
    pixels: NDArray[np.uint8]
    way: NDArray[np.uint8]
    logits: Floats
    distances: Doubles


def find(lead: Lead, logits: Logits, digit: Floats, target: int) -> Adversary | None:
    """Return a digit near this one, in 255 levels, that a network takes for a class; None if none is found.

    Args:
        lead: From a digit, (28, 28, 1), and a class to the logits and to the gradient of that class's lead.
        logits: From a digit to the logits by which the network answers: these decide.
        digit: (28, 28, 1) in [0, 1].
        target: The class.

    Raises:
        ValueError: It is what the network says already.
    """
    before = int(logits(digit).argmax())
    if before == target:
        raise ValueError(f"The answer is {target} already.")
    search = _Search(lead, digit, target)
    search.follow_spheres()
    search.follow_borders()
    pixels = search.rounded(logits)
    if pixels is None:
        return None
    way = np.stack(search.way)
    return Adversary(
        before,
        target,
        pixels,
        _levels(way).reshape(-1, SIDE, SIDE),
        np.stack(search.logits),
        np.linalg.norm(way - way[0], axis=1),
    )


def nearest(start: Doubles, normal: Doubles, offset: float) -> Doubles:
    """Return the point of [0, 1]ⁿ nearest to a start in it with normal · point ≥ offset.

    It is start + factor · normal, cut to [0, 1]: what that gains rises with the factor, in straight pieces
    from one coordinate that is cut to the next. Where no point is far enough the furthest is returned.
    """
    room = np.where(normal > 0, 1 - start, start)
    moving = (normal != 0) & (room > 0)
    ends = room[moving] / np.abs(normal[moving])
    order = np.argsort(ends)
    factors = np.concatenate([[0], ends[order]])
    slopes = np.cumsum(normal[moving][order][::-1] ** 2)[::-1]
    gains = np.concatenate([[0], np.cumsum(np.diff(factors) * slopes)])
    factor = np.interp(offset - normal @ start, gains, factors)
    return np.asarray(np.clip(start + factor * normal, 0, 1))


def ahead(logits: Floats, target: int) -> float:
    """Return by how much the logit of a class is ahead of the largest other one."""
    return float(logits[target] - np.delete(logits, target).max())


class _Search:
    """Digits as rows of 784 numbers around one of them; the nearest that was found."""

    def __init__(self, lead: Lead, digit: Floats, target: int) -> None:
        self.digit = digit.reshape(-1).astype(np.float64)
        self.way: list[Doubles] = []
        self.logits: list[Floats] = []
        self._lead, self._target = lead, target
        self._found: tuple[Doubles, float, Doubles] | None = None  # digit, lead, gradient
        self._nearest = inf

    def follow_spheres(self) -> None:
        """Step along the gradient, then back onto a sphere: a larger one until the class is found."""
        here, radius = self.digit, 0.0
        for step in range(SPHERES):
            found = self._found is not None
            lead, gradient = self._look(here)
            steepness = float(np.linalg.norm(gradient))
            if steepness == 0:
                return
            calm = (1 + cos(pi * step / SPHERES)) / 2  # from 1 to 0
            if step == 0:
                radius = min((MARGIN - lead) / steepness, LARGEST)
            elif lead >= MARGIN:
                radius *= 1 - CHANGE * (0.2 + 0.8 * calm)
            else:
                radius *= 1 + (CHANGE * (0.2 + 0.8 * calm) if found else GROWTH)
            turn = radius * (TURN[1] + (TURN[0] - TURN[1]) * calm)
            change = here - self.digit + turn * gradient / steepness
            here = np.clip(self.digit + radius * change / np.linalg.norm(change), 0, 1)

    def follow_borders(self) -> None:
        """Go on from the nearest digit found: to where a linear network would change its answer."""
        if self._found is None:
            return
        here, lead, gradient = self._found
        for pull in np.geomspace(*PULL, BORDERS):
            offset = MARGIN - lead + float(gradient @ here)
            ours, theirs = nearest(here, gradient, offset), nearest(self.digit, gradient, offset)
            here = ours + pull * (theirs - ours)
            lead, gradient = self._look(here)

    def rounded(self, logits: Logits) -> NDArray[np.uint8] | None:
        """Return the nearest digit found, in levels, with a level more or less until the answer is the class.

        That goes where the gradient gains most for what it adds to the squared distance, a little further
        each time, for while one class is caught up with another may get ahead. None where it does not help.
        """
        if self._found is None:
            return None
        levels = np.rint(WHITE * self._found[0])
        for tried in range(ROUNDS):
            pixels = levels.astype(np.uint8).reshape(SIDE, SIDE)
            lacking = MARGIN - ahead(logits(prepare(pixels)), self._target)
            if lacking <= 0:
                return pixels
            _, gradient = self._lead(prepare(pixels), self._target)
            levels = self._raised(levels, gradient.reshape(-1).astype(np.float64), lacking + FURTHER * tried)
        return None

    def _raised(self, levels: Doubles, gradient: Doubles, lacking: float) -> Doubles:
        """Return levels, some by one more or less, so that the class gains this much, were all linear."""
        up = np.sign(gradient)
        gain = np.where((levels + up >= 0) & (levels + up <= WHITE), np.abs(gradient) / WHITE, 0)
        cost = np.maximum(1 + 2 * up * (levels - WHITE * self.digit), LEAST)
        order = np.argsort(-gain / cost)
        enough = order[: 1 + int(np.searchsorted(np.cumsum(gain[order]), lacking))]
        raised = levels.copy()
        raised[enough] += np.where(gain[enough] > 0, up[enough], 0)
        return raised

    def _look(self, here: Doubles) -> tuple[float, Doubles]:
        """Return the lead of the class and its gradient; remember the step, and the digit if it is nearer."""
        logits, slope = self._lead(here.reshape(SIDE, SIDE, 1).astype(np.float32), self._target)
        lead, gradient = ahead(logits, self._target), slope.reshape(-1).astype(np.float64)
        self.way.append(here)
        self.logits.append(logits)
        distance = float(np.linalg.norm(here - self.digit))
        if lead >= MARGIN and distance < self._nearest:
            self._found, self._nearest = (here, lead, gradient), distance
        return lead, gradient


def _levels(digits: Doubles) -> NDArray[np.uint8]:
    return np.asarray(np.rint(WHITE * np.clip(digits, 0, 1)), np.uint8)
