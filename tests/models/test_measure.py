from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import measure
from models.analysis import ending
from models.analysis.measurement import Measurement
from models.analysis.measurements import MEASUREMENTS
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.shipped import Source
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry, File
from tests import networks

if TYPE_CHECKING:
    import keras

TEST = mnist.dataset(np.full((2, 28, 28), 51, np.uint8), np.array([3, 4], np.uint8))


@dataclass(frozen=True)
class Named(Measurement[str]):
    """A measurement that writes what it found into a file whose name says it."""

    def write(self, found: str, checkpoint: File, folder: Path) -> File:
        """Write what was found."""
        stem = Path(checkpoint.name).stem
        return artefact.write_whole(folder / f"{stem}.{found}.{self.suffix}", self.pack(found, checkpoint))


def made_up(run: Callable[..., str | None]) -> Named:
    """Return a measurement that runs this."""
    return Named(
        "arrangement",
        "npz",
        "words",
        run,
        lambda found, _: found.encode(),
        lambda content, *_: str(content),
        "",
    )


def ask(folder: Path, *arguments: str, run: Callable[..., str | None]) -> None:
    """Run the command as a person types it, with a measurement that is made up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "MEASUREMENTS", (made_up(run),))
        measure.main(["arrangement", *arguments, "--folder", str(folder)])


def opened(folder: Path, *arguments: str, found: str = "one") -> list[str]:
    """Run the command with a measurement that always finds the same; return which networks it was given."""
    given: list[str] = []

    def run(model: keras.Model, data: Dataset, held_out: int) -> str:
        assert np.array_equal(data.inputs, TEST.inputs)
        assert np.array_equal(data.labels, TEST.labels)
        assert held_out == 5_000
        given.append(str(model))
        return found

    ask(folder, *arguments, run=run)
    return given


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest of two networks, whose names stand for them."""
    monkeypatch.setattr(Source, "part", lambda _, name: {"test": TEST}[name])
    monkeypatch.setattr(loading, "load", lambda entry, _: entry.key)
    for entry in networks.entries():
        manifest.write(entry, tmp_path)
    return tmp_path


def test_all_networks_are_measured_or_those_that_are_named(folder: Path) -> None:
    """In the manifest's order, or as they are named; nothing else of an entry changes."""
    assert opened(folder) == ["fcn", "cnn"]
    assert opened(folder, "cnn") == ["cnn"]
    for entry, before in zip(manifest.read(folder), networks.entries(), strict=True):
        assert entry.arrangement is not None
        assert (folder / entry.arrangement.name).read_bytes() == b"one"
        assert replace(entry, arrangement=None) == before


def test_what_is_measured_anew_takes_the_place_of_the_old(folder: Path) -> None:
    """The file that no manifest names any more is gone; one with the same content stays."""
    opened(folder, "fcn")
    opened(folder, "fcn")
    assert (folder / "fcn.one.arrangement.npz").exists()
    opened(folder, "fcn", found="two")

    assert [path.name for path in folder.glob("*.npz")] == ["fcn.two.arrangement.npz"]


def test_a_network_with_nothing_to_measure_is_left_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, no file is written, and the others are measured."""

    def run(model: keras.Model, *_: object) -> str | None:
        return None if str(model) == "fcn" else "one"

    ask(folder, run=run)

    assert "fcn: has nothing to measure" in capsys.readouterr().out
    assert [entry.arrangement is None for entry in manifest.read(folder)] == [True, False]
    assert [path.name for path in folder.glob("*.npz")] == ["cnn.one.arrangement.npz"]


def test_an_unknown_network_is_refused_before_anything_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and names the one that there is not."""
    with pytest.raises(SystemExit, match="2"):
        opened(folder, "fcn", "rnn")

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

    monkeypatch.setattr(loading, "load", load)
    before = listed(folder)

    def run(*_: object) -> str:
        pytest.fail("measured")

    with pytest.raises(SystemExit) as end:
        ask(folder, run=run)

    assert end.value.code == "models/checkpoints/cnn.keras cannot be shown."
    assert listed(folder) == before
    assert opened(folder, "fcn") == ["fcn"]


def test_a_missing_manifest_is_one_sentence(tmp_path: Path) -> None:
    """It is read first of all."""
    with pytest.raises(SystemExit, match="git checkout -- models/checkpoints"):
        opened(tmp_path)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError, ValueError])
@pytest.mark.parametrize("where", ["measuring", "writing the file", "writing the manifest"])
def test_nothing_is_left_of_what_did_not_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException], where: str
) -> None:
    """Interrupted or failing, it leaves the folder as it was, with what was measured before."""
    opened(folder, "fcn")
    before = listed(folder)

    def run(*_: object) -> str:
        if where == "measuring":
            raise fault
        return "two"

    def fail(*_: object) -> None:
        raise fault

    def written(self: Named, found: str, checkpoint: File, folder: Path) -> None:
        write(self, found, checkpoint, folder)
        raise fault

    write = Named.write
    if where == "writing the file":
        monkeypatch.setattr(Named, "write", written)
    if where == "writing the manifest":
        monkeypatch.setattr(manifest, "write", fail)
    with pytest.raises(SystemExit if fault is KeyboardInterrupt else fault) as end:
        ask(folder, "fcn", run=run)

    assert listed(folder) == before
    if isinstance(end.value, SystemExit):
        assert end.value.code == ending.INTERRUPTED


def test_a_manifest_damaged_meanwhile_is_one_sentence(folder: Path) -> None:
    """What was measured is not left beside it without a name."""

    def run(*_: object) -> str:
        (folder / manifest.MANIFEST).write_text("{")
        return "one"

    with pytest.raises(SystemExit, match="git checkout"):
        ask(folder, "fcn", run=run)

    assert listed(folder) == {manifest.MANIFEST: b"{"}


def test_an_unknown_measurement_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with 2 and names those that there are."""
    with pytest.raises(SystemExit, match="2"):
        measure.main(["weather", "--folder", str(folder)])

    said = capsys.readouterr().err
    assert all(each.name in said for each in MEASUREMENTS)
    assert "temperature" in said
    assert "cost" in said


def test_cost_is_of_all_networks_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of them cannot be timed alone: its times would not go with the others'."""
    with pytest.raises(SystemExit, match="2"):
        measure.main(["cost", "fcn", "--folder", str(folder)])

    assert "name none" in capsys.readouterr().err


def test_every_measurement_has_a_place_in_the_manifest() -> None:
    """No two are called alike, and an entry has a field of each one's name."""
    names = [each.name for each in MEASUREMENTS]

    assert len({*names}) == len(names)
    assert {*names} <= {each.name for each in fields(Entry)}
