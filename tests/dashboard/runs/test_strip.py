from __future__ import annotations

import numpy as np
import pytest

from dashboard.runs import strip
from tests import deno

OPENED = """({ openMoment }, bytes) => {
  const { said, rows, columns, channels, pixels, pictures } = openMoment(Uint8Array.from(bytes).buffer);
  const plain = pictures.map((each) => ({ ...each, levels: [...each.levels] }));
  return [said, rows, columns, channels, [...pixels], plain];
}"""


def test_every_picture_says_its_tensor_and_its_scale() -> None:
    """From zero for what is never below it, around zero for what is; a dead layer divides by nothing."""
    values = np.zeros((3, 4, 70), np.float32)
    dead = strip.maps("conv1", values)
    assert (dead.title, dead.scale) == ("conv1, after activation: 64 of 70 maps of 3×4", "0 to 0")
    assert not dead.levels.any()
    values[0, 0, 0] = -2.5
    assert strip.maps("conv1", values).scale == "−2.5 to 2.5"
    kernel = strip.kernels("conv1", np.full((3, 3, 3, 8), 0.25, np.float32))
    assert (kernel.title, kernel.scale) == (
        "conv1, kernels: all 8 of 3×3, the first of 3 slices",
        "−0.25 to 0.25",
    )


@pytest.mark.parametrize("low", [0.0, -3.0])
def test_a_level_is_its_value_to_half_a_step(low: float) -> None:
    """On the scale that the picture names, whichever map has the largest value, also of those not drawn."""
    values = np.random.default_rng(7).uniform(low, 2, (4, 5, 70)).astype(np.float32)
    picture = strip.maps("conv1", values)
    first, last = picture.ends
    shown = first + (last - first) * np.moveaxis(picture.levels, 0, -1) / strip.TOP

    assert np.abs(shown - values[..., : strip.MOST]).max() <= (last - first) / strip.TOP * 0.501
    assert last == np.abs(values).max()


def test_what_is_no_number_is_said() -> None:
    """And the scale is that of the numbers."""
    values = np.array([[[1.0, np.nan, np.inf]]], np.float32)
    picture = strip.maps("conv1", values)

    assert picture.title.endswith("in part no numbers")
    assert picture.scale == "0 to 1"
    values = np.array([[[np.nan, -1.0, 0.5]]], np.float32)
    assert strip.maps("conv1", values).scale == "−1 to 1"
    kernels = values.reshape(1, 1, 1, 1, 3)
    assert [each.scale for each in strip.through(["random"], kernels)] == ["−1 to 1"]


def test_the_browser_opens_what_is_packed() -> None:
    """Words, pixels, and the levels of every picture, map by map."""
    image = np.arange(18).reshape(2, 3, 3).astype(np.uint8)
    pictures = [
        strip.kernels("first", np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 2, 1, 2)),
        strip.maps("first", np.linspace(0, 1, 30, dtype=np.float32).reshape(2, 3, 5)),
    ]
    body = b"".join(strip.pack({"said": "it says ü"}, image, pictures))
    said, rows, columns, channels, pixels, opened = deno.told("train/moment.js", OPENED, [*body])

    assert (said, rows, columns, channels, pixels) == ("it says ü", 2, 3, 3, [*range(18)])
    assert [each["levels"] for each in opened] == [each.levels.ravel().tolist() for each in pictures]
    assert [(each["maps"], each["rows"], each["columns"]) for each in opened] == [(2, 2, 2), (5, 2, 3)]
    assert [each["scale"] for each in opened] == ["−1 to 1", "0 to 1"]
