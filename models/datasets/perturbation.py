"""The one way from pixels to what the networks are fed: white on black, float32 in [0, 1]; moved or not."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.mnist import SIDE
from models.datasets.warping import affine, gaussian, places, sample


def prepare(images: NDArray[np.uint8]) -> Floats:
    """Return digits as the networks were trained on them: (..., 28, 28, 1) float32 in [0, 1].

    Args:
        images: (..., 28, 28) uint8, 0 black background, 255 white ink.

    Raises:
        ValueError: Another type or shape, such as digits that were prepared already.
    """
    if images.dtype != np.uint8 or images.shape[-2:] != (SIDE, SIDE):
        raise ValueError(f"A digit is {SIDE}×{SIDE} uint8, not {images.shape} {images.dtype}.")
    return np.divide(images, np.float32(255), dtype=np.float32)[..., np.newaxis]


@dataclass(frozen=True)
class Perturbation:
    """One way to change a digit, by more or less.

    Attributes:
        key: Short name, as it stands in addresses.
        title: What a person reads.
        unit: Of the amount.
        low: Smallest amount.
        high: Largest amount.
        step: Between amounts that can be asked for; low, high and neutral are among them.
        neutral: The amount that changes nothing.
        amounts: Those that accuracy is measured at, ascending, the neutral one among them.
        words: What was done to the digit, with {} for the amount's size: above the neutral amount, below it.
        apply: From digits, (n, 28, 28) in [0, 1], and an amount to the changed digits, not yet cut to [0, 1].
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


def perturb(digits: Floats, key: str, amount: float) -> Floats:
    """Return changed digits: (..., 28, 28, 1) float32 in [0, 1], the same for the same digit at any time.

    Args:
        digits: (..., 28, 28, 1) in [0, 1].
        key: Of one of `PERTURBATIONS`.
        amount: In its unit, of any size; the neutral one changes nothing.

    Raises:
        KeyError: There is no such perturbation.
    """
    changed = PERTURBATIONS[key].apply(digits.reshape(-1, SIDE, SIDE), amount)
    return np.asarray(np.clip(changed, 0, 1), np.float32).reshape(digits.shape)


def _warped(digits: Floats, **how: float) -> Floats:
    return sample(digits, places(affine(**how)))


def _noisy(digits: Floats, deviation: float) -> Floats:
    """Add Gaussian noise to every pixel; the seed comes from the digit's own pixels."""
    seeds = [zlib.crc32(digit.tobytes()) for digit in digits]
    noise = [np.random.default_rng(seed).standard_normal((SIDE, SIDE), np.float32) for seed in seeds]
    return digits + np.float32(deviation) * np.stack(noise)


def _blurred(digits: Floats, sigma: float) -> Floats:
    smooth = gaussian(sigma)
    return np.asarray(smooth @ digits @ smooth.T, np.float32)


def _inverted(digits: Floats, share: float) -> Floats:
    return np.asarray(digits + share * (1 - 2 * digits), np.float32)


def _hidden(digits: Floats, side: float) -> Floats:
    """Blacken a square at the centre, where the ink is."""
    first = (SIDE - int(side)) // 2
    changed = digits.copy()
    changed[:, first : SIDE - first, first : SIDE - first] = 0.0
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
    Perturbation("right", "Shift to the right", "pixels", -8, 8, 0.5, 0, _PIXELS,
                 ("moved {} px to the right", "moved {} px to the left"),
                 lambda digits, amount: _warped(digits, right=amount)),
    Perturbation("down", "Shift down", "pixels", -8, 8, 0.5, 0, _PIXELS,
                 ("moved {} px down", "moved {} px up"),
                 lambda digits, amount: _warped(digits, down=amount)),
    Perturbation("rotation", "Rotation", "degrees, anticlockwise", -90, 90, 1, 0, _DEGREES,
                 ("turned {}° anticlockwise", "turned {}° clockwise"),
                 lambda digits, amount: _warped(digits, rotation=amount)),
    Perturbation("scale", "Size", "times as large", 0.4, 1.6, 0.05, 1, _FACTORS,
                 ("{} times as large", "{} times as large"),
                 lambda digits, amount: _warped(digits, scale=amount)),
    Perturbation("shear", "Slant", "columns per row, to the right", -1, 1, 0.05, 0, _SLANTS,
                 ("slanted by {} to the right", "slanted by {} to the left"),
                 lambda digits, amount: _warped(digits, shear=amount)),
    Perturbation("noise", "Noise", "standard deviation, where ink is 1", 0, 1, 0.05, 0, _TENTHS,
                 ("with noise of {}", ""), _noisy),
    Perturbation("blur", "Blur", "pixels, sigma of a Gaussian", 0, 4, 0.25, 0, _SIGMAS,
                 ("blurred by {} px", ""), _blurred),
    Perturbation("contrast", "Contrast", "times, cut at white", 0, 4, 0.05, 1, _FADED,
                 ("with {} times the contrast", "with {} times the contrast"),
                 lambda digits, amount: digits * np.float32(amount)),
    Perturbation("inversion", "Inversion", "share, 1 is black on white", 0, 1, 0.05, 0, _TENTHS,
                 ("inverted by {}", ""), _inverted),
    Perturbation("occlusion", "Occlusion", "pixels, side of a central black square", 0, 20, 2, 0, _SIDES,
                 ("with {}×{} px hidden", ""), _hidden),
)})
# fmt: on


@dataclass(frozen=True)
class Move:
    """What is done to a digit.

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

    def of(self, digits: Floats) -> Floats:
        """Return digits, (..., 28, 28, 1) in [0, 1], with this done to them."""
        return perturb(digits, self.key, self.amount)
