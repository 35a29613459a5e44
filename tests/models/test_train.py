from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models import architectures, train
from models.analysis import novelty, robustness
from models.analysis.measurements import MEASUREMENTS
from models.analysis.novelty import Novelty
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.shipped import Source
from models.store import loading, manifest
from models.store.artefact import CheckpointError
from models.train import Order
from models.training.run import CURVES, Run
from tests.models.training.small import PLAIN, killed
from tests.networks import robust, score_of, training_of

if TYPE_CHECKING:
    import keras


FCN = architectures.find("fcn")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rnn"],
        ["../cnn"],
        ["fcn", "--seeds", "x"],
        ["fcn", "--seeds", "7", "7"],
        ["fcn", "--seeds", "-1"],
        ["fcn", "--seeds", "4294967296"],
        ["fcn", "--epochs", "0"],
        ["fcn", "--epochs", "-1"],
        ["fcn", "--limit", "1"],
        ["fcn", "--limit", "-5"],
    ],
)
def test_a_wrong_command_is_explained_before_anything_happens(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and a usage line; no folder is made and nothing is trained."""
    with pytest.raises(SystemExit, match="2"):
        train.main([*arguments, "--folder", str(tmp_path / "new")])

    assert "usage: python -m models.train" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_damaged_manifest_is_known_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes of training are not thrown away at the end."""
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(Source, "part", pytest.fail)

    with pytest.raises(CheckpointError, match="git checkout -- models/checkpoints"):
        train.train(Order(FCN, (7,), "", tmp_path))


def test_missing_digits_end_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: the file and the command that mends it."""
    monkeypatch.setattr(Source, "part", lambda _, name: mnist.load(name, tmp_path))

    with pytest.raises(SystemExit, match="git checkout -- models/data"):
        train.main(["fcn", "--folder", str(tmp_path)])


@pytest.mark.keras
@pytest.mark.parametrize(
    ("shape", "settings", "words"),
    [
        (
            (28, 28),
            {},
            r"cannot be shown: its input is \(28, 28\), and the images are \(28, 28, 1\): begin it",
        ),
        ((28, 28, 1), {"units": 11}, r"cannot be shown: it tells 11 classes apart"),
        ((28, 28, 1), {"activation": None}, "makes a network that does not end in a softmax"),
        ((28, 28, 1), {"kernel_regularizer": "l2"}, "gives its layer 'output' a kernel_regularizer"),
        ((28, 28, 1), {"activity_regularizer": "l2"}, "gives its layer 'output' a activity_regularizer"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_the_training(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shape: tuple[int, ...],
    settings: dict[str, Any],
    words: str,
) -> None:
    """The command ends with one sentence that names the file and what to change in it; no folder is made."""
    import keras

    from models.training import trainer

    def build() -> keras.Model:
        last = keras.layers.Dense(**{"units": 10, "activation": "softmax", "name": "output"} | settings)
        return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), last])

    asked = replace(FCN, key="my-own", build=build)
    monkeypatch.setattr(architectures, "keys", lambda: ["my-own"])
    monkeypatch.setattr(architectures, "find", {"my-own": asked}.__getitem__)
    monkeypatch.setattr(trainer, "fit", pytest.fail)

    with pytest.raises(SystemExit, match=words) as end:
        train.main(["my-own", "--folder", str(tmp_path / "new")])

    said = str(end.value.code)
    assert said.startswith("models/architectures/my_own.py ")
    assert (said.count("\n"), said[-1]) == (0, ".")
    assert not (tmp_path / "new").exists()


def test_a_training_that_is_stopped_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends it with a sentence, not with a traceback."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "train", stop)

    with pytest.raises(SystemExit, match="The same command goes on after the last whole epoch"):
        train.main(["fcn", "--folder", str(tmp_path)])


@pytest.mark.keras
def test_the_last_five_thousand_are_never_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The held-out digits are the last 5,000 of the training set; all others are learned."""
    from models.training import trainer

    seen: dict[str, Any] = {}
    monkeypatch.setattr(trainer, "fit", lambda *args, **_: seen.update(learned=args[3], held_out=args[4]))
    monkeypatch.setattr(train, "publish", lambda *_: None)
    train.train(Order(FCN, (7,), "", tmp_path))

    digits = training_digits()
    assert np.array_equal(seen["learned"].images, digits.images[:55_000])
    assert np.array_equal(seen["held_out"].images, digits.images[55_000:])
    assert np.array_equal(seen["held_out"].labels, digits.labels[55_000:])


@cache
def training_digits() -> Dataset:
    return mnist.load("train")


@pytest.mark.keras
def test_the_command_trains_and_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person types trains; it says how good every seed is, and wrote the median one.

    All but trying the network without each of its units, on moved digits and on what is unlike digits: that
    takes minutes, and has tests of its own. A twentieth of the test digits are there.
    """
    monkeypatch.setattr("models.analysis.ablation.complete", lambda *measured, **_: measured[-1])
    parts = {"train": training_digits(), "test": mnist.load("test")[:500]}
    monkeypatch.setattr(Source, "part", lambda _, name: parts[name])
    table = robust(500)
    monkeypatch.setattr("models.analysis.robustness.run", lambda *_: table)
    measure = Novelty(np.zeros((1, 256), np.uint8), np.zeros(1, np.float32), 0, 1, 1, np.zeros(1, np.float32))
    novel = replace(novelty.MEASUREMENT, run=lambda *_: measure)
    swift = tuple(novel if each.name == novel.name else each for each in MEASUREMENTS)
    monkeypatch.setattr("models.training.publication.MEASUREMENTS", swift)
    arguments = [
        "fcn",
        "--seeds",
        "3",
        "5",
        "4",
        "--epochs",
        "1",
        "--limit",
        "640",
        "--folder",
        str(tmp_path),
    ]

    train.main(arguments)

    said = capsys.readouterr().out
    (entry,) = manifest.read(tmp_path)
    assert f"test accuracy {score_of(entry).accuracy:.2%}" in said
    assert said.count("val_loss") == 3
    training = training_of(entry)
    assert [each.seed for each in training.seeds] == [3, 4, 5]
    ranked = sorted(training.seeds, key=lambda each: (each.held_out.correct, -each.held_out.loss))
    assert (training.seed, training.held_out, score_of(entry)) == (
        ranked[1].seed,
        ranked[1].held_out,
        ranked[1].test,
    )
    assert f"seed {training.seed}: " in next(line for line in said.splitlines() if "published" in line)
    assert training.command == f"python -m models.train {' '.join(arguments)}"
    assert (entry.key, entry.architecture, entry.parameters) == ("fcn", "fcn", 535_818)
    assert training.recipe["epochs"] == 1
    assert (score_of(entry).digits, training.held_out.digits) == (500, 5_000)
    assert score_of(entry).accuracy > 0.5
    assert set(training.history) == set(CURVES)
    assert not list(tmp_path.glob(".*"))
    assert robustness.MEASUREMENT.read(entry, tmp_path) == table
    assert novelty.MEASUREMENT.read(entry, tmp_path) is not None
    loading.load(entry, tmp_path)


@pytest.mark.keras
def test_an_interrupted_command_trains_no_seed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one seed learned is kept until all are published; then nothing of it is left."""
    from models.training import callbacks

    network, digits = replace(PLAIN, recipe=replace(PLAIN.recipe, epochs=1)), training_digits()
    order = Order(network, (3, 4), "", tmp_path, 640)
    published: dict[int, Run] = {}
    monkeypatch.setattr(Source, "part", lambda *_: digits)
    monkeypatch.setattr(train, "publish", lambda _network, runs, *_: published.update(runs))
    with monkeypatch.context() as patch:
        patch.setattr(train, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            train.train(order)
    assert len(list(tmp_path.glob(".*.partial"))) == 2
    with monkeypatch.context() as patch:
        patch.setattr(callbacks.EpochBegins, "on_epoch_begin", killed)  # not one epoch more
        train.train(order)

    assert set(published) == {3, 4}
    assert not np.array_equal(published[3].weights[0], published[4].weights[0])
    assert not list(tmp_path.iterdir())


@pytest.mark.keras
def test_a_training_that_diverges_leaves_the_checkpoints_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends with a sentence that says what to change; no manifest holds what is no number."""
    reckless = replace(FCN, recipe=replace(FCN.recipe, learning_rate=1e38))
    monkeypatch.setattr(architectures, "find", lambda _: reckless)

    with pytest.raises(SystemExit) as end:
        train.main(["fcn", "--seeds", "3", "--epochs", "2", "--limit", "640", "--folder", str(tmp_path)])

    assert str(end.value.code) == (
        "fcn, seed 3, was not trained: its loss was no number any more in epoch 1. Nothing was published. "
        "Lower the learning_rate in models/architectures/fcn.py."
    )
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
