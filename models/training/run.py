"""What came of a training: its curves, the epoch that the held-out digits chose, and that epoch's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.store.manifest import Score

if TYPE_CHECKING:
    import keras

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


@dataclass
class Run:
    """A training, epoch by epoch.

    Attributes:
        digits: Number of held-out digits.
        history: Per epoch, for each of CURVES: mean loss and accuracy over the batches as they were learned,
            then over the held-out digits after the epoch, and the learning rate that the epoch began with.
        weights: Of the chosen epoch, as Keras lists them.
    """

    digits: int
    history: dict[str, list[float]] = field(default_factory=lambda: {curve: [] for curve in CURVES})
    weights: Sequence[NDArray[np.float32]] = ()

    @property
    def chosen(self) -> int:
        """The epoch, from 1, with the most right answers on the held-out digits, then the smallest loss."""
        scores = zip(self.history["val_accuracy"], self.history["val_loss"], strict=True)
        ranked = [(accuracy, -loss) for accuracy, loss in scores]
        return 1 + ranked.index(max(ranked))

    @property
    def held_out(self) -> Score:
        """How the chosen epoch does on the held-out digits."""
        accuracy, loss = (self.history[curve][self.chosen - 1] for curve in ("val_accuracy", "val_loss"))
        return Score(self.digits, round(accuracy * self.digits), loss)

    def note(self, epoch: Mapping[str, float], model: keras.Model) -> None:
        """Add an epoch's point of each curve, and keep the model's weights if it is the best so far."""
        for curve in CURVES:
            self.history[curve].append(float(epoch[curve]))
        if self.chosen == len(self.history["loss"]):
            self.weights = model.get_weights()
