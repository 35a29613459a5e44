"""What can be done to an image before networks see it: moved, turned, blurred, hidden, by more or less."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from models.arrays import Floats
from models.datasets.dataset import WHITE, ImageSpec
from models.datasets.warping import affine, gaussian, places, sample


@dataclass(frozen=True)
class Perturbation:
    """One way to change an image, by more or less.

    Attributes:
        key: Short name, as it stands in addresses.
        title: What a person reads.
        unit: Of the amount.
        low: Smallest amount.
        high: Largest amount.
        step: Between amounts that can be asked for; low, high and neutral are among them.
        neutral: The amount that changes nothing.
        amounts: Those that accuracy is measured at, ascending, the neutral one among them.
        words: What was done to the image, with {} for the amount's size: above the neutral amount, below it.
        apply: From images, (n, rows, columns), and an amount to the changed images. What shows nothing is 0,
            and white and black are 1 apart.
        absolute: Whether it counts from black, whatever shows nothing.
    """

    key: str
    title: str
    unit: str
    low: float
    high: float
    step: float
    neutral: float
    amounts: tuple[float, ...]
    words: tuple[str, str]
    apply: Callable[[Floats, float], Floats]
    absolute: bool = False

    def accepts(self, amount: float) -> bool:
        """Return whether an amount can be asked for: in range, and whole steps from the neutral one."""
        if not self.low <= amount <= self.high:  # nor is NaN
            return False
        steps = (amount - self.neutral) / self.step
        return abs(steps - round(steps)) < 1e-6

    def say(self, amount: float) -> str:
        """Return what an amount does in words, "" for the neutral one.

        >>> PERTURBATIONS["rotation"].say(-15)
        'turned 15° clockwise'
        """
        if amount == self.neutral:
            return ""
        return self.words[amount < self.neutral].replace("{}", f"{abs(amount):g}")


def perturb(inputs: Floats, key: str, amount: float, spec: ImageSpec) -> Floats:
    """Return changed inputs, float32 in their range, the same for the same image at any time.

    Args:
        inputs: (..., rows, columns, channels), as `ImageSpec.prepare` gives them.
        key: Of one of `PERTURBATIONS`.
        amount: In its unit, of any size; the neutral one changes nothing.
        spec: The form of the images.

    Raises:
        KeyError: There is no such perturbation.
    """
    change = PERTURBATIONS[key]
    empty = np.float32(0 if change.absolute else spec.background / WHITE)
    planes = np.moveaxis(spec.shares(inputs).reshape(-1, *spec.shape), -1, 1) - empty
    changed = change.apply(planes.reshape(-1, spec.rows, spec.columns), amount) + empty
    channels_last = np.moveaxis(changed.reshape(-1, spec.channels, spec.rows, spec.columns), 1, -1)
    return spec.inputs(channels_last).reshape(inputs.shape)


def _warped(images: Floats, **how: float) -> Floats:
    sides = images.shape[1:]
    return sample(images, places(sides, affine(sides, **how)))


def _noisy(images: Floats, deviation: float) -> Floats:
    """Add Gaussian noise to every pixel; the seed comes from the image's own pixels."""
    seeds = [zlib.crc32(image.tobytes()) for image in images]
    noise = [np.random.default_rng(seed).standard_normal(images.shape[1:], np.float32) for seed in seeds]
    return images + np.float32(deviation) * np.stack(noise)


def _blurred(images: Floats, sigma: float) -> Floats:
    high, wide = (gaussian(length, sigma) for length in images.shape[1:])
    return np.asarray(high @ images @ wide.T, np.float32)


def _inverted(images: Floats, share: float) -> Floats:
    return np.asarray(images + share * (1 - 2 * images), np.float32)


def _hidden(images: Floats, side: float) -> Floats:
    """Take away what is in a square at the centre, or all of a side that is no longer."""
    rows, columns = (
        slice(max(0, (length - int(side)) // 2), max(0, length - (length - int(side)) // 2))
        for length in images.shape[1:]
    )
    changed = images.copy()
    changed[:, rows, columns] = 0.0
    return changed


_PIXELS = (-8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8)
_DEGREES = (-90, -75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75, 90)
_FACTORS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6)
_SLANTS = (-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1)
_TENTHS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
_SIGMAS = (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4)
_FADED = (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 2, 3, 4)
_SIDES = (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20)

# fmt: off
PERTURBATIONS: Mapping[str, Perturbation] = MappingProxyType({each.key: each for each in (
    Perturbation("right", "Shift right", "pixels", -8, 8, 0.5, 0, _PIXELS,
                 ("moved {} px to the right", "moved {} px to the left"),
                 lambda images, amount: _warped(images, right=amount)),
    Perturbation("down", "Shift down", "pixels", -8, 8, 0.5, 0, _PIXELS,
                 ("moved {} px down", "moved {} px up"),
                 lambda images, amount: _warped(images, down=amount)),
    Perturbation("rotation", "Rotation", "degrees, anticlockwise", -90, 90, 1, 0, _DEGREES,
                 ("turned {}° anticlockwise", "turned {}° clockwise"),
                 lambda images, amount: _warped(images, rotation=amount)),
    Perturbation("scale", "Size", "times as large", 0.4, 1.6, 0.05, 1, _FACTORS,
                 ("{} times as large", "{} times as large"),
                 lambda images, amount: _warped(images, scale=amount)),
    Perturbation("shear", "Slant", "columns per row, to the right", -1, 1, 0.05, 0, _SLANTS,
                 ("slanted by {} to the right", "slanted by {} to the left"),
                 lambda images, amount: _warped(images, shear=amount)),
    Perturbation("noise", "Noise", "standard deviation, where ink is 1", 0, 1, 0.05, 0, _TENTHS,
                 ("with noise of {}", ""), _noisy),
    Perturbation("blur", "Blur", "pixels, sigma of a Gaussian", 0, 4, 0.25, 0, _SIGMAS,
                 ("blurred by {} px", ""), _blurred),
    Perturbation("contrast", "Contrast", "times, cut at white", 0, 4, 0.05, 1, _FADED,
                 ("with {} times the contrast", "with {} times the contrast"),
                 lambda images, amount: images * np.float32(amount)),
    Perturbation("inversion", "Inversion", "share, 1 is black on white", 0, 1, 0.05, 0, _TENTHS,
                 ("inverted by {}", ""), _inverted, absolute=True),
    Perturbation("occlusion", "Occlusion", "pixels, side of a central black square", 0, 20, 2, 0, _SIDES,
                 ("with {}×{} px hidden", ""), _hidden),
)})
# fmt: on


@dataclass(frozen=True)
class Move:
    """What is done to an image.

    Attributes:
        key: Of one of `PERTURBATIONS`.
        amount: In its unit; the neutral one does nothing.
    """

    key: str
    amount: float

    @property
    def text(self) -> str:
        """As it stands in an address: `rotation:15`."""
        return f"{self.key}:{self.amount:g}"

    @property
    def words(self) -> str:
        """What it does, "" for nothing."""
        return PERTURBATIONS[self.key].say(self.amount)

    def of(self, inputs: Floats, spec: ImageSpec) -> Floats:
        """Return inputs, (..., rows, columns, channels), with this done to them."""
        return perturb(inputs, self.key, self.amount, spec)
