from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import measuring, mnist, registry
from models.digits import prepare
from models.evaluate import Labels
from models.forward_pass import Floats
from models.mnist import Digits
from models.registry import File
from tests import networks

if TYPE_CHECKING:
    import keras

TEST = Digits(np.full((2, 28, 28), 51, np.uint8), np.array([3, 4], np.uint8))


def write(found: str, checkpoint: File, folder: Path) -> File:
    return registry.write_whole(
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
    monkeypatch.setattr(registry, "load", lambda entry, _: entry.key)
    for entry in networks.entries():
        registry.write(entry, tmp_path)
    return tmp_path


def test_all_networks_are_measured_or_those_that_are_named(folder: Path) -> None:
    """In the manifest's order, or as they are named; nothing else of an entry changes."""
    assert ask(folder) == ["fcn", "cnn"]
    assert ask(folder, "cnn") == ["cnn"]
    for entry, before in zip(registry.read(folder), networks.entries(), strict=True):
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


def test_an_unknown_network_is_refused_before_anything_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and names the one that there is not."""
    with pytest.raises(SystemExit, match="2"):
        ask(folder, "fcn", "rnn")

    assert "there is no network rnn" in capsys.readouterr().err
    assert not list(folder.glob("*.npz"))
