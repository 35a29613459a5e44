"""One body of bytes that holds all that the browser paints for one digit.

Little-endian, without padding. First the digit's index, uint32. Then, for every network in the manifest's
order, its logits and its probabilities, float32 each, and its panels in order: a row of units is float32;
a stack of maps is the smallest value of every map, then the largest, float32. Behind all of these come the
cells, uint8, of the stacks of maps in the same order: channel, row, column. Level 0 of a map is its smallest
value and the last level its largest; the levels between are evenly spaced.

Kernels have the same form: smallest and largest weight of every filter, float32, then levels, uint8, in
the order filter, slice, row, column.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.description import Layer
from models.forward_pass import Floats, ForwardPass, Stage

Levels = NDArray[np.uint8]
LEVELS: dict[Stage, int] = {"post": 256, "pre": 32}  # most cells are zero after, hardly any before activation
KERNEL_LEVELS = 128
TINY, HUGE = 1e-30, 1e38  # spans between which float32 neither overflows nor divides by nearly nothing
PART = 64  # filters whose weights travel together
Panel = Layer  # a layer that is painted


def panels(layers: Iterable[Layer]) -> tuple[Panel, ...]:
    """Return the layers that are painted: all but those that only reshape."""
    return tuple(layer for layer in layers if layer.kind != "Flatten")


def pack(digit: int, passes: Sequence[tuple[Sequence[Layer], ForwardPass]], stage: Stage) -> bytes:
    """Return the picture of one digit through several networks, in the form that stands above."""
    exact, cells = [np.uint32(digit).tobytes()], []
    for layers, forward in passes:
        exact += [forward.logits.tobytes(), forward.probabilities.tobytes()]
        for layer in panels(layers):
            values = forward.tensor(layer.name, stage)
            if layer.has_maps:
                maps = np.ascontiguousarray(np.moveaxis(values, -1, 0)).reshape(layer.channels, -1)
                extremes, levels = quantise(maps, LEVELS[stage])
                exact.append(extremes.tobytes())
                cells.append(levels.tobytes())
            else:
                exact.append(values.tobytes())
    return b"".join(exact + cells)


def pack_kernels(filters: Floats) -> bytes:
    """Return the weights of a layer, (filters, slices, rows, columns), in the form that stands above."""
    extremes, levels = quantise(filters.reshape(len(filters), -1), KERNEL_LEVELS)
    return extremes.tobytes() + levels.tobytes()


def quantise(rows: Floats, count: int) -> tuple[Floats, Levels]:
    """Return the extremes of every row, (2, rows), and its values as levels from 0 to `count` - 1.

    A constant row is all level 0, and so is one that is not finite, as its extremes then tell; the error of
    any other value is at most half a level.
    """
    low, high = rows.min(axis=1), rows.max(axis=1)
    extremes = np.stack([low, high])
    with np.errstate(over="ignore", invalid="ignore"):
        span = high - low
        if not np.all((span == 0) | ((span > TINY) & (span < HUGE))):
            rows, low, span = rows.astype(np.float64), low.astype(np.float64), high - low.astype(np.float64)
        factor = np.divide(count - 1, span, out=np.zeros_like(span), where=span > 0)
        levels = ((rows - low[:, np.newaxis]) * factor[:, np.newaxis] + np.float32(0.5)).astype(np.uint8)
    levels[~np.isfinite(span)] = 0
    return extremes, levels


def squeeze(content: bytes) -> bytes:
    """Return gzip of run lengths and Huffman codes alone.

    Levels repeat by runs and hardly otherwise: looking for other repetitions takes five times as long and
    finds none.
    """
    packer = zlib.compressobj(level=6, wbits=31, memLevel=9, strategy=zlib.Z_RLE)
    return packer.compress(content) + packer.flush()
