"""Conv2DTranspose: every cell that is read stamps a weighted filter onto the output, where they add up."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, Span
from models.graph.cell import Cell, Place, Places, Summed
from models.graph.kind import Grid, Kind, Weights, bias, require_place
from models.graph.node import Node, Shape
from models.graph.patch import values_at, with_channels


class Transposed(Kind):
    """Conv2DTranspose."""

    names = ("Conv2DTranspose",)
    kernel_axes = 4
    keeps = ("kernel_size", "strides", "dilation_rate", "padding", "output_padding")
    is_opaque = False
    fuses = True
    form = "sum"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is stamped where."""
        added = "; the bias is added to every cell" if "bias" in node.weights else ""
        stamp = "Every value that is read stamps its filter, multiplied by it, onto the map"
        return f"One map per filter. {stamp}, and stamps add up{added}."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the cells whose stamps reach the box."""
        rows, columns = (_stamping(node, axis, span, reads[source][axis]) for axis, span in enumerate(box))
        return rows, columns

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return the size of all filters times the cells that stamp; what falls off the border counts."""
        return prod(reads[0][:-1]) * prod(node.weights["kernel"])

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return one slice per map that it reads, as large as the stamp."""
        rows, columns, _, slices = node.weights["kernel"]
        return slices, rows, columns

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return its filters."""
        return np.ascontiguousarray(weights["kernel"].transpose(2, 3, 0, 1))

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return every value that reaches the cell, with the weight under which it does."""
        require_place(node, place)
        values, channel = reads[0], place[-1]
        (rows, row_taps), (columns, column_taps) = (
            _reaching(node, axis, place[axis], values.shape[axis]) for axis in (0, 1)
        )
        kernel = weights["kernel"][np.ix_(row_taps, column_taps)][:, :, channel]  # rows, columns, slices
        at = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)
        return Summed(
            values_at(values, at, outside=0.0),
            kernel.astype(np.float64),
            with_channels(at, range(values.shape[-1])),
            bias(weights, channel),
        )


def _axis(node: Node, axis: int, length: int) -> tuple[int, int, int, int]:
    """Return taps, step, distance of taps, and cells that are cut off before the first, along one axis."""
    told = node.settings
    size, step, apart = (told[name][axis] for name in ("kernel_size", "strides", "dilation_rate"))
    if told["padding"] == "valid":
        return size, step, apart, 0
    reach = (length - 1) * step + (size - 1) * apart + 1
    return size, step, apart, max(reach - node.output_shape[axis], 0) // 2


def _stamping(node: Node, axis: int, span: Span, length: int) -> Span:
    size, step, apart, cut = _axis(node, axis, length)
    first, last = span[0] + cut - (size - 1) * apart, span[1] - 1 + cut
    return -(-first // step), last // step + 1


def _reaching(node: Node, axis: int, place: int, length: int) -> tuple[Places, Places]:
    """Return which cells stamp onto a place, and with which tap of the filter each does."""
    size, step, apart, cut = _axis(node, axis, length)
    taps = np.arange(size)[::-1]  # so that cells come in their order
    cells, rest = np.divmod(place + cut - taps * apart, step)
    hit = (rest == 0) & (cells >= 0) & (cells < length)
    return cells[hit], taps[hit]


KINDS = (Transposed(),)
