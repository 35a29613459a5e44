"""What a network that is learning makes of an image, at any of its snapshots."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.training.order import Order
from models.training.snapshots import Moment, SnapshotError

if TYPE_CHECKING:
    import keras

KEPT = 4  # networks that stay opened: each has at most 12 MB of weights


@dataclass(frozen=True)
class Seen:
    """What a network made of an image at one moment.

    Attributes:
        maps: By layer that has maps, behind its activation: (rows, columns, maps).
        kernels: Of the first layer that sees the image: (rows, columns, channels, filters), None where
            that is no convolution.
        first: Name of that layer.
        probabilities: Of each class.
    """

    maps: dict[str, Floats]
    kernels: Floats | None
    first: str
    probabilities: Floats


class Moments:
    """Opens the networks of trainings, and asks them about an image at a snapshot; safe from many threads."""

    def __init__(self) -> None:
        """Begin without any."""
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._images: dict[str, Dataset] = {}
        self._changing = threading.Lock()

    def images(self, order: Order) -> Dataset:
        """Return the test images of what was ordered.

        Raises:
            DataError: They cannot be read.
        """
        with self._changing:
            if order.dataset not in self._images:
                self._images[order.dataset] = order.source.part("test")
            return self._images[order.dataset]

    def seen(self, run: str, order: Order, place: tuple[Path, Moment], image: Floats) -> Seen:
        """Return what a training's network makes of an image, (rows, columns, channels), at a snapshot.

        Args:
            run: Id of the training.
            order: Its network.
            place: Folder of the snapshots, and which.
            image: As it is fed.

        Raises:
            SnapshotError: The snapshot cannot be read.
        """
        with self._changing:
            if run not in self._opened:
                self._opened[run] = _Opened(order)
                if len(self._opened) > KEPT:
                    self._opened.popitem(last=False)
            self._opened.move_to_end(run)
            opened = self._opened[run]
        return opened.seen(place[0] / place[1].file, image)


class _Opened:
    """One network, whose weights are those of the snapshot that was asked for last."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._using = threading.Lock()
        self._weights: Path | None = None
        self._model: keras.Model | None = None
        self._forward: Any = None

    def seen(self, weights: Path, image: Floats) -> Seen:
        """Return what it makes of an image with these weights."""
        with self._using:
            self._open()
            if weights != self._weights:
                self._weights = None
                try:
                    self._model.load_weights(weights)  # type: ignore[union-attr] # it is open
                except (OSError, ValueError, KeyError) as error:
                    raise SnapshotError(f"The snapshot {weights.name} cannot be read.") from error
                self._weights = weights
            values = {name: each.numpy()[0] for name, each in self._forward(image[np.newaxis]).items()}
            first = next(layer for layer in self._model.layers if layer.weights)  # type: ignore[union-attr]
            kernel = np.asarray(first.kernel)
        maps = {name: each for name, each in values.items() if each.ndim == 3}
        return Seen(maps, kernel if kernel.ndim == 4 else None, first.name, list(values.values())[-1])

    def _open(self) -> None:
        if self._model is not None:
            return
        import keras  # noqa: PLC0415 - takes seconds
        import tensorflow as tf  # noqa: PLC0415

        from models.training.built import built  # noqa: PLC0415

        model = built(self._order)
        layers = {layer.name: layer.output for layer in model.layers if _is_shown(layer)}
        asked = keras.Model(model.inputs[0], layers)
        shape = (1, *self._order.source.spec.shape)
        self._forward = tf.function(
            lambda image: asked(image, training=False),
            input_signature=[tf.TensorSpec(shape, tf.float32)],
            autograph=False,
        )
        self._model = model


def _is_shown(layer: keras.Layer) -> bool:
    """Return whether a layer's values are looked at: what ends in an activation function, or pools."""
    ends = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return ends != "linear" or hasattr(layer, "pool_size")
