"""DepthwiseConv2D: every filter slides over one map alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from models.arrays import Floats
from models.graph.cell import Cell, Place, Summed
from models.graph.kind import Grid, Weights, bias, require_place
from models.graph.kinds.convolution import Convolving
from models.graph.node import Node, Shape


class Depthwise(Convolving):
    """DepthwiseConv2D: map by map, each with as many filters as its depth multiplier says."""

    names = ("DepthwiseConv2D",)
    kernel_axes = 4

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return the size of all filters times their places."""
        return prod(node.output_shape[:-1]) * prod(node.weights["kernel"])

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return the one slice that a filter has."""
        rows, columns, _, _ = node.weights["kernel"]
        return 1, rows, columns

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return its filters: those of the first map, then those of the next."""
        rows, columns = weights["kernel"].shape[:2]
        over = weights["kernel"].reshape(rows, columns, -1).transpose(2, 0, 1)
        return np.ascontiguousarray(over[:, np.newaxis])

    def slices(self, node: Node, read: Shape, channel: int) -> range:
        """Return the one map that a filter reads."""
        own = channel // node.weights["kernel"][3]
        return range(own, own + 1)

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the window's values on its one map, the filter and the bias."""
        require_place(node, place)
        channel = place[-1]
        own, which = divmod(channel, weights["kernel"].shape[3])
        kernel = weights["kernel"][:, :, own : own + 1, which]
        found = self.sum_at(node, reads[0], kernel, range(own, own + 1), place)
        return Summed(found.values, found.weights, found.places, bias(weights, channel))


KINDS = (Depthwise(),)
