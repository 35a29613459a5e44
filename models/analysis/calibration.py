"""How far a network's probabilities can be believed: what it claims against how often it is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis.metrics import answers, log_probabilities
from models.arrays import Floats, Labels

BINS = 15  # of equal width, as is usual
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Digits sorted into bins of equal width by the probability of the network's answer, its confidence.

    Attributes:
        digits: (bins,) how many fell into each; bin i holds confidences above i / bins, up to (i + 1) / bins.
        right: (bins,) how many of them the network named right.
        confidence: (bins,) their mean confidence, in [0, 1]; nan where there are none.
    """

    digits: NDArray[np.int64]
    right: NDArray[np.int64]
    confidence: Doubles

    @property
    def accuracy(self) -> Doubles:
        """Share of each bin's images that were named right, (bins,); nan where there are none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.right / self.digits, np.float64)

    @property
    def error(self) -> float:
        """The expected calibration error, in [0, 1]: how far accuracy is from confidence, weighed by images.

        Source: Naeini, Cooper & Hauskrecht (2015), AAAI; Guo et al. (2017), arXiv:1706.04599.
        """
        gaps = np.abs(self.accuracy - self.confidence)
        return float(np.nansum(gaps * self.digits) / self.digits.sum())


def reliability(logits: Floats, labels: Labels, bins: int = BINS) -> Reliability:
    """Return how often a network is right when it is how sure.

    Args:
        logits: (images, classes).
        labels: (images,).
        bins: How many, over [0, 1].
    """
    confidence = np.exp(log_probabilities(logits)).max(axis=-1)
    right = answers(logits) == labels
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    images = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = np.bincount(bin_of, weights=confidence, minlength=bins) / images
    return Reliability(images, np.bincount(bin_of[right], minlength=bins), means)


def brier_score(logits: Floats, labels: Labels) -> float:
    """Return the mean squared distance of the probabilities from the truth, in [0, 2], 0 at best.

    Source: Brier (1950), Monthly Weather Review 78:1, summed over all classes.
    """
    probabilities = np.exp(log_probabilities(logits))
    truth = np.eye(logits.shape[-1])[labels]
    return float(((probabilities - truth) ** 2).sum(axis=-1).mean())
