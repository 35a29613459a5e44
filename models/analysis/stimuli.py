"""A small bank of drawn strokes: bars, edges, arcs and line ends in all directions, and what has no shape.

They are drawn as MNIST's digits are, white ink on black paper, and each one at several places. Angles are in
degrees, counter-clockwise from the right, as on the page: 90 is up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

WIDTH = (
    2.6  # pixels of a stroke: of MNIST's the median, over every 60th training image (5 to 95 %: 1.7 to 4.0)
)
DIRECTIONS = 16  # of each family
RADII = 4, 7  # pixels, of the middle lines of tight and of wide arcs
SHIFT = (
    4 / 3
)  # pixels from place to place: strokes meet a pixel, and a pair of pooled ones, in all its thirds
Reals = NDArray[np.floating]
PLACES = tuple(product((0.0, -SHIFT, SHIFT), (0.0, -SHIFT, SHIFT)))  # to the right, up

Outside = Callable[[Reals, Reals], Reals]  # from x to the right and y up to pixels outside of the ink


@dataclass(frozen=True)
class Family:
    """Strokes that differ in nothing but their direction.

    Attributes:
        key: As it stands in files and answers.
        title: What a person reads.
        turn: Degrees after which a stroke looks the same again: 180 of bars, else 360.
        outside: How far a point is outside of the ink of the stroke of direction 0, in pixels, below zero
            within it: a bar lies across, an edge is light on the right, an arc is open to the right, a line
            ends to the right.
    """

    key: str
    title: str
    turn: int
    outside: Outside

    @property
    def step(self) -> float:
        """Degrees from one direction to the next."""
        return self.turn / DIRECTIONS

    @property
    def degrees(self) -> tuple[float, ...]:
        """The directions that are shown."""
        return tuple(self.step * place for place in range(DIRECTIONS))


def _bar(_: Reals, y: Reals) -> Reals:
    return np.abs(y) - WIDTH / 2


def _edge(x: Reals, _: Reals) -> Reals:
    return -x


def _arc(radius: float) -> Outside:
    def outside(x: Reals, y: Reals) -> Reals:
        x = x - radius / 2  # so that the curve, and not the middle of its circle, is in the middle
        arms = np.where(x > 0, np.abs(y), np.hypot(x, y))
        return np.asarray(np.abs(arms - radius) - WIDTH / 2)

    return outside


def _end(x: Reals, y: Reals) -> Reals:
    return np.asarray(np.hypot(np.maximum(x, 0), y) - WIDTH / 2)


def _dot(x: Reals, y: Reals) -> Reals:
    return np.asarray(np.hypot(x, y) - WIDTH / 2)


FAMILIES = (
    Family("bar", "bars", 180, _bar),
    Family("edge", "edges", 360, _edge),
    Family("tight", f"arcs of radius {RADII[0]}", 360, _arc(RADII[0])),
    Family("wide", f"arcs of radius {RADII[1]}", 360, _arc(RADII[1])),
    Family("end", "line ends", 360, _end),
)
PLAIN: Mapping[str, str] = MappingProxyType({"white": "white paper", "grey": "grey paper", "dot": "a dot"})
RECIPE = f"{WIDTH:g} {DIRECTIONS} {RADII} {SHIFT:.3f}"  # changes whenever the pictures do
DEFINITION = (
    f"Strokes, {WIDTH:g} pixels wide as the median of MNIST's, white on black, in pictures as large as the "
    "images, their borders smooth. "
    "A bar crosses the whole picture. An edge has a white half. An arc is a half circle, measured at the "
    "middle of its line, whose arms go straight on to the border, so that no line ends in sight; its "
    "curvature is named after the side where it bends. A line end is round, and named after where the line "
    f"ends. All are shown in {DIRECTIONS} directions and at {len(PLACES)} places, 4/3 of a pixel apart; "
    "beside them stand white and grey paper and a dot of the same width, which have no direction."
)


@dataclass(frozen=True)
class Stimulus:
    """One picture of the bank: of which family, and in which direction.

    Attributes:
        family: Key of its family, or of what is plain.
        degrees: Its direction, None of what is plain.
    """

    family: str
    degrees: float | None = None


BANK: tuple[Stimulus, ...] = (
    *(Stimulus(family.key, degrees) for family in FAMILIES for degrees in family.degrees),
    *(Stimulus(key) for key in PLAIN),
)


def part(family: str) -> slice:
    """Return where the strokes of a family stand in the bank, by their direction.

    Raises:
        ValueError: There is no such family.
    """
    first = [each.key for each in FAMILIES].index(family) * DIRECTIONS
    return slice(first, first + DIRECTIONS)


def draw(
    stimulus: Stimulus, rows: int, columns: int, place: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.uint8]:
    """Return a stimulus, (rows, columns), 255 is white ink.

    Args:
        stimulus: Of the bank, or of another direction.
        rows: Pixels from top to bottom.
        columns: Pixels from left to right.
        place: How far it is moved from the middle of the picture, in pixels: to the right, up.

    Raises:
        KeyError: There is no such family.
    """
    if stimulus.family in ("white", "grey"):
        return np.full((rows, columns), {"white": 255, "grey": 128}[stimulus.family], np.uint8)
    outside = {"dot": _dot, **{each.key: each.outside for each in FAMILIES}}[stimulus.family]
    down, across = np.indices((rows, columns), np.float32)
    x, y = across - (columns - 1) / 2 - place[0], (rows - 1) / 2 - down - place[1]
    right, up = _direction(stimulus.degrees or 0.0)
    covered = np.clip(0.5 - outside(x * right + y * up, y * right - x * up), 0, 1)  # of a pixel, its share
    return np.asarray(np.rint(255 * covered), np.uint8)


def pictures(rows: int, columns: int) -> NDArray[np.uint8]:
    """Return all of the bank at all places, (stimuli, places, rows, columns), 255 is white ink."""
    return np.stack([np.stack([draw(each, rows, columns, place) for place in PLACES]) for each in BANK])


def _direction(degrees: float) -> tuple[float, float]:
    """Return the cosine and the sine; those of a quarter turn more are these, turned exactly."""
    quarters, rest = divmod(degrees, 90)
    right, up = float(np.cos(np.deg2rad(rest))), float(np.sin(np.deg2rad(rest)))
    for _ in range(int(quarters) % 4):
        right, up = -up, right
    return right, up
