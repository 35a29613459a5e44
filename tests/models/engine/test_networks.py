from __future__ import annotations

import json
import queue
import sys
import threading
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import keras  # before a module of any name can be planted on the path
import numpy as np
import pytest

from models.analysis import makers
from models.analysis.attribution import Question
from models.engine.networks import Networks, WakingError
from models.engine.probe import Probe
from models.remedy import MachineError
from models.store import loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from tests import networks

pytestmark = pytest.mark.keras
PATIENCE = 60.0  # seconds for what happens by itself, on a machine that has much else to do
TRAP = "this_must_not_be_imported"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two good checkpoints and their manifest; nobody writes there."""
    folder = tmp_path_factory.mktemp("saved")
    networks.save(networks.build(networks.FCN), "fcn", folder)
    networks.save(networks.build(networks.CNN), "cnn", folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A folder of the same, of the test's own."""
    return copytree(saved, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module that leaves a file behind when it is imported; returns where that file would be."""
    place = tmp_path_factory.mktemp("trap")
    (place / f"{TRAP}.py").write_text(f"open({str(place / 'sprung')!r}, 'w')\nclass Dense: pass\n")
    monkeypatch.syspath_prepend(place)
    return place / "sprung"


def woken(folder: Path) -> Networks:
    opened = Networks(manifest.read(folder), folder)
    opened.wake()
    assert opened.wait(60)
    return opened


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    """Change the plan inside a checkpoint; the weights stay."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["config.json"] = json.dumps(change(json.loads(members["config.json"]))).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)


def claim(folder: Path) -> None:
    """Make the manifest name the checkpoint that now lies there, as somebody who planted it would."""
    cnn = next(entry for entry in manifest.read(folder) if entry.key == "cnn")
    manifest.write(replace(cnn, checkpoint=networks.file_of(folder / "cnn.keras")), folder)


def test_networks_sleep_until_they_are_woken(folder: Path) -> None:
    """Before, every question is answered by "still waking"; after, each network runs."""
    opened = Networks(manifest.read(folder), folder)
    with pytest.raises(WakingError):
        opened.probe("cnn")
    assert not opened.wait(0)

    opened.wake()
    opened.wake()

    assert opened.wait(60)
    for key in ("fcn", "cnn"):
        found = opened.probe(key).run(np.zeros((28, 28, 1), np.float32))
        assert found.probabilities.sum() == pytest.approx(1)
    with pytest.raises(KeyError):
        opened.probe("rnn")


def test_a_network_is_explained_once_it_is_awake(folder: Path) -> None:
    """With its own weights or with random ones: each is made once, of the network that was opened."""
    with pytest.raises(WakingError):
        Networks(manifest.read(folder), folder).built("cnn", makers.explainer)

    opened = woken(folder)
    own, untrained = (opened.built("cnn", make) for make in (makers.explainer, makers.untrained))
    assert opened.built("cnn", makers.explainer) is own
    assert opened.built("cnn", makers.untrained) is untrained
    digit = np.full((28, 28, 1), 0.5, np.float32)
    logits = opened.probe("cnn").run(digit).logits
    np.testing.assert_allclose(own.logits(digit[np.newaxis])[0], logits, atol=1e-5)
    assert not np.allclose(untrained.logits(digit[np.newaxis])[0], logits)
    assert own.explain(digit, Question("gradcam", 3, None, "conv2")).values.shape == (24, 24)


def test_networks_are_joined_by_whom_asks_first(folder: Path) -> None:
    """It takes a second, in which there is nothing; then it is one for each order and number of levels."""
    with pytest.raises(WakingError):
        Networks(manifest.read(folder), folder).joint(("fcn", "cnn"), 256)

    opened = woken(folder)
    assert opened.joint(("fcn", "cnn"), 256) is None
    deadline = time.monotonic() + 60
    while not (joined := opened.joint(("fcn", "cnn"), 256)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert joined
    assert opened.joint(("fcn", "cnn"), 256) is joined
    assert opened.joint(("cnn", "fcn"), 256) is None
    with pytest.raises(KeyError):
        opened.joint(("fcn", "rnn"), 256)


def test_one_is_used_while_others_sleep(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the manifest's order, one that was asked for next; each works when it is open."""
    networks.save(networks.build(networks.MATCHED), "fcn-matched", folder)
    opening: queue.Queue[str] = queue.Queue()
    going = threading.Semaphore(0)
    load = loading.load

    def slowly(entry: Entry, folder: Path) -> keras.Model:
        opening.put(entry.key)
        assert going.acquire(timeout=60)
        return load(entry, folder)

    monkeypatch.setattr(loading, "load", slowly)
    opened = Networks(manifest.read(folder), folder)
    opened.wake()

    assert opening.get(timeout=60) == "fcn"
    with pytest.raises(WakingError):
        opened.probe("fcn-matched")
    going.release()
    assert opening.get(timeout=60) == "fcn-matched"
    assert opened.probe("fcn").layers == networks.FCN
    with pytest.raises(WakingError):
        opened.probe("fcn-matched")
    going.release(2)
    assert opening.get(timeout=60) == "cnn"
    assert opened.wait(60)
    assert opened.probe("fcn-matched").layers == networks.MATCHED


def test_many_networks_open_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """TensorFlow does not take the fifth of them for a mistake."""
    for number in range(6):
        networks.save(networks.build(networks.FCN), f"fcn-{number}", tmp_path)
    capfd.readouterr()

    assert woken(tmp_path).probe("fcn-5").layers == networks.FCN
    assert (caplog.records, capfd.readouterr().err) == ([], "")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1_000])


def exchanged(path: Path) -> None:
    networks.build(networks.CNN, seed=1).save(path)


@pytest.mark.parametrize("damage", [Path.unlink, truncated, exchanged])
def test_a_checkpoint_that_is_not_the_manifests_is_named(folder: Path, damage: Any) -> None:
    """A missing, cut or exchanged checkpoint is named with what mends it; the other network opens."""
    damage(folder / "cnn.keras")

    opened = woken(folder)

    with pytest.raises(CheckpointError, match=r"/cnn\.keras .* python -m models\.train cnn"):
        opened.probe("cnn")
    assert opened.probe("fcn").layers == networks.FCN


def lambda_layer(path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Lambda(lambda digit: digit), keras.layers.Flatten()]
    )
    model.save(path)


def other_module(path: Path) -> None:
    def change(plan: Any) -> Any:
        plan["config"]["layers"][1]["module"] = TRAP
        return plan

    rewrite(path, change)


def other_package(path: Path) -> None:
    rewrite(path, lambda plan: {**plan, "module": f"{TRAP}.models"})


def without_plan(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", "{}")


def not_an_archive(path: Path) -> None:
    path.write_bytes(b"weights")


def without_weights(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        plan = old.read("config.json")
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("config.json", plan)


def senseless_plan(path: Path) -> None:
    rewrite(path, lambda plan: {**plan, "config": {"layers": [{"class_name": "Dense", "config": 3}]}})


def no_model(path: Path) -> None:
    rewrite(path, lambda _: {"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}})


def other_layers(path: Path) -> None:
    networks.build((*networks.CNN[:-1], networks.dense("result", 5, 10, "softmax"))).save(path)


def branching(path: Path) -> None:
    digit = keras.Input((28, 28, 1))
    row = keras.layers.Flatten()(digit)
    keras.Model(digit, [keras.layers.Dense(10)(row), keras.layers.Dense(10)(row)]).save(path)


@pytest.mark.parametrize(
    "plant",
    [
        lambda_layer,
        other_module,
        other_package,
        without_plan,
        not_an_archive,
        without_weights,
        senseless_plan,
        no_model,
        other_layers,
        branching,
    ],
)
def test_a_foreign_checkpoint_is_named_and_nothing_of_it_is_imported(
    folder: Path, trap: Path, plant: Callable[[Path], None]
) -> None:
    """Even if the manifest vouches for it, a checkpoint that is no network of ours stays shut, by name.

    The message says what mends it, the other network opens, and no module that it names is imported.
    """
    plant(folder / "cnn.keras")
    claim(folder)

    opened = woken(folder)

    with pytest.raises(CheckpointError, match=r"/cnn\.keras .* python -m models\.train cnn"):
        opened.probe("cnn")
    assert opened.probe("fcn").layers == networks.FCN
    assert TRAP not in sys.modules
    assert not trap.exists()


def no_classes(path: Path) -> None:
    keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(10, 3, name="maps")]).save(path)


def regression(path: Path) -> None:
    ending = [keras.layers.Flatten(), keras.layers.Dense(1)]
    keras.Sequential([keras.Input((28, 28, 1)), *ending]).save(path)


@pytest.mark.parametrize(
    ("plant", "words"),
    [(no_classes, "its last layer, 'maps', gives"), (regression, "its answer is a single number")],
)
def test_what_cannot_be_shown_is_said_at_the_start(
    folder: Path, plant: Callable[[Path], None], words: str
) -> None:
    """The page hears what the network is and what is needed; the other network opens."""
    plant(folder / "cnn.keras")
    claim(folder)

    opened = woken(folder)

    with pytest.raises(CheckpointError, match=rf"/cnn\.keras cannot be shown: {words}"):
        opened.probe("cnn")
    assert opened.probe("fcn").layers == networks.FCN


def test_what_a_network_was_compiled_with_is_never_imported(folder: Path, trap: Path) -> None:
    """It opens, and a module that stands in the place of an optimizer stays shut."""
    rewrite(
        folder / "cnn.keras",
        lambda plan: {
            **plan,
            "compile_config": {"optimizer": {"module": TRAP, "class_name": "Dense", "config": {}}},
        },
    )
    claim(folder)

    assert woken(folder).probe("cnn").layers == networks.CNN
    assert TRAP not in sys.modules
    assert not trap.exists()


def test_the_trap_is_one(trap: Path) -> None:
    """The module that a foreign checkpoint names can be imported, and would leave its file behind."""
    try:
        __import__(TRAP)
    finally:
        sys.modules.pop(TRAP, None)

    assert trap.exists()


def test_asking_for_a_broken_network_again_and_again_keeps_nothing(folder: Path) -> None:
    """The error of the thousandth question is as short as that of the first: no stack piles up behind it."""
    (folder / "cnn.keras").unlink()
    opened = woken(folder)

    def stack() -> int | None:
        try:
            opened.probe("cnn")
        except CheckpointError as error:
            return len(traceback.extract_tb(error.__traceback__))
        return None

    assert stack() == stack() == stack()


def test_networks_wake_once_there_is_a_temporary_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Until then the machine is blamed and no checkpoint, once in the log; then they open by themselves."""
    there = threading.Event()

    def require() -> None:
        if not there.is_set():
            raise MachineError("No temporary folder can be written.")

    monkeypatch.setattr("models.engine.networks.require_temporary", require)
    monkeypatch.setattr("models.engine.networks.AGAIN", 0.05)
    waking = Networks(manifest.read(folder), folder)
    waking.wake()
    assert waking.wait(PATIENCE)
    for key in ("fcn", "cnn", "fcn"):
        with pytest.raises(MachineError, match=r"^No temporary folder can be written\.$"):
            waking.probe(key)

    there.set()

    assert opened_in_time(waking, "cnn").layers == networks.CNN
    assert [record.message for record in caplog.records] == ["no network can be opened"]


def opened_in_time(waking: Networks, key: str) -> Probe:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return waking.probe(key)
        except (WakingError, MachineError):
            assert time.monotonic() < end
            time.sleep(0.05)  # nothing tells when it will be open


def test_a_machine_without_memory_is_not_a_damaged_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What Keras raises over a whole file is the machine's fault where it says so."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(keras.saving, "load_model", fail)
    opened = woken(folder)

    with pytest.raises(MachineError, match="free memory"):
        opened.probe("cnn")
    assert [record.message for record in caplog.records] == ["not opened"] * 2
