"""Conv2D: a filter slides over the maps that it reads, all of them or those of its group."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, under
from models.graph.cell import Cell, Doubles, Place, Summed
from models.graph.kind import Grid, Kind, Weights, bias, over_input, require_place
from models.graph.node import Node, Shape
from models.graph.patch import Windows, taps, values_at, with_channels
from models.graph.receptive_field import Window


class Windowed(Kind):
    """What slides a window over maps, in steps."""

    is_opaque = False
    slides = True
    keeps: ClassVar[tuple[str, ...]] = ("kernel_size", "strides", "dilation_rate", "padding")

    def windows(self, node: Node) -> Windows:
        """Return its window along rows and along columns."""
        told = node.settings
        axes = zip(told["kernel_size"], told["strides"], told["dilation_rate"], strict=True)
        rows, columns = (Window(size, step, apart, told["padding"]) for size, step, apart in axes)
        return rows, columns

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the cells under all windows of the box, padding around the map counted."""
        rows, columns = (
            under(window, span, length)
            for window, span, length in zip(self.windows(node), box, reads[source], strict=False)
        )
        return rows, columns


class Convolving(Windowed):
    """What sums the products of a window's values and a filter, and adds a bias."""

    fuses = True
    form = "sum"
    convolves = True

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what a filter reads, and what a cell is."""
        own, maps = len(self.slices(node, reads[0], 0)), reads[0][-1]
        of = "" if own == maps else f", which reads {own} of the {maps} maps"
        added = ", plus the bias" if "bias" in node.weights else ""
        cell = "A cell is its patch times the kernel drawn below, all products summed"
        return f"One map per filter{of}. {cell}{added}."

    def sum_at(
        self, node: Node, values: Floats, kernel: Floats | Doubles, slices: range, place: Place
    ) -> Summed:
        """Return the sum of one cell, without bias.

        Args:
            node: With windows.
            values: What it reads: (rows, columns, maps).
            kernel: One filter: (rows, columns, slices).
            slices: Maps that its slices lie over.
            place: Row, column and map of the cell.
        """
        require_place(node, place)
        at = taps(self.windows(node), values.shape, (place[0], place[1]))
        patch = values_at(values[..., slices.start : slices.stop], at, outside=0.0)
        return Summed(patch, kernel.astype(np.float64), with_channels(at, slices))


class Convolution(Convolving):
    """Conv2D: every filter has one slice per map that it reads."""

    names = ("Conv2D",)
    kernel_axes = 4
    keeps = (*Windowed.keeps, "groups")

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return the size of all filters, which cover the maps of their group alone, times their places."""
        return prod(node.output_shape[:-1]) * prod(node.weights["kernel"])

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return one slice per map that a filter reads, as large as its window."""
        rows, columns, slices, _ = node.weights["kernel"]
        return slices, rows, columns

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return its filters."""
        return over_input(weights["kernel"], grid)

    def slices(self, node: Node, read: Shape, channel: int) -> range:
        """Return the maps of the filter's group; without groups all."""
        own = node.weights["kernel"][2]
        groups = read[-1] // own
        first = channel // (node.channels // groups) * own
        return range(first, first + own)

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the window's values, the filter and the bias."""
        require_place(node, place)
        values, channel = reads[0], place[-1]
        slices = self.slices(node, values.shape, channel)
        found = self.sum_at(node, values, weights["kernel"][..., channel], slices, place)
        return Summed(found.values, found.weights, found.places, bias(weights, channel))


KINDS = (Convolution(),)
