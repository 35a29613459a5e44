"""A published training made again, to keep what the network was on the way.

On another machine the same recipe and seed come to other weights: sums are split differently. So what is kept
is a training of its own, and the network that is shipped is none of its moments.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import keras

from models.analysis.timeline import Held
from models.architectures import Architecture
from models.architectures.recipe import HELD_OUT
from models.training import trainer
from models.training.partial import Partial

APART = 4  # times as many steps before each early moment as before the one in front of it


class Keeping(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Keeps all weights of a network: as it begins, after 1, 4, 16, … steps of the first epoch, every epoch.

    Attributes:
        held: The moments so far.
    """

    def __init__(self, model: keras.Model) -> None:
        """Take the model whose weights are kept."""
        super().__init__()
        self._kept = model
        self._step = self._before = 0
        self.held: list[Held] = []

    def on_train_begin(self, _logs: Mapping[str, float] | None = None) -> None:
        """Keep the random weights."""
        self._keep(0)

    def on_epoch_begin(self, _epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Count steps from here: Keras counts them anew in every epoch."""
        self._before = self._step

    def on_train_batch_end(
        self,
        batch: int,
        logs: Mapping[str, float] | None = None,  # noqa: ARG002 - Keras gives it by its name
    ) -> None:
        """Keep an early step."""
        self._step = self._before + batch + 1
        if self._before == 0 and is_early(self._step):
            self._keep(None)

    def on_epoch_end(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Keep the epoch, in the place of an early step that it ends with."""
        self.held = [each for each in self.held if each.step < self._step]
        self._keep(epoch + 1)

    def _keep(self, epoch: int | None) -> None:
        self.held.append(Held(self._step, epoch, self._kept.get_weights()))


def is_early(step: int) -> bool:
    """Return whether a step is one of 1, 4, 16, 64, …: early most happens, and little between two of them.

    >>> [step for step in range(1, 300) if is_early(step)]
    [1, 4, 16, 64, 256]
    """
    while step % APART == 0:
        step //= APART
    return step == 1


def retrace(model: keras.Model, network: Architecture, seed: int) -> list[Held]:
    """Train a network by its recipe, from its beginning to its end, and return what it was on the way.

    Args:
        model: With fresh weights.
        network: Its architecture.
        seed: Orders and moves the images, and drops inputs.

    Raises:
        DataError: The training images cannot be read.
        DivergedError: A loss is no number any more.
    """
    images, keeping = network.source.part("train"), Keeping(model)
    with tempfile.TemporaryDirectory() as folder:
        trainer.fit(
            model,
            network.recipe,
            seed,
            images[:-HELD_OUT],
            images[-HELD_OUT:],
            partial=Partial(Path(folder) / "partial"),
            followed=[keeping],
        )
    return keeping.held
