"""Activation, ReLU, LeakyReLU, PReLU, ELU, Softmax: a function of every number by itself, or of a row.

Of Activation and Softmax the values before are those that they read, and those after what the function gives.
The others have learned or been given numbers of their own; what they give is what they are shown with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from models.arrays import Floats
from models.graph.box import Box
from models.graph.cell import Cell, Copied, Form, Mapped, Place, Shared
from models.graph.kind import Elementwise, Weights, require_place, spread
from models.graph.node import Node, Shape


class Activation(Elementwise):
    """Activation: nothing but the function, which is taken off like one that ends another layer."""

    names: ClassVar[tuple[str, ...]] = ("Activation",)
    fuses = True
    form = "copy"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return through which function values go."""
        if node.activation == "softmax":
            return _sharing(node)
        return f"Every value goes through {node.activation or 'no function: it stays as it is'}."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value before the function."""
        require_place(node, place)
        return Copied(0, place, reads[0][place])


class Softmax(Elementwise):
    """Softmax: over the last axis it is like an Activation; over another it is explained by itself."""

    names = ("Softmax",)
    keeps = ("axis",)
    form = "copy"

    def form_of(self, node: Node) -> Form:
        """Return "copy" before the function over the last axis; "share" over another one."""
        if node.activation is not None:
            return "copy"
        return "share" if isinstance(node.settings["axis"], int) else "opaque"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what shares a whole."""
        if node.activation is not None:
            return _sharing(node)
        if not isinstance(node.settings["axis"], int):
            return "Softmax over several axes at once; how a value comes about is not explained here."
        axis = node.settings["axis"] % (len(node.output_shape) + 1) - 1
        line = ("every column", "every row", "every place")[axis] if node.has_maps else "every line"
        return f"Softmax: the values of {line} share a whole of 1."

    def activation(self, config: Mapping[str, Any], fused: str | None) -> str | None:
        """Return "softmax" where it goes over the last axis."""
        return "softmax" if config["axis"] == -1 else None

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the same box; as long as the maps along axes on which cells share a whole."""
        told = node.settings["axis"]
        axes = [told] if isinstance(told, int) else told
        return spread(
            super().sees(node, box, reads, source),
            reads[source],
            [axis % (len(node.output_shape) + 1) - 1 for axis in axes],
        )

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value before the function, or those that share a whole along another axis."""
        require_place(node, place)
        if node.activation is not None:
            return Copied(0, place, reads[0][place])
        if not isinstance(node.settings["axis"], int):
            return None
        axis = node.settings["axis"] % (len(place) + 1) - 1
        line = tuple(slice(None) if each == axis else at for each, at in enumerate(place))
        return Shared.of(reads[0][line], place[axis])


class Rectifying(Elementwise):
    """ReLU, LeakyReLU and ELU: above zero a value stays, below it is cut, damped or bent."""

    names = ("ReLU", "LeakyReLU", "ELU")
    keeps = ("max_value", "negative_slope", "threshold", "alpha")
    form = "map"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return through which function values go."""
        return f"Every value goes through {self.function(node)}."

    def function(self, node: Node) -> str:
        """Return the function and its numbers, as a person reads it."""
        told = node.settings
        return f"elu, alpha {float(told['alpha']):g}" if node.kind == "ELU" else _rectified(0, told)[0]

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, the function and what it gives."""
        require_place(node, place)
        value, told = float(reads[0][place]), node.settings
        if node.kind == "ELU":
            alpha = float(told["alpha"])
            result = value if value > 0 else alpha * float(np.expm1(value))
        else:
            _, result = _rectified(value, told)
        return Mapped(np.float32(value), self.function(node), np.float32(result))


class ParametricRelu(Elementwise):
    """PReLU: below zero a value is damped by a learned slope."""

    names = ("PReLU",)
    form = "map"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what is learned."""
        return "Above zero every value stays; below, it is multiplied by a slope that was learned."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, the function with the slope of this place, and what it gives."""
        require_place(node, place)
        value = float(reads[0][place])
        alpha = float(np.broadcast_to(weights["alpha"], node.output_shape)[place])
        result = value if value > 0 else alpha * value
        return Mapped(np.float32(value), f"relu, slope {alpha:g} below zero", np.float32(result))


def _sharing(node: Node) -> str:
    """Return what shares a whole of 1 along the last axis."""
    who = "at every place the maps" if node.has_maps else "all units"
    return f"Softmax: {who} share a whole of 1."


def _rectified(value: float, told: Mapping[str, Any]) -> tuple[str, float]:
    """Return what a ReLU with these settings is called, and what it makes of a value."""
    slope, start = float(told.get("negative_slope") or 0), float(told.get("threshold") or 0)
    most = told.get("max_value")
    said = [f"slope {slope:g} below {start:g}"] if slope or start else []
    result = value if value >= start else slope * (value - start)
    if most is not None:
        said, result = [*said, f"at most {float(most):g}"], min(result, float(most))
    return ", ".join(["relu", *said]), result


KINDS = (Activation(), Softmax(), Rectifying(), ParametricRelu())
