"""Maps and kernels of one moment of a training as levels with their scales; pure."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats

MOST = 64  # maps of a layer that are drawn
TOP = 255  # the level of the upper end of a scale; that of the lower one is 0


@dataclass(frozen=True)
class Picture:
    """Maps or kernels, side by side, all on one scale.

    Attributes:
        title: Which tensor.
        palette: Of its scale.
        ends: Of its scale: the numbers of level 0 and of `TOP`.
        levels: (maps, rows, columns).
        zoom: How many screen pixels wide a pixel is, where there is room.
    """

    title: str
    palette: Literal["sequential", "diverging"]
    ends: tuple[float, float]
    levels: NDArray[np.uint8]
    zoom: int = 3

    @property
    def scale(self) -> str:
        """What its colours mean, in numbers."""
        low, high = (f"{abs(end):.3g}" for end in self.ends)
        return f"−{low} to {high}" if self.palette == "diverging" else f"0 to {high}"

    @property
    def told(self) -> dict[str, Any]:
        """All but the levels, plain."""
        form = dict(zip(("maps", "rows", "columns"), self.levels.shape, strict=True))
        own = {"title": self.title, "palette": self.palette, "ends": self.ends, "zoom": self.zoom}
        return {**own, **form, "scale": self.scale}


def maps(name: str, values: Floats) -> Picture:
    """Return the maps of a layer behind its activation, (rows, columns, maps), all on one scale.

    It begins at zero; where there are values below, it is the one around zero.
    """
    of = counted(min(MOST, values.shape[-1]), values.shape[-1])
    title = f"{name}, after activation: {of} maps of {values.shape[0]}×{values.shape[1]}"
    return _picture(title, np.moveaxis(values, -1, 0), is_signed=bool((values < 0).any()))


def kernels(name: str, kernel: Floats) -> Picture:
    """Return the first slice of every filter of a convolution, (rows, columns, channels, filters)."""
    filters = kernel.shape[-1]
    of = counted(min(filters, MOST), filters)
    slices = "" if kernel.shape[2] == 1 else f", the first of {kernel.shape[2]} slices"
    title = f"{name}, kernels: {of} of {kernel.shape[0]}×{kernel.shape[1]}{slices}"
    return _picture(title, np.moveaxis(kernel[:, :, 0], -1, 0), is_signed=True, zoom=8)


def through(titles: Sequence[str], kernels: Floats) -> list[Picture]:
    """Return the first slice of every filter at several moments, all on one scale.

    Args:
        titles: Of the moments.
        kernels: (moments, rows, columns, channels, filters).
    """
    first = np.moveaxis(kernels[:, :, :, 0], -1, 1)
    most = float(np.abs(first[np.isfinite(first)]).max(initial=0))
    return [
        _picture(title, each, is_signed=True, zoom=6, most=most)
        for title, each in zip(titles, first, strict=True)
    ]


def counted(shown: int, every: int) -> str:
    """Return how many of something are drawn, in words."""
    return f"all {shown}" if shown == every else f"{shown} of {every}"


def _picture(
    title: str, values: Floats, *, is_signed: bool, zoom: int = 3, most: float | None = None
) -> Picture:
    """Return the first of maps, (maps, rows, columns), on the scale of all or one that ends with `most`."""
    finite = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    high = float(np.abs(finite).max()) if most is None else most
    ends = (-high if is_signed else 0.0, high)
    shares = (finite[:MOST] - ends[0]) / ((ends[1] - ends[0]) or 1.0)
    said = title if np.isfinite(values).all() else f"{title}, in part no numbers"
    palette: Literal["sequential", "diverging"] = "diverging" if is_signed else "sequential"
    return Picture(said, palette, ends, np.rint(TOP * shares).astype(np.uint8), zoom)


def pack(told: Mapping[str, Any], image: NDArray[np.uint8], pictures: Sequence[Picture]) -> tuple[bytes, ...]:
    """Return a moment in parts, as assets/js/train/moment.js opens it.

    That is the length of what is told, uint32, and this as JSON; then the image's pixels, and the levels of
    every picture, map by map.

    Args:
        told: Words.
        image: (rows, columns, channels).
        pictures: In their order.
    """
    form = dict(zip(("rows", "columns", "channels"), image.shape, strict=True))
    whole = {**told, **form, "pictures": [each.told for each in pictures]}
    plain = json.dumps(whole, allow_nan=False).encode()
    return (
        struct.pack("<I", len(plain)),
        plain,
        image.tobytes(),
        *(each.levels.tobytes() for each in pictures),
    )
