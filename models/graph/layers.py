"""What one Keras layer says of itself, and what of a model or a layer cannot be opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.graph.kinds import kind_of
from models.graph.node import Node, Shape
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

BEGIN = "begin it with keras.Input((rows, columns, channels)), all of them numbers"
MOST_AXES = 3  # of an image
PAIRED = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")  # operations of two tensors, like the layers


def image_of(model: keras.Model) -> Shape:
    """Return the shape of the image that a model reads, without the batch axis.

    Raises:
        UnopenableError: It reads no single image of a certain size, or gives several answers, or cannot be
            looked into.
    """
    kind = type(model).__name__
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs:
        begun = f"it does not say what it reads: {BEGIN}"
        unknown = f"it is a {kind}, into which nobody can look: build it with keras.Model(inputs, outputs)"
        raise UnopenableError(begun if kind == "Sequential" else unknown)
    if len(inputs) > 1 or len(outputs) > 1:
        raise UnopenableError(
            f"it has {_counted(len(inputs), 'input')} and {_counted(len(outputs), 'output')}; ConvLens shows "
            "one image and one answer: make a keras.Model of the one input and the one output that matter"
        )
    if not can_be_taken_apart(model):
        raise UnopenableError(
            f"it is a {kind} with a way of its own to compute, into which nobody can look: build it with "
            "keras.Model(inputs, outputs)"
        )
    shape = tuple(inputs[0].shape)
    if len(shape) < 2:
        raise UnopenableError(f"its input is {shape}, without an axis for the batch: {BEGIN}")
    if None in shape[1:]:
        raise UnopenableError(f"it reads images of no certain size, {shape[1:]}: {BEGIN}")
    if len(shape) - 1 > MOST_AXES:
        raise UnopenableError(
            f"its input has {len(shape) - 1} axes, {shape[1:]}, and an image has three: {BEGIN}"
        )
    return shape[1:]


def can_be_taken_apart(layer: Any) -> bool:
    """Return whether a layer is a model of layers that Keras itself computes one after another."""
    bases = {each.__name__: each for each in type(layer).__mro__ if each.__module__.startswith("keras.")}
    base = bases.get("Functional") or bases.get("Sequential")
    return (
        base is not None
        and getattr(type(layer), "call", None) is getattr(base, "call", ...)
        and len(getattr(layer, "outputs", None) or ()) == 1
    )


def require_openable(layer: Any, shape: Shape) -> None:
    """Refuse a layer whose values would be shown wrongly.

    Args:
        layer: Of a model.
        shape: Of its values, without the batch axis.

    Raises:
        UnopenableError: It is one; the sentence says why.
    """
    if getattr(layer, "data_format", None) == "channels_first":
        raise UnopenableError(
            f"its layer {layer.name!r} puts its channels first, and maps are read channels last: leave its "
            "data_format out"
        )
    if (precision := getattr(layer, "compute_dtype", "float32")) != "float32":
        raise UnopenableError(
            f"its layer {layer.name!r} computes in {precision}, and ConvLens shows float32: leave its dtype "
            "and the global dtype policy as they are"
        )
    if not shape or None in shape:
        raise UnopenableError(f"its layer {layer.name!r} gives values of no certain size, {shape}: {BEGIN}")


def described(layer: Any, name: str, reads: tuple[str, ...], shape: Shape, path: str) -> Node:
    """Return the node of one call of a layer.

    Args:
        layer: Of a model, or another operation of Keras.
        name: Of the node.
        reads: Names of what it reads.
        shape: Of its values, without the batch axis.
        path: Of the layer in its model.
    """
    kind = _kind(layer, len(reads))
    known = kind_of(kind)
    config = {} if known.is_opaque or not _is_layer(layer) else layer.get_config()
    return Node(
        name=name,
        kind=kind,
        layer=path,
        reads=reads,
        output_shape=shape,
        activation=known.activation(config, _activation(layer)),
        parameters=layer.count_params() if _is_layer(layer) else 0,
        settings={each: _plain(config[each]) for each in known.keeps if each in config},
        weights={each: tuple(weight.shape) for each, weight in named_weights(layer).items()},
    )


def named_weights(layer: Any) -> Mapping[str, Any]:
    """Return a layer's variables by their names; of layers inside a layer, by the end of their paths."""
    weights = layer.weights if _is_layer(layer) else []
    several = {name for name, times in Counter(each.name for each in weights).items() if times > 1}
    before = f"{layer.path}/" if several else ""
    return {each.path.removeprefix(before) if each.name in several else each.name: each for each in weights}


def _is_layer(layer: Any) -> bool:
    return any(
        each.__name__ == "Layer" and each.__module__.startswith("keras.") for each in type(layer).__mro__
    )


def _kind(layer: Any, reads: int) -> str:
    """Return the name of the class; with its module where it is not Keras' own, or no layer."""
    name, module = type(layer).__name__, type(layer).__module__
    if not module.startswith("keras."):
        return f"{module}.{name}"
    return name if _is_layer(layer) or (name in PAIRED and reads == 2) else f"ops.{name}"


def _activation(layer: Any) -> str | None:
    activation = getattr(layer, "activation", None)
    return None if activation is None else getattr(activation, "__name__", type(activation).__name__)


def _plain(setting: Any) -> Any:
    """Return a setting as numbers, words and tuples; Keras wraps arrays."""
    if isinstance(setting, Mapping):
        return _plain(setting.get("config", {}).get("value"))
    return tuple(_plain(each) for each in setting) if isinstance(setting, list | tuple) else setting


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
