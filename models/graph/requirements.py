"""What a network must be so that ConvLens opens it and shows it rightly: looked at before what takes time.

A refusal goes on where a sentence has named the file: what the network is, what is needed, what to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from models.graph.description import NAME, SUPPORTED
from models.graph.graph import Graph
from models.graph.node import IMAGE as IMAGE_NAME
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

IMAGE = (28, 28, 1)  # of a digit, as it is fed
CLASSES = 10
FLOAT = 4  # bytes
MAX_BYTES = 256 * 2**20  # of a checkpoint, unpacked
BEGIN = "begin it with keras.Input((28, 28, 1))"
END = 'end it with keras.layers.Dense(10, activation="softmax")'
ALLOWED = {
    *SUPPORTED,
    *("Sequential", "Functional", "InputLayer", "DTypePolicy", "__keras_tensor__"),
    *("Zeros", "Ones", "Constant", "Orthogonal", "VarianceScaling"),
    *("GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"),
    *("RandomNormal", "RandomUniform", "TruncatedNormal"),
    *("L1", "L2", "L1L2"),
}
INSTEAD = {
    "Functional": "put its layers into the chain itself",
    "GlobalAveragePooling2D": "AveragePooling2D over the whole map and Flatten give the same",
    "GlobalMaxPooling2D": "MaxPooling2D over the whole map and Flatten give the same",
    "LeakyReLU": "keras.layers.ReLU(negative_slope=...) gives the same",
    "Rescaling": "leave it out, for digits come in [0, 1]",
    "Reshape": f"leave it out, and {BEGIN}",
    "Sequential": "put its layers into the chain itself",
    "Softmax": 'keras.layers.Activation("softmax") gives the same',
}


class UnreadableError(ValueError):
    """A network cannot be shown rightly; the message goes on where a sentence has named it."""


def require_readable(model: keras.Model) -> None:
    """Refuse a network that could not be opened again, or would be shown wrongly; compute nothing.

    An explicit InputLayer, a fixed size of the batch and what a compiled model was compiled with do no harm.

    Raises:
        UnreadableError: With the first thing that is in the way.
    """
    _require_ends(model)
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    for layer in layers:
        _require_layer(layer)
    try:
        graph = graph_of(model)
    except UnopenableError as error:
        raise UnreadableError(str(error)) from error
    _require_chain(graph)
    _require_answer(graph)
    _require_openable(model)


def _require_ends(model: keras.Model) -> None:
    """Refuse what has anything but one input of a digit's shape and one output."""
    kind = type(model).__name__
    if kind not in ("Sequential", "Functional"):
        raise UnreadableError(
            f"it is a {kind}, into which nobody can look: build it with keras.Sequential, or with "
            "keras.Model(inputs, outputs)"
        )
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs:
        raise UnreadableError(f"it does not say what it reads, and ConvLens reads {IMAGE}: {BEGIN}")
    if len(inputs) > 1 or len(outputs) > 1:
        raise UnreadableError(
            f"it has {_counted(len(inputs), 'input')} and {_counted(len(outputs), 'output')}; ConvLens shows "
            "one digit and one answer: make a keras.Model of the one input and the one output that matter"
        )
    shape = tuple(inputs[0].shape[1:])
    if shape != IMAGE:
        more = " and keras.layers.Flatten()" if len(shape) == 1 else ""
        raise UnreadableError(f"its input is {shape}, and ConvLens reads {IMAGE}: {BEGIN}{more}")
    if inputs[0].dtype != "float32":
        raise UnreadableError(
            f"its input is {inputs[0].dtype}, and digits are float32 in [0, 1]: leave the dtype of its "
            "keras.Input out"
        )


def _require_layer(layer: keras.Layer) -> None:
    """Refuse a layer that is not known, or could not be named, or counts in another precision."""
    name, kind = layer.name, type(layer).__name__
    if kind not in SUPPORTED:
        instead = INSTEAD.get(kind, "build the network of these")
        raise UnreadableError(
            f"its layer {name!r} is a {kind}, and ConvLens shows {', '.join(SUPPORTED)}: {instead}"
        )
    if not NAME.fullmatch(name) or name == "input":
        raise UnreadableError(
            f"its layer {name!r} has a name that no address can hold: take letters, digits, dots, hyphens "
            'and underscores, but not "input", which is the digit'
        )
    if layer.compute_dtype != "float32":
        raise UnreadableError(
            f"its layer {name!r} computes in {layer.compute_dtype}, and ConvLens shows float32: leave its "
            "dtype and the global dtype policy as they are"
        )
    activation = layer.get_config().get("activation")
    if not isinstance(activation, str | None):
        raise UnreadableError(
            f"its layer {name!r} has an activation of its own, which no checkpoint can hold safely: name "
            'one of Keras, such as "relu"'
        )


def _require_chain(graph: Graph) -> None:
    """Refuse what the page could not draw yet, or would draw wrongly."""
    before = IMAGE_NAME
    for node in graph.nodes:
        told = f"it is no chain that can be shown: layer {node.name!r}"
        if node.layer != node.name:
            raise UnreadableError(f"{told} is {node.layer!r}, called once more")
        if node.reads != (before,):
            raise UnreadableError(
                f"{told} does not take the output of the layer before it; all must stand one behind the "
                "other, as in keras.Sequential"
            )
        if node.settings.get("groups", 1) != 1:
            raise UnreadableError(
                f"{told} reads its maps in groups; a filter must read them all: leave groups out"
            )
        if node.kind == "Dense" and len(graph.shapes_read(node.name)[0]) != 1:
            raise UnreadableError(f"{told} is dense and reads maps; a Flatten layer must come before it")
        before = node.name


def _require_answer(graph: Graph) -> None:
    """Refuse what does not end in probabilities of ten classes."""
    last = graph.nodes[-1]
    if last.output_shape != (CLASSES,):
        raise UnreadableError(
            f"its output is {last.output_shape}, and ConvLens shows ten classes, (10,): {END}"
        )
    if last.activation != "softmax":
        raise UnreadableError(
            f"its last layer, {last.name!r}, has no softmax, and ConvLens shows probabilities: give it "
            'activation="softmax", or, where it was trained to give logits, put '
            'keras.layers.Activation("softmax") behind it'
        )


def _require_openable(model: keras.Model) -> None:
    """Refuse what `registry.refuse_foreign` would refuse once it is saved."""
    import keras  # noqa: PLC0415 - takes seconds; reading a manifest must not

    if names := foreign(keras.saving.serialize_keras_object(model)):
        raise UnreadableError(f"it holds {', '.join(names)}, which ConvLens does not open: leave that out")
    if FLOAT * model.count_params() > MAX_BYTES:
        raise UnreadableError(
            f"it has {model.count_params():,} parameters, and a checkpoint may have {MAX_BYTES >> 20} MiB: "
            "make its layers smaller"
        )


def foreign(plan: object) -> list[str]:
    """Return what the configuration of a model names that ConvLens does not open, sorted.

    What it was compiled with, at its top alone, is passed over, and so is the shape it was built for: a
    model is loaded without being compiled, and nothing there is looked up, imported or made.
    """
    if isinstance(plan, Mapping) and {"class_name", "config"} <= plan.keys():
        plan = {name: part for name, part in plan.items() if name not in ("compile_config", "build_config")}
    return sorted(set(_classes(plan)) - ALLOWED)


def _classes(plan: object) -> Iterator[str]:
    """Yield every class that a configuration names, with its module where that is not Keras' own."""
    if isinstance(plan, Mapping):
        if "class_name" in plan:
            yield from _named(plan)
        plan = plan.values()
    if isinstance(plan, Iterable) and not isinstance(plan, str | bytes):
        for part in plan:
            yield from _classes(part)


def _named(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the class of one part, and the name under which somebody registered it, if that is another."""
    name, module = str(plan["class_name"]), str(plan.get("module") or "keras")
    yield name if module == "keras" or module.startswith("keras.") else f"{module}.{name}"
    if plan.get("registered_name") not in (None, "", name):
        yield str(plan["registered_name"])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
