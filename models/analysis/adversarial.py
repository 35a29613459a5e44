"""The smallest change of an image that makes a network say another class: an adversarial example.

It is sought for every other class, all of them side by side, so that the nearest is the nearest of all.

Gradient steps on a sphere around the image, which grows until the network says the class and shrinks while it
does: Rony, Hafemann, Oliveira, Ben Ayed, Sabourin & Granger (2019), Decoupling Direction and Norm,
doi:10.48550/arXiv.1811.09600. Then some from the nearest one found, each to where a linear network would
change its answer, drawn towards the image at hand: Croce & Hein (2020), Fast Adaptive Boundary Attack,
doi:10.48550/arXiv.1907.02044. What they find is near, not proven to be the nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from math import cos, inf, pi
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.analysis.adversary import Adversaries, Adversary, Distance, Doubles
from models.arrays import Floats
from models.datasets.dataset import WHITE, ImageSpec

SPHERES = 34  # steps that seek the class
BORDERS = 14  # steps that come nearer to the image
STEPS = SPHERES + BORDERS
DEFINITION = (
    "For each other class the nearest picture in 256 levels of grey that the network takes for it, by the "
    f"root of all squared differences, as far as {STEPS} steps along the gradient of its lead find it."
)
SOURCE = (
    "Rony et al. (2019), doi:10.48550/arXiv.1811.09600; the last steps as Croce & Hein (2020), "
    "doi:10.48550/arXiv.1907.02044"
)
MARGIN = 0.05  # by which the logit of the class is ahead of all others
LARGEST = 2.0  # radius of the first sphere, at most
TURN = (0.5, 0.005)  # of the radius, a step along the gradient: of the first sphere and of the last
GROWTH = 0.2  # of the radius, until the class is found
CHANGE = 0.1  # of the radius then, at most
PULL = (0.1, 0.03)  # share of the way back to the image, of the first and the last border
ROUNDS = 30  # in which what rounding has undone is mended
FURTHER = 0.01  # of a logit, that each of them goes further than the one before
RECIPE = f"1 {SPHERES} {BORDERS} {MARGIN:g}"  # changes whenever what is found does
LEAST = 0.25  # of one level's square, that a level is said to cost where it lessens the distance

Leads = Callable[[Floats, NDArray[np.int32]], tuple[Floats, Floats]]
Logits = Callable[[Floats], Floats]
Answer = TypeVar("Answer")
Asking = Generator[
    Doubles, tuple[Floats, Floats], Answer
]  # gives images as shares; is sent their logits and gradients


def find(leads: Leads, logits: Logits, image: Floats, spec: ImageSpec) -> Adversaries:
    """Return, for every other class, an image near this one, in 255 levels, that a network takes for it.

    Args:
        leads: From inputs, (n, rows, columns, channels), and a class for each, (n,), to their logits,
            (n, classes), and to the gradient of that class's lead, as the inputs.
        logits: From an input to the logits by which the network answers: these decide.
        image: (rows, columns, channels), as networks are fed of it.
        spec: The form of images.
    """
    said = logits(image)
    before = int(said.argmax())
    searches = {target: _Search(image, spec, target) for target in range(len(said)) if target != before}
    asking = {target: each.follow(logits) for target, each in searches.items()}
    pixels = _side_by_side(leads, spec, asking)
    found = {
        target: search.adversary(levels)
        for target, search in searches.items()
        if (levels := pixels[target]) is not None
    }
    return Adversaries(before, len(said), found)


def _side_by_side(leads: Leads, spec: ImageSpec, asking: Mapping[int, Asking[Answer]]) -> dict[int, Answer]:
    """Return what each search comes to; in every round the images of all that go on are run at once."""
    span = np.float32(spec.high - spec.low)  # of what is fed, from black to white
    answers: dict[int, Answer] = {}
    waiting = {target: next(search) for target, search in asking.items()}
    while waiting:
        targets = np.array(list(waiting), np.int32)
        shares = np.stack(list(waiting.values())).reshape(-1, *spec.shape).astype(np.float32)
        for target, logits, gradient in zip(
            targets.tolist(), *leads(spec.inputs(shares), targets), strict=True
        ):
            try:
                waiting[target] = asking[target].send((logits, span * gradient))
            except StopIteration as end:
                answers[target] = end.value
                del waiting[target]
    return answers


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
    """For one class: images as rows of shares around one of them; the nearest that was found."""

    def __init__(self, image: Floats, spec: ImageSpec, target: int) -> None:
        self.image = spec.shares(image).reshape(-1).astype(np.float64)
        self._spec = spec
        self.way: list[Doubles] = []
        self.logits: list[Floats] = []
        self._target = target
        self._found: tuple[Doubles, float, Doubles] | None = None  # image, lead, gradient
        self._nearest = inf

    def follow(self, logits: Logits) -> Asking[NDArray[np.uint8] | None]:
        """Seek, come nearer, and return what was found in levels, None if nothing was."""
        yield from self._follow_spheres()
        if self._found is None:
            return None
        yield from self._follow_borders(*self._found)
        return (yield from self._rounded(self._found[0], logits))

    def adversary(self, pixels: NDArray[np.uint8]) -> Adversary:
        """Return what was found with the way to it."""
        way = np.stack(self.way)
        return Adversary(
            self._target,
            Distance.between(self._fed(self.image), pixels, self._spec),
            pixels,
            _levels(way).reshape(-1, *self._spec.sides),
            np.stack(self.logits),
            np.linalg.norm(way - way[0], axis=1),
        )

    def _fed(self, shares: Doubles) -> Floats:
        return self._spec.inputs(shares.reshape(self._spec.shape).astype(np.float32))

    def _follow_spheres(self) -> Asking[None]:
        """Step along the gradient, then back onto a sphere: a larger one until the class is found."""
        here, radius = self.image, 0.0
        for step in range(SPHERES):
            found = self._found is not None
            lead, gradient = yield from self._look(here)
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
            change = here - self.image + turn * gradient / steepness
            here = np.clip(self.image + radius * change / np.linalg.norm(change), 0, 1)

    def _follow_borders(self, here: Doubles, lead: float, gradient: Doubles) -> Asking[None]:
        """Go on from the nearest image found: to where a linear network would change its answer."""
        for pull in np.geomspace(*PULL, BORDERS):
            offset = MARGIN - lead + float(gradient @ here)
            ours, theirs = nearest(here, gradient, offset), nearest(self.image, gradient, offset)
            here = ours + pull * (theirs - ours)
            lead, gradient = yield from self._look(here)

    def _rounded(self, here: Doubles, logits: Logits) -> Asking[NDArray[np.uint8] | None]:
        """Return an image in levels, with a level more or less until the answer is the class.

        That goes where the gradient gains most for what it adds to the squared distance, a little further
        each time, for while one class is caught up with another may get ahead. None where it does not help.
        """
        levels = np.rint(WHITE * here)
        for tried in range(ROUNDS):
            pixels = levels.astype(np.uint8).reshape(self._spec.sides)
            lacking = MARGIN - ahead(logits(self._spec.prepare(pixels)), self._target)
            if lacking <= 0:
                return pixels
            _, gradient = yield levels / WHITE
            levels = self._raised(levels, gradient.reshape(-1).astype(np.float64), lacking + FURTHER * tried)
        return None

    def _raised(self, levels: Doubles, gradient: Doubles, lacking: float) -> Doubles:
        """Return levels, some by one more or less, so that the class gains this much, were all linear."""
        up = np.sign(gradient)
        gain = np.where((levels + up >= 0) & (levels + up <= WHITE), np.abs(gradient) / WHITE, 0)
        cost = np.maximum(1 + 2 * up * (levels - WHITE * self.image), LEAST)
        order = np.argsort(-gain / cost)
        enough = order[: 1 + int(np.searchsorted(np.cumsum(gain[order]), lacking))]
        raised = levels.copy()
        raised[enough] += np.where(gain[enough] > 0, up[enough], 0)
        return raised

    def _look(self, here: Doubles) -> Asking[tuple[float, Doubles]]:
        """Return the lead of the class and its gradient; remember the step, and the image if it is nearer."""
        logits, slope = yield here
        lead, gradient = ahead(logits, self._target), slope.reshape(-1).astype(np.float64)
        self.way.append(here)
        self.logits.append(logits)
        distance = float(np.linalg.norm(here - self.image))
        if lead >= MARGIN and distance < self._nearest:
            self._found, self._nearest = (here, lead, gradient), distance
        return lead, gradient


def _levels(shares: Doubles) -> NDArray[np.uint8]:
    return np.asarray(np.rint(WHITE * np.clip(shares, 0, 1)), np.uint8)
