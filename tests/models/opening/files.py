"""Model files as other writers make them, and as nobody should."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    import keras

Plan = dict[str, Any]


def chain() -> keras.Model:
    """Return a small network of a kind that everybody has, with random weights."""
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.LeakyReLU(0.2, name="leaky"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Dropout(0.3, name="drop"),
            layers.Flatten(name="flat"),
            layers.Dense(10, activation="softmax", name="answer"),
        ],
        name="chain",
    )
    norm = model.get_layer("norm")
    norm.set_weights([np.linspace(0.5, 1.5, 4) + place for place in range(4)])
    return model


def old_hdf5(model: keras.Model, path: Path) -> None:
    """Write a chain as Keras 2 did: layers in a list, old names of settings, what is not known any more.

    The first layer says what it reads, there is no input layer, and initial values are told at length.
    """
    plans = [_old_layer(each) for each in model.layers]
    plans[0]["config"]["batch_input_shape"] = [32, *model.input_shape[1:]]
    _old_file(model, {"class_name": "Sequential", "config": plans}, path)


def old_graph(model: keras.Model, path: Path) -> None:
    """Write a graph as Keras 2 did: what a layer reads stands in lists of names and numbers."""
    reads = {each["name"]: each["inbound_nodes"] for each in model.get_config()["layers"]}
    plans = [
        _old_layer(each)
        | {"name": each.name, "inbound_nodes": [_old_call(call) for call in reads[each.name]]}
        for each in model.layers
    ]
    ends = {"input_layers": [["image", 0, 0]], "output_layers": model.get_config()["output_layers"]}
    config = {"name": model.name, "layers": plans, **ends}
    _old_file(model, {"class_name": "Model", "config": config}, path)


def _old_call(call: Plan) -> list[Any]:
    """Return [[layer, node, tensor, {}], …] of a call as Keras 3 tells it."""
    if call.get("class_name") == "__keras_tensor__":
        return [[*call["config"]["keras_history"], {}]]
    parts = call.get("args", call)
    told = (_old_call(part) if isinstance(part, dict) else _old_calls(part) for part in parts)
    return [each for calls in told for each in calls]


def _old_calls(parts: Any) -> list[Any]:
    return [each for part in parts for each in _old_call(part)]


def _old_layer(layer: keras.Layer) -> Plan:
    """Return a layer's plan in the words of Keras 2."""
    config = json.loads(json.dumps(layer.get_config()))
    kind = type(layer).__name__
    for name in ("dtype", "registered_name", "module", "autocast", "quantization_config", "batch_shape"):
        config.pop(name, None)
    for name in [each for each in config if each.endswith("_initializer")]:
        config[name] = {
            "class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
        }
    for name in ("layer", "backward_layer", "cell"):
        if isinstance(config.get(name), dict):
            config[name] = {"class_name": config[name]["class_name"], "config": config[name]["config"]}
    if kind == "BatchNormalization":
        config["axis"] = [-1]
    if kind == "LeakyReLU":
        config["alpha"] = config.pop("negative_slope")
    if kind == "InputLayer":
        config["batch_input_shape"] = [32, *layer.batch_shape[1:]]
    return {"class_name": kind, "config": config | {"dtype": "float32", "trainable": True, "ragged": False}}


def _old_file(model: keras.Model, plan: Plan, path: Path) -> None:
    """Write a plan and the weights of a model as HDF5 as Keras 2 laid it out."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.1.6"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(plan).encode()
        optimizer = {"class_name": "Adam", "config": {"lr": 0.001, "decay": 0.0}}
        file.attrs["training_config"] = json.dumps(
            {"optimizer_config": optimizer, "loss": "categorical_crossentropy", "metrics": ["acc"]}
        ).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [each.name.encode() for each in model.layers]
        group.attrs["keras_version"] = b"2.1.6"
        for layer in model.layers:
            own = group.create_group(layer.name)
            weights = layer.trainable_weights + layer.non_trainable_weights
            names = [f"{layer.name}/{place}/{weight.name}:0" for place, weight in enumerate(weights)]
            own.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, weights, strict=True):
                own.create_dataset(name, data=np.asarray(weight))


def randomise(model: keras.Model) -> keras.Model:
    """Give all weights random values, none of them negative where it is a variance, and return the model."""
    rng = np.random.default_rng(8)
    for weight in model.weights:
        value = rng.normal(0, 0.3, weight.shape)
        weight.assign(np.abs(value) + 0.1 if "var" in weight.path.rpartition("/")[2] else value)
    return model


def altered(model: keras.Model, path: Path, change: Callable[[Plan], None]) -> None:
    """Write a `.keras` archive whose plan was changed by somebody."""
    whole = path.with_name("whole.keras")
    model.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                plan = json.loads(content)
                change(plan)
                content = json.dumps(plan).encode()
            archive.writestr(name, content)


def with_layer(kind: str, module: str = "keras.layers", **config: Any) -> Callable[[Plan], None]:
    """Return what puts another layer into a plan, in front of the last one."""

    def change(plan: Plan) -> None:
        layer = {"module": module, "class_name": kind, "config": {"name": "odd", **config}}
        plan["config"]["layers"].insert(-1, layer)

    return change


def with_setting(layer: str, **settings: Any) -> Callable[[Plan], None]:
    """Return what gives a layer of a plan other settings."""

    def change(plan: Plan) -> None:
        for each in plan["config"]["layers"]:
            if each["config"].get("name") == layer:
                each["config"] |= settings

    return change
