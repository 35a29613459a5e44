"""A training that is not over: written after every epoch, so that the same command goes on from there."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.architectures.recipe import Recipe
from models.store import manifest
from models.training.run import Run

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Partial:
    """Where a training of certain settings is kept while it goes on.

    Attributes:
        path: Of the file.
        settings: What has to be the same for it to go on: a text.
    """

    path: Path
    settings: str

    @classmethod
    def of(cls, folder: Path, key: str, recipe: Recipe, seed: int, limit: int | None) -> Partial:
        """Return the place of this training in a folder of checkpoints."""
        settings = json.dumps({"recipe": asdict(recipe), "seed": seed, "limit": limit}, sort_keys=True)
        return cls(folder / f".{key}-{seed}.partial.npz", settings)

    def keep(self, run: Run, learner: keras.Model) -> None:
        """Write what has been learned so far, in place of what was written before."""
        state = [variable.numpy() for variable in _variables(learner)]
        told = json.dumps({"settings": self.settings, "history": run.history})
        buffer = io.BytesIO()
        named = {f"state.{place:03}": values for place, values in enumerate(state)}
        best = {f"best.{place:03}": values for place, values in enumerate(run.weights)}
        np.savez(buffer, told=np.array(told), allow_pickle=False, **named, **best)
        manifest.write_whole(self.path, buffer.getvalue())

    def resume(self, run: Run, learner: keras.Model) -> None:
        """Bring a run and its compiled learner to where they were; leave them if nothing fitting is kept."""
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                told = json.loads(str(archive["told"]))
                names = sorted(archive.files)
                state = [archive[name] for name in names if name.startswith("state.")]
                best = [archive[name] for name in names if name.startswith("best.")]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return
        variables = _variables(learner)
        if told["settings"] != self.settings or len(variables) != len(state):
            return
        for variable, values in zip(variables, state, strict=True):
            variable.assign(values)
        run.history, run.weights = told["history"], best

    def forget(self) -> None:
        """Remove the file, if there is one."""
        self.path.unlink(missing_ok=True)


def _variables(learner: keras.Model) -> Sequence[keras.Variable]:
    """Return everything that a training changes: weights, seeds of dropout, moments of the optimizer."""
    learner.optimizer.build(learner.trainable_variables)
    return [*learner.variables, *learner.optimizer.variables]
