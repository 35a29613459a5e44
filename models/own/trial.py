"""How a network does on images that it is fed in one way: so it is found out how it was in its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.analysis.metrics import answers, confusion, mcnemar
from models.datasets.dataset import Dataset
from models.opening.preprocessing import Preprocessing

if TYPE_CHECKING:
    import keras

OTHERWISE = 1.5  # times as many right answers in another order of the classes are no chance


@dataclass(frozen=True)
class Trial:
    """How a network does on images that it is fed so.

    Attributes:
        named: (images,), which of them it names right.
        most: Those that it would name right if its classes stood in the best order for that.
        order: Number of the label that stands best in the place of each class, (classes,).
    """

    named: NDArray[np.bool_]
    most: int
    order: NDArray[np.intp]

    @property
    def right(self) -> int:
        """How many images it names right."""
        return int(self.named.sum())

    @property
    def is_disordered(self) -> bool:
        """Whether far more would be right if the classes stood in another order."""
        return self.most >= max(OTHERWISE * self.right, self.right + len(self.order))

    def chance(self, other: Trial) -> float:
        """Return how likely it is that two ways differ so on the same images if they are equally good."""
        mine, others = self.named & ~other.named, other.named & ~self.named
        return mcnemar(int(mine.sum()), int(others.sum()))


def trial(images: Dataset, model: keras.Model, steps: Preprocessing | None = None) -> Trial:
    """Return how a network does on images, if this is done to them first.

    The best order of the classes is the assignment of most right answers (Kuhn 1955, as scipy has it).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - takes a second

    from models.engine.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    inputs = steps.of(images.inputs) if steps else images.inputs
    logits = Probe(model).logits_without(inputs, {})
    counts = confusion(logits, images.labels)  # label × answer
    said, labels = linear_sum_assignment(counts.T, maximize=True)
    return Trial(answers(logits) == images.labels, int(counts.T[said, labels].sum()), labels)
