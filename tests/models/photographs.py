"""Images of digits as people have them: photographs of pencil on paper, and pictures without a flaw."""

from __future__ import annotations

import io
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
    top, left = (int(rng.integers(0, more + 1)) for more in np.subtract((rows, columns), ink.shape))
    drawn = np.zeros((rows, columns))
    drawn[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    grain = 1 + 0.25 * rng.normal(size=drawn.shape)
    paper = light(rows, columns, rng)
    seen = paper * (1 - rng.uniform(0.35, 0.75) * np.clip(drawn * grain, 0, 1.2))
    seen += rng.uniform(0.005, 0.025) * rng.normal(size=drawn.shape)
    tint = [1, rng.uniform(0.92, 1), rng.uniform(0.8, 1)]
    pixels = (255 * np.clip(seen[..., np.newaxis] * tint, 0, 1)).astype(np.uint8)
    turned = list(TURNS)[rng.integers(len(TURNS))]
    quality = int(rng.integers(45, 92))
    return encoded(np.rot90(pixels, TURNS[turned]), "JPEG", quality=quality, exif=exif(turned))


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
