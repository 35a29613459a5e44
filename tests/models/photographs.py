"""Images of digits as people have them: photographs of pencil on paper, and pictures without a flaw."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Pixels = NDArray[np.uint8]
Doubles = NDArray[np.float64]

SIDES = ((400, 300), (300, 400), (340, 340))
TURNS = {1: 0, 3: 2, 6: 1, 8: 3}  # what EXIF says, and the quarters anticlockwise that a picture is stored at
KINDS = ("dark", "light", "clear dark", "clear light")


def encoded(pixels: Pixels | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the file of an image."""
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int) -> bytes:
    """Return the EXIF of an image that is to be turned."""
    said = Image.Exif()
    said[0x0112] = orientation
    return said.tobytes()


def enlarged(digit: Pixels, times: float) -> Doubles:
    """Return a digit with more pixels, in [0, 1]."""
    larger: Doubles = ndimage.zoom(digit / 255, times, order=1, grid_mode=True, mode="grid-constant")
    return larger


def penned(digit: Pixels, height: float, width: float) -> Doubles:
    """Return a digit as a pen of a width writes it, in pixels, 1 is ink."""
    ink = enlarged(digit, height / 20) > 0.5
    depth = ndimage.distance_transform_edt(ink)
    ridge = ink & (depth >= ndimage.maximum_filter(depth, 3) - 0.6) & (depth > depth[ink].mean())
    lines = ndimage.distance_transform_edt(~ridge) <= width / 2
    soft: Doubles = ndimage.gaussian_filter(lines.astype(np.float64), 0.8)
    return soft


def light(rows: int, columns: int, rng: np.random.Generator) -> Doubles:
    """Return how much light falls on a paper: less on one side, and sometimes a shadow with an edge."""
    down, across = np.mgrid[:rows, :columns] / max(rows, columns) - 0.5
    ways = rng.uniform(0, 2 * np.pi, 2)
    along, behind = (np.cos(way) * across + np.sin(way) * down for way in ways)
    falling = 0.85 * (1 - rng.uniform(0.2, 0.55) * np.clip(along + 0.5, 0, 1.2))
    falling *= 1 - rng.uniform(0, 0.6) * (down**2 + across**2)
    if rng.random() < 0.4:
        edge = (behind - rng.uniform(0.1, 0.35)) / rng.uniform(0.005, 0.04)
        falling *= 1 - rng.uniform(0.15, 0.4) / (1 + np.exp(-edge))
    return np.asarray(falling)


def photograph(digit: Pixels, rng: np.random.Generator) -> bytes:
    """Return a JPEG of a digit in grey pencil somewhere on paper, in uneven light, noisy, turned by EXIF."""
    rows, columns = SIDES[rng.integers(len(SIDES))]
    height = rng.uniform(0.25, 0.75) * min(rows, columns)
    ink = penned(digit, height, rng.uniform(0.04, 0.1) * height)
    ink = ndimage.rotate(ink, rng.uniform(-6, 6), order=1)[:rows, :columns]
    return photographed(somewhere(ink, rows, columns, rng), rng)


def somewhere(ink: Doubles, rows: int, columns: int, rng: np.random.Generator) -> Doubles:
    """Return ink at a random place of a larger picture."""
    top, left = (int(rng.integers(0, more + 1)) for more in np.subtract((rows, columns), ink.shape))
    drawn = np.zeros((rows, columns))
    drawn[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return drawn


def photographed(drawn: Doubles, rng: np.random.Generator) -> bytes:
    """Return a JPEG of pencil, 1 is ink, on paper in uneven light, noisy, turned by EXIF."""
    grain = 1 + 0.25 * rng.normal(size=drawn.shape)
    paper = light(len(drawn), drawn.shape[1], rng)
    seen = paper * (1 - rng.uniform(0.35, 0.75) * np.clip(drawn * grain, 0, 1.2))
    seen += rng.uniform(0.005, 0.025) * rng.normal(size=drawn.shape)
    tint = [1, rng.uniform(0.92, 1), rng.uniform(0.8, 1)]
    pixels = (255 * np.clip(seen[..., np.newaxis] * tint, 0, 1)).astype(np.uint8)
    turned = list(TURNS)[rng.integers(len(TURNS))]
    quality = int(rng.integers(45, 92))
    return encoded(np.rot90(pixels, TURNS[turned]), "JPEG", quality=quality, exif=exif(turned))


def number(digits: Sequence[Pixels], rng: np.random.Generator) -> bytes:
    """Return such a JPEG of digits in a line, as somebody writes a number: uneven, close together or not."""
    return photographed(somewhere(*_fitting(line(digits, rng)), rng), rng)


def line(digits: Sequence[Pixels], rng: np.random.Generator) -> Doubles:
    """Return digits side by side, 1 is ink: of about one height, slanted a little, none touching another.

    Between the ink of two there are 0.1 to 0.6 of their height, seen from the columns that are nearest.
    """
    height = rng.uniform(44, 90)
    width = rng.uniform(0.05, 0.1) * height
    inks = [_written(digit, height * rng.uniform(0.85, 1.15), width, rng) for digit in digits]
    rows = int(1.5 * height + max(len(ink) for ink in inks))
    placed = np.zeros((rows, 8))
    for ink in inks:
        top = int((rows - len(ink)) / 2 + rng.uniform(-0.1, 0.1) * height)
        wider = np.pad(placed, ((0, 0), (0, ink.shape[1] + int(height))))
        own = np.zeros_like(wider)
        own[top : top + len(ink), : ink.shape[1]] = ink
        gap = rng.uniform(0.1, 0.6) * height
        placed = wider + np.roll(own, _beside(wider > 0.3, own > 0.3, gap), axis=1)
        placed = placed[:, : int(np.flatnonzero((placed > 0.1).any(axis=0))[-1]) + 3]
    return np.asarray(ndimage.rotate(placed, rng.uniform(-4, 4), order=1).clip(0, 1))


def _written(digit: Pixels, height: float, width: float, rng: np.random.Generator) -> Doubles:
    """Return a digit as a pen writes it, slanted, cut out along its ink."""
    ink = np.pad(penned(digit, height, width), int(height / 4))
    slant = rng.uniform(-0.15, 0.15)
    middle = len(ink) / 2
    matrix = np.array([[1, 0], [slant, 1]])
    ink = ndimage.affine_transform(ink, matrix, offset=(0, -slant * middle), order=1)
    rows, columns = (np.flatnonzero((ink > 0.3).any(axis=axis)) for axis in (1, 0))
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _beside(before: NDArray[np.bool_], own: NDArray[np.bool_], gap: float) -> int:
    """Return the column from which on ink is nowhere nearer than a gap to what stands before it."""
    if not before.any():
        return 4
    away = ndimage.distance_transform_edt(~before)
    rows, columns = np.nonzero(own)
    last = int(np.flatnonzero(before.any(axis=0))[-1])
    for column in range(last, last + int(gap) + 2):
        if away[rows, np.minimum(columns + column, away.shape[1] - 1)].min() >= gap:
            return column
    return last + int(gap) + 2


def _fitting(ink: Doubles) -> tuple[Doubles, int, int]:
    """Return ink with the sides of a picture that holds it."""
    rows, columns = (int(side * 1.15) + 60 for side in ink.shape)
    return ink, max(rows, columns // 2), columns


def picture(digit: Pixels, rng: np.random.Generator) -> bytes:
    """Return a PNG of a digit in two colours, dark on light, light on dark, or on nothing."""
    kind = KINDS[rng.integers(len(KINDS))]
    ink = np.pad(enlarged(digit, int(rng.integers(1, 12))), rng.integers(0, 60, (2, 2)))[..., np.newaxis]
    dark, bright = rng.uniform(0, 0.35, 3), rng.uniform(0.85, 1, 3)
    if kind.startswith("clear"):
        colour = np.zeros(3) if kind == "clear dark" else bright
        values = np.concatenate([np.broadcast_to(colour, (*ink.shape[:2], 3)), ink], axis=2)
    else:
        before, behind = (dark, bright) if kind == "dark" else (bright, dark)
        values = behind + (before - behind) * ink
    return encoded((255 * values).astype(np.uint8))
