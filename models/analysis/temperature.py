"""How much less sure a network should be: one number, fitted on the held-out training digits.

`python -m models.measure temperature` fits it anew.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from models.analysis.metrics import score
from models.arrays import Floats, Labels
from models.datasets.shipped import Source

if TYPE_CHECKING:
    import keras

ENDS = (0.01, 100.0)  # of what is tried; a network that is always right has no best one


def fitted(logits: Floats, labels: Labels) -> float:
    """Return the temperature by which the logits must be divided to give the labels most probability.

    It changes no answer. Above 1 the network is too sure, below 1 not sure enough.

    Args:
        logits: (images, classes), on images that the network has not learned from.
        labels: (images,).

    Source: Guo et al. (2017), arXiv:1706.04599.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - takes a second; the page must not wait for it

    def loss(power: float) -> float:
        return score(logits / exp(power), labels).loss

    found = minimize_scalar(
        loss, bounds=(log(ENDS[0]), log(ENDS[1])), method="bounded", options={"xatol": 1e-6}
    )
    return exp(found.x)


def measured(model: keras.Model, source: Source, held_out: int) -> float:
    """Return the temperature of a network, by the last so many training images, which were held out.

    Raises:
        DataError: The training images cannot be read.
    """
    from models.engine.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    images = source.part("train")[-held_out:]
    return fitted(Probe(model).logits_without(images.inputs, {}), images.labels)
