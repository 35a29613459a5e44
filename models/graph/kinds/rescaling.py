"""Rescaling and Normalization: an image's values, in the range that the network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.arrays import Floats
from models.graph.cell import Cell, Place, Scaled
from models.graph.kind import Elementwise, Weights, require_place
from models.graph.node import Node

TINY = 1e-7  # keras.config.epsilon(): no value is divided by less


class Rescaling(Elementwise):
    """Rescaling: times a scale, plus an offset, each one number or one per channel."""

    names = ("Rescaling",)
    keeps = ("scale", "offset")

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, its scale and its offset."""
        require_place(node, place)
        scale, offset = (_at(node.settings[name], node, place) for name in ("scale", "offset"))
        return Scaled(reads[0][place], scale, offset)


class Normalisation(Elementwise):
    """Normalization: less a mean, divided by a deviation, both found in data before or given."""

    names = ("Normalization",)
    keeps = ("axis", "mean", "variance", "invert")

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
