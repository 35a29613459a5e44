from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import CURVES, Entry
from models.store.manifest import MANIFEST
from tests import networks, worlds

if TYPE_CHECKING:
    import keras

ROOT = Path(__file__).parents[3]


def test_the_manifest_gives_back_what_was_written(tmp_path: Path) -> None:
    """Both entries come back equal, layers and hashes included, in the order in which they were written."""
    for entry in networks.entries():
        manifest.write(entry, tmp_path)

    assert manifest.read(tmp_path) == networks.entries()


def test_an_entry_is_replaced_in_its_place(tmp_path: Path) -> None:
    """Training a network anew replaces its entry and leaves the other one, and the order, alone."""
    fcn, cnn = networks.entries()
    for entry in (fcn, cnn, networks.changed(fcn, seed=8)):
        manifest.write(entry, tmp_path)

    assert manifest.read(tmp_path) == (networks.changed(fcn, seed=8), cnn)


def test_the_manifest_is_text_that_a_person_can_compare(tmp_path: Path) -> None:
    """It is JSON over many lines that ends with a line break, so that a difference is a few lines."""
    manifest.write(networks.entry("fcn", networks.FCN), tmp_path)

    text = (tmp_path / MANIFEST).read_text()
    assert text.endswith("}\n")
    assert text.count("\n") > 50
    assert [each["key"] for each in json.loads(text)["models"]] == ["fcn"]


def test_a_layer_is_found_by_its_name() -> None:
    """A name that the network does not have is an error."""
    entry = networks.entry("cnn", networks.CNN)

    assert entry.layer("pool") is networks.CNN[2]
    assert entry.sha256 == entry.checkpoint.sha256
    with pytest.raises(KeyError):
        entry.layer("conv3")


def without(*path: object) -> Callable[[Any], Any]:
    """Return a change that removes one part of the manifest."""

    def change(plain: Any) -> Any:
        inner = plain
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return plain

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda plain: [plain],
        lambda _: None,
        lambda _: {"models": 3},
        lambda _: {"models": ["cnn"]},
        lambda plain: {"models": [{**plain["models"][0], "more": 1}]},
        lambda plain: {"models": [{**plain["models"][0], "layers": None}]},
        lambda plain: {"models": [{**plain["models"][0], "checkpoint": "cnn.keras"}]},
        without("models"),
        without("models", 0, "key"),
        without("models", 0, "checkpoint", "sha256"),
        without("models", 0, "layers", 0, "sight"),
        without("models", 0, "layers", 0, "sight", 1),
    ],
)
def test_a_damaged_manifest_is_named_with_what_mends_it(tmp_path: Path, damage: Any) -> None:
    """Any missing or foreign part gives one sentence with the file and the command that restores it."""
    manifest.write(networks.entry("cnn", networks.CNN), tmp_path)
    path = tmp_path / MANIFEST
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))

    with pytest.raises(CheckpointError, match=r"manifest\.json .* git checkout -- models/checkpoints"):
        manifest.read(tmp_path)


def places(plain: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of plain JSON, the whole first."""
    yield way
    if isinstance(plain, dict | list):
        for name in plain if isinstance(plain, dict) else range(len(plain)):
            yield from places(plain[name], (*way, name))


def put(plain: Any, way: tuple[Any, ...], value: object) -> Any:
    """Return plain JSON with another value at one place."""
    if not way:
        return value
    changed = dict(plain) if isinstance(plain, dict) else list(plain)
    changed[way[0]] = put(plain[way[0]] if way[1:] else None, way[1:], value)
    return changed


ANYTHING: tuple[object, ...] = (
    *(None, True, 0, -1, 1.5, 1e308, 10**30, "", "x", "../x", "a\nb", "\ud800", "<b>"),
    *([], {}, [[]], [None], {"x": 1}, float("nan"), float("inf")),
)


def test_anything_anywhere_is_read_or_named(tmp_path: Path) -> None:
    """Every kind of JSON in every place of a manifest: entries that make sense, or one sentence."""
    manifest.write(networks.entry("cnn", networks.CNN[::5]), tmp_path)  # a convolution and the answer
    path, count = tmp_path / MANIFEST, 0
    whole = json.loads(path.read_text())

    for way in places(whole):
        for value in ANYTHING:
            path.write_text(json.dumps(put(whole, way, value)))
            if sentence := refusal(tmp_path):
                count += 1
                assert sentence.startswith(f"{path} is damaged: "), (way, value)
                assert "git checkout -- models/checkpoints" in sentence
                assert sentence.isprintable()
    assert count > 1_500


def refusal(folder: Path) -> str:
    """Return why a manifest is refused, "" where it is not."""
    try:
        assert manifest.read(folder)
    except CheckpointError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"models": []}', "names no networks"),
        (b'{"models": [], "models": []}', "names something twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"models":' + b"[" * 100_000, "nested too deeply"),
        ('{"models": []}'.encode("utf-16"), "no text in UTF-8"),
        (b"\xff\xfe\xff", "no text in UTF-8"),
        (b"", "no JSON at line 1, column 1"),
        (b'{"models": [' + b"9" * 5_000 + b"]}", "too long"),
        (b'{"models": [NaN]}', "NaN is no number"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    """Behind the name of the file in force, before the command that mends it."""
    (tmp_path / MANIFEST).write_bytes(content)

    with pytest.raises(CheckpointError, match=rf"^{tmp_path}/manifest\.json .*{words}.* git checkout"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("way", "value", "words"),
    [
        (
            (
                "training",
                "seed",
            ),
            "seven",
            "it.models[0].training.seed is text, not a whole number",
        ),
        (
            (
                "training",
                "seed",
            ),
            -1,
            "it.models[0].training.seed is -1, below 0",
        ),
        (
            (
                "training",
                "seed",
            ),
            2**32,
            "it.models[0].training.seed is 4294967296, not below 4294967296",
        ),
        (("parameters",), 1.0, "it.models[0].parameters is a number, not a whole number"),
        (("test", "correct"), "many", "it.models[0].test.correct is text, not a whole number"),
        (("test", "correct"), 10_001, "it.models[0].test counts 10001 of 10000 digits"),
        (("training", "held_out", "digits"), 0, "it.models[0].training.held_out.digits is 0, below 1"),
        (("training", "held_out", "loss"), -0.5, "it.models[0].training.held_out.loss is -0.5, below 0"),
        (
            ("training", "seeds", 0, "test", "digits"),
            True,
            "it.models[0].training.seeds[0].test.digits is true or",
        ),
        (
            (
                "training",
                "seeds",
            ),
            [],
            "it.models[0].training.seeds has 0 parts, not at least 1",
        ),
        (("checkpoint", "bytes"), -5, "it.models[0].checkpoint.bytes is -5, below 1"),
        (("checkpoint", "sha256"), "0" * 63, "it.models[0].checkpoint.sha256 is '000"),
        (("survey", "name"), "../x", "it.models[0].survey.name is '../x', not of the form"),
        (("survey", "name"), ".hidden", "it.models[0].survey.name is '.hidden', not of the form"),
        (("key",), "a b", "it.models[0].key is 'a b', not of the form"),
        (("title",), " ", "it.models[0].title is ' ', not of the form"),
        (("temperature",), 0, "it.models[0].temperature is 0, not above 0"),
        (
            (
                "training",
                "chosen_epoch",
            ),
            0,
            "it.models[0].training.chosen_epoch is 0, below 1",
        ),
        (
            (
                "training",
                "chosen_epoch",
            ),
            3,
            "of 'cnn', the history does not go with the chosen epoch",
        ),
        (("training", "history", "loss", 0), float("nan"), "NaN is no number"),
        (("layers", 0, "sight", 0, "size"), "3", "it.models[0].layers[0].sight[0].size is text"),
        (("layers", 0, "more"), 1, "it.models[0].layers[0] has a part that is not known"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(
    tmp_path: Path, way: tuple[Any, ...], value: object, words: str
) -> None:
    """Of a wrong type or outside its bounds, at any depth: whoever wrote the manifest finds it."""
    manifest.write(networks.entry("cnn", networks.CNN), tmp_path)
    plain = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(put(plain, ("models", 0, *way), value)))

    assert refusal(tmp_path).startswith(f"{tmp_path}/manifest.json is damaged: {words}")


@pytest.mark.parametrize(
    "change",
    [
        {"history": {name: [float("nan")] for name in CURVES}},
        {"temperature": float("inf")},
        {"seed": -1},
        {"chosen_epoch": 9},
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, change: dict[str, Any]) -> None:
    """A network that has diverged leaves the others as they were, and ends in a sentence."""
    manifest.write(networks.entry("fcn", networks.FCN), tmp_path)
    before = (tmp_path / MANIFEST).read_bytes()

    with pytest.raises(CheckpointError, match=r"manifest\.json was left as it was\. As written, .*\.$"):
        manifest.write(networks.changed(networks.entry("cnn", networks.CNN), **change), tmp_path)

    assert (tmp_path / MANIFEST).read_bytes() == before


def test_two_networks_of_one_key_are_refused(tmp_path: Path) -> None:
    """Nobody could say which of them an address means."""
    manifest.write(networks.entry("cnn", networks.CNN), tmp_path)
    plain = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({"models": plain["models"] * 2}))

    with pytest.raises(CheckpointError, match="names a network twice"):
        manifest.read(tmp_path)


def test_a_folder_in_the_manifests_place_is_named(tmp_path: Path) -> None:
    """It is no file, whatever lies in it."""
    (tmp_path / MANIFEST).mkdir()

    with pytest.raises(CheckpointError, match=r"manifest\.json is a folder, not a file\. Restore it"):
        manifest.read(tmp_path)


def test_a_manifest_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """Whatever number of bytes is left, a half manifest is never taken for a whole one."""
    manifest.write(networks.entry("cnn", networks.CNN), tmp_path)
    path = tmp_path / MANIFEST
    whole = path.read_bytes()

    for length in range(0, len(whole) - 2, 97):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError):
            manifest.read(tmp_path)


def test_a_missing_manifest_is_named_with_what_mends_it(tmp_path: Path) -> None:
    """Without a manifest there is no list of networks, and a sentence says what to do."""
    with pytest.raises(CheckpointError, match="git checkout -- models/checkpoints"):
        manifest.read(tmp_path)


def test_a_damaged_manifest_is_not_overwritten(tmp_path: Path) -> None:
    """Writing an entry into a manifest that cannot be read would lose the others: it is refused."""
    (tmp_path / MANIFEST).write_text("{")

    with pytest.raises(CheckpointError):
        manifest.write(networks.entry("cnn", networks.CNN), tmp_path)

    assert (tmp_path / MANIFEST).read_text() == "{"


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_an_interrupted_write_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """If writing fails at its last steps, the old content stands and no temporary file stays behind."""
    path = tmp_path / "weights"
    artefact.write_whole(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="no space left"):
        artefact.write_whole(path, b"new content")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_synced_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are on the disk before the new file replaces the old: a power cut leaves one of both."""
    steps = []
    move = os.replace

    def note_move(*paths: Path) -> None:
        steps.append("replace")
        move(*paths)

    monkeypatch.setattr(os, "fsync", lambda _: steps.append("fsync"))
    monkeypatch.setattr(os, "replace", note_move)

    artefact.write_whole(tmp_path / "weights", b"new")

    assert steps == ["fsync", "replace"]


def test_what_was_written_is_described(tmp_path: Path) -> None:
    """Name, SHA-256 and length are those of the bytes that now lie there."""
    file = artefact.write_whole(tmp_path / "weights", b"new")

    assert (tmp_path / file.name).read_bytes() == b"new"
    assert file.sha256 == hashlib.sha256(b"new").hexdigest()
    assert file.bytes == 3


def test_a_file_that_is_not_the_manifests_is_refused(tmp_path: Path) -> None:
    """One changed byte, a cut file and a missing one are named with both ways to mend them."""
    file = artefact.write_whole(tmp_path / "cnn.keras", b"weights")
    assert artefact.checked(file, tmp_path, "cnn") == b"weights"

    for content in (b"weightz", b"weight", b""):
        (tmp_path / "cnn.keras").write_bytes(content)
        with pytest.raises(
            CheckpointError, match=r"cnn\.keras is not the file .* python -m models\.train cnn"
        ):
            artefact.checked(file, tmp_path, "cnn")
    (tmp_path / "cnn.keras").unlink()
    with pytest.raises(CheckpointError, match=r"/cnn\.keras is missing\. .* python -m models\.train cnn"):
        artefact.checked(file, tmp_path, "cnn")


def archive(path: Path, **members: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("_json", ".json"), content)
    return path


def named(class_name: str, module: str | None = "keras.layers", **more: Any) -> dict[str, Any]:
    return {"class_name": class_name, "module": module, "config": {}, **more}


@pytest.mark.parametrize(
    "plan",
    [
        named("Lambda"),
        named("TorchModuleWrapper"),
        named("Dense", module="this_must_not_be_imported"),
        named("Dense", module="kerasevil"),
        named("function", module="os", config="system"),
        named("function", module="keras.activations", config="relu"),
        named("__lambda__", module="builtins"),
        named("__tensor__", module=None),
        named("Functional", module="keras", deep=[[{"x": named("StringLookup")}]]),
        named("Dense", registered_name="mine>Dense"),
        named("Dense", module=None, registered_name="mine>Dense"),
        named("Sequential", module="keras", compile_config={"optimizer": named("Adam")}),
    ],
)
def test_a_plan_with_a_foreign_class_is_refused_unread(tmp_path: Path, plan: Any) -> None:
    """However deep it stands, a class that ConvLens does not know keeps the whole checkpoint shut."""
    whole = named("Sequential", module="keras", config={"layers": [named("Dense"), plan]})
    path = archive(tmp_path / "cnn.keras", config_json=json.dumps(whole))

    with pytest.raises(ValueError, match=r"holds .*, which ConvLens does not open"):
        loading.refuse_foreign(path)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"no archive at all"),
        lambda path: path.write_bytes(b""),
        lambda path: archive(path, metadata_json="{}"),
        lambda path: archive(path, config_json="{"),
        lambda path: archive(path, config_json=b"\xff\xfe"),
        lambda path: archive(path, config_json="[" * 100_000),
    ],
    ids=["no archive", "empty", "no plan", "cut plan", "no text", "bottomless"],
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A file that only has the name of a checkpoint is no more than that, whatever is wrong with it."""
    path = tmp_path / "cnn.keras"
    make(path)

    with pytest.raises(ValueError, match="is not a Keras checkpoint"):
        loading.refuse_foreign(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size is read from the directory of the archive, before anything is unpacked."""
    path = archive(tmp_path / "cnn.keras", config_json="{}", weights=b"0" * 5_000)
    monkeypatch.setattr(loading, "MAX_BYTES", 4_000)

    with pytest.raises(ValueError, match="at most"):
        loading.refuse_foreign(path)


def test_the_manifest_is_read_without_tensorflow(tmp_path: Path) -> None:
    """Reading the networks' description, hashes and plan takes no TensorFlow, which takes seconds."""
    for entry in networks.entries():
        manifest.write(entry, tmp_path)
    archive(tmp_path / "cnn.keras", config_json=json.dumps(named("Dense")))
    code = (
        "import sys; from pathlib import Path; from models.store import artefact, loading, manifest;"
        "import models.analysis.collection;"
        f"folder = Path({str(tmp_path)!r}); loading.refuse_foreign(folder / 'cnn.keras');"
        "print(len(manifest.read(folder)), sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "2 []"


@pytest.mark.keras
def test_a_saved_network_comes_back_whole(tmp_path: Path, rng: np.random.Generator) -> None:
    """Loaded from its checkpoint, a network has the same layers and gives the same answers."""
    from models.graph.description import describe

    model = networks.build(networks.CNN)
    entry = networks.save(model, "cnn", tmp_path)
    digits = rng.random((3, 28, 28, 1), np.float32)

    loaded = loading.load(entry, tmp_path)

    assert describe(loaded) == entry.layers == networks.CNN
    assert np.array_equal(loaded(digits), model(digits))


@pytest.mark.keras
@pytest.mark.parametrize("head", ["softmax", "logits", "sigmoids"])
def test_a_network_that_branches_is_opened_again(tmp_path: Path, head: str) -> None:
    """What reads other images, branches and normalises is loaded as it was saved, with any head."""
    from models.graph.description import describe

    model = worlds.branching(head)

    entry = networks.save(model, "made-up", tmp_path)
    loaded = loading.load(entry, tmp_path)

    assert entry.image == worlds.SPEC.shape
    assert describe(loaded) == entry.layers == manifest.find("made-up", tmp_path).layers
    images = worlds.made_up().inputs
    assert np.array_equal(loaded(images), model(images))


def on(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:
    """Return a sequential model that reads this shape."""
    import keras

    return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), *layers])


def claimed(model: keras.Model, folder: Path) -> Entry:
    """Write a checkpoint that nobody has looked at, and a manifest that vouches for it; return its entry."""
    model.save(folder / "cnn.keras")
    entry = replace(networks.entry("cnn", networks.CNN), checkpoint=networks.file_of(folder / "cnn.keras"))
    manifest.write(entry, folder)
    return entry


@pytest.mark.keras
def test_a_compiled_network_is_opened(tmp_path: Path, rng: np.random.Generator) -> None:
    """As people save them: with optimizer, loss and metrics, none of which is made anew."""
    model = networks.build(networks.FCN)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    digits = rng.random((3, 28, 28, 1), np.float32)
    model.train_on_batch(digits, np.arange(3))
    entry = networks.save(model, "fcn", tmp_path)

    loaded = loading.load(entry, tmp_path)

    assert "Adam" in zipfile.ZipFile(tmp_path / "fcn.keras").read("config.json").decode()
    assert not hasattr(loaded, "optimizer")
    assert np.array_equal(loaded(digits), model(digits))


@pytest.mark.keras
def test_what_cannot_be_shown_is_not_handed_out(tmp_path: Path) -> None:
    """However a checkpoint came into the manifest: it is named, with what it is and what is needed."""
    import keras

    entry = claimed(on(keras.layers.Dense(10, activation="relu")), tmp_path)

    with pytest.raises(
        CheckpointError,
        match=r"cnn\.keras cannot be shown: its last layer, 'dense\w*', ends in relu, .*\. Re",
    ):
        loading.load(entry, tmp_path)


@pytest.mark.keras
def test_what_keras_cannot_open_is_named(tmp_path: Path) -> None:
    """Whatever Keras raises over a file that names nothing foreign, here code in the place of a name."""
    import keras

    with pytest.warns(UserWarning, match="lambda"):
        entry = claimed(on(keras.layers.Dense(10, activation=lambda values: values)), tmp_path)

    loading.refuse_foreign(tmp_path / "cnn.keras")
    with pytest.raises(CheckpointError, match=r"cnn\.keras cannot be opened\. Restore it"):
        loading.load(entry, tmp_path)


@pytest.mark.keras
def test_another_network_than_the_manifest_says_is_not_handed_out(tmp_path: Path) -> None:
    """Nothing is measured on it under a foreign description."""
    entry = claimed(networks.build(networks.FCN), tmp_path)

    with pytest.raises(CheckpointError, match="has other layers than the manifest says"):
        loading.load(entry, tmp_path)


def test_what_is_not_named_in_the_end_is_removed(tmp_path: Path) -> None:
    """Files of a checkpoint that were there before stay, and so do those that the manifest names by then."""
    entry = networks.entry("cnn", networks.CNN)
    for name in ("cnn.json", "cnn-2.npz", "fcn.keras"):
        (tmp_path / name).touch()

    def write(error: BaseException, *, named: bool) -> None:
        with manifest.nothing_unnamed(entry.checkpoint.name, tmp_path):
            (tmp_path / entry.checkpoint.name).touch()
            (tmp_path / "cnn.new.npz").touch()
            if named:
                manifest.write(entry, tmp_path)
            raise error

    def fail(error: BaseException, *, named: bool) -> set[str]:
        with pytest.raises(type(error)):
            write(error, named=named)
        return {path.name for path in tmp_path.iterdir()}

    before = {"cnn.json", "cnn-2.npz", "fcn.keras"}
    for error in (OSError("no space left"), KeyboardInterrupt()):
        assert fail(error, named=False) == before
    (tmp_path / MANIFEST).write_text("{")
    assert fail(ValueError(), named=False) == before | {MANIFEST}
    (tmp_path / MANIFEST).unlink()
    assert fail(ValueError(), named=True) == before | {MANIFEST, entry.checkpoint.name}


def test_a_network_that_was_trained_elsewhere_is_kept(tmp_path: Path) -> None:
    """Nothing of its training is known, and that is what is read again; its test score decides who reads."""
    fcn, cnn = networks.entries()
    unknown = replace(fcn, training=None)
    for each in (unknown, cnn):
        manifest.write(each, tmp_path)

    assert manifest.read(tmp_path) == (unknown, cnn)
    assert unknown.judged == fcn.test
    assert cnn.judged == networks.training_of(cnn).held_out
