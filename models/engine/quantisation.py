"""Maps in few levels: what a picture shows of them, with the extremes that say what the levels mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.arrays import Floats, Levels

TINY, HUGE = 1e-30, 1e38  # spans between which float32 neither overflows nor divides by nearly nothing


def are_ordinary(spans: Any) -> Any:
    """Return whether each span, of numpy or TensorFlow, is 0 or one that float32 divides by well."""
    return (spans == 0) | ((spans > TINY) & (spans < HUGE))


def quantise(rows: Floats, count: int) -> tuple[Floats, Levels]:
    """Return the extremes of every row, (2, rows), and its values as levels from 0 to `count` - 1.

    A constant row is all level 0, and so is one that is not finite, as its extremes then tell; the error of
    any other value is at most half a level.
    """
    low, high = rows.min(axis=1), rows.max(axis=1)
    extremes = np.stack([low, high])
    with np.errstate(over="ignore", invalid="ignore"):
        span = high - low
        if not np.all(are_ordinary(span)):
            rows, low, span = rows.astype(np.float64), low.astype(np.float64), high - low.astype(np.float64)
        factor = np.divide(count - 1, span, out=np.zeros_like(span), where=span > 0)
        scaled = rows - low[:, np.newaxis]
        scaled *= factor[:, np.newaxis]
        scaled += np.float32(0.5)
        levels = scaled.astype(np.uint8)
    levels[~np.isfinite(span)] = 0
    return extremes, levels
