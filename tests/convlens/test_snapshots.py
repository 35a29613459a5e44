"""What the callback writes is what the reader reads, and what ConvLens opens."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.opening import apart
from models.own import networks
from models.own.wish import Wish, WishError
from models.training import snapshots
from models.training.snapshots import SnapshotError

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras
BATCHES = 5  # in an epoch


def network() -> keras.Model:
    """Return a small network of images, as somebody compiles it."""
    import keras

    layers = [
        keras.Input((6, 7, 3)),
        keras.layers.Conv2D(2, 3, activation="relu", name="conv"),
        keras.layers.BatchNormalization(name="norm"),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(3, activation="softmax", name="answer"),
    ]
    model = keras.Sequential(layers, name="little")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model: keras.Model, callback: Any, epochs: int = 2, **options: Any) -> None:
    """Train for some epochs of five steps."""
    random = np.random.default_rng(0)
    x = random.random((4 * BATCHES, 6, 7, 3), np.float32)
    y = random.integers(0, 3, 4 * BATCHES)
    model.fit(
        x, y, batch_size=4, epochs=epochs, verbose=0, validation_data=(x, y), callbacks=[callback], **options
    )


def written(folder: Path, **options: Any) -> keras.Model:
    """Train a network that is written down; return it."""
    import convlens

    model = network()
    fit(model, convlens.Snapshots(folder, **options))
    return model


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snapshots after 0, 5 and 10 steps, which nobody changes."""
    folder = tmp_path_factory.mktemp("early") / "run"
    written(folder, early=0)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, keras.Model]:
    """Snapshots of all that is written by default, which nobody changes, and the network that learned."""
    folder = tmp_path_factory.mktemp("whole") / "My run"
    return folder, written(folder)


@pytest.fixture
def run(early: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copytree(early, tmp_path / "run")


def weights_at(folder: Path, step: int | None, into: Path) -> list[Any]:
    """Return all weights of a snapshot, as plain Keras loads them from its file."""
    import keras

    found = snapshots.read(folder)
    packed = found.pack(found.at(step), into)
    weights: list[Any] = keras.saving.load_model(packed, compile=False).get_weights()
    return weights


def test_start_early_steps_and_epochs_are_written(whole: tuple[Path, keras.Model]) -> None:
    """Steps 0, 1, 2, 4 and 8, and the ends of both epochs, with what Keras measured; nothing half written."""
    folder, _ = whole
    found = snapshots.read(folder)

    assert [each.step for each in found.moments] == [0, 1, 2, 4, 5, 8, 10]
    assert [each.kind for each in found.moments] == [
        "start",
        "step",
        "step",
        "step",
        "epoch",
        "step",
        "epoch",
    ]
    assert [each.epoch for each in found.moments] == [0, 0, 0, 0, 1, 1, 2]
    assert found.moments[0].loss is None
    last = found.at()
    assert last.loss is not None
    assert 0 < last.loss < 10
    assert last.model_extra is not None
    assert {"val_loss", "val_accuracy"} <= last.model_extra.keys()
    files = {each.name for each in folder.iterdir()}
    assert files == {each.file for each in found.moments} | {
        "architecture.keras",
        "index.json",
        "events.jsonl",
    }


def test_events_are_json_one_a_line(early: Path) -> None:
    """Begin, every snapshot with its numbers, and end, in the order of their times."""
    lines = (early / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]

    assert [each["event"] for each in events] == ["begin", "snapshot", "snapshot", "snapshot", "end"]
    assert [each["step"] for each in events] == [0, 0, 5, 10, 10]
    assert [each["time"] for each in events] == sorted(each["time"] for each in events)


def test_the_last_snapshot_is_the_trained_network(whole: tuple[Path, keras.Model], tmp_path: Path) -> None:
    """Every weight, moving means too, to the bit; the first is another."""
    folder, model = whole
    (tmp_path / "packed").mkdir()

    last = weights_at(folder, None, tmp_path / "packed")
    assert all(np.array_equal(*pair) for pair in zip(last, model.get_weights(), strict=True))
    first = weights_at(folder, 0, tmp_path / "packed")
    assert not np.array_equal(first[-1], last[-1])  # of the answer: filters may be silent throughout


def test_as_float16_it_is_the_rounded_network(tmp_path: Path) -> None:
    """Weights are those that float16 has, but for values that it does not hold; the files are smaller."""
    import convlens

    model = network()
    kernel, bias = model.get_layer("conv").get_weights()
    kernel[0, 0, 0, 0] = 1e6
    model.get_layer("conv").set_weights([kernel, bias])
    before = model.get_weights()
    fit(model, convlens.Snapshots(tmp_path / "run", dtype="float16"), epochs=1)
    (tmp_path / "packed").mkdir()

    first = weights_at(tmp_path / "run", 0, tmp_path / "packed")
    assert np.array_equal(first[0], kernel)
    rounded = [each.astype(np.float16).astype(np.float32) for each in before[1:]]
    assert all(np.array_equal(*pair) for pair in zip(first[1:], rounded, strict=True))
    assert snapshots.read(tmp_path / "run").dtype == "float16"


def test_fit_may_go_on_but_another_training_may_not(tmp_path: Path) -> None:
    """The same callback counts on; a new one does not write over what is there."""
    import convlens

    callback, model = convlens.Snapshots(tmp_path / "run", early=0), network()
    fit(model, callback, epochs=1)
    fit(model, callback, epochs=1)
    assert [each.step for each in snapshots.read(tmp_path / "run").moments] == [0, 5, 10]
    with pytest.raises(FileExistsError, match=r"run has snapshots already"):
        fit(network(), convlens.Snapshots(tmp_path / "run"))


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_snapshot_is_opened_like_a_file(
    whole: tuple[Path, keras.Model], tmp_path: Path, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the folder the last, by `@` and a number that after so many steps, each with a key that says it."""
    monkeypatch.setattr(apart, "opened", apart.rewritten)  # in this process, which takes less time
    folder, model = whole
    if dtype != "float32":
        folder = tmp_path / "My run"
        model = written(folder, dtype=dtype)
    wish = Wish((folder, Path(f"{folder}@0")))
    last, first = networks.opened(wish, tmp_path / "cache", lambda _: None)

    assert (last.key, first.key) == ("my-run-10", "my-run-0")
    import keras

    weights = keras.saving.load_model(last.path, compile=False).get_weights()
    expected = [each.astype(dtype).astype(np.float32) for each in model.get_weights()]
    assert all(np.array_equal(*pair) for pair in zip(weights, expected, strict=True))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("run@3", "run has no snapshot after 3 steps, but after 0, 5, 10."),
        ("broken", "index.json of broken is no index of snapshots."),
        ("elsewhere", "index.json of elsewhere is no index of snapshots."),
    ],
)
def test_what_cannot_be_opened_is_said(run: Path, tmp_path: Path, path: str, words: str) -> None:
    """In a sentence; an index that leads out of its folder is none."""
    index = (run / "index.json").read_text()
    for name, text in (("broken", index[:-5]), ("elsewhere", index.replace('"000000', '"../000000'))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.json").write_text(text)
    with pytest.raises(WishError) as refused:
        networks.opened(Wish((tmp_path / path,)), tmp_path / "cache", lambda _: None)
    assert str(refused.value) == words


def test_a_missing_file_is_named(run: Path, tmp_path: Path) -> None:
    """Of weights, and of the architecture."""
    found = snapshots.read(run)
    (run / found.at(5).file).unlink()
    with pytest.raises(SnapshotError, match=r"A file of run is missing\."):
        found.pack(found.at(5), tmp_path)
    (run / "architecture.keras").write_bytes(b"PK")
    with pytest.raises(SnapshotError, match=r"architecture.keras of run is damaged\."):
        found.pack(found.at(0), tmp_path)
