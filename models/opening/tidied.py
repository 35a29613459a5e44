"""A stranger's plan made one that today's Keras takes, of which nothing is looked up by a name that it gives.

Layers and settings are kept by list; how weights began, what they were held to, and in which precision they
were trained change nothing of a network that has its weights, and are left out. The ways in which older
writers said the same are told in today's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.graph.refusal import UnopenableError
from models.graph.requirements import opened_layers
from models.opening.older import kind_of, settings_of
from models.opening.wiring import require_wired

Config = Mapping[str, Any]
Size = tuple[int, int]  # rows and columns
Settings = Callable[[str], frozenset[str]]  # of a layer's class: what it can be told

MODELS = frozenset({"Sequential", "Functional", "Model"})
PARTS = frozenset({"layer", "backward_layer", "cell", "cells"})  # settings that are layers
MOST_LAYERS, DEEPEST, LARGEST = 2_000, 20, 2**20
LONGEST = 100_000  # numbers of one setting
UNTOLD = (
    "_initializer",
    "_regularizer",
    "_constraint",
)  # ends of settings that say how a network was trained
IDLE = frozenset({"dtype", "trainable", "name", "unroll", *PARTS})  # told elsewhere, or changing no number
ACTIVATIONS = ("activation", "recurrent_activation")
OLD_ACTIVATIONS = {"softmax_v2": "softmax", "relu_v2": "relu"}
ONLY = {  # layers and settings that no network is kept with safely, and what to do
    "Lambda": "which runs a program that lies in the file: put layers of Keras in its place",
    "TFOpLambda": "which calls TensorFlow by a name in the file: put layers of Keras in its place",
    "SlicingOpLambda": "which calls TensorFlow by a name in the file: put layers of Keras in its place",
    "TensorFlowOpLayer": "which calls TensorFlow by a name in the file: put layers of Keras in its place",
    "TFSMLayer": "which runs a SavedModel, a program: save the network itself with model.save",
}


def tidied(plan: Config, settings: Settings, size: Size | None = None) -> dict[str, Any]:
    """Return the plan of a model in today's words.

    Args:
        plan: {"class_name", "config"} as a file has it.
        settings: Tells what each class of layers can be told.
        size: Rows and columns of what it reads, where the plan leaves them open.

    Raises:
        UnopenableError: It names what ConvLens does not open, or makes no sense; the sentence says where.
    """
    tidying = _Tidying(settings, size)
    try:
        return tidying.model(plan, 0)
    except UnopenableError:
        raise
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        OverflowError,
    ) as error:  # a part of another kind
        raise UnopenableError(f"its plan makes no sense at its layer {tidying.at!r}") from error


class _Tidying:
    def __init__(self, settings: Settings, size: Size | None) -> None:
        self.settings = settings
        self.size = size
        self.layers = 0
        self.at = ""  # the layer that is looked at

    def model(self, plan: Config, depth: int) -> dict[str, Any]:
        """Return a model, which may lie in another one."""
        kind, config = str(plan.get("class_name")), plan.get("config")
        if isinstance(config, list):  # as Keras wrote a chain once
            config = {"layers": config}
        if kind not in MODELS or not isinstance(config, Mapping) or depth > DEEPEST:
            raise UnopenableError(
                f"it is a {kind}, a class of its own, which cannot be built again without its program: build "
                "it with keras.Model(inputs, outputs) or keras.Sequential"
            )
        layers = config.get("layers")
        if not isinstance(layers, list) or not layers:
            raise UnopenableError("it has no layers")
        chain = kind == "Sequential"
        made = self.chained(config, layers, depth) if chain else [self.node(each, depth) for each in layers]
        name = _name(config.get("name") or plan.get("name") or "network")
        kept: dict[str, Any] = {"name": name, "layers": made}
        if config.get("trainable") is False and not chain:
            kept["trainable"] = False  # in HDF5 weights stand in another order then
        if not chain:
            require_wired(made)
            for ends in ("input_layers", "output_layers"):
                kept[ends] = _renamed(config.get(ends))
        return _registered("Sequential" if chain else "Functional", kept)

    def chained(self, config: Config, layers: Sequence[Any], depth: int) -> list[dict[str, Any]]:
        """Return the layers of a chain, behind one that says what it reads."""
        made = [self.layer(each, depth) for each in layers]
        if made[0]["class_name"] == "InputLayer":
            return made
        first = _config(layers[0])
        inner = _config(first.get("layers", [{}])[0]) if isinstance(first.get("layers"), list) else {}
        shape = next(
            (
                each[key]
                for each, key in (
                    *((first, key) for key in ("batch_input_shape", "batch_shape", "input_shape")),
                    *((inner, key) for key in ("batch_input_shape", "batch_shape")),
                    (config, "build_input_shape"),
                )
                if each.get(key)
            ),
            None,
        )
        if shape is None:
            raise UnopenableError(
                "it does not say what it reads: begin it with keras.Input((rows, columns, channels))"
            )
        begin = {"name": "input", "batch_shape": self.shape(shape)}
        return [_registered("InputLayer", begin), *made]

    def node(self, layer: Any, depth: int) -> dict[str, Any]:
        """Return a layer of a graph, with what it reads."""
        made = self.layer(layer, depth)
        made["name"] = _name(layer.get("name"))
        made["config"]["name"] = made["name"]
        made["inbound_nodes"] = [self.call(each, made["name"]) for each in layer.get("inbound_nodes", [])]
        return made

    def call(self, call: Any, name: str) -> Any:
        """Return one call of a layer, of which nothing but tensors and plain values is told."""
        if isinstance(call, list):  # [[layer, node, tensor, arguments], …] as Keras wrote it once
            if call and not isinstance(call[0], list):
                call = [call]
            if any(len(each) > 3 and each[3] for each in call):
                raise UnopenableError(f"its layer {name!r} is called with arguments of its own")
            return [[_name(each[0]), int(each[1]), int(each[2]), {}] for each in call]
        if not isinstance(call, Mapping) or not _is_plain(call):
            raise UnopenableError(f"its layer {name!r} is called with arguments of its own")
        told = {"args": call.get("args", []), "kwargs": _called_with(call.get("kwargs", {}))}
        return _tensors_renamed(told)

    def layer(self, layer: Any, depth: int) -> dict[str, Any]:
        """Return a layer with the settings that it can be told."""
        self.layers += 1
        if self.layers > MOST_LAYERS:
            raise UnopenableError(f"it has more than {MOST_LAYERS:,} layers")
        config, kind = _config(layer), kind_of(layer)
        if kind in MODELS:
            return self.model(layer, depth + 1)
        name = self.at = _name(config.get("name") or layer.get("name") or kind)
        _require_known(layer, name)
        if kind == "InputLayer":
            shape = config.get("batch_shape", config.get("batch_input_shape"))
            return _registered(kind, {"name": name, "batch_shape": self.shape(shape)})
        kept = {"name": name} | self.told(kind, config, name)
        if config.get("trainable") is False:
            kept["trainable"] = False
        for part in PARTS & self.settings(kind) & config.keys():
            if isinstance(inner := config[part], list):
                kept[part] = [self.layer(each, depth + 1) for each in inner]
            elif inner is not None:
                kept[part] = self.layer(inner, depth + 1)
        return _registered(kind, kept)

    def told(self, kind: str, config: Config, name: str) -> dict[str, Any]:
        """Return those settings that the class takes, in today's words."""
        can = self.settings(kind)
        words = settings_of(config, can)
        kept = {
            key: _activation(value, name) if key in ACTIVATIONS else _plain(value, name)
            for key, value in words.items()
            if key in can and not key.endswith(UNTOLD) and key not in IDLE
        }
        if isinstance(axis := kept.get("axis"), list) and len(axis) == 1 and kind == "BatchNormalization":
            kept["axis"] = axis[0]
        return kept

    def shape(self, shape: Any) -> list[int | None]:
        """Return what is read: any number of images at once, and their sides as they were asked for."""
        if not isinstance(shape, list) or len(shape) < 2 or not all(_is_side(each) for each in shape):
            raise UnopenableError(f"it reads {str(shape)[:60]}, which is no shape of images")
        sides = list(shape[1:])
        if self.size and len(sides) == 3:
            sides[:2] = [side or asked for side, asked in zip(sides[:2], self.size, strict=True)]
        return [None, *sides]


def _require_known(layer: Any, name: str) -> None:
    """Refuse a layer that is none of Keras', or runs more than its own arithmetic."""
    kind, module = kind_of(layer), str(layer.get("module") or "keras")
    if kind in ONLY:
        raise UnopenableError(f"its layer {name!r} is a {kind}, {ONLY[kind]}")
    if kind not in opened_layers() or not (module == "keras" or module.startswith("keras.")):
        raise UnopenableError(
            f"its layer {name!r} is a {kind[:60]}, which is none of the layers of Keras that ConvLens opens: "
            "put one of those in its place"
        )


def _registered(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": "keras.layers" if kind not in MODELS else "keras", "class_name": kind, "config": config}


def _config(layer: Any) -> Config:
    config = layer.get("config") if isinstance(layer, Mapping) else None
    if not isinstance(config, Mapping):
        if isinstance(config, list):
            return {"layers": config}
        raise UnopenableError("a part of its plan is no layer")
    return config


def _name(name: Any) -> str:
    """Return a name as Keras 3 takes it: without slashes, which older writers put between its parts."""
    if not isinstance(name, str) or len(name) > 200 or not name.isprintable() or not name.strip("./ "):
        raise UnopenableError("a layer of it has no name that can be written")
    return name.replace("/", "_")


def _renamed(ends: Any) -> Any:
    """Return which layers a network begins or ends with, [name, …] or a list of such, by their names."""
    if isinstance(ends, list):
        return [_renamed(each) for each in ends]
    return _name(ends) if isinstance(ends, str) else ends


def _tensors_renamed(value: Any) -> Any:
    """Return the arguments of a call with the tensors among them by their layers' names here."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            name, node, tensor = value["config"]["keras_history"]
            history = [_name(name), int(node), int(tensor)]
            return {**value, "config": {**value["config"], "keras_history": history}}
        return {key: _tensors_renamed(each) for key, each in value.items()}
    return [_tensors_renamed(each) for each in value] if isinstance(value, list) else value


def _activation(activation: Any, name: str) -> str | None:
    if activation is None:
        return None
    if isinstance(activation, Mapping) and activation.get("class_name") == "function":
        activation = activation.get("config")
    if not isinstance(activation, str) or not activation.isidentifier():
        raise UnopenableError(
            f"its layer {name!r} has an activation of its own, which no file can hold safely: name one of "
            'Keras, such as "relu"'
        )
    return OLD_ACTIVATIONS.get(activation, activation)


def _called_with(kwargs: Config) -> dict[str, Any]:
    """Return the arguments of a call; whether it trains, and masks, are nothing to it."""
    return {key: value for key, value in kwargs.items() if key not in ("training", "mask")}


def _plain(value: Any, name: str) -> Any:
    """Return a setting that is a number, a word, or a list of such; one that names a class is refused."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__numpy__" and isinstance(value.get("config"), Mapping):
            return _plain(value["config"].get("value"), name)
        raise UnopenableError(f"its layer {name!r} has a setting that is no number and no word")
    if isinstance(value, list):
        if len(value) > LONGEST:
            raise UnopenableError(f"its layer {name!r} has a setting of {len(value):,} parts")
        return [_plain(each, name) for each in value]
    if isinstance(value, int | float) and abs(value) > LARGEST and not isinstance(value, bool):
        raise UnopenableError(
            f"its layer {name!r} has a setting of {value:.3g}, beyond all that can be built"
        )
    return value


def _is_plain(value: Any) -> bool:
    """Whether the arguments of a call are tensors of the graph, numbers and words."""
    if isinstance(value, Mapping):
        if "class_name" in value and value["class_name"] != "__keras_tensor__":
            return False
        return all(_is_plain(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    return value is None or isinstance(value, int | float | str)


def _is_side(side: Any) -> bool:
    return side is None or (isinstance(side, int) and 0 < side <= LARGEST)
