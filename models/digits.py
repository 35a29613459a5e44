"""The one way from pixels to what the networks are fed: white on black, float32 in [0, 1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 28  # pixels


def prepare(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return digits as the networks were trained on them: (..., 28, 28, 1) float32 in [0, 1].

    Args:
        images: (..., 28, 28) uint8, 0 black background, 255 white ink.

    Raises:
        ValueError: Another type or shape, such as digits that were prepared already.
    """
    if images.dtype != np.uint8 or images.shape[-2:] != (SIDE, SIDE):
        raise ValueError(f"A digit is {SIDE}×{SIDE} uint8, not {images.shape} {images.dtype}.")
    return np.divide(images, np.float32(255), dtype=np.float32)[..., np.newaxis]
