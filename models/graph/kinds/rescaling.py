"""Rescaling and Normalization: an image's values, in the range that the network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.arrays import Floats
from models.graph.cell import Cell, Place, Scaled
from models.graph.kind import Elementwise, Weights, require_place
from models.graph.node import Node, Shape

TINY = 1e-7  # keras.config.epsilon(): no value is divided by less


class Rescaling(Elementwise):
    """Rescaling: times a scale, plus an offset, each one number or one per channel."""

    names = ("Rescaling",)
    keeps = ("scale", "offset")
    form = "scale"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return by how much values are multiplied, and what is added, where each is one number."""
        scale, offset = (node.settings[name] for name in ("scale", "offset"))
        if not all(isinstance(each, int | float) for each in (scale, offset)):
            return "Every value times the scale of its channel, plus the offset of its channel."
        shifted = f", {'plus' if offset > 0 else 'less'} {abs(offset):g}" if offset else ""
        return f"Every value times {scale:g}{shifted}."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, its scale and its offset."""
        require_place(node, place)
        scale, offset = (_at(node.settings[name], node, place) for name in ("scale", "offset"))
        return Scaled(reads[0][place], scale, offset)


class Normalisation(Elementwise):
    """Normalization: less a mean, divided by a deviation, both found in data before or given."""

    names = ("Normalization",)
    keeps = ("axis", "mean", "variance", "invert")
    form = "scale"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is taken away and divided by, or the other way around."""
        if node.settings.get("invert"):
            return "Every value times a standard deviation, plus a mean, both found before or given."
        return "Every value less a mean, divided by a standard deviation, both found before or given."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, and what mean and variance come to."""
        require_place(node, place)
        told = node.settings
        mean, variance = (
            _along(told[name] if told[name] is not None else weights[name], node, place)
            for name in ("mean", "variance")
        )
        deviation = max(variance**0.5, TINY)
        if told.get("invert"):
            return Scaled(reads[0][place], deviation, mean, mean, variance)
        return Scaled(reads[0][place], 1 / deviation, -mean / deviation, mean, variance)


def _at(told: Any, node: Node, place: Place) -> float:
    """Return the number that is spread over a place."""
    return float(np.broadcast_to(np.asarray(told, np.float64), node.output_shape)[place])


def _along(told: Any, node: Node, place: Place) -> float:
    """Return the number of a place that has one for each step along the layer's axes, in their order."""
    axis = node.settings["axis"]
    axes = [] if axis is None else axis if isinstance(axis, Sequence) else [axis]
    values = np.asarray(told, np.float64)
    own = tuple(place[each % (len(node.output_shape) + 1) - 1] for each in sorted(axes))
    return float(values[own]) if values.ndim == len(own) else float(values.ravel()[own[-1] if own else 0])


KINDS = (Rescaling(), Normalisation())
