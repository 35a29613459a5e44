"""What would raise one channel most: a picture climbed from noise. It is an illustration, not an image."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.dataset import WHITE, ImageSpec
from models.graph.description import Layer

SEED = 7
SEEDS = 1_000  # that can be asked for, from 0 on
STEPS = 64
RATE = 0.1  # of the first step, how far a pixel goes at most; it falls evenly to zero
VARIATION = 2.0  # weight of the mean difference between neighbours
SQUARES = 1.0  # weight of the mean square
DECAY = 0.9, 0.999  # of Adam's two means
TINY = 1e-8
ROUND = 0.01  # differences well below this count as none
RECIPE = f"2 {STEPS} {RATE:g} {VARIATION:g} {SQUARES:g}"  # changes whenever what a seed leads to does
DEFINITION = (
    f"A picture that was changed in {STEPS} steps, from noise, so as to raise one number: a unit's "
    "pre-activation (of a class its logit), or that of a map in its middle cell. Raised is that number, "
    "divided by the range of its values over the test images, less "
    f"{VARIATION:g} times the mean difference between neighbours (total variation) and {SQUARES:g} times the "
    "mean square of the pixels. Pixels stay in [0, 1]; what the cell does not see is background."
)
SOURCE = (
    "Erhan, Bengio, Courville & Vincent (2009), Université de Montréal, technical report 1341; Mahendran & "
    "Vedaldi (2015), doi:10.1109/CVPR.2015.7299155; Olah, Mordvintsev & Schubert (2017), "
    "doi:10.23915/distill.00007; steps: Kingma & Ba (2014), doi:10.48550/arXiv.1412.6980"
)

Slope = Callable[[Floats], Floats]  # from what networks are fed to the derivatives of the number
Value = Callable[[Floats], float]  # from that to the number


@dataclass(frozen=True)
class Illustration:
    """The picture that noise of one seed was climbed to, and how strong the channel is on it.

    Attributes:
        noise: The number on the noise that it began with.
        pixels: uint8, of the sides that images have; None where the number did not respond to any step.
        value: The number on exactly these pixels, None where there are none.
    """

    noise: float
    pixels: NDArray[np.uint8] | None = None
    value: float | None = None

    def to_bytes(self) -> bytes:
        """Return JSON, such as `from_bytes` reads."""
        told: dict[str, Any] = {"noise": self.noise, "value": self.value, "pixels": None, "sides": None}
        if self.pixels is not None:
            told["pixels"] = b64encode(zlib.compress(self.pixels.tobytes())).decode()
            told["sides"] = self.pixels.shape
        return json.dumps(told).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Illustration:
        """Return the illustration that `to_bytes` wrote."""
        told = json.loads(content)
        if told["pixels"] is None:
            return cls(told["noise"])
        pixels = np.frombuffer(zlib.decompress(b64decode(told["pixels"])), np.uint8)
        return cls(told["noise"], pixels.reshape(told["sides"]), told["value"])


def middle(layer: Layer) -> tuple[int, int] | None:
    """Return the cell of a map that is raised, None of a unit.

    One cell, and not the mean of the map: that of a first convolution is, before activation, the sum of the
    weights times the mean of the ink, and is raised most by a white or a black picture, whatever the filter's
    weights. One cell is also what the test images are ranked by. Which one hardly matters.
    """
    return (layer.output_shape[0] // 2, layer.output_shape[1] // 2) if layer.has_maps else None


def sight(layer: Layer, spec: ImageSpec) -> tuple[slice, slice]:
    """Return the rows and columns of a picture of a form that the raised cell or unit sees."""
    cell, sides = middle(layer), (spec.rows, spec.columns)
    if layer.sight is None or cell is None:
        return slice(0, spec.rows), slice(0, spec.columns)
    first = [axis.start + axis.step * place for axis, place in zip(layer.sight, cell, strict=True)]
    rows, columns = (
        slice(max(0, at), min(side, at + axis.size))
        for at, axis, side in zip(first, layer.sight, sides, strict=True)
    )
    return rows, columns


def illustrate(
    layer: Layer, seed: int, span: float, slope: Slope, value: Value, *, spec: ImageSpec
) -> Illustration:
    """Return what a number is raised by most, as far as a climb from a seed's noise tells.

    Args:
        layer: Whose number it is.
        seed: Of the noise.
        span: Of the number over the test images, its largest value less its smallest.
        slope: Its derivatives.
        value: Itself.
        spec: The form of images.
    """
    noise = np.full(spec.shape, spec.background / WHITE, np.float32)
    seen = sight(layer, spec)
    noise[seen] = np.random.default_rng(seed).random(spec.shape, np.float32)[seen]
    begun = value(spec.inputs(noise))
    from_black_to_white = np.float32(spec.high - spec.low)
    climbed = climb(noise, seen, span, lambda shares: from_black_to_white * slope(spec.inputs(shares)))
    if climbed is None:
        return Illustration(begun)
    pixels = climbed.reshape(spec.sides)
    return Illustration(begun, pixels, value(spec.prepare(pixels)))


def climb(noise: Floats, seen: tuple[slice, slice], span: float, slope: Slope) -> NDArray[np.uint8] | None:
    """Return the picture, uint8, 255 is white, at the end of all steps; None without any slope on the way.

    Args:
        noise: (rows, columns, channels) in [0, 1], where to begin.
        seen: Rows and columns that may change.
        span: Of the number over the test images; one without any counts as 1.
        slope: From such a picture to the derivatives of the number.

    The steps are Adam's, by hand. Keras' own, on a variable and a step at a time, took 2.4 to 6.7 times the
    processor time, 264 to 399 ms instead of 41 to 153 for channels of six layers; it rounds otherwise, and in
    some dense layers that leads to another picture: up to 364 of 784 pixels differ, by up to 59 of 255.
    """
    picture, responds = noise.copy(), False
    unit = span if np.isfinite(span) and span > 0 else 1.0
    mean, square = np.zeros_like(picture), np.zeros_like(picture)
    for step in range(1, STEPS + 1):
        rise = np.nan_to_num(slope(picture))
        responds = responds or bool(rise.any())
        wanted = rise / np.float32(unit) - penalty(picture)
        mean += np.float32(1 - DECAY[0]) * (wanted - mean)
        square += np.float32(1 - DECAY[1]) * (wanted**2 - square)
        even = np.sqrt(square / np.float32(1 - DECAY[1] ** step)) + np.float32(TINY)
        rate = np.float32(RATE * (1 - (step - 1) / STEPS) / (1 - DECAY[0] ** step))
        picture[seen] = np.clip(picture + rate * mean / even, 0, 1)[seen]
    return np.rint(picture * 255).astype(np.uint8) if responds else None


def penalty(picture: Floats) -> Floats:
    """Return the derivatives of what is subtracted: the weighted means of differences and of squares."""
    found = 2 * SQUARES * picture
    across = np.swapaxes(found, 0, 1), np.swapaxes(picture, 0, 1)  # views
    for rows, over in ((found, picture), across):
        steps = np.diff(over, axis=0)
        signs = VARIATION * steps / np.sqrt(steps**2 + np.float32(ROUND) ** 2)
        rows[1:] += signs
        rows[:-1] -= signs
    return np.asarray(found / picture.size, np.float32)
