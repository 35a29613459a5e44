"""What lies on disk of all networks, and the test digits: read once, and anew when a file changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.analysis import cost, timeline
from models.analysis.cost import Costs
from models.analysis.measurement import Found, Measurement
from models.analysis.measurements import MEASUREMENTS
from models.analysis.timeline import Timeline
from models.datasets.dataset import Dataset
from models.datasets.mnist import DATA
from models.datasets.shipped import part_of
from models.graph.refusal import UnopenableError
from models.graph.requirements import require_fitting
from models.remedy import place
from models.store import manifest
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.entry import Entry
from models.store.manifest import MANIFEST


@dataclass(frozen=True)
class Collection:
    """What is known of the networks and of the test images; read-only.

    Attributes:
        entries: The networks, in the manifest's order.
        test: The 10,000 test images.
        costs: What each layer takes, None where it was not measured.
        found: By name of a measurement, what it found, by key of the network.
        timelines: By key, what was kept of a training, of the networks of which anything was.
    """

    entries: tuple[Entry, ...]
    test: Dataset
    costs: Costs | None = None
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)

    def of(self, measurement: Measurement[Found]) -> Mapping[str, Found]:
        """Return what a measurement found, by key, of the networks on which it was made."""
        return self.found.get(measurement.name, {})


def read(checkpoints: Path = CHECKPOINTS, data: Path = DATA) -> Collection:
    """Return what lies in the two folders; what was read already, while no file in them has changed.

    Raises:
        CheckpointError: The manifest, or what it names beside a checkpoint, cannot be used.
        DataError: The test images cannot be used.
    """
    return _read(checkpoints, data, (_files(checkpoints), _files(data)))


@lru_cache(maxsize=1)
def _read(checkpoints: Path, data: Path, _: object) -> Collection:
    entries = manifest.read(checkpoints)
    if len(keys := {entry.dataset for entry in entries}) > 1:
        told = " and ".join(sorted(keys))
        fault = f"names networks of several data sets, {told}; only those of one can be shown together"
        raise CheckpointError(f"{place(checkpoints)}/{MANIFEST} {fault}.")
    return of(entries, part_of(entries[0].dataset, "test", checkpoints, data), checkpoints)


def of(entries: tuple[Entry, ...], test: Dataset, folder: Path) -> Collection:
    """Return networks with what was measured on them, beside test images.

    Args:
        entries: The networks.
        test: What they were measured on.
        folder: Of the manifest, in which all that belongs to them lies.

    Raises:
        CheckpointError: A network does not go with the images, or a file cannot be used.
    """
    for entry in entries:
        try:
            require_fitting(entry.graph, test.spec.shape, len(test.classes))
        except UnopenableError as error:
            raise CheckpointError(f"{place(folder)}/{MANIFEST}: of {entry.key!r}, {error}.") from error
    found = {each.name: _found(each, entries, folder, len(test)) for each in MEASUREMENTS}
    kept = ((entry.key, timeline.read(entry, folder, len(test))) for entry in entries)
    timelines = {key: each for key, each in kept if each is not None}
    return Collection(entries, test, cost.read(folder), found, timelines)


def _found(
    measurement: Measurement[Found], entries: Iterable[Entry], folder: Path, images: int
) -> Mapping[str, Found]:
    """Return what was found on the networks that were measured, by key."""
    read = ((entry.key, measurement.read(entry, folder, images)) for entry in entries)
    return {key: found for key, found in read if found is not None}


def _files(folder: Path) -> frozenset[tuple[str, int, int, int]]:
    """Return what differs once a file of a folder is written or replaced; nothing where none can be seen."""
    try:
        found = [(each.name, each.stat()) for each in folder.iterdir()]
    except OSError:
        return frozenset()
    return frozenset((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found)
