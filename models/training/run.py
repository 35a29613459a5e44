"""What came of a training: its curves, the epoch that the held-out images chose, and that epoch's weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.store.entry import Score

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
History = dict[str, list[float]]  # for each of CURVES a point for every epoch


@dataclass(frozen=True)
class Run:
    """A training that is over.

    Attributes:
        digits: Number of held-out images.
        history: Per epoch, for each of CURVES: mean loss and accuracy over the batches as they were learned,
            then over the held-out images after the epoch, and the learning rate that the epoch began with.
        weights: Of the chosen epoch, as Keras lists them.
    """

    digits: int
    history: History
    weights: Sequence[NDArray[np.float32]]

    @property
    def chosen(self) -> int:
        """The epoch whose weights were kept, from 1."""
        return chosen(self.history)

    @property
    def held_out(self) -> Score:
        """How the chosen epoch does on the held-out images."""
        accuracy, loss = (self.history[curve][self.chosen - 1] for curve in ("val_accuracy", "val_loss"))
        return Score(self.digits, round(accuracy * self.digits), loss)


def chosen(history: History) -> int:
    """Return the epoch, from 1, with the most right answers on held-out images, then the smallest loss."""
    scores = zip(history["val_accuracy"], history["val_loss"], strict=True)
    ranked = [(accuracy, -loss) for accuracy, loss in scores]
    return 1 + ranked.index(max(ranked))
