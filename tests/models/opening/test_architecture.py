"""Weights alone become a network by layers that somebody names; what a network is for is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from models import architectures
from models.arrays import Floats
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError
from models.opening.rebuilt import rebuilt
from tests import worlds
from tests.models.opening import files

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras


def refusal(path: Path, architecture: str = "") -> str:
    """Return why a file is not opened."""
    with pytest.raises(UnopenableError) as refused:
        rebuilt(path, None, architecture)
    return str(refused.value)


def answers(model: keras.Model) -> Floats:
    """Return what a model makes of random images."""
    images = np.random.default_rng(3).random((2, *model.input_shape[1:]), np.float32)
    return np.asarray(model(images, training=False))


def weights_of_keras_2(model: keras.Model, path: Path) -> None:
    """Write the weights of a chain as `save_weights` of Keras 2 did: its layers' groups stand at the top."""
    whole = path.with_name("whole.h5")
    files.old_hdf5(model, whole)
    with h5py.File(whole, "r") as source, h5py.File(path, "w") as file:
        for name in source["model_weights"]:
            source.copy(f"model_weights/{name}", file)
        for name, value in source["model_weights"].attrs.items():
            file.attrs[name] = value


@pytest.mark.parametrize("build", [files.chain, worlds.branching])
def test_weights_of_keras_3_open_by_whatever_has_their_layers(
    tmp_path: Path, build: Callable[[], keras.Model]
) -> None:
    """A plan as JSON, its configuration alone, TensorFlow.js', an archive, an HDF5 file."""
    model = build()
    model.save_weights(tmp_path / "alone.weights.h5")
    model.save(tmp_path / "like.keras")
    model.save(tmp_path / "like.h5")
    (tmp_path / "like.json").write_text(model.to_json())
    told = json.loads(model.to_json())
    (tmp_path / "config.json").write_text(json.dumps(told["config"]))
    (tmp_path / "tfjs.json").write_text(json.dumps({"modelTopology": {"model_config": told}}))

    for name in ("like.keras", "like.h5", "like.json", "config.json", "tfjs.json"):
        made = rebuilt(tmp_path / "alone.weights.h5", None, str(tmp_path / name))
        assert np.array_equal(answers(made), answers(model)), name


def test_weights_of_keras_2_open(tmp_path: Path) -> None:
    """Layer by layer, in their order."""
    model = files.chain()
    weights_of_keras_2(model, tmp_path / "alone.h5")
    (tmp_path / "like.json").write_text(model.to_json())
    made = rebuilt(tmp_path / "alone.h5", None, str(tmp_path / "like.json"))
    assert np.array_equal(answers(made), answers(model))


def test_a_recipe_that_comes_with_convlens_is_an_architecture(tmp_path: Path) -> None:
    """By its key."""
    model = architectures.find("cnn").build()
    model.save_weights(tmp_path / "alone.weights.h5")
    assert np.array_equal(answers(rebuilt(tmp_path / "alone.weights.h5", None, "cnn")), answers(model))
    said = "'dense1' has a kernel of (784, 512) by its plan, and its file holds one of (9216, 128)"
    assert said in refusal(tmp_path / "alone.weights.h5", "fcn")


def test_what_is_no_architecture_says_so(tmp_path: Path) -> None:
    """Nothing, JSON of something else, weights again."""
    alone = tmp_path / "alone.weights.h5"
    files.chain().save_weights(alone)
    (tmp_path / "list.json").write_text("[3]")
    (tmp_path / "broken.json").write_text("{")
    assert "--architecture" in refusal(alone)
    assert "list.json, has a plan of something that is no network" in refusal(
        alone, str(tmp_path / "list.json")
    )
    assert "broken.json, is no JSON: name a file" in refusal(alone, str(tmp_path / "broken.json"))
    assert "lost.json, cannot be read" in refusal(alone, str(tmp_path / "lost.json"))
    assert "holds weights alone too" in refusal(alone, str(alone))


def ending(units: int, activation: str | None = None) -> keras.Model:
    """Return a small network with so many numbers at its end."""
    import keras

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((6, 6, 1)), layers.Flatten(), layers.Dense(units, activation=activation, name="end")]
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_a_network_was_trained_for_is_read_from_its_file(tmp_path: Path, suffix: str) -> None:
    """A regression is refused; logits of a loss of sigmoids get these; one sigmoid is two classes."""
    import keras

    losses = keras.losses
    cases: list[tuple[keras.Model, Any, str]] = [
        (ending(3), "mse", "was trained by "),
        (ending(1), losses.MeanAbsoluteError(), "was trained by mean_absolute_error: that is a regression"),
        (ending(1), "binary_crossentropy", "sigmoid 2"),
        (ending(4), losses.BinaryCrossentropy(from_logits=True), "sigmoids 4"),
        (ending(1, "sigmoid"), "binary_crossentropy", "sigmoid 2"),
        (ending(3), losses.SparseCategoricalCrossentropy(from_logits=True), "logits 3"),
        (ending(3, "softmax"), "mse", "softmax 3"),
    ]
    path = tmp_path / f"network{suffix}"
    for model, loss, words in cases:
        model.compile("sgd", loss)
        model.save(path)
        if "trained" in words:
            assert words in refusal(path)
        else:
            head = graph_of(rebuilt(path)).head
            assert f"{head.meaning} {head.classes}" == words
    ending(1).save(path)
    assert "single number without a sigmoid" in refusal(path)


def test_channels_first_are_refused_by_name(tmp_path: Path) -> None:
    """Of the layer."""
    import keras

    layers = keras.layers
    begin = [keras.Input((1, 8, 8)), layers.MaxPooling2D(2, data_format="channels_first", name="pool")]
    keras.Sequential([*begin, layers.Flatten(), layers.Dense(3)]).save(tmp_path / "first.keras")
    assert "'pool' puts its channels first" in refusal(tmp_path / "first.keras")


def test_frozen_layers_keep_their_weights(tmp_path: Path) -> None:
    """In HDF5 those of a model in a model stand behind the others' while they are frozen."""
    import keras

    layers = keras.layers
    inner = keras.Sequential(
        [keras.Input((6, 6, 2)), layers.BatchNormalization(name="a"), layers.BatchNormalization(name="b")]
    )
    inner.get_layer("a").trainable = False
    model = keras.Sequential([keras.Input((6, 6, 2)), inner, layers.Flatten(), layers.Dense(3)])
    worlds.randomised(model)
    model.save(tmp_path / "frozen.h5")
    assert np.array_equal(answers(rebuilt(tmp_path / "frozen.h5")), answers(model))


def test_what_keras_1_wrote_opens(tmp_path: Path) -> None:
    """Its names of layers and settings; borders, steps, sides of kernels, and the order of channels."""
    import keras

    def layer(kind: str, **config: Any) -> dict[str, Any]:
        return {"class_name": kind, "config": config}

    first = {
        "batch_input_shape": [None, 8, 8, 1],
        "nb_filter": 3,
        "nb_row": 3,
        "nb_col": 2,
        "dim_ordering": "tf",
    }
    plan = [
        layer(
            "Convolution2D",
            name="c",
            border_mode="same",
            subsample=[2, 1],
            activation="relu",
            bias=True,
            **first,
        ),
        layer(
            "MaxPooling2D", name="m", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="tf"
        ),
        layer("Dropout", name="d", p=0.5),
        layer("Flatten", name="f"),
        layer(
            "Dense", name="e", output_dim=4, activation="softmax", init="glorot_uniform", W_regularizer=None
        ),
    ]
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(3, (3, 2), (2, 1), "same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(4, "softmax"),
        ]
    )
    weights_of_keras_2(model, tmp_path / "old.h5")
    (tmp_path / "old.json").write_text(json.dumps({"class_name": "Sequential", "config": plan}))
    made = rebuilt(tmp_path / "old.h5", None, str(tmp_path / "old.json"))
    assert np.array_equal(answers(made), answers(model))
