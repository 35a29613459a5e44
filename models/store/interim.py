"""What a measurement that takes long has found so far: ended and begun again, it goes on from there."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.store.entry import Entry
from models.whole import write_whole

FOLDER = "interim"  # beside the manifest
SPARED = 10.0  # seconds of work that may be lost


class Interim:
    """Arrays by name, each in a file that is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Begin with what lies in a folder, which need not be there."""
        self._folder = folder
        self._written = time.monotonic()

    @classmethod
    def of(cls, entry: Entry, measurement: str, folder: Path) -> Interim:
        """Return what was found of one measurement on the very network of an entry.

        Args:
            entry: Of the network, whose hash tells it from others.
            measurement: Its name.
            folder: Of the manifest, on whose images it is measured.
        """
        return cls(folder / FOLDER / f"{entry.sha256[:16]}.{measurement}")

    def read(self, name: str) -> NDArray[Any] | None:
        """Return an array, None where it was not found yet, or is damaged."""
        try:
            found: NDArray[Any] = np.load(self._folder / f"{name}.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return found

    @property
    def is_due(self) -> bool:
        """Whether so much was done since something was kept that it should not be lost."""
        return time.monotonic() - self._written > SPARED

    def write(self, name: str, found: NDArray[Any]) -> None:
        """Keep an array."""
        buffer = io.BytesIO()
        np.save(buffer, found, allow_pickle=False)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / f"{name}.npy", buffer.getbuffer())
        self._written = time.monotonic()

    def once(self, name: str, find: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return an array that is there, else find it and keep it."""
        known = self.read(name)
        if known is None:
            self.write(name, known := find())
        return known

    def forget(self) -> None:
        """Keep nothing more: the measurement is done."""
        shutil.rmtree(self._folder, ignore_errors=True)
