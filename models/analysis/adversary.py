"""An image that a network takes for another class: how far it is from the one at hand, and the way to it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.dataset import WHITE, ImageSpec
from models.store.lazy_npz import archive_of

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Distance:
    """How far a picture is from an image.

    Attributes:
        l2: Root of the sum of all squared differences, white is 1 and black 0.
        linf: Largest difference of a pixel, likewise.
        pixels: How many differ by more than half of one of 255 levels, in any of their channels.
    """

    l2: float
    linf: float
    pixels: int

    @classmethod
    def between(cls, image: Floats, pixels: NDArray[np.uint8], spec: ImageSpec) -> Distance:
        """Return that from an image, as networks are fed of it, to a picture in pixels."""
        shares = spec.shares(image).astype(np.float64)
        change = np.abs(pixels.reshape(spec.shape) / WHITE - shares)
        differ = (change > 0.5 / WHITE).any(axis=-1)
        return cls(float(np.linalg.norm(change)), float(change.max()), int(differ.sum()))


@dataclass(frozen=True)
class Adversary:
    """An image that a network takes for another class, and how it was found.

    Attributes:
        target: What it says of this image, clearly: `adversarial.MARGIN` says how much so.
        distance: From the image at hand.
        pixels: uint8, of the sides that images of the data set have.
        way: (steps, …) uint8, the images that were looked at, the one at hand first, rounded.
        logits: (steps, classes), of these, not rounded.
        distances: (steps,), L2 of these to the image at hand, not rounded.
    """

    target: int
    distance: Distance
    pixels: NDArray[np.uint8]
    way: NDArray[np.uint8]
    logits: Floats
    distances: Doubles


@dataclass(frozen=True)
class Adversaries:
    """What was found near an image for every class that the network does not say of it.

    Attributes:
        before: What it says.
        classes: How many there are.
        found: By class, in their order; a class for which nothing was found is not there.
    """

    before: int
    classes: int
    found: Mapping[int, Adversary]

    @property
    def distances(self) -> tuple[float | None, ...]:
        """L2 to what was found for each class, None for the answer itself and where nothing was."""
        found = (self.found.get(target) for target in range(self.classes))
        return tuple(None if each is None else each.distance.l2 for each in found)

    @property
    def nearest(self) -> Adversary | None:
        """The nearest of all, of equals that of the smallest class; None if nothing was found at all."""
        return min(self.found.values(), key=lambda each: each.distance.l2, default=None)

    def to_bytes(self) -> bytes:
        """Return a packed archive of arrays, such as `from_bytes` reads."""
        arrays: dict[str, NDArray[np.generic]] = {"network": np.array([self.before, self.classes])}
        for target, each in self.found.items():
            parts = {name: getattr(each, name) for name in ("pixels", "way", "logits", "distances")}
            arrays |= {f"{name}{target}": part for name, part in parts.items()}
            arrays[f"distance{target}"] = np.array(astuple(each.distance))
        return archive_of(arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Adversaries:
        """Return what `to_bytes` wrote."""
        found = {}
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            before, classes = archive["network"].tolist()
            for target in range(classes):
                if f"pixels{target}" in archive:
                    l2, linf, changed = archive[f"distance{target}"].tolist()
                    parts = (archive[f"{name}{target}"] for name in ("pixels", "way", "logits", "distances"))
                    found[target] = Adversary(target, Distance(l2, linf, int(changed)), *parts)
        return cls(before, classes, found)
