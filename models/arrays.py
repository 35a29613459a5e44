"""Arrays by what they hold: the kinds that all rooms speak of."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]  # inputs, weights, activations: what a network computes with
Labels = NDArray[np.unsignedinteger]  # the class of each image, as its data set numbers them
Indices = NDArray[np.unsignedinteger]  # of images, cells or channels: as wide as their number asks
Levels = NDArray[np.uint8]  # how far a cell is from the smallest to the largest value of its map


class Rows(Protocol):
    """Inputs of many images, (n, rows, columns, channels), that need not all be in memory at once."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, where: slice | Indices, /) -> Floats:
        """Return those of a part, or of some images by their numbers."""
