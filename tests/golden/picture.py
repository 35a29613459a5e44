"""The body of a picture, read as its documentation describes it, with nothing of the code that wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Read:
    """What a picture holds.

    Attributes:
        numbers: Its digit, logits, probabilities, values and extremes, float32, in order.
        levels: Cells of all maps, uint8, map by map; the pixels of a changed digit last.
    """

    numbers: NDArray[np.float32]
    levels: NDArray[np.uint8]


def read(body: bytes, pair: Sequence[Sequence[Sequence[int]]], stage: str, compared: bool) -> Read:
    """Read a picture.

    Args:
        body: Not compressed.
        pair: Of each network the shapes of its painted layers, (rows, columns, maps) or (units,).
        stage: "pre" or "post".
        compared: Whether it is compared with another digit.
    """
    stacks = [shape for shapes in pair for shape in shapes if len(shape) == 3]
    count = sum(_numbers(shapes, compared) for shapes in pair)
    numbers = np.frombuffer(body, "<f4", count, 4)
    digit = np.frombuffer(body, "<u4", 1).astype(np.float32)
    cells = np.frombuffer(body, np.uint8, offset=4 + 4 * count)
    sizes = [prod(shape) for shape in stacks]
    parts = np.split(cells, np.cumsum(sizes))
    if stage == "pre" and not compared:
        parts[:-1] = [_unsurprised(part.reshape(shape)) for part, shape in zip(parts, stacks, strict=False)]
    return Read(np.concatenate([digit, numbers]), np.concatenate(parts))


def _numbers(shapes: Sequence[Sequence[int]], compared: bool) -> int:
    answers = shapes[-1][0] * (4 if compared else 2)
    return answers + sum(2 * shape[2] if len(shape) == 3 else shape[0] for shape in shapes)


def _unsurprised(surprises: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the levels, map by map, of (rows, columns, maps) differences to what neighbours let expect."""
    rows, columns, maps = surprises.shape
    levels = np.zeros((rows + 1, columns + 1, maps), int)  # zeros above and to the left
    for row, column in np.ndindex(rows, columns):
        left, above, between = levels[row + 1, column], levels[row, column + 1], levels[row, column]
        expected = np.median([left, above, left + above - between], axis=0).astype(int)
        levels[row + 1, column + 1] = (expected + surprises[row, column]) % 256
    return np.moveaxis(levels[1:, 1:], -1, 0).astype(np.uint8).reshape(-1)
