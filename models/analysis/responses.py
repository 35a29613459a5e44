"""What a bank of strokes does to the filters of a convolution, at every place that it is shown at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.analysis import selectivity, stimuli
from models.analysis.stimuli import BANK, PLACES
from models.arrays import Floats
from models.datasets.dataset import ImageSpec
from models.graph.description import Layer, convolutions
from models.graph.node import IMAGE
from models.graph.receptive_field import ReceptiveField

if TYPE_CHECKING:
    import tensorflow as tf

    from models.engine.opened import Opened

BATCH = len(BANK)  # pictures that run at once


@dataclass(frozen=True)
class Responses:
    """What the bank does to one convolution, at every place.

    Attributes:
        raised: (stimuli, places, filters).
        lowered: (stimuli, places, filters).
        fired: (stimuli, places, filters).
        paper: (filters,).
    """

    raised: Floats
    lowered: Floats
    fired: Floats
    paper: Floats

    @cached_property
    def selectivity(self) -> Floats:
        """How selective each filter is over all places, (kinds, filters)."""
        return selectivity.selectivities(self.raised.mean(axis=1), self.lowered.mean(axis=1))


def responses(opened: Opened, spec: ImageSpec) -> dict[str, Responses]:
    """Return what the bank does to every convolution of a network that reads images of a form, by name."""
    return responding(opened, spec)()


def responding(opened: Opened, spec: ImageSpec) -> Callable[[], dict[str, Responses]]:
    """Return what gives the `responses` of a network with the weights that it has by then."""
    passing = _compiled(opened, spec)
    grey = stimuli.pictures(spec.rows, spec.columns).reshape(-1, spec.rows, spec.columns, 1)
    pictures = spec.prepare(np.repeat(grey, spec.channels, axis=-1))
    paper = spec.prepare(np.zeros((1, *spec.shape), np.uint8))

    def found() -> dict[str, Responses]:
        empty = [each.numpy() for each in passing(paper)]
        parts = [passing(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)]
        return {
            layer.name: _responses(
                np.concatenate([each[place].numpy() for each in parts], axis=1), empty[place]
            )
            for place, layer in enumerate(convolutions(opened.layers))
        }

    return found


def _compiled(opened: Opened, spec: ImageSpec) -> tf.types.experimental.PolymorphicFunction:
    """Return what gives, of pictures, each convolution's largest, smallest and post-activation cells."""
    import tensorflow as tf  # noqa: PLC0415 - takes seconds; reading must not

    sides = spec.rows, spec.columns
    inner = {layer.name: cells(layer, sides) for layer in convolutions(opened.layers)}

    def passing(values: tf.Tensor) -> list[tf.Tensor]:
        found = []
        pairs = opened.values({IMAGE: values}, inner)
        for name, (rows, columns) in inner.items():
            pre, post = (each[:, rows, columns] for each in pairs[name])
            ends = [tf.reduce_max(pre, (1, 2)), tf.reduce_min(pre, (1, 2)), tf.reduce_max(post, (1, 2))]
            found.append(tf.stack(ends))
        return found

    return tf.function(passing, autograph=False)


def _responses(found: Floats, empty: Floats) -> Responses:
    """Return what was found, (3, pictures, filters), less that on empty paper, (3, 1, filters)."""
    high, low, post = found.reshape(3, len(BANK), len(PLACES), -1)
    return Responses(
        raised=np.maximum(high - empty[0], 0),
        lowered=np.maximum(empty[1] - low, 0),
        fired=post,
        paper=empty[0, 0],
    )


def cells(layer: Layer, sides: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and the columns of cells that see nothing beyond the picture; the middle where all do.

    All cells of maps that see boxes of several sizes, or all of the picture: nobody knows better.

    Args:
        layer: A convolution.
        sides: Rows and columns of the picture.

    Raises:
        ValueError: The layer has no maps.
    """
    if not layer.has_maps:
        raise ValueError(f"{layer.name} has no cells.")
    if layer.sight is None:
        return slice(None), slice(None)
    rows, columns = (
        _inside(axis, count, side)
        for axis, count, side in zip(layer.sight, layer.output_shape, sides, strict=False)
    )
    return rows, columns


def _inside(axis: ReceptiveField, count: int, side: int) -> slice:
    spans = [axis.span(cell) for cell in range(count)]
    inside = [cell for cell, (first, end) in enumerate(spans) if first >= 0 and end <= side]
    return slice(inside[0], inside[-1] + 1) if inside else slice(count // 2, count // 2 + 1)
