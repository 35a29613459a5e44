"""How good a network is, from its logits and the labels: numbers with their errors.

Wilson's interval and the tests of McNemar and Fisher are scipy's (tests compare them), but not from scipy: to
import scipy.stats takes a second, and the page's server starts in four.
"""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Labels
from models.datasets.dataset import index_type
from models.store.entry import Score

Z95 = 1.959963984540054  # 97.5th percentile of the standard normal distribution


def log_probabilities(logits: Floats) -> NDArray[np.float64]:
    """Return the logarithm of the softmax over the last axis, without overflow."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def answers(logits: Floats) -> Labels:
    """Return the class with the largest logit for every image: (images,)."""
    return np.asarray(logits.argmax(axis=-1), index_type(logits.shape[-1]))


def margins(logits: Floats) -> NDArray[np.float64]:
    """Return how far the most probable class is ahead of the second: (images,), in [0, 1]."""
    top = np.sort(np.exp(log_probabilities(logits)), axis=-1)
    return np.asarray(top[..., -1] - top[..., -2])


def doubts(logits: Floats) -> NDArray[np.float64]:
    """Return what is lacking of a margin of 1: (images,), in [0, 1], the smaller the surer.

    It orders images as `margins` does, the other way round, and also those whose margin is 1 in float64: the
    probabilities of all other classes are summed here, and nothing is taken from 1.
    """
    others = np.sort(np.exp(log_probabilities(logits)), axis=-1)[..., :-1]
    return np.asarray(others.sum(axis=-1) + others[..., -1])


def score(logits: Floats, labels: Labels) -> Score:
    """Return right answers and mean negative log-likelihood, in nats, over all images."""
    likelihoods = log_probabilities(logits)[np.arange(len(labels)), labels]
    return Score(len(labels), int((answers(logits) == labels).sum()), float(-likelihoods.mean()))


def confusion(logits: Floats, labels: Labels) -> NDArray[np.int64]:
    """Return how many images of each label (row) got each answer (column): (classes, classes)."""
    counts = np.zeros((logits.shape[-1],) * 2, np.int64)
    np.add.at(counts, (labels, answers(logits)), 1)
    return counts


def wilson_interval(correct: int, images: int, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, 95 % by default, within [0, 1].

    Raises:
        ValueError: There are no images, or more right answers than images.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22:209, doi:10.1080/01621459.1927.10502953.

    >>> low, high = wilson_interval(9_850, 10_000)
    >>> round(low, 4), round(high, 4)
    (0.9824, 0.9872)
    """
    if not 0 <= correct <= images or images == 0:
        raise ValueError(f"{correct} of {images} images is not a proportion.")
    share, spread = correct / images, z * z / images
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / images + spread / images / 4) / (1 + spread)
    low, high = min(share, centre - half), max(share, centre + half)  # rounding leaves no share outside
    return max(0.0, low), min(1.0, high)


def only_one_right(first: Floats, second: Floats, labels: Labels) -> tuple[int, int]:
    """Return how many images only the first network named right, and how many only the second did."""
    one, other = answers(first) == labels, answers(second) == labels
    return int((one & ~other).sum()), int((other & ~one).sum())


def fisher(one: int, of_one: int, other: int, of_other: int) -> float:
    """Return the chance that two groups which are equally often wrong differ as much: exact, two-sided.

    Args:
        one: Mistakes in one group.
        of_one: Dataset in it.
        other: Mistakes in another group, of other images.
        of_other: Dataset in that.

    Source: Fisher (1922), J. R. Stat. Soc. 85:87, doi:10.2307/2340521.

    >>> round(fisher(one=8, of_one=10, other=1, of_other=6), 4)
    0.035
    """
    wrong = one + other
    fewest = max(0, wrong - of_other)
    ways = [comb(of_one, fewest) * comb(of_other, wrong - fewest)]
    for each in range(fewest, min(wrong, of_one)):  # from the one before, as large binomials take long
        more, less = (of_one - each) * (wrong - each), (each + 1) * (of_other - wrong + each + 1)
        ways.append(ways[-1] * more // less)
    return sum(each for each in ways if each <= ways[one - fewest]) / comb(of_one + of_other, wrong)


def difference_interval(
    only_first: int, only_second: int, images: int, z: float = Z95
) -> tuple[float, float]:
    """Return the interval of the second accuracy less the first on the same images, 95 % by default.

    Args:
        only_first: Images that only the first network named right.
        only_second: Images that only the second network named right.
        images: All images.
        z: Of the standard normal distribution.

    Source: Bonett & Price (2012), J. Educ. Behav. Stat. 37:479, doi:10.3102/1076998611411915.

    >>> low, high = difference_interval(only_first=24, only_second=97, images=10_000)
    >>> round(low, 5), round(high, 5)
    (0.00513, 0.00947)
    """
    first, second = (only_first + 1) / (images + 2), (only_second + 1) / (images + 2)
    difference = second - first
    half = z * sqrt((first + second - difference**2) / (images + 2))
    return max(-1.0, difference - half), min(1.0, difference + half)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the chance that two equally good networks differ at least as unevenly: exact, two-sided.

    Args:
        only_first: Images that only the first network named right.
        only_second: Images that only the second network named right.

    Source: McNemar (1947), Psychometrika 12:153, doi:10.1007/BF02295996.

    >>> mcnemar(only_first=1, only_second=5)
    0.21875
    """
    differing, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(differing, number) for number in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << differing))
