"""Layers that change something in training alone: here they pass on what they read."""

from __future__ import annotations

from collections.abc import Sequence

from models.arrays import Floats
from models.graph.cell import Cell, Copied, Place
from models.graph.kind import Elementwise, Weights, require_place
from models.graph.node import Node, Shape


class Passing(Elementwise):
    """Dropout and its like, noise, and random changes of images."""

    names = (
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout"),
        *("GaussianNoise", "ActivityRegularization", "Identity"),
        *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"),
        *("RandomContrast", "RandomBrightness"),
    )

    form = "copy"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return that values stay as they are."""
        return "Values are passed on as they are; a layer of this kind does something in training alone."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value at the same place."""
        require_place(node, place)
        return Copied(0, place, reads[0][place])


KINDS = (Passing(),)
