"""A training as a piece of work, on a small share of the digits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pytest

from models.datasets import mnist
from models.datasets.shipped import Source
from models.training import command, snapshots, work
from models.training.order import Order
from models.training.work import train
from models.watcher import Asked, StoppedError, WorkError

pytestmark = pytest.mark.keras
SETTINGS: dict[str, Any] = {
    "architecture": "cnn",
    "widths": [3],
    "units": 8,
    "epochs": 2,
    "share": 0.01,
    "batch": 50,
    "augmentation": "moved",
    "dropout": 0.2,
}
STEPS = 11  # of an epoch


class Listener:
    """Hears what is told, and asks something once that has happened."""

    def __init__(self, folder: Path, ask: Asked = "", after: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.events, self.listened = folder, list[Mapping[str, Any]](), 0
        self.ask, self.after = ask, after

    def tell(self, event: Mapping[str, Any]) -> None:
        """Hear it."""
        json.dumps(dict(event), allow_nan=False)
        self.events.append(event)

    def asked(self) -> Asked:
        """Ask it, once enough was listened for."""
        self.listened += 1
        return self.ask if self.listened > self.after else ""

    def given(self, sha256: str) -> Path:
        """Refuse."""
        raise WorkError(sha256)

    def of(self, event: str) -> list[Mapping[str, Any]]:
        """Return what was told of one kind."""
        return [each for each in self.events if each["event"] == event]


@pytest.fixture(scope="module", autouse=True)
def once_read() -> Any:
    """The digits, read once."""
    parts = {"train": mnist.load("train"), "test": mnist.load("test")[:500]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Source, "part", lambda _, name: parts[name])
        yield


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> tuple[Listener, Mapping[str, Any]]:
    """A training that nothing disturbed."""
    listener = Listener(tmp_path_factory.mktemp("peaceful"))
    return listener, train(SETTINGS, listener)


def test_it_tells_of_batches_epochs_and_snapshots(peaceful: tuple[Listener, Mapping[str, Any]]) -> None:
    """Steps only rise, the last batch of an epoch is told, and what is told lies in the folder."""
    listener, found = peaceful
    steps = [each["step"] for each in listener.of("batch")]

    assert [each["step"] for each in listener.of("begin")] == [0]
    assert steps == sorted(steps)
    assert {STEPS, 2 * STEPS} <= {*steps}
    assert [each["epoch"] for each in listener.of("epoch")] == [1, 2]
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"} <= listener.of("epoch")[0].keys()
    kept = snapshots.read(listener.folder / work.SNAPSHOTS)
    assert [each.step for each in kept.moments] == [0, 1, 2, 4, 8, STEPS, 16, 2 * STEPS]
    assert [each["file"] for each in listener.of("snapshot")] == [each.file for each in kept.moments]
    assert found["test"]["digits"] == 500
    assert found["chosen_epoch"] in (1, 2)


def test_means_of_the_batches_make_the_epoch(tmp_path: Path) -> None:
    """Told of every batch, their mean is what Keras says of the epoch."""
    import keras

    from models.training.watching import Watching

    listener = Listener(tmp_path)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(7)
    x, y = rng.random((60, 4), np.float32), rng.integers(0, 3, 60)
    model.fit(x, y, batch_size=10, epochs=2, verbose=0, callbacks=[Watching(listener, every=0)])

    batches = listener.of("batch")
    assert len(batches) == 12
    for epoch, told in enumerate(listener.of("epoch")):
        losses = [each["loss"] for each in batches[6 * epoch : 6 * epoch + 6]]
        assert np.mean(losses) == pytest.approx(told["loss"], abs=1e-5)


def test_what_was_paused_goes_on_to_the_same(
    tmp_path: Path, peaceful: tuple[Listener, Mapping[str, Any]]
) -> None:
    """Bit by bit: network, scores and snapshots are those of a training that nothing disturbed.

    Paused at once, then in the first epoch, which it begins again, then in the second.
    """
    for after in (1, 8, 3 + STEPS + 22):
        paused = Listener(tmp_path, "pause", after)
        with pytest.raises(StoppedError):
            train(SETTINGS, paused)
        assert not [each for each in paused.of("begin") if each["step"]]
    again = Listener(tmp_path)

    assert train(SETTINGS, again) == peaceful[1]
    index = Path(work.SNAPSHOTS) / "index.json"
    assert (tmp_path / index).read_bytes() == (peaceful[0].folder / index).read_bytes()
    assert not (tmp_path / work.PARTIAL).exists()
    assert again.of("begin")[0]["step"] == STEPS


def test_what_is_over_is_not_trained_again(
    tmp_path: Path, peaceful: tuple[Listener, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No image is asked for, and nothing told; what an interrupted end left of the beginning is removed."""
    again = Listener(Path(shutil.copytree(peaceful[0].folder, tmp_path / "over")))
    (again.folder / work.PARTIAL).mkdir()
    monkeypatch.setattr(Source, "part", lambda *_: pytest.fail("It was begun again."))

    assert train(SETTINGS, again) == peaceful[1]
    assert not again.events
    assert not (again.folder / work.PARTIAL).exists()


def test_the_network_is_the_one_that_was_measured(peaceful: tuple[Listener, Mapping[str, Any]]) -> None:
    """`model.keras` is as right on the held-out images as is told, and has no dropout."""
    import keras

    listener, found = peaceful
    model = keras.models.load_model(listener.folder / work.MODEL, compile=False)
    held_out = mnist.load("train")[-5000:]

    answers = model.predict(held_out.inputs, verbose=0).argmax(axis=1)
    assert int((answers == held_out.labels).sum()) == pytest.approx(found["held_out"]["correct"], abs=1)
    assert [layer.name for layer in model.layers] == ["conv1", "pool", "flatten", "dense", "output"]


def test_numbers_that_are_none_end_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the step; the snapshots up to it stay, and none is of weights that are no numbers."""
    chosen = {**SETTINGS, "architecture": "fcn", "widths": (32, 32), "augmentation": "none"}
    reckless = Order.model_validate(chosen).model_copy(update={"learning_rate": 1e9})
    monkeypatch.setattr(work, "ordered", lambda _: reckless)
    listener = Listener(tmp_path)

    with pytest.raises(WorkError, match=r"no number any more after step \d.* A learning rate below 1e\+09"):
        train({}, listener)

    kept = snapshots.read(tmp_path / work.SNAPSHOTS)
    assert kept.moments[0].step == 0
    assert all(moment.loss is None or np.isfinite(moment.loss) for moment in kept.moments)


@pytest.mark.parametrize(("settings", "words"), [({"epochs": 0}, "Epochs must be"), ({"x": 1}, "has 'x'")])
def test_a_nonsensical_order_ends_in_its_sentence(
    tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    """Whoever had it sent on."""
    with pytest.raises(WorkError, match=words):
        train(settings, Listener(tmp_path))


def test_the_command_trains_with_several_seeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each as if it were alone, in a folder of its own; at the end it says how far they spread.

    The same command again says the same, and trains none of them.
    """
    chosen = {"architecture": "fcn", "widths": [4], "epochs": 1, "share": 0.01, "batch": 50}
    words = [word for name, value in chosen.items() for word in (f"--{name}", str(value).strip("[]"))]
    words += ["--seed", "3", "--seeds", "2", "--folder", str(tmp_path / "both")]
    command.main(words)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ends = [each for each in told if each["event"] == "end"]
    alone = train({**chosen, "seed": 4}, Listener(tmp_path / "alone"))

    assert [each["seed"] for each in ends] == [3, 4]
    assert {**ends[1], **alone} == ends[1]
    assert (tmp_path / "both" / "seed-4" / work.MODEL).is_file()
    shares = [each["test"]["correct"] / each["test"]["digits"] for each in ends]
    assert told[-1]["seeds"] == [3, 4]
    assert told[-1]["test"] == {"mean": fmean(shares), "deviation": stdev(shares)}
    command.main(words)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [*ends, told[-1]]
