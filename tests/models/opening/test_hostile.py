"""Files that somebody made to do harm, or that were damaged: each gets one sentence, and nothing happens."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from models.graph.refusal import UnopenableError
from models.opening import hdf5
from models.opening.rebuilt import rebuilt
from tests.models.opening import files
from tests.models.opening.files import Plan, with_layer, with_setting

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one network, as an archive and as Keras 2 wrote it."""
    folder = tmp_path_factory.mktemp("good")
    model = files.chain()
    model.save(folder / "whole.keras")
    files.old_hdf5(model, folder / "old.h5")
    return folder


def refusal(path: Path) -> str:
    """Return the one sentence that a file is refused with."""
    with pytest.raises(UnopenableError) as refused:
        rebuilt(path)
    said = str(refused.value)
    assert "\n" not in said
    assert "Error" not in said
    return said


def replanned(good: Path, path: Path, change: Callable[[Plan], None]) -> Path:
    """Return an archive whose plan somebody changed."""
    with zipfile.ZipFile(good / "whole.keras") as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                plan = json.loads(content)
                change(plan)
                content = json.dumps(plan).encode()
            archive.writestr(name, content)
    return path


def layers(plan: Plan) -> list[Any]:
    """Return the layers of a plan."""
    found: list[Any] = plan["config"]["layers"]
    return found


def graph(*links: tuple[str, str]) -> Callable[[Plan], None]:
    """Return what makes a plan a graph, in which layers read what is named here."""

    def tensor(name: str) -> Plan:
        return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}

    def change(plan: Plan) -> None:
        reads = dict(links)
        plan["class_name"] = "Functional"
        plan["config"] |= {"input_layers": [["image", 0, 0]], "output_layers": [["b", 0, 0]]}
        begin = {"class_name": "InputLayer", "name": "image", "inbound_nodes": []}
        plan["config"]["layers"] = [
            begin | {"config": {"name": "image", "batch_shape": [None, 28, 28, 1]}}
        ] + [
            {
                "class_name": "Flatten",
                "name": name,
                "config": {"name": name},
                "inbound_nodes": [{"args": [tensor(reads[name])], "kwargs": {}}],
            }
            for name in reads
        ]

    return change


def unread(plan: Plan) -> None:
    """Make a plan a graph with a layer of which nobody says what it reads."""
    graph(("b", "image"))(plan)
    layers(plan)[1]["inbound_nodes"] = None


PLANS: dict[str, tuple[Callable[[Plan], None], str]] = {
    "a million units": (with_setting("answer", units=2**20), "'answer' has a kernel of (676, 1048576)"),
    "a million steps": (with_layer("RepeatVector", n=2**20), "'answer', gives (1048576, 10)"),
    "negative": (with_setting("answer", units=-3), "'answer' cannot be built"),
    "a word": (with_setting("conv", filters="many"), "'conv' cannot be built"),
    "a list": (with_setting("conv", kernel_size=[3] * 200_000), "'conv' has a setting of 200,000 parts"),
    "too large a kernel": (with_setting("conv", kernel_size=[999, 999]), "'conv' cannot be built"),
    "a huge form": (
        lambda plan: layers(plan).insert(
            -1, {"class_name": "Reshape", "config": {"name": "odd", "target_shape": [2**20, 2**20]}}
        ),
        "'odd' cannot be built",
    ),
    "larger pictures": (with_layer("Resizing", height=2**20, width=2**20), "'answer' has a kernel of"),
    "more than numbers": (with_setting("drop", rate=1e300), "'drop' has a setting of 1e+300"),
    "no size": (
        lambda plan: layers(plan)[0]["config"].update(batch_shape=[None, -28, 28, 1]),
        "which is no shape of images",
    ),
    "two of one name": (with_layer("Flatten", name="flat"), "unique names. Name 'flat'"),
    "names like paths": (with_layer("Flatten", name="../.."), "no name that can be written"),
    "names of nothing": (with_layer("Flatten", name="a\nb"), "no name that can be written"),
    "a circle": (graph(("a", "b"), ("b", "a")), "in a circle: "),
    "itself": (graph(("b", "b")), "in a circle: b"),
    "what is not there": (graph(("b", "gone")), "'b' reads 'gone', which is not there"),
    "numbers for layers": (lambda plan: plan["config"].update(layers=7), "no layers"),
    "nothing for reads": (
        unread,
        "makes no sense at its layer 'b'",
    ),
    "deep": (lambda plan: plan.update(odd=json.loads("[" * 300 + "]" * 300)), "without an end"),
    "three thousand layers": (
        lambda plan: layers(plan).extend(layers(plan)[-1:] * 3_000),
        "more than 2,000 layers",
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_plans_of_strangers_are_refused_by_layer_and_reason(tmp_path: Path, good: Path, name: str) -> None:
    """Before anything that they declare is made room for."""
    change, words = PLANS[name]
    assert words in refusal(replanned(good, tmp_path / "odd.keras", change))


def test_a_layer_of_more_values_than_can_be_shown_is_named(tmp_path: Path, good: Path) -> None:
    """Though it has no weights at all."""
    import keras

    layers = keras.layers
    narrow = [layers.UpSampling2D(2**14, name="wide"), layers.GlobalAveragePooling2D(), layers.Dense(3)]
    model = keras.Sequential([keras.Input((2, 2, 1)), *narrow])
    model.save(tmp_path / "wide.keras")
    assert "'wide' 1,073,741,824 of them" in refusal(tmp_path / "wide.keras")


def test_names_with_slashes_open(tmp_path: Path, good: Path) -> None:
    """As TensorFlow's own Keras wrote them; they are told with lines in their place."""
    path = replanned(good, tmp_path / "odd.keras", with_setting("flat", name="block/flat"))
    assert "block_flat" in [each.name for each in rebuilt(path).layers]


def test_weights_that_are_no_numbers_are_counted(tmp_path: Path, good: Path) -> None:
    """Of what diverged nothing can be seen; the layer is named."""
    (tmp_path / "odd.h5").write_bytes((good / "old.h5").read_bytes())
    with h5py.File(tmp_path / "odd.h5", "a") as file:
        file["model_weights/conv/conv/0/kernel:0"][0, 0] = [[np.nan, np.inf, 1, 2]]
    assert "'conv' has a kernel in which 2 of 36 numbers are infinite" in refusal(tmp_path / "odd.h5")


@pytest.mark.parametrize("name", ["whole.keras", "old.h5"])
def test_what_is_cut_off_is_refused(tmp_path: Path, good: Path, name: str) -> None:
    """At every twentieth of its length."""
    content = (good / name).read_bytes()
    path = tmp_path / name
    for part in range(20):
        path.write_bytes(content[: len(content) * part // 20])
        assert refusal(path)


def members(good: Path) -> dict[str, bytes]:
    """Return what lies in the archive."""
    with zipfile.ZipFile(good / "whole.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_of_strangers_are_refused(tmp_path: Path, good: Path) -> None:
    """Members twice, elsewhere, as links, missing, or packed to a thousandth."""
    parts, path = members(good), tmp_path / "odd.keras"
    planned, weighted = ({name: part} for name, part in sorted(parts.items()) if "metadata" not in name)
    link = zipfile.ZipInfo("model.weights.h5")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    zeros = parts | {"model.weights.h5": bytes(300 * 2**20)}
    cases: tuple[tuple[Any, str], ...] = (
        ([*parts.items(), ("config.json", b"{}")], "files beside those of a network"),
        ([*parts.items(), ("/etc/passwd", b"")], "files beside those of a network"),
        ([*parts.items(), ("../config.json", b"")], "files beside those of a network"),
        ([*planned.items(), (link, b"/etc/passwd")], "no HDF5"),
        (planned.items(), "no HDF5"),
        (weighted.items(), "damaged archive"),
        (zeros.items(), "unpacks to more than"),
    )
    for names, words in cases:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in names:
                archive.writestr(name, part)
        assert words in refusal(path)
    np.savez(tmp_path / "arrays.npz", x=np.array([{}], object))
    assert "files beside those of a network" in refusal(tmp_path / "arrays.npz")


def branching(file: h5py.File) -> None:
    """Give a file groups that each hold the next under two names."""
    group = file.create_group("g")
    for _ in range(30):
        after = group.create_group("a")
        group["b"] = after
        group = after


HDF5: dict[str, tuple[Callable[[h5py.File], object], str]] = {
    "a plan of numbers": (lambda file: file.attrs.__setitem__("model_config", 3), "no text"),
    "a huge attribute": (
        lambda file: file.create_group("odd").attrs.__setitem__("odd", np.zeros(2**22, "f8")),
        "an attribute of more than",
    ),
    "a circle of groups": (
        lambda file: file.__setitem__("model_weights/again", file["model_weights"]),
        "under two names",
    ),
    "groups that double": (branching, "under two names"),
    "a circle of links": (lambda file: file.__setitem__("odd", h5py.SoftLink("/odd")), "by a link"),
    "texts for numbers": (lambda file: file.create_dataset("odd", data=["a", "b"]), "no number"),
    "a type": (lambda file: file.__setitem__("odd", np.dtype("f8")), "no number"),
    "no listing": (lambda file: file["model_weights"].attrs.__delitem__("layer_names"), "its"),
    "other names": (
        lambda file: file["model_weights/conv"].attrs.__setitem__("weight_names", [b"gone", b"lost"]),
        "its weights",
    ),
    "a layer less": (
        lambda file: file["model_weights"].attrs.__setitem__("layer_names", [b"conv"]),
        "its plan has 3 layers with weights, and its file holds those of 1",
    ),
    "a weight less": (
        lambda file: file["model_weights/conv"].attrs.__setitem__("weight_names", [b"conv/0/kernel:0"]),
        "its layer 'conv' has 2 arrays of weights by its plan, and its file holds 1",
    ),
}


@pytest.mark.parametrize("name", HDF5)
def test_hdf5_of_strangers_is_refused(tmp_path: Path, good: Path, name: str) -> None:
    """Whatever lies in it."""
    change, words = HDF5[name]
    path = tmp_path / "odd.h5"
    path.write_bytes((good / "old.h5").read_bytes())
    with h5py.File(path, "a", track_order=False, libver="latest") as file:
        change(file)
    assert words in refusal(path)


def test_files_are_measured_before_they_are_read(
    tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has more bytes than any network that opens is not looked into."""
    monkeypatch.setattr(hdf5, "MAX_BYTES", 1_000)
    assert "unpacks to more than" in refusal(good / "old.h5")
