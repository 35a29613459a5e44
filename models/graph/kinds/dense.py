"""Dense: a unit weighs everything that it reads; on maps, every cell by itself, over its channels."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, whole
from models.graph.cell import Cell, Place, Summed
from models.graph.kind import Grid, Kind, Weights, bias, over_input, require_place
from models.graph.node import Node, Shape


class Dense(Kind):
    """Dense."""

    names = ("Dense",)
    kernel_axes = 2
    is_opaque = False
    fuses = True
    form = "sum"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is weighed."""
        if len(reads[0]) == 3:
            return "One map per unit: at every place a weighted sum over all maps that it reads."
        return "One cell per unit: a weighted sum of everything that it reads."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the same cells of maps; of a row, all."""
        return box if len(reads[source]) == 3 else whole(reads[source])

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return inputs times units, as often as there are cells."""
        return prod(node.output_shape[:-1]) * prod(node.weights["kernel"])

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return one slice per map, as large as it, behind Flatten; on maps one cell of each; else a row."""
        inputs = node.weights["kernel"][0]
        if len(read) == 3:
            return (read[2], read[0], read[1]) if prod(read) == inputs else (inputs, 1, 1)
        return 1, 1, inputs

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return its units' weights."""
        return over_input(weights["kernel"], grid)

    def slices(self, node: Node, read: Shape, channel: int) -> range:
        """Return all channels of maps; of a row, which is one slice, that."""
        return range(read[-1]) if len(read) == 3 else range(1)

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return all that the unit reads, its weights and its bias."""
        require_place(node, place)
        values, at = reads[0][place[:-1]], place[:-1]
        before = np.broadcast_to(np.array(at, np.intp), (len(values), len(at)))
        places = np.concatenate([before, np.arange(len(values))[:, np.newaxis]], axis=1)
        weighed = weights["kernel"][:, place[-1]].astype(np.float64)
        return Summed(values, weighed, places, bias(weights, place[-1]))


KINDS = (Dense(),)
