from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.analysis import ending, measuring
from models.arrays import Floats, Labels
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.store import manifest
from models.store.manifest import CheckpointError, Entry, File
from tests import networks

if TYPE_CHECKING:
    import keras

TEST = mnist.dataset(np.full((2, 28, 28), 51, np.uint8), np.array([3, 4], np.uint8))


def write(found: str, checkpoint: File, folder: Path) -> File:
    return manifest.write_whole(
        folder / f"{Path(checkpoint.name).stem}.{found}.arrangement.npz", found.encode()
    )


def ask(folder: Path, *arguments: str, found: str = "one") -> list[str]:
    """Run the command with a measurement that is made up; return which networks it opened."""
    opened: list[str] = []

    def run(model: keras.Model, digits: Floats, labels: Labels) -> str:
        assert np.array_equal(digits, prepare(TEST.images))
        assert np.array_equal(labels, TEST.labels)
        opened.append(str(model))
        return found

    measuring.command("arrangement", "Arrange.", arguments, run, write, folder=folder)
    return opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest of two networks, whose names stand for them."""
    monkeypatch.setattr(mnist, "load", {"test": TEST}.__getitem__)
    monkeypatch.setattr(manifest, "load", lambda entry, _: entry.key)
    for entry in networks.entries():
        manifest.write(entry, tmp_path)
    return tmp_path


def test_all_networks_are_measured_or_those_that_are_named(folder: Path) -> None:
    """In the manifest's order, or as they are named; nothing else of an entry changes."""
    assert ask(folder) == ["fcn", "cnn"]
    assert ask(folder, "cnn") == ["cnn"]
    for entry, before in zip(manifest.read(folder), networks.entries(), strict=True):
        assert entry.arrangement is not None
        assert (folder / entry.arrangement.name).read_bytes() == b"one"
        assert replace(entry, arrangement=None) == before


def test_what_is_measured_anew_takes_the_place_of_the_old(folder: Path) -> None:
    """The file that no manifest names any more is gone; one with the same content stays."""
    ask(folder, "fcn")
    ask(folder, "fcn")
    assert (folder / "fcn.one.arrangement.npz").exists()
    ask(folder, "fcn", found="two")

    assert [path.name for path in folder.glob("*.npz")] == ["fcn.two.arrangement.npz"]


def test_a_network_with_nothing_to_measure_is_left_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, no file is written, and the others are measured."""

    def run(model: keras.Model, *_: object) -> str | None:
        return None if str(model) == "fcn" else "one"

    measuring.command("arrangement", "Arrange.", (), run, write, folder=folder)

    assert "fcn: has nothing to measure" in capsys.readouterr().out
    assert [entry.arrangement is None for entry in manifest.read(folder)] == [True, False]
    assert [path.name for path in folder.glob("*.npz")] == ["cnn.one.arrangement.npz"]


def test_an_unknown_network_is_refused_before_anything_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and names the one that there is not."""
    with pytest.raises(SystemExit, match="2"):
        ask(folder, "fcn", "rnn")

    assert "there is no network rnn" in capsys.readouterr().err
    assert not list(folder.glob("*.npz"))


def listed(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with what is in them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_are_opened_before_the_first_is_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be is said at once, in a sentence, not after minutes; nothing is written."""

    def load(entry: Entry, _: Path) -> str:
        if entry.key == "cnn":
            raise CheckpointError("models/checkpoints/cnn.keras cannot be shown.")
        return entry.key

    monkeypatch.setattr(manifest, "load", load)
    before = listed(folder)

    def run(*_: object) -> str:
        pytest.fail("measured")

    with pytest.raises(SystemExit) as end:
        measuring.command("arrangement", "Arrange.", [], run, write, folder=folder)

    assert end.value.code == "models/checkpoints/cnn.keras cannot be shown."
    assert listed(folder) == before
    assert ask(folder, "fcn") == ["fcn"]


def test_a_missing_manifest_is_one_sentence(tmp_path: Path) -> None:
    """It is read first of all."""
    with pytest.raises(SystemExit, match="git checkout -- models/checkpoints"):
        ask(tmp_path)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError, ValueError])
@pytest.mark.parametrize("where", ["measuring", "writing the file", "writing the manifest"])
def test_nothing_is_left_of_what_did_not_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException], where: str
) -> None:
    """Interrupted or failing, it leaves the folder as it was, with what was measured before."""
    ask(folder, "fcn")
    before = listed(folder)

    def run(*_: object) -> str:
        if where == "measuring":
            raise fault
        return "two"

    def written(found: str, checkpoint: File, folder: Path) -> File:
        file = write(found, checkpoint, folder)
        if where == "writing the file":
            raise fault
        return file

    def fail(*_: object) -> None:
        raise fault

    if where == "writing the manifest":
        monkeypatch.setattr(manifest, "write", fail)
    with pytest.raises(SystemExit if fault is KeyboardInterrupt else fault) as end:
        measuring.command("arrangement", "Arrange.", ["fcn"], run, written, folder=folder)

    assert listed(folder) == before
    if isinstance(end.value, SystemExit):
        assert end.value.code == ending.INTERRUPTED


def test_a_manifest_damaged_meanwhile_is_one_sentence(folder: Path) -> None:
    """What was measured is not left beside it without a name."""

    def run(*_: object) -> str:
        (folder / manifest.MANIFEST).write_text("{")
        return "one"

    with pytest.raises(SystemExit, match="git checkout"):
        measuring.command("arrangement", "Arrange.", ["fcn"], run, write, folder=folder)

    assert listed(folder) == {manifest.MANIFEST: b"{"}
