"""Maps and kernels of one moment of a training as pictures with their scales; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from dashboard.colours import Theme
from dashboard.figures.thumbnails import address
from dashboard.palettes import DIVERGING, DIVERGING_ON_DARK, SEQUENTIAL
from models.arrays import Floats

MOST = 64  # maps of a layer that are drawn
ACROSS = 16  # of them in a row
GAP = 1  # pixels between two of them
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """A mosaic of maps or kernels.

    Attributes:
        title: Which tensor.
        scale: What its colours mean, in numbers.
        source: The picture itself, as an address.
        size: Columns and rows in pixels.
        zoom: How many screen pixels wide a pixel is, where there is room.
    """

    title: str
    scale: str
    source: str
    size: tuple[int, int]
    zoom: int = 3


def maps(name: str, values: Floats, theme: Theme) -> Picture:
    """Return the maps of a layer behind its activation, (rows, columns, maps), all on one scale.

    It begins at zero; where there are values below, it is the one around zero.
    """
    shown = values[..., :MOST]
    of = _counted(shown.shape[-1], values.shape[-1])
    title = f"{name}, after activation: {of} maps of {values.shape[0]}×{values.shape[1]}"
    if values.min() < 0:
        return _around_zero(title, np.moveaxis(shown, -1, 0), float(np.abs(values).max()), theme)
    top = float(values.max())
    shares = np.moveaxis(shown, -1, 0) / (top or 1.0)
    return _picture(title, f"0 to {top:.3g}", mosaic(_coloured(shares, SEQUENTIAL)))


def kernels(name: str, kernel: Floats, theme: Theme) -> Picture:
    """Return the first slice of every filter of a convolution, (rows, columns, channels, filters)."""
    filters = kernel.shape[-1]
    of = _counted(min(filters, MOST), filters)
    slices = "" if kernel.shape[2] == 1 else f", the first of {kernel.shape[2]} slices"
    title = f"{name}, kernels: {of} of {kernel.shape[0]}×{kernel.shape[1]}{slices}"
    shown = np.moveaxis(kernel[:, :, 0, :MOST], -1, 0)
    return replace(_around_zero(title, shown, float(np.abs(kernel[:, :, 0]).max()), theme), zoom=8)


def _counted(shown: int, every: int) -> str:
    return f"all {shown}" if shown == every else f"{shown} of {every}"


def _around_zero(title: str, values: Floats, top: float, theme: Theme) -> Picture:
    shares = 0.5 + 0.5 * values / (top or 1.0)
    stops = DIVERGING if theme == "light" else DIVERGING_ON_DARK
    return _picture(title, f"−{top:.3g} to {top:.3g}", mosaic(_coloured(shares, stops)))


def _picture(title: str, scale: str, pixels: NDArray[np.uint8]) -> Picture:
    return Picture(title, scale, address(pixels), (pixels.shape[1], pixels.shape[0]))


def mosaic(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pictures, (n, rows, columns, 3), side by side in rows, grey between them, row by row."""
    count, rows, columns, _ = tiles.shape
    across = min(count, ACROSS)
    down = ceil(count / across)
    whole = np.full((down * (rows + GAP) - GAP, across * (columns + GAP) - GAP, 3), 128, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = (number // across) * (rows + GAP), (number % across) * (columns + GAP)
        whole[top : top + rows, left : left + columns] = tile
    return whole


def _coloured(shares: Floats, stops: Sequence[str]) -> NDArray[np.uint8]:
    """Return the colours of shares from 0 to 1, blended between the stops of a palette."""
    places = np.linspace(0, 1, len(stops))
    wanted = np.clip(np.nan_to_num(shares), 0, 1)
    channels = _stops(stops)
    blended = [np.interp(wanted, places, channels[:, each]) for each in range(3)]
    return np.rint(np.stack(blended, axis=-1)).astype(np.uint8)


def _stops(stops: Sequence[str]) -> Doubles:
    def numbers(stop: str) -> list[int]:
        if stop.startswith("#"):
            return [int(stop[place : place + 2], 16) for place in (1, 3, 5)]
        return [int(each) for each in re.findall(r"\d+", stop)]

    return np.array([numbers(each) for each in stops], np.float64)
