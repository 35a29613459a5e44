"""Pictures that are no digits, made by code and prepared as drawings are: signs, shapes, charts, texture.

They stand for what people bring beside digits. `CHOOSING` helped to choose how that is told, in
models/analysis/novelty.py; `REPORTING` only says how well.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.datasets.dataset import ImageSpec
from models.datasets.mnist import SIDE, SPEC
from models.sketch.drawing import PAD
from models.sketch.preparation import prepare_drawing

Pixels = NDArray[np.uint8]
Bits = NDArray[np.bool_]
Path = NDArray[np.float64]  # (points, 2): to the right and down, about from -1 to 1
Maker = Callable[[np.random.Generator], Pixels]

WIDTHS = (6.0, 12.0)  # points of the pad, of a pen
SIZES = (45.0, 90.0)  # points of the pad, of what is drawn
SHAKE = 0.06  # standard deviation of a corner, where half of what is drawn is 1


def suit(spec: ImageSpec) -> bool:
    """Whether these pictures can stand beside images of a form: they are made as drawn digits are."""
    return spec == SPEC


def pictures(make: Maker, kind: str, count: int) -> Pixels:
    """Return so many pictures of a kind, (count, 28, 28), the same ones at any time."""
    rng = np.random.default_rng(zlib.crc32(kind.encode()))
    return np.stack([make(rng) for _ in range(count)])


def drawn(paths: Sequence[Path], size: float, width: float) -> Pixels:
    """Return lines as a pen of a width draws them on the pad, prepared as drawings are: (28, 28).

    Args:
        paths: Corners of each line; a single point is a dot.
        size: Points of the pad that the longer side has.
        width: Points of the pad.
    """
    corners = np.concatenate(paths)
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = size / max(float((high - low).max()), 1e-9)
    ink = np.zeros((PAD, PAD), np.bool_)
    for path in paths:
        points = (path - (low + high) / 2) * scale + PAD / 2
        for start, end in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            _draw(ink, start, end, width / 2)
    return prepare_drawing(ink * np.uint8(255)).pixels


def _draw(ink: Bits, start: Path, end: Path, reach: float) -> None:
    """Set the points of the pad within reach of a straight line; only the box around it is looked at."""
    low = np.clip(np.minimum(start, end) - reach - 1, 0, PAD).astype(int)
    high = np.clip(np.maximum(start, end) + reach + 1, low, PAD).astype(int)
    box = slice(low[1], high[1]), slice(low[0], high[0])
    rows, columns = np.mgrid[box] + 0.5
    way = end - start
    along = (columns - start[0]) * way[0] + (rows - start[1]) * way[1]
    share = np.clip(along / max(float(way @ way), 1e-9), 0, 1)
    far = np.hypot(columns - start[0] - share * way[0], rows - start[1] - share * way[1])
    ink[box] |= far <= reach


def _lines(*paths: Sequence[tuple[float, float]]) -> Maker:
    """Return what draws lines through corners, each time by a shaking hand, of any size and width."""

    def make(rng: np.random.Generator) -> Pixels:
        shaken = [np.array(path) + rng.normal(0, SHAKE, (len(path), 2)) for path in paths]
        return drawn(shaken, rng.uniform(*SIZES), rng.uniform(*WIDTHS))

    return make


def _curve(along: Callable[[Path], tuple[Path, Path]], turns: float = 1.0) -> Maker:
    """Return what draws a curve, given its places to the right and down at angles."""

    def make(rng: np.random.Generator) -> Pixels:
        right, down = along(np.linspace(0, 2 * np.pi * turns, 40))
        stretched = np.stack([right * rng.uniform(0.8, 1.2), down], axis=1)
        return drawn([stretched], rng.uniform(*SIZES), rng.uniform(*WIDTHS))

    return make


def _solid(shape: Callable[[Path, Path, np.random.Generator], Bits]) -> Maker:
    """Return what prepares ink, given where it is by rows and columns from -1 to 1."""

    def make(rng: np.random.Generator) -> Pixels:
        rows, columns = np.mgrid[:PAD, :PAD] / (PAD - 1) * 2 - 1
        return prepare_drawing(shape(rows, columns, rng) * np.uint8(255)).pixels

    return make


def _noise(rng: np.random.Generator) -> Pixels:
    return rng.integers(0, 256, (SIDE, SIDE), np.uint8)


def _stripes(rows: Path, columns: Path, rng: np.random.Generator) -> Bits:
    angle = rng.uniform(0, np.pi)
    return np.asarray(np.sin(rng.uniform(9, 30) * (columns * np.cos(angle) + rows * np.sin(angle))) > 0)


def _checks(rows: Path, columns: Path, rng: np.random.Generator) -> Bits:
    side = rng.uniform(0.15, 0.5)
    return np.asarray((rows // side + columns // side) % 2 == 0)


def _bars(rows: Path, columns: Path, rng: np.random.Generator) -> Bits:
    bar, tall = np.minimum((columns + 1) * 3, 5.999), rng.uniform(0.2, 2, 6)
    return np.asarray((bar % 1 < 0.7) & (1 - rows < tall[bar.astype(int)]))


def _plot(rng: np.random.Generator) -> Pixels:
    """Return two axes and a line that wanders between them."""
    steps = np.clip(np.cumsum(rng.normal(0, 0.4, 12)), -0.9, 0.9)
    line = np.stack([np.linspace(-0.9, 1, 12), steps], axis=1)
    return drawn([np.array([(-1, -1), (-1, 1), (1, 1)]), line], rng.uniform(60, 90), rng.uniform(4, 8))


def _scatter(rng: np.random.Generator) -> Pixels:
    """Return two axes and points between them."""
    dots = [point[np.newaxis] for point in rng.uniform(-0.8, 1, (int(rng.integers(8, 20)), 2))]
    return drawn([np.array([(-1, -1), (-1, 1.1), (1, 1.1)]), *dots], rng.uniform(60, 90), rng.uniform(4, 8))


def _writing(rng: np.random.Generator) -> Pixels:
    """Return lines of small marks, as a page of text looks from afar."""
    rows = np.arange(int(rng.integers(2, 7)))
    ends = [np.sort(rng.uniform(-1, 1, (int(rng.integers(3, 7)), 2)), axis=1) for _ in rows]
    words = [
        np.array([(a, 0.3 * row), (b, 0.3 * row)])
        for row, line in zip(rows, ends, strict=True)
        for a, b in line
    ]
    return drawn(words, rng.uniform(80, 100), rng.uniform(3, 6))


def _grid(rng: np.random.Generator) -> Pixels:
    places = np.linspace(-1, 1, int(rng.integers(3, 6)))
    across = [np.array([(-1, place), (1, place)]) for place in places]
    return drawn([*across, *(line[:, ::-1] for line in across)], rng.uniform(60, 90), rng.uniform(4, 8))


def _rings(rows: Path, columns: Path, rng: np.random.Generator) -> Bits:
    far = np.hypot(rows, columns)
    return np.asarray((np.sin(rng.uniform(14, 26) * far) > 0) & (far < 1))


_CIRCLE = [(float(np.cos(angle)), float(np.sin(angle))) for angle in np.linspace(0, 2 * np.pi, 24)]
_MOUTH = [(0.5 * float(np.cos(angle)), 0.5 * float(np.sin(angle))) for angle in np.linspace(0.4, 2.7, 8)]
_STAR = [(float(np.sin(angle)), -float(np.cos(angle))) for angle in 0.8 * np.pi * np.arange(6)]

# fmt: off
CHOOSING: Mapping[str, Maker] = MappingProxyType({
    "multiplication sign": _lines([(-1, -1), (1, 1)], [(1, -1), (-1, 1)]),
    "plus": _lines([(-1, 0), (1, 0)], [(0, -1), (0, 1)]),
    "triangle": _lines([(0, -1), (1, 1), (-1, 1), (0, -1)]),
    "outlined square": _lines([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]),
    "house": _lines([(-0.8, 1), (-0.8, -0.2), (0, -1), (0.8, -0.2), (0.8, 1), (-0.8, 1)]),
    "arrow": _lines([(-1, 0), (1, 0)], [(0.4, -0.6), (1, 0), (0.4, 0.6)]),
    "star": _lines(_STAR),
    "face": _lines(_CIRCLE, [(-0.4, -0.3), (-0.4, -0.2)], [(0.4, -0.3), (0.4, -0.2)], _MOUTH),
    "filled square": _solid(lambda rows, columns, rng: np.asarray(
        (np.abs(rows) < rng.uniform(0.3, 1)) & (np.abs(columns) < rng.uniform(0.3, 1)))),
    "noise": _noise,
    "stripes": _solid(_stripes),
    "bars": _solid(_bars),
    "plot": _plot,
})
REPORTING: Mapping[str, Maker] = MappingProxyType({
    "number sign": _lines([(-0.4, -1), (-0.4, 1)], [(0.4, -1), (0.4, 1)],
                          [(-1, -0.4), (1, -0.4)], [(-1, 0.4), (1, 0.4)]),
    "division sign": _lines([(-1, 0), (1, 0)], [(0, -0.8)], [(0, 0.8)]),
    "equals sign": _lines([(-1, -0.4), (1, -0.4)], [(-1, 0.4), (1, 0.4)]),
    "tick": _lines([(-1, 0), (-0.3, 0.8), (1, -0.9)]),
    "envelope": _lines([(-1, -0.7), (1, -0.7), (1, 0.7), (-1, 0.7), (-1, -0.7), (0, 0.2), (1, -0.7)]),
    "spiral": _curve(lambda angles: (angles * np.cos(angles), angles * np.sin(angles)), 3),
    "heart": _curve(lambda angles: (16 * np.sin(angles) ** 3, -13 * np.cos(angles) + 5 * np.cos(2 * angles)
                                    + 2 * np.cos(3 * angles) + np.cos(4 * angles))),
    "wave": _curve(lambda angles: (angles / 2, 2 * np.sin(angles)), 3),
    "scatter plot": _scatter,
    "lines of text": _writing,
    "grid": _grid,
    "rings": _solid(_rings),
    "chequers": _solid(_checks),
    "half black": _solid(lambda rows, columns, rng: np.asarray(rows > rng.uniform(-0.5, 0.5) * columns)),
    "coarse noise": lambda rng: np.kron(rng.integers(0, 256, (7, 7), np.uint8), np.ones((4, 4), np.uint8)),
})
# fmt: on
