from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest

from models.analysis import channel_statistics, novelty, robustness, temperature, tuning
from models.analysis.channel_statistics import Survey
from models.analysis.measurements import MEASUREMENTS
from models.analysis.novelty import Novelty
from models.analysis.robustness import Robustness
from models.analysis.tuning import Tuning
from models.architectures import Architecture
from models.architectures.recipe import Recipe
from models.arrays import Floats, Labels
from models.datasets import mnist
from models.datasets.shipped import Source
from models.graph.description import describe
from models.graph.refusal import UnopenableError
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry, File, Score, SeedScore
from models.training import publication
from models.training.run import CURVES, Run
from tests import networks

if TYPE_CHECKING:
    import keras

pytestmark = [pytest.mark.keras, pytest.mark.long]


class Killed(BaseException):
    """Stands for a signal: nothing catches it."""


def die(*_: object) -> NoReturn:
    raise Killed


def tiny(shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:
    """Return a network of one dense layer, 7,850 parameters."""
    import keras

    layers = [
        keras.Input(shape),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(10, activation="softmax", name="output"),
    ]
    return keras.Sequential(layers, name="tiny")


TINY = Architecture("tiny", "Tiny network", Recipe(epochs=1, batch_size=2, learning_rate=0.1), tiny)


def trained(bias: float, accuracy: float = 0.5, loss: float = 0.5) -> Run:
    """Return a run whose weights are zero but for the bias, by which one training differs from the next."""
    point = dict.fromkeys(CURVES, 0.5) | {"val_accuracy": accuracy, "val_loss": loss}
    weights = [np.zeros((784, 10), np.float32), np.full(10, bias, np.float32)]
    return Run(digits=4, history={curve: [value] for curve, value in point.items()}, weights=weights)


@pytest.fixture(scope="module", autouse=True)
def few_digits() -> Iterator[None]:
    """Three test digits; all weights being equal, a network calls each of them a zero."""
    digits = mnist.dataset(np.zeros((3, 28, 28), np.uint8), np.array([0, 0, 5], np.uint8))
    learned = mnist.dataset(np.zeros((6, 28, 28), np.uint8), np.zeros(6, np.uint8))  # four are held out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(novelty, "PICTURES", 5)  # of each kind of stranger
        patch.setattr(Source, "part", lambda _, name: {"test": digits, "train": learned}[name])
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Survey, right answers to changed digits and tuning are made up, not measured, from the bias."""

    def run(model: keras.Model, digits: Floats, labels: Labels) -> Survey:
        logits = np.tile(model.get_weights()[1], (len(digits), 1))
        return networks.survey(describe(model), len(labels), logits=logits)

    def counts(model: keras.Model, *_: object) -> Robustness:
        return networks.robust(100 + int(model.get_weights()[1][0]))

    monkeypatch.setattr(channel_statistics, "run", run)
    monkeypatch.setattr(robustness, "run", counts)
    monkeypatch.setattr(tuning, "run", lambda *_: Tuning({}))
    novel = replace(novelty.MEASUREMENT, run=lambda model, *_: unlike(float(model.get_weights()[1][0])))
    swift = tuple(novel if each.name == novel.name else each for each in MEASUREMENTS)
    monkeypatch.setattr(publication, "MEASUREMENTS", swift)


def unlike(typical: float) -> Novelty:
    """Return a measure of novelty that is made up."""
    directions, numbers = np.zeros((1, 784), np.uint8), np.zeros(1, np.float32)
    return Novelty(directions, numbers, 0.0, 1.0, typical, numbers)


def publish(folder: Path, bias: float = 0.0, network: Architecture = TINY) -> Entry:
    return publication.publish(network, {7: trained(bias)}, "python -m models.train tiny", folder)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, few_digits: None) -> tuple[Path, Entry]:
    """A network of which all was measured, and the folder in which it is published; nobody writes there."""
    folder = tmp_path_factory.mktemp("published")
    return folder, publish(folder, bias=0.25)


def test_what_is_published_can_be_opened_and_is_what_was_trained(published: tuple[Path, Entry]) -> None:
    """The manifest names a checkpoint with the chosen weights, its survey, and all that is told of it."""
    folder, entry = published
    assert manifest.read(folder) == (entry,)
    kernel, bias = loading.load(entry, folder).get_weights()
    assert not kernel.any()
    assert (bias == 0.25).all()
    assert (networks.survey_of(entry, folder).logits == 0.25).all()
    training = networks.training_of(entry)
    assert (entry.parameters, training.chosen_epoch, training.held_out.correct) == (7850, 1, 2)
    assert (networks.score_of(entry).digits, networks.score_of(entry).correct) == (3, 2)
    assert networks.score_of(entry).loss == pytest.approx(np.log(10))
    measure = novelty.MEASUREMENT.read(entry, folder)
    assert measure is not None
    assert measure.scores.tolist() == 4 * [0]  # of black digits, which are like those that were learned
    assert [layer.name for layer in entry.layers] == ["flatten", "output"]
    assert set(training.versions) == {"python", "keras", "tensorflow-cpu", "numpy"}
    assert training.recipe == publication.plain(TINY.recipe)
    assert training.seeds == (SeedScore(7, 1, training.held_out, networks.score_of(entry)),)


def test_what_has_no_filters_has_no_tuning(published: tuple[Path, Entry]) -> None:
    """Nothing is written, and the manifest says so."""
    folder, entry = published
    assert entry.tuning is None
    assert not list(folder.glob("*.tuning.npz"))


def test_the_checkpoint_holds_no_optimizer(published: tuple[Path, Entry]) -> None:
    """Weights only: 7,850 numbers of four bytes and what Keras says of them."""
    folder, entry = published
    loading.refuse_foreign(folder / entry.checkpoint.name)
    assert entry.checkpoint.bytes < 7850 * 4 + 25_000
    assert not hasattr(loading.load(entry, folder), "optimizer")


def test_only_the_files_of_the_manifest_stay(tmp_path: Path, quick: None) -> None:
    """A new training removes the files of the one before; those of other networks and other files stay."""
    other = publish(tmp_path, network=replace(TINY, key="tiny-2"))
    (tmp_path / "README.md").write_text("Checkpoints")
    (tmp_path / "tiny-0123abcd.keras").write_bytes(b"of a training that was interrupted")
    publish(tmp_path, bias=1)
    entry = publish(tmp_path, bias=2)

    named = {file.name for each in (entry, other) for file in each.files}
    assert {path.name for path in tmp_path.iterdir()} == named | {"README.md", "manifest.json"}
    assert manifest.read(tmp_path) == (other, entry)


def die_at(monkeypatch: pytest.MonkeyPatch, moment: int) -> list[Callable[..., Any]]:
    """Let the process die just before its `moment`-th change to the disk, and do nothing after that.

    Returns a list with one item per change that was let through or refused.
    """
    changes: list[Callable[..., Any]] = []

    def guarded(change: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            changes.append(change)
            if len(changes) >= moment:
                raise Killed
            return change(*args, **kwargs)

        return step

    def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        writes = set(mode) & set("wax+")
        return (guarded(real_open) if writes else real_open)(path, mode, *args, **kwargs)

    real_open = Path.open
    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(os, "fsync", guarded(os.fsync))
    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(Path, name, guarded(getattr(Path, name)))
    return changes


def test_whenever_it_is_killed_the_checkpoints_are_whole(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any one of its changes to the disk, a training leaves the old network or the new one.

    The manifest reads, and the checkpoint and all that it names beside it are whole and of one training.
    What is measured before the first change is made up.
    """
    monkeypatch.setattr(publication, "packed", lambda model: model.get_weights()[1].tobytes())
    monkeypatch.setattr(publication, "measured", lambda *_: Score(digits=3, correct=2, loss=1.0))
    monkeypatch.setattr(temperature, "measured", lambda *_: 1.0)
    seen = set()
    (tmp_path / "before").mkdir()
    publish(tmp_path / "before", bias=1)
    for moment in range(1, 100):
        folder = copytree(tmp_path / "before", tmp_path / str(moment))
        with monkeypatch.context() as patch:
            changes = die_at(patch, moment)
            try:
                publish(folder, bias=2)
                finished = True
            except Killed:
                finished = False
        (entry,) = manifest.read(folder)
        weights = np.frombuffer(artefact.checked(entry.checkpoint, folder, "tiny"), np.float32)
        logits = networks.survey_of(entry, folder).logits
        assert weights[0] == logits[0, 0]
        assert robustness.MEASUREMENT.read(entry, folder) == networks.robust(100 + int(weights[0]))
        assert tuning.MEASUREMENT.read(entry, folder) == Tuning({})
        measure = novelty.MEASUREMENT.read(entry, folder)
        assert measure is not None
        assert measure.typical == weights[0]
        seen.add((finished, weights[0]))
        if finished:
            break

    assert len(changes) >= 5 * 3 + 4  # five files opened, synced and renamed; four old ones removed
    assert seen == {(False, 1), (False, 2), (True, 2)}


def test_a_kill_is_mended_by_the_next_training(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an interrupted training left behind is gone after the next one that ends."""
    publish(tmp_path, bias=1)
    with monkeypatch.context() as patch:
        patch.setattr(manifest, "write", die)
        with pytest.raises(Killed):
            publish(tmp_path, bias=2)
    assert len(list(tmp_path.glob("tiny-*"))) == 2 * 5
    entry = publish(tmp_path, bias=3)

    assert {path.name for path in tmp_path.glob("tiny-*")} == {file.name for file in entry.files}


def listed(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with what is in them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize(
    "place",
    [(channel_statistics, "run"), (temperature, "measured"), (robustness, "run"), (publication, "packed")],
    ids=["survey", "temperature", "robustness", "packing"],
)
def test_nothing_is_written_before_all_is_measured(
    tmp_path: Path,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[BaseException],
    place: tuple[ModuleType, str],
) -> None:
    """Whatever measurement fails or is interrupted, the folder is as it was."""
    publish(tmp_path, bias=1)
    before = listed(tmp_path)

    def fail(*_: object) -> NoReturn:
        raise fault

    monkeypatch.setattr(*place, fail)
    with pytest.raises(fault):
        publish(tmp_path, bias=2)

    assert listed(tmp_path) == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_nothing_stays_of_what_was_not_written_to_its_end(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    """Interrupted, or out of space, at any file but the last: those before it are removed again."""
    write_whole = artefact.write_whole
    (tmp_path / "before").mkdir()
    publish(tmp_path / "before", bias=1)
    before = listed(tmp_path / "before")
    for moment in range(1, 5):
        folder = copytree(tmp_path / "before", tmp_path / str(moment))
        left = iter(range(moment - 1))

        def fail(path: Path, content: bytes, left: Iterator[int] = left) -> File:
            if next(left, None) is None:
                raise fault
            return write_whole(path, content)

        with monkeypatch.context() as patch:
            patch.setattr(artefact, "write_whole", fail)
            with pytest.raises(fault):
                publish(folder, bias=2)
        assert listed(folder) == before


def test_what_cannot_be_shown_is_not_measured(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused first of all."""
    monkeypatch.setattr(channel_statistics, "run", die)

    with pytest.raises(UnopenableError, match=r"its input is \(28, 28\)"):
        publish(tmp_path, network=replace(TINY, build=lambda: tiny((28, 28))))

    assert not listed(tmp_path)


def test_a_damaged_manifest_is_not_overwritten(tmp_path: Path, quick: None) -> None:
    """The other networks in it may still be saved by hand; the message says how to restore it."""
    (tmp_path / "manifest.json").write_text("{")

    with pytest.raises(CheckpointError, match="git checkout -- models/checkpoints"):
        publish(tmp_path)
    assert (tmp_path / "manifest.json").read_text() == "{"


@pytest.mark.parametrize(
    ("scores", "seed"),
    [
        ({7: (0.5, 0.1)}, 7),
        ({1: (0.5, 0.1), 2: (0.75, 0.1), 3: (0.25, 0.1)}, 1),
        ({1: (0.5, 0.1), 2: (0.5, 0.2), 3: (0.5, 0.3)}, 2),
        ({1: (0.5, 0.1), 2: (0.75, 0.1)}, 1),
    ],
    ids=["only one", "most right answers", "a tie goes to the smaller loss", "of two the lower"],
)
def test_the_median_on_held_out_digits_is_published(
    scores: dict[int, tuple[float, float]], seed: int, tmp_path: Path, quick: None
) -> None:
    """Its weights and scores are shown; every seed's scores are told, ascending, each of its own weights."""
    runs = {each: trained(each, *score) for each, score in scores.items()}
    entry = publication.publish(TINY, runs, "python -m models.train tiny", tmp_path)

    training = networks.training_of(entry)
    assert training.seed == seed
    assert (loading.load(entry, tmp_path).get_weights()[1] == seed).all()
    assert [each.seed for each in training.seeds] == sorted(scores)
    assert {each.seed: (each.held_out.accuracy, each.held_out.loss) for each in training.seeds} == scores
    assert next(each for each in training.seeds if each.seed == seed).test == entry.test
    assert {each.test.correct for each in training.seeds} == {2}
