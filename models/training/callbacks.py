"""What happens around the epochs of a training, where Keras has no callback for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from models.training.batches import Batches
from models.training.partial import DamagedError, Partial
from models.training.run import chosen


class EpochBegins(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Lets an epoch begin as it would without any before it, and tells the learning rate that it begins with.

    The seeds of dropout are no weights, so no backup has them; here they follow from the steps that were
    made.
    """

    def __init__(self, batches: Batches, seed: int) -> None:
        """Take what is learned, and the seed of dropout."""
        super().__init__()
        self._batches, self._seed = batches, seed
        self._rate = 0.0

    def on_epoch_begin(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Set order and seeds."""
        self._batches.begin(epoch)
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout):
                state = layer.seed_generator.state
                state.assign(np.array([self._seed, epoch * len(self._batches)], state.dtype))
        rate = np.float32(self.model.optimizer.learning_rate)
        self._rate = float(str(rate))  # the shortest decimal that is this float32

    def on_epoch_end(self, _epoch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the rate, beside loss and accuracy."""
        if logs is not None:
            logs["learning_rate"] = self._rate


class BestKept(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Keeps the weights of the best epoch; `ModelCheckpoint` knows no second number where the first is equal.

    It must stand behind what writes the epoch down.
    """

    def __init__(self, model: keras.Model, partial: Partial) -> None:
        """Take the model whose weights are kept, and where."""
        super().__init__()
        self._kept, self._partial = model, partial

    def on_epoch_end(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Keep this epoch's weights if there was none better."""
        if chosen(self._partial.history(epoch + 1)) == epoch + 1:
            whole = self._partial.best
            written = whole.with_name(f"new.{whole.name}")
            self._kept.save_weights(written)
            written.replace(whole)


class Backup(keras.callbacks.BackupAndRestore):  # type: ignore[misc]  # Keras ships no types
    """Keras' backup after every epoch, which stays when all are over; what is damaged is told.

    It must be the last one: whatever else is written of an epoch is there once the backup is.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder, in which nothing else may lie."""
        super().__init__(str(folder), delete_checkpoint=False)

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Go on from what is there.

        Raises:
            DamagedError: It cannot be read, or is of another network.
        """
        try:
            super().on_train_begin(logs)
        except (OSError, ValueError, KeyError) as error:
            raise DamagedError from error

    def on_epoch_begin(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Compare the epoch with the steps that were made: weights and epoch are written one after the other.

        Raises:
            DamagedError: A kill came between them.
        """
        if int(self.model.optimizer.iterations) != epoch * self.params["steps"]:
            raise DamagedError
