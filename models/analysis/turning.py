"""Whether a digit lies on its side: whether a network is far surer of it when it is turned.

A network's certainty is no proof: it was trained on upright digits alone, and may be sure of anything else.
"""

from __future__ import annotations

import numpy as np

from models.analysis.metrics import log_probabilities
from models.arrays import Floats

TURNS = (0, 90, 180, 270)  # degrees clockwise
UNSURE = 0.99  # probability of its answer, below which an image is thought of as turned at all
SURER = 1000.0  # times the odds that it must then have when it is turned


def better_turn(logits: Floats) -> int | None:
    """Return by how many degrees clockwise an image is to be turned, None where it is likely upright.

    Args:
        logits: (4, classes), of the image as it is, and turned by 90, 180 and 270 degrees.
    """
    odds = log_odds(logits)
    best = int(odds.argmax())
    if odds[0] >= np.log(UNSURE / (1 - UNSURE)) or odds[best] < odds[0] + np.log(SURER):
        return None
    return TURNS[best]


def log_odds(logits: Floats) -> Floats:
    """Return the logarithm of the odds of each digit's answer against all others: (images,).

    >>> log_odds(np.log(np.array([[0.9, 0.05, 0.05]], np.float32))).round(3)
    array([2.197])
    """
    said = np.sort(log_probabilities(logits), axis=-1)
    return np.asarray(said[..., -1] - np.logaddexp.reduce(said[..., :-1], axis=-1))
