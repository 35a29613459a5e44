"""What a training tells while it runs, and how soon it ends when it is asked to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import isfinite

import keras

from models.training.trainer import DivergedError
from models.watcher import Watcher, heed

EVERY = 0.25  # seconds between two words on the batches, at least
TOLD = ("loss", "accuracy")


class Watching(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Tells of batches and epochs, and listens at every batch, of held-out images too.

    Of the batches since the last word loss and accuracy are the means: Keras gives means since the epoch
    began, of which these are differences.
    """

    def __init__(self, watcher: Watcher, every: float = EVERY) -> None:
        """Take who is told, and how many seconds lie between two words on the batches, at least."""
        super().__init__()
        self._watcher, self._every = watcher, every
        self._epoch, self._last = 0, 0.0
        self._before: tuple[int, dict[str, float]] = (0, {})

    def on_epoch_begin(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Say where it goes on, and count anew."""
        if not self._last:
            self._tell("begin", epoch * self.params["steps"], epoch=epoch)
        self._epoch, self._before = epoch, (0, dict.fromkeys(TOLD, 0.0))
        self._last = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Tell of the batches since the last word, if that is long ago.

        Raises:
            DivergedError: The loss is no number any more.
            StoppedError: It was asked to end.
        """
        heed(self._watcher)
        made, means = batch + 1, {name: float((logs or {})[name]) for name in TOLD}
        step = self._epoch * self.params["steps"] + made
        if not all(map(isfinite, means.values())):
            raise DivergedError(f"its loss was no number any more after step {step:,}")
        now = time.monotonic()
        if now - self._last < self._every and made < self.params["steps"]:
            return
        before, sums = self._before
        totals = {name: mean * made for name, mean in means.items()}
        since = {name: (totals[name] - sums[name]) / (made - before) for name in TOLD}
        self._before, self._last = (made, totals), now
        self._tell("batch", step, loss=since["loss"], accuracy=min(max(since["accuracy"], 0.0), 1.0))

    def on_test_batch_end(self, _batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Listen.

        Raises:
            StoppedError: It was asked to end.
        """
        del logs  # which Keras names
        heed(self._watcher)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Tell what the epoch came to.

        Raises:
            DivergedError: A loss is no number any more.
        """
        told = {name: float(value) for name, value in (logs or {}).items()}
        step = (epoch + 1) * self.params["steps"]
        if not all(map(isfinite, told.values())):
            raise DivergedError(f"its loss on held-out images was no number any more after step {step:,}")
        self._tell("epoch", step, epoch=epoch + 1, **told)

    def _tell(self, event: str, step: int, **numbers: float) -> None:
        rounded = {
            name: value if isinstance(value, int) else round(value, 6) for name, value in numbers.items()
        }
        self._watcher.tell({"event": event, "step": step, **rounded})
