"""A stranger's network is what it was, to the last bit, or is refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from models.arrays import Floats
from models.graph.refusal import UnopenableError
from models.opening.rebuilt import network, rebuilt
from tests import worlds
from tests.models.graph.cases import CASES
from tests.models.opening import files
from tests.models.opening.files import Plan, with_layer, with_setting

pytestmark = pytest.mark.keras


def answers(model: Any, seed: int = 3) -> Floats:
    """Return what a model makes of random images."""
    shape = (2, *(side or 16 for side in model.input_shape[1:]))
    images = np.random.default_rng(seed).random(shape, np.float32)
    return np.asarray(model(images, training=False))


def refusal(path: Path, size: tuple[int, int] | None = None) -> str:
    """Return why a file is not opened."""
    with pytest.raises(UnopenableError) as refused:
        rebuilt(path, size)
    return str(refused.value)


UNWRITTEN = {("RandomBrightness", ".h5")}  # Keras itself cannot write it so


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_layer_is_what_keras_wrote(tmp_path: Path, case: str) -> None:
    """In an archive of Keras 3 and in HDF5: the same numbers, to the last bit."""
    model = CASES[case]()
    said = answers(model)
    for suffix in (".keras", ".h5"):
        if (case, suffix) not in UNWRITTEN:
            path = tmp_path / f"network{suffix}"
            model.save(path)
            assert np.array_equal(answers(network(path)), said), suffix


@pytest.mark.parametrize(
    ("build", "suffix"),
    [(worlds.branching, ".keras"), (worlds.branching, ".h5"), (worlds.chain, ".hdf5"), (files.chain, ".h5")],
)
def test_whole_networks_are(tmp_path: Path, build: Callable[[], Any], suffix: str) -> None:
    """Compiled ones with their optimizers too, of which nothing is asked."""
    model = build()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    path = tmp_path / f"network{suffix}"
    model.save(path)

    assert np.array_equal(answers(rebuilt(path)), answers(model))


def test_what_keras_2_wrote_opens(tmp_path: Path) -> None:
    """A list of layers, old names of settings, a fixed batch, and an optimizer that nobody knows any more."""
    model, path = files.chain(), tmp_path / "old.h5"
    files.old_hdf5(model, path)

    made = rebuilt(path)
    assert made.input_shape == (None, 28, 28, 1)
    assert np.array_equal(answers(made), answers(model))


def test_models_in_models_open(tmp_path: Path) -> None:
    """A chain of random changes in front of a chain, as many begin theirs."""
    import keras

    inner = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.RandomFlip(), keras.layers.Rescaling(1 / 255)], name="before"
    )
    model = keras.Sequential([keras.Input((28, 28, 1)), inner, files.chain()])
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"nested{suffix}")
        assert np.array_equal(answers(rebuilt(tmp_path / f"nested{suffix}")), answers(model))


@pytest.mark.parametrize(
    ("shape", "image", "size"),
    [
        ((28, 28), (28, 28, 1), None),
        ((784,), (28, 28, 1), None),
        ((3072,), (32, 32, 3), None),
        ((240,), (12, 20, 1), (12, 20)),
        ((None, None, 3), (16, 24, 3), (16, 24)),
    ],
)
def test_whatever_it_reads_it_is_shown_images(
    tmp_path: Path, shape: tuple[int | None, ...], image: tuple[int, ...], size: tuple[int, int] | None
) -> None:
    """Rows and columns alone, numbers in a row, any size: the same answers to the same numbers."""
    import keras

    layers = keras.layers
    last = [layers.Conv2D(3, 3), layers.GlobalAveragePooling2D()] if len(shape) == 3 else [layers.Flatten()]
    model = keras.Sequential([keras.Input(shape), *last, layers.Dense(4, activation="softmax")])
    model.save(tmp_path / "network.keras")
    made = rebuilt(tmp_path / "network.keras", size)

    assert made.input_shape == (None, *image)
    images = np.random.default_rng(1).random((2, *image), np.float32)
    read = images if len(shape) == 3 else images.reshape(2, *shape)
    np.testing.assert_allclose(np.asarray(made(images)), np.asarray(model(read)), atol=1e-6)
    if size:
        assert "--size" in refusal(tmp_path / "network.keras")


def dropped(plan: Plan) -> None:
    """Take what a chain reads out of its plan."""
    plan["config"]["layers"] = [
        each for each in plan["config"]["layers"] if each["class_name"] != "InputLayer"
    ]
    plan["config"].pop("build_input_shape", None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            with_layer("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEA"}}),
            "'odd' is a Lambda",
        ),
        (with_layer("Swish", "mine.layers"), "'odd' is a Swish, which is none of the layers of Keras"),
        (with_layer("Dense", "os.path", units=3), "'odd' is a Dense, which is none"),
        (with_layer("TFSMLayer", filepath="/tmp/x"), "'odd' is a TFSMLayer, which runs a SavedModel"),
        (with_layer("set_dtype_policy", "keras.config"), "'odd' is a set_dtype_policy"),
        (with_setting("answer", units=2**40), "beyond all that can be built"),
        (
            with_setting("answer", activation={"class_name": "Mine", "config": {}}),
            "'answer' has an activation",
        ),
        (with_setting("answer", activation="keras.config"), "'answer' has an activation"),
        (with_setting("answer", activation="nonsense"), "'answer' cannot be built: Could not interpret"),
        (with_setting("pool", pool_size={"class_name": "Dense", "config": {}}), "'pool' has a setting"),
        (
            with_setting("answer", units=11),
            "'answer' has a kernel of (676, 11) by its plan, and its file holds one of (676, 10)",
        ),
        (
            with_setting("conv", filters=2**20),
            "'conv' has a kernel of (3, 3, 1, 1048576) by its plan, and its file holds one of (3, 3, 1, 4)",
        ),
        (dropped, "does not say what it reads"),
        (lambda plan: plan.update(class_name="Mine"), "it is a Mine, a class of its own"),
        (lambda plan: plan["config"].update(layers=[]), "it has no layers"),
        (lambda plan: plan["config"].update(layers=[3]), "no layer"),
        (lambda plan: plan["config"]["layers"].pop(), "cannot|classes|last|maps"),
    ],
)
def test_what_is_not_opened_says_why(tmp_path: Path, change: Callable[[Plan], None], words: str) -> None:
    """The layer by its name, and what is wrong with it; and nothing that the plan names was run."""
    import keras

    policy = keras.config.dtype_policy().name
    files.altered(files.chain(), tmp_path / "odd.keras", change)
    said = refusal(tmp_path / "odd.keras")

    assert any(each in said for each in words.split("|")), said
    assert "\n" not in said
    assert keras.config.dtype_policy().name == policy


def test_what_is_no_network_says_how_to_save_one(tmp_path: Path) -> None:
    """Other formats by name, weights alone, damaged files, and archives with more in them."""
    for name, content, words in (
        ("model.onnx", b"\x08\x07", "ONNX"),
        ("model.json", b"{}", "TensorFlow.js"),
        ("model.pt", b"x", "PyTorch"),
        ("model.keras", b"", "neither a .keras archive nor an .h5 file"),
        ("model.keras", b"PK\x03\x04garbage", "damaged archive"),
        ("model.h5", b"\x89HDF\r\n\x1a\n" + b"garbage" * 99, "damaged HDF5"),
    ):
        (tmp_path / name).write_bytes(content)
        assert words in refusal(tmp_path / name), name
    assert "folder" in refusal(tmp_path)
    model = files.chain()
    model.save_weights(tmp_path / "alone.weights.h5")
    assert "weights alone" in refusal(tmp_path / "alone.weights.h5")
    model.save(tmp_path / "more.keras")
    with zipfile.ZipFile(tmp_path / "more.keras", "a") as archive:
        archive.writestr("../evil.py", "print()")
    assert "files beside those of a network" in refusal(tmp_path / "more.keras")


def test_hdf5_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """Links to other files, and numbers that lie in them."""
    files.old_hdf5(files.chain(), tmp_path / "good.h5")
    changes: dict[str, Callable[[h5py.File], object]] = {
        "external": lambda file: file.__setitem__("far", h5py.ExternalLink("/etc/passwd", "/")),
        "soft": lambda file: file.__setitem__("near", h5py.SoftLink("/model_weights")),
        "outside": lambda file: file.create_dataset("raw", (4,), "u1", external=[("/etc/passwd", 0, 4)]),
    }
    for name, change in changes.items():
        path = tmp_path / f"{name}.h5"
        path.write_bytes((tmp_path / "good.h5").read_bytes())
        with h5py.File(path, "a") as file:
            change(file)
        said = refusal(path)
        assert "link" in said or "another file" in said


def test_what_would_unpack_to_too_much_is_refused(tmp_path: Path) -> None:
    """From what the archive and the HDF5 file declare, before any of it is unpacked."""
    with h5py.File(tmp_path / "huge.h5", "w") as file:
        file.create_dataset("zeros", (2**30,), "f4", chunks=(2**16,), compression="gzip")
    assert "unpacks to more than" in refusal(tmp_path / "huge.h5")
    zeros = io.BytesIO()
    with (
        zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("config.json", "w") as part,
    ):
        for _ in range(300):
            part.write(bytes(2**20))
    (tmp_path / "huge.keras").write_bytes(zeros.getvalue())
    assert "unpacks to more than" in refusal(tmp_path / "huge.keras")
