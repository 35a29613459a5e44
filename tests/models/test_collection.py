import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models import collection, mnist, registry
from models.mnist import DataError
from models.registry import CHECKPOINTS, MANIFEST, CheckpointError


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The committed checkpoints in a folder of their own."""
    return Path(shutil.copytree(CHECKPOINTS, tmp_path / "checkpoints"))


def test_it_is_all_that_the_manifest_names(copied: Path) -> None:
    """Every network of the manifest with its survey, the test digits, and what was measured of some."""
    found = collection.read(copied)

    assert found.entries == registry.read(copied)
    assert found.surveys.keys() == {entry.key for entry in found.entries}
    assert found.arrangements.keys() == {entry.key for entry in found.entries if entry.arrangement}
    assert found.robustness.keys() == {entry.key for entry in found.entries if entry.robustness}
    assert found.tunings.keys() == {entry.key for entry in found.entries if entry.tuning}
    assert found.novelties.keys() == {entry.key for entry in found.entries if entry.novelty}
    assert found.costs
    np.testing.assert_array_equal(found.test.images, mnist.load("test").images)


def test_what_has_not_changed_is_read_once(copied: Path) -> None:
    """Whoever asks again, as every worker does, gets what is there."""
    assert collection.read(copied) is collection.read(copied)


def test_what_has_changed_is_read_anew(copied: Path) -> None:
    """A manifest that was written meanwhile, as training does, is the one that counts."""
    before = collection.read(copied)
    manifest = json.loads((copied / MANIFEST).read_bytes())
    manifest["models"].pop()
    registry.write_whole(copied / MANIFEST, json.dumps(manifest).encode())

    assert collection.read(copied).entries == before.entries[:-1]


def test_a_file_that_was_damaged_meanwhile_is_found_out(copied: Path) -> None:
    """What was read before does not hide it."""
    found = collection.read(copied)
    (copied / found.entries[0].survey.name).write_bytes(b"")

    with pytest.raises(CheckpointError, match=found.entries[0].survey.name):
        collection.read(copied)


def test_what_is_not_there_is_said(copied: Path, tmp_path: Path) -> None:
    """A folder that is missing is a sentence, not a fault of the one who looks for changes in it."""
    with pytest.raises(CheckpointError, match="missing or damaged"):
        collection.read(tmp_path / "nowhere")
    with pytest.raises(DataError, match="missing or damaged"):
        collection.read(copied, tmp_path / "nowhere")
