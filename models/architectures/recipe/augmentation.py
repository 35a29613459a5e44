"""Images as other hands might have made them: what an augmented training learns instead of the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.datasets.warping import affine, elastic, places, sample


@dataclass(frozen=True)
class Augmentation:
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
        where += elastic(sides, rng, count, self.elastic, self.smoothness)
        return sample(images[..., 0], where)[..., None]


OTHER_HANDS = Augmentation(rotation=10, scale=0.12, shear=0.15, shift=1.5, elastic=1.0, smoothness=4)
