"""A training that is not over: what is written after every epoch, so that it can go on from there."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from models.architectures.recipe import Recipe
from models.training.run import CURVES, History


class DamagedError(Exception):
    """What is kept of a training cannot be gone on with."""


@dataclass(frozen=True)
class Partial:
    """Where a training of certain settings is kept until it is published.

    Attributes:
        folder: Its own; its name follows from the settings, so that a training by others does not go on from
            there.
    """

    folder: Path

    @classmethod
    def of(cls, folder: Path, key: str, recipe: Recipe, seed: int, limit: int | None) -> Partial:
        """Return the place of this training in a folder of checkpoints."""
        settings = json.dumps({"recipe": asdict(recipe), "limit": limit}, sort_keys=True)
        return cls(folder / f".{key}-{seed}.partial" / hashlib.sha256(settings.encode()).hexdigest()[:8])

    @property
    def backup(self) -> Path:
        """Where Keras keeps weights, moments and epoch."""
        return self.folder / "backup"

    @property
    def best(self) -> Path:
        """The weights of the best epoch so far."""
        return self.folder / "best.weights.h5"

    @property
    def log(self) -> Path:
        """The curves, as Keras writes them."""
        return self.folder / "history.csv"

    def history(self, epochs: int) -> History:
        """Return the first points of every curve, one for each of so many epochs.

        An epoch that was interrupted after it was written down is there twice; the second time is the last.

        Raises:
            DamagedError: They are not all there.
        """
        try:
            with self.log.open(newline="") as lines:
                rows = {int(row["epoch"]): row for row in csv.DictReader(lines)}
            return {curve: [float(rows[epoch][curve]) for epoch in range(epochs)] for curve in CURVES}
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise DamagedError from error

    def forget(self) -> None:
        """Remove it, if it is there."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget_all(self) -> None:
        """Remove it, and what is kept of trainings with this seed by other settings."""
        shutil.rmtree(self.folder.parent, ignore_errors=True)
