"""Images as other hands might have made them: what an augmented training learns instead of the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.arrays import Floats
from models.datasets.coloured_mnist import INKS, grey
from models.datasets.dataset import WHITE
from models.datasets.warping import affine, elastic, places, sample


class Augmentation(Protocol):
    """How images are changed before they are learned; a frozen dataclass, so that it can be written down."""

    def apply(self, images: Floats, rng: np.random.Generator) -> Floats:
        """Return images as networks are fed of them, (n, rows, columns, channels), each changed by chance."""


@dataclass(frozen=True)
class Movement:
    """How far an image is moved at most, each time anew; all but the elastic part is uniform around nothing.

    Attributes:
        rotation: In degrees.
        scale: Share by which it grows or shrinks.
        shear: Columns per row.
        shift: Rows, and columns.
        elastic: Standard deviation of the smooth displacements, in pixels.
        smoothness: Of the displacements: sigma of a Gaussian, in pixels.
    """

    rotation: float
    scale: float
    shear: float
    shift: float
    elastic: float
    smoothness: float

    def apply(self, images: Floats, rng: np.random.Generator) -> Floats:
        """Return images, (n, rows, columns, 1), 0 where nothing is shown, each moved in its own way."""
        count, sides = len(images), images.shape[1:3]
        turn, grow, slant, down, right = rng.uniform(-1, 1, (5, count))
        where = places(
            sides,
            affine(
                sides,
                rotation=self.rotation * turn,
                scale=1 + self.scale * grow,
                shear=self.shear * slant,
                down=self.shift * down,
                right=self.shift * right,
            ),
        )
        if self.elastic:  # half of the time
            where += elastic(sides, rng, count, self.elastic, self.smoothness)
        return sample(images[..., 0], where)[..., None]


@dataclass(frozen=True)
class Turning(Movement):
    """As `Movement`, and by chance the other way round, left for right.

    Attributes:
        mirrored: Share of the images that are.
    """

    mirrored: float = 0.5

    def apply(self, images: Floats, rng: np.random.Generator) -> Floats:
        """Return images, (n, rows, columns, 1), 0 where nothing is shown, each moved in its own way."""
        turned = rng.random(len(images)) < self.mirrored
        flipped = np.where(turned[:, None, None, None], images[:, :, ::-1], images)
        return super().apply(flipped, rng)


@dataclass(frozen=True)
class Recolouring:
    """Digits in coloured ink, put into another ink by chance, so that no colour tells a class any more.

    Attributes:
        inks: Colours that there are.
    """

    inks: int = len(INKS)

    def apply(self, images: Floats, rng: np.random.Generator) -> Floats:
        """Return images, (n, rows, columns, 3) from 0 to 1, each in any of the inks."""
        inks = np.array(INKS, np.float32)[rng.integers(0, self.inks, len(images))] / WHITE
        return np.asarray(grey(images)[..., None] * inks[:, None, None], np.float32)


OTHER_HANDS = Movement(rotation=10, scale=0.12, shear=0.15, shift=1.5, elastic=1.0, smoothness=4)
OTHER_PIECES = Turning(rotation=0, scale=0.05, shear=0.0, shift=1.0, elastic=0.0, smoothness=4)
