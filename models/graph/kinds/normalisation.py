"""BatchNormalization and LayerNormalization: every value is scaled and shifted.

The first takes scale and shift from what it saw in training; the second from the image's own values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats
from models.graph.box import Box
from models.graph.cell import Cell, Place, Scaled
from models.graph.kind import Elementwise, Weights, require_place, spread
from models.graph.node import Node, Shape


class BatchNormalisation(Elementwise):
    """BatchNormalization, with its moving statistics."""

    names = ("BatchNormalization",)
    keeps = ("axis", "epsilon")
    form = "scale"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return what shares a scale and a shift, and where these come from."""
        shares = {2: "map", 0: "row" if node.has_maps else "unit", 1: "column"}.get(_axes(node)[0], "channel")
        seen = "the mean and the variance that training saw, and what it learned"
        return f"Every {shares} is scaled and shifted by numbers of its own, from {seen}."

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, and the scale and shift of its channel."""
        require_place(node, place)
        channel = place[_axes(node)[0]]
        mean, variance = (float(weights[name][channel]) for name in ("moving_mean", "moving_variance"))
        return Scaled(reads[0][place], *_steps(node, mean, variance, weights, (channel,)), mean, variance)


class LayerNormalisation(Elementwise):
    """LayerNormalization, over the axes that it is told."""

    names = ("LayerNormalization",)
    keeps = ("axis", "epsilon", "rms_scaling")
    form = "scale"

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return over which values mean and variance are taken."""
        last, every = len(node.output_shape) - 1, len(_axes(node)) == len(node.output_shape)
        around = "the channels at its place" if _axes(node) == (last,) else "the values in line with it"
        taken = "the variance" if node.settings.get("rms_scaling") else "the mean and the variance"
        return f"Every value is scaled and shifted, by {taken} of {'all values' if every else around}."

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the same box; as long as the maps along axes over which the mean is taken."""
        return spread(super().sees(node, box, reads, source), reads[source], _axes(node))

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return the value, and the scale and shift that the values around it come to."""
        require_place(node, place)
        axes = _axes(node)
        group = tuple(slice(None) if axis in axes else at for axis, at in enumerate(place))
        values = reads[0][group].astype(np.float64)
        variance, own = float(values.var()), tuple(place[axis] for axis in axes)
        mean = 0.0 if node.settings.get("rms_scaling") else float(values.mean())
        return Scaled(reads[0][place], *_steps(node, mean, variance, weights, own), mean, variance)


def _axes(node: Node) -> tuple[int, ...]:
    """Return the axes that the layer works along, without the batch, counted from 0."""
    told = node.settings["axis"]
    axes = told if isinstance(told, Sequence) else [told]
    return tuple(sorted(axis % (len(node.output_shape) + 1) - 1 for axis in axes))


def _steps(node: Node, mean: float, variance: float, weights: Weights, own: Place) -> tuple[float, float]:
    """Return the scale and the shift that mean, variance and what was learned at a place come to."""
    scale = (variance + float(node.settings["epsilon"])) ** -0.5
    scale *= float(weights["gamma"][own]) if "gamma" in weights else 1.0
    shift = float(weights["beta"][own]) if "beta" in weights else 0.0
    return scale, shift - mean * scale


KINDS = (BatchNormalisation(), LayerNormalisation())
