"""SeparableConv2D: one convolution map by map, then one that mixes what it found, with no bias between.

Both are sums of products, so together they are one: a filter of the whole is, slice by slice, the filters of
that map, weighted. What is shown is that filter. What is counted is what is computed, in two steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from models.arrays import Floats
from models.graph.cell import Cell, Doubles, Place, Summed
from models.graph.kind import Grid, Weights, bias, require_place
from models.graph.kinds.convolution import Convolving
from models.graph.node import Node, Shape


class Separable(Convolving):
    """SeparableConv2D."""

    names = ("SeparableConv2D",)

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return both steps' weights times their places."""
        both = prod(node.weights["depthwise_kernel"]) + prod(node.weights["pointwise_kernel"])
        return prod(node.output_shape[:-1]) * both

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return one slice per map, as large as the window of the first step."""
        rows, columns, slices, _ = node.weights["depthwise_kernel"]
        return slices, rows, columns

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return the filters that both steps come to."""
        found = mixed(weights["depthwise_kernel"], weights["pointwise_kernel"]).transpose(3, 2, 0, 1)
        return np.ascontiguousarray(found, np.float32)

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the window's values, the filter that both steps come to, and the bias."""
        require_place(node, place)
        values, channel = reads[0], place[-1]
        mixing = weights["pointwise_kernel"][..., channel : channel + 1]
        kernel = mixed(weights["depthwise_kernel"], mixing)[..., 0]
        found = self.sum_at(node, values, kernel, range(values.shape[-1]), place)
        return Summed(found.values, kernel, found.places, bias(weights, channel))


def mixed(depthwise: Floats, pointwise: Floats) -> Doubles:
    """Return the filters of both steps as those of one: (rows, columns, slices, filters).

    Args:
        depthwise: (rows, columns, slices, multiplier).
        pointwise: (1, 1, slices · multiplier, filters).
    """
    _, _, slices, multiplier = depthwise.shape
    mixing = pointwise.reshape(slices, multiplier, -1).astype(np.float64)
    found: Doubles = np.einsum("rcsm,smf->rcsf", depthwise.astype(np.float64), mixing)
    return found


KINDS = (Separable(),)
