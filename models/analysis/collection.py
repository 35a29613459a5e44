"""What lies on disk of all networks, and the test digits: read once, and anew when a file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from models.analysis import channel_statistics, cost, novelty, projection, robustness, tuning
from models.analysis.channel_statistics import Survey
from models.analysis.cost import Costs
from models.analysis.novelty import Novelty
from models.analysis.projection import Arrangement
from models.analysis.robustness import Robustness
from models.analysis.tuning import Tuning
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.mnist import DATA
from models.store import manifest
from models.store.manifest import CHECKPOINTS, Entry


@dataclass(frozen=True)
class Collection:
    """What is known of the networks and of the test digits; read-only.

    Attributes:
        entries: The networks, in the manifest's order.
        surveys: What each does over all test digits, by key.
        test: The 10,000 test digits.
        costs: What each layer takes, None where it was not measured.
        arrangements: By key, the test digits in the plane, where they were arranged.
        robustness: What moves each network, by key, for those on which it was measured.
        tunings: What the filters of each network are tuned to, by key, for those on which it was measured.
        novelties: How far each puts pictures from the digits that it learned, by key, if measured.
    """

    entries: tuple[Entry, ...]
    surveys: Mapping[str, Survey]
    test: Dataset
    costs: Costs | None
    arrangements: Mapping[str, Arrangement]
    robustness: Mapping[str, Robustness]
    tunings: Mapping[str, Tuning]
    novelties: Mapping[str, Novelty]


def read(checkpoints: Path = CHECKPOINTS, data: Path = DATA) -> Collection:
    """Return what lies in the two folders; what was read already, while no file in them has changed.

    Raises:
        CheckpointError: The manifest, or what it names beside a checkpoint, cannot be used.
        DataError: The test digits cannot be used.
    """
    return _read(checkpoints, data, (_files(checkpoints), _files(data)))


@lru_cache(maxsize=1)
def _read(checkpoints: Path, data: Path, _: object) -> Collection:
    entries = manifest.read(checkpoints)
    test = mnist.load("test", data)
    surveys = {entry.key: channel_statistics.read(entry, checkpoints, len(test)) for entry in entries}
    planes = {entry.key: projection.read(entry, len(test), checkpoints) for entry in entries}
    novelties = {entry.key: novelty.read(entry, checkpoints) for entry in entries}
    tables = {entry.key: robustness.read(entry, checkpoints) for entry in entries}
    tunings = {entry.key: tuning.read(entry, checkpoints) for entry in entries}
    return Collection(
        entries,
        surveys,
        test,
        cost.read(checkpoints),
        {key: plane for key, plane in planes.items() if plane},
        {key: table for key, table in tables.items() if table},
        {key: each for key, each in tunings.items() if each},
        {key: measure for key, measure in novelties.items() if measure},
    )


def _files(folder: Path) -> frozenset[tuple[str, int, int, int]]:
    """Return what differs once a file of a folder is written or replaced; nothing where none can be seen."""
    try:
        found = [(each.name, each.stat()) for each in folder.iterdir()]
    except OSError:
        return frozenset()
    return frozenset((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found)
