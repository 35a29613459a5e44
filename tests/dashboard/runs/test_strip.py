from __future__ import annotations

import numpy as np

from dashboard.runs import strip
from dashboard.runs.strip import GAP, mosaic


def test_a_map_is_cut_back_out_of_the_mosaic_unchanged() -> None:
    """Every one, in its row and column."""
    tiles = np.random.default_rng(7).integers(0, 256, (19, 4, 5, 3)).astype(np.uint8)
    whole = mosaic(tiles)

    assert whole.shape == (2 * (4 + GAP) - GAP, 16 * (5 + GAP) - GAP, 3)
    for number, tile in enumerate(tiles):
        top, left = (number // 16) * (4 + GAP), (number % 16) * (5 + GAP)
        assert np.array_equal(whole[top : top + 4, left : left + 5], tile)


def test_every_picture_says_its_tensor_and_its_scale() -> None:
    """From zero for what is never below it, around zero for what is; a dead layer divides by nothing."""
    values = np.zeros((3, 4, 70), np.float32)
    dead = strip.maps("conv1", values, "light")
    assert (dead.title, dead.scale) == ("conv1, after activation: 64 of 70 maps of 3×4", "0 to 0")
    values[0, 0, 0] = -2.5
    assert strip.maps("conv1", values, "light").scale == "−2.5 to 2.5"
    kernel = strip.kernels("conv1", np.full((3, 3, 3, 8), 0.25, np.float32), "dark")
    assert (kernel.title, kernel.scale) == (
        "conv1, kernels: all 8 of 3×3, the first of 3 slices",
        "−0.25 to 0.25",
    )
