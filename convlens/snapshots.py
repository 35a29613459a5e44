"""`Snapshots`: a callback of Keras that writes a network down as it learns, in the form that ConvLens opens.

The folder holds

- `architecture.keras`: the network as it began, whole, as Keras writes it;
- `000012.weights.h5`: all weights after 12 steps, as Keras writes them too, for `model.load_weights`;
- `index.json`: `format`, `dtype`, and `moments`: of each its file, kind (start, step or epoch), step, epoch,
  and what Keras measured: `loss`, `accuracy`, `val_loss`, …
- `events.jsonl`: the same moments and when they were, and begin and end of every training: JSON, one a line.

Each file is there whole or not at all, at any moment, and the index names none that is not there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import h5py
import keras
import numpy as np

from convlens.home import home

FORMAT = 1
EARLY = 1024  # steps: until then the 1st, 2nd, 4th, 8th and so on are written, when most of it happens


class Snapshots(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Writes the network as it began, after 1, 2, 4, 8, … steps, and after every epoch.

    `convlens FOLDER` opens the last of them, `convlens FOLDER@12` the one after 12 steps.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        dtype: Literal["float32", "float16"] = "float32",
        early: int = EARLY,
        every_epochs: int = 1,
        of: keras.Model | None = None,
        going_on: bool = False,
        tell: Callable[[Mapping[str, Any]], Any] | None = None,
    ) -> None:
        """Take where to write.

        Args:
            folder: A new one, or one of an earlier `fit` by this very callback.
            dtype: Of the weights; as float16 they take half the room, and what is opened is the network with
                its weights rounded so. Values beyond its range stay float32.
            early: Last of the steps that are written within epochs, 0 for none.
            every_epochs: Of how many epochs one is written.
            of: The network that is written down, where that is not the fitted one but shares its layers.
            going_on: Whether a folder of an earlier `fit` that was interrupted is gone on with, as by
                `keras.callbacks.BackupAndRestore`: what lies there of later steps is written anew.
            tell: Hears every event once it is written down.
        """
        super().__init__()
        if dtype not in ("float32", "float16"):
            raise ValueError(f"dtype is {dtype!r}, but it must be float32 or float16.")
        self.folder = Path(folder)
        self.dtype = dtype
        self._early, self._every = early, every_epochs
        self._of, self._going_on, self._hears = of, going_on, tell
        self._moments: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._step = self._epoch = self._before = 0
        self._write = _write_whole()

    def on_train_begin(self, _logs: Mapping[str, float] | None = None) -> None:
        """Write the network as it is, unless this goes on.

        Raises:
            FileExistsError: The folder has snapshots of another training.
        """
        if not self._moments:
            if self._going_on and self._recalled():
                return
            if not self._going_on and (self.folder / "index.json").exists():
                raise FileExistsError(f"{self.folder} has snapshots already: name another folder.")
            self.folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory() as temporary:
                self._written.save(Path(temporary) / "architecture.keras")
                whole = (Path(temporary) / "architecture.keras").read_bytes()
            self._write(self.folder / "architecture.keras", whole)
        self._tell({"event": "begin", "step": self._step, "epoch": self._epoch})
        if not self._moments:
            self._snapshot("start", {})

    @property
    def _written(self) -> keras.Model:
        return self.model if self._of is None else self._of

    def _recalled(self) -> bool:
        """Take what was written of an earlier `fit`; return whether there is anything."""
        try:
            index = json.loads((self.folder / "index.json").read_bytes())
            events = (self.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
            self._events = [json.loads(each) for each in events]
            self._moments = [*index["moments"]]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        last = self._moments[-1]
        self._step, self._epoch = last["step"], last["epoch"]
        self._tell({"event": "begin", "step": self._step, "epoch": self._epoch})
        return True

    def on_epoch_begin(self, epoch: int, _logs: Mapping[str, float] | None = None) -> None:
        """Count steps from here: Keras counts them anew in every epoch."""
        if self._going_on:
            self._step, self._epoch = epoch * self.params["steps"], epoch
            self._moments = [each for each in self._moments if each["step"] <= self._step]
        self._before = self._step

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write an early step; of several that were made at once the last stands for all."""
        last, self._step = self._step, self._before + batch + 1
        due = 1 << (self._step.bit_length() - 1)  # the last power of two on the way
        if last < due <= self._early:
            self._snapshot("step", logs or {})

    def on_epoch_end(self, _epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the epoch."""
        self._epoch += 1
        if self._epoch % self._every == 0:
            self._snapshot("epoch", logs or {})

    def on_train_end(self, _logs: Mapping[str, float] | None = None) -> None:
        """Say so, and write the last epoch if it was not due."""
        if self._moments and self._moments[-1]["step"] < self._step:
            self._snapshot("epoch", {})
        self._tell({"event": "end", "step": self._step, "epoch": self._epoch})

    def _snapshot(self, kind: str, logs: Mapping[str, float]) -> None:
        """Write the weights, then that they are there; one moment has one file, whatever it is called."""
        name = f"{self._step:06}.weights.h5"
        told = {each: float(value) for each, value in logs.items()}
        measured = {each: value for each, value in told.items() if np.isfinite(value)}
        moment = {"file": name, "kind": kind, "step": self._step, "epoch": self._epoch, **measured}
        self._write(self.folder / name, self._weights())
        self._moments = [each for each in self._moments if each["file"] != name] + [moment]
        index = {"format": FORMAT, "dtype": self.dtype, "moments": self._moments}
        self._write(self.folder / "index.json", json.dumps(index, indent=1).encode())
        self._tell({"event": "snapshot", **moment})

    def _weights(self) -> bytes:
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / "now.weights.h5"
            self._written.save_weights(path)
            if self.dtype == "float16":
                rounded(path)
            return path.read_bytes()

    def _tell(self, event: Mapping[str, Any]) -> None:
        self._events.append({"time": round(time.time(), 3), **event})
        lines = "".join(f"{json.dumps(each)}\n" for each in self._events)
        self._write(self.folder / "events.jsonl", lines.encode())
        if self._hears:
            self._hears(event)


def rounded(path: Path) -> None:
    """Write a file of weights anew with float16 in the place of float32, where that holds the values."""
    with h5py.File(path, "r") as file, h5py.File(f"{path}.rounded", "w") as made:

        def copy(name: str, part: h5py.Dataset | h5py.Group) -> None:
            if isinstance(part, h5py.Group):
                made.require_group(name).attrs.update(part.attrs)
                return
            values = part[()]
            fits = part.dtype == np.float32 and not (np.abs(values) > np.finfo(np.float16).max).any()
            made.create_dataset(name, data=values.astype(np.float16) if fits else values)

        made.attrs.update(file.attrs)
        file.visititems(copy)
    Path(f"{path}.rounded").replace(path)


def _write_whole() -> Any:
    """Return ConvLens' way to write a file, without its package, whose name others may have too."""
    spec = spec_from_file_location("convlens.whole", home() / "models" / "whole.py")
    assert spec is not None  # noqa: S101 - a file of ours
    assert spec.loader is not None  # noqa: S101 - the same
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_whole
