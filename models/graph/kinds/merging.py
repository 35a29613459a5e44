"""Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate: several inputs become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box, whole
from models.graph.cell import Cell, Combined, Copied, Operation, Place
from models.graph.kind import Elementwise, Kind, Weights, listed, require_place
from models.graph.node import Node, Shape

WORDS: Mapping[Operation, str] = {
    "sum": "the sum of the cells",
    "difference": "the first cell less the second",
    "product": "the product of the cells",
    "mean": "the mean of the cells",
    "maximum": "the largest of the cells",
    "minimum": "the smallest of the cells",
}


class Merging(Elementwise):
    """What makes one number of those at the same place; what is one cell wide is spread over all."""

    names = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    operations: ClassVar[dict[str, Operation]] = {
        "Add": "sum",
        "Subtract": "difference",
        "Multiply": "product",
        "Average": "mean",
        "Maximum": "maximum",
        "Minimum": "minimum",
    }

    form = "merge"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is done with which inputs."""
        return f"Each cell is {WORDS[self.operations[node.kind]]} at the same place of {listed(node.reads)}."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return one value of each input and what is done with them."""
        require_place(node, place)
        places = tuple(_spread(place, values.shape) for values in reads)
        found = np.array([values[at] for values, at in zip(reads, places, strict=True)], np.float32)
        return Combined(found, places, self.operations[node.kind])


class Concatenation(Kind):
    """Concatenate: one input behind the other, along channels or another axis."""

    names = ("Concatenate",)
    keeps = ("axis",)
    is_opaque = False
    form = "copy"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what lies behind what, and that nothing is computed."""
        what = "channels" if self.axis(node) == len(node.output_shape) - 1 else "values"
        return f"The {what} of {listed(node.reads)}, one after the other: nothing is computed."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the same cells; where inputs lie beside each other, the part that is of this one."""
        axis = self.axis(node)
        if len(node.output_shape) != 3:
            return whole(reads[source])
        if axis == 2:
            return box
        before = sum(read[axis] for read in reads[:source])
        low, high = (min(max(at - before, 0), reads[source][axis]) for at in box[axis])
        return ((low, high), box[1]) if axis == 0 else (box[0], (low, high))

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return which input the value comes from, and where it lies there."""
        require_place(node, place)
        axis = self.axis(node)
        source, at = 0, place[axis]
        while at >= reads[source].shape[axis]:
            at -= reads[source].shape[axis]
            source += 1
        where = (*place[:axis], at, *place[axis + 1 :])
        return Copied(source, where, reads[source][where])

    def axis(self, node: Node) -> int:
        """Return along which axis inputs lie, without the batch, counted from 0."""
        axis: int = node.settings["axis"]
        return axis % (len(node.output_shape) + 1) - 1


def _spread(place: Place, shape: Shape) -> Place:
    """Return where a place's value comes from in an input that may be one cell wide along some axes."""
    own = place[len(place) - len(shape) :]
    return tuple(0 if length == 1 else at for at, length in zip(own, shape, strict=True))


KINDS = (Merging(), Concatenation())
