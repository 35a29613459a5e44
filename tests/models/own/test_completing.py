from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.analysis import robustness, tuning
from models.datasets.mnist import SPEC
from models.own.completing import archive, complete
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.training.opening import WORLD
from models.watcher import Asked, StoppedError, WorkError
from tests import networks


@dataclass
class Waiting:
    """Who waits for the rest, and has what was measured first; it may ask for an end."""

    folder: Path
    packed: Path
    ask: Asked = ""
    told: list[Mapping[str, Any]] = field(default_factory=list)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Hear it."""
        self.told.append(event)

    def asked(self) -> Asked:
        """Ask for what is wanted."""
        return self.ask

    def given(self, sha256: str) -> Path:
        """Return what was measured first."""
        assert hashlib.sha256(self.packed.read_bytes()).hexdigest() == sha256
        return self.packed


@pytest.fixture
def waiting(tmp_path: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """A small CNN of which all is measured but its tuning, packed; held against two untrained ones."""
    monkeypatch.setattr(tuning, "SEEDS", 2)
    first, folder = tmp_path / "first", tmp_path / "job"
    first.mkdir()
    folder.mkdir()
    entry = manifest.find("cnn", small_folder)
    for file in entry.files:
        (first / file.name).symlink_to(small_folder / file.name)
    counted = robustness.MEASUREMENT.write(networks.robust(100), entry.checkpoint, first)
    arranged = artefact.write_whole(first / "cnn.arrangement.npz", b"which nobody reads here")
    manifest.write(replace(entry, robustness=counted, arrangement=arranged), first)
    packed = tmp_path / "packed"
    packed.write_bytes(archive(first))
    return Waiting(folder, packed)


def settings(waiting: Waiting) -> dict[str, str]:
    """Return what a work is told of what was measured first."""
    return {"network": hashlib.sha256(waiting.packed.read_bytes()).hexdigest(), "key": "cnn"}


@pytest.mark.keras
def test_what_is_missing_is_measured_and_the_rest_kept(waiting: Waiting, tmp_path: Path) -> None:
    """The folder has then what measuring the network finds; it is said what is measured."""
    assert complete(settings(waiting), waiting) == {"key": "cnn"}

    (entry,) = manifest.read(waiting.folder / WORLD)
    (before,) = manifest.read(tmp_path / "first")
    assert replace(entry, tuning=None) == before
    found = tuning.MEASUREMENT.read(entry, waiting.folder / WORLD)
    known = tuning.run(loading.load(before, tmp_path / "first"), SPEC)
    assert found
    assert known
    assert found.layers.keys() == known.layers.keys()
    for name, layer in known.layers.items():
        for part in fields(layer):
            mine, its = (np.asarray(getattr(each, part.name)) for each in (found.layers[name], layer))
            np.testing.assert_allclose(mine, its, rtol=1e-3, atol=1e-3, err_msg=f"{name} {part.name}")
    assert [each["what"] for each in waiting.told if each["event"] == "measuring"] == [
        f"Measuring {tuning.MEASUREMENT.finds}: {before.title} … (1 of 1)"
    ]


@pytest.mark.keras
def test_it_ends_when_it_is_asked_to_and_goes_on_from_there(waiting: Waiting) -> None:
    """What was unpacked stays: it needs what it was given no more."""
    waiting.ask = "cancel"
    with pytest.raises(StoppedError):
        complete(settings(waiting), waiting)
    (entry,) = manifest.read(waiting.folder / WORLD)
    assert entry.tuning is None

    waiting.ask = ""
    told = settings(waiting)
    waiting.packed.unlink()
    assert complete(told, waiting) == {"key": "cnn"}


def killed(waiting: Waiting) -> None:
    """End the process while it unpacks: all but the last file is there."""
    whole = zipfile.ZipFile.extractall

    def half(members: zipfile.ZipFile, folder: Path) -> None:
        whole(members, folder)
        os.truncate(folder / manifest.MANIFEST, 9)
        os._exit(9)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "extractall", half)
        complete(settings(waiting), waiting)


@pytest.mark.keras
def test_who_was_killed_while_unpacking_unpacks_again(waiting: Waiting) -> None:
    """What was there of it is no beginning, and does not stay."""
    process = get_context("spawn").Process(target=killed, args=(waiting,))
    process.start()
    process.join()
    assert process.exitcode == 9

    waiting.ask = "cancel"
    with pytest.raises(StoppedError):
        complete(settings(waiting), waiting)
    (entry,) = manifest.read(waiting.folder / WORLD)
    assert entry.tuning is None
    assert [each.name for each in waiting.folder.iterdir()] == [WORLD]


def test_what_is_damaged_is_refused_in_a_sentence(waiting: Waiting, tmp_path: Path) -> None:
    """Packed and unpacked."""
    waiting.packed.write_bytes(b"PK")
    with pytest.raises(WorkError, match="cannot be read"):
        complete(settings(waiting), waiting)
    (tmp_path / "first" / "cnn.keras").unlink()
    with pytest.raises(CheckpointError, match="is missing"):
        archive(tmp_path / "first")
