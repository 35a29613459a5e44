"""What a network must be so that ConvLens opens it and shows it rightly: looked at before what takes time.

A refusal goes on where a sentence has named the file: what the network is, what is needed, what to change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from models.graph.graph import Graph
from models.graph.kinds import described
from models.graph.node import Shape
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

FLOAT = 4  # bytes
MAX_BYTES = 256 * 2**20  # of a checkpoint, unpacked
MOST_VALUES = 2**26  # of one image in all layers together; ResNet50 has 37 million
OPAQUE = (  # layers of Keras that run nothing but their own arithmetic; their values are shown
    *("Conv1D", "Conv3D", "Conv1DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "SeparableConv1D"),
    *("MaxPooling1D", "MaxPooling3D", "AveragePooling1D", "AveragePooling3D"),
    *("GlobalMaxPooling1D", "GlobalMaxPooling3D", "GlobalAveragePooling1D", "GlobalAveragePooling3D"),
    *("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D"),
    *("ZeroPadding1D", "ZeroPadding3D", "Cropping1D", "Cropping3D", "UpSampling1D", "UpSampling3D"),
    *("GroupNormalization", "UnitNormalization", "RMSNormalization", "SpectralNormalization"),
    *("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention"),
    *("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "Bidirectional", "TimeDistributed"),
    *("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"),
    *("Dot", "EinsumDense", "Embedding", "Masking", "RepeatVector"),
)
PLAIN = (  # what else a configuration names: models, and how weights began
    *("Sequential", "Functional", "Model", "InputLayer", "DTypePolicy", "__keras_tensor__"),
    *("Zeros", "Ones", "Constant", "Orthogonal", "VarianceScaling"),
    *("GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"),
    *("RandomNormal", "RandomUniform", "TruncatedNormal"),
    *("L1", "L2", "L1L2"),
)


def require_readable(model: keras.Model) -> Graph:
    """Refuse a network that could not be opened again, or would be shown wrongly; return its graph.

    An explicit InputLayer, a fixed size of the batch and what a compiled model was compiled with do no harm.

    Raises:
        UnopenableError: With the first thing that is in the way.
    """
    graph = graph_of(model)
    _require_floats(model)
    _require_small(graph)
    for layer in _layers(model):
        _require_layer(layer)
    _ = graph.head  # what gives no classes is refused there
    _require_allowed(model)
    return graph


def require_fitting(graph: Graph, image: Shape, classes: int) -> None:
    """Refuse a network that does not go with images.

    Args:
        graph: Of the network.
        image: Shape of one image as it is fed: (rows, columns, channels).
        classes: How many the images have.

    Raises:
        UnopenableError: It reads others, or gives another number of classes.
    """
    if graph.image != image:
        more = " and keras.layers.Flatten()" if len(graph.image) == 1 else ""
        raise UnopenableError(
            f"its input is {graph.image}, and the images are {image}: begin it with keras.Input({image})"
            f"{more}"
        )
    if graph.head.classes != classes:
        raise UnopenableError(
            f"it tells {graph.head.classes} classes apart, and the images have {classes}: end it with "
            f'keras.layers.Dense({classes}, activation="softmax")'
        )


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    """Yield the layers of a model and of the models in it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _layers(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def _require_small(graph: Graph) -> None:
    """Refuse what would fill the memory with the values of a single image."""
    values = {node.name: math.prod(node.output_shape) for node in graph.nodes}
    largest = max(values, key=lambda name: values[name])
    if sum(values.values()) > MOST_VALUES:
        raise UnopenableError(
            f"its layers give {sum(values.values()):,} values of one image, {largest!r} "
            f"{values[largest]:,} of them, and at most {MOST_VALUES:,} can be shown: make them smaller"
        )


def _require_floats(model: keras.Model) -> None:
    if model.inputs[0].dtype != "float32":
        raise UnopenableError(
            f"its input is {model.inputs[0].dtype}, and images are float32: leave the dtype of its "
            "keras.Input out"
        )


def _require_layer(layer: keras.Layer) -> None:
    """Refuse a layer that no checkpoint can hold safely."""
    config = layer.get_config() if hasattr(layer, "get_config") else {}
    if not isinstance(config.get("activation"), str | None):
        raise UnopenableError(
            f"its layer {layer.name!r} has an activation of its own, which no checkpoint can hold safely: "
            'name one of Keras, such as "relu"'
        )


def _require_allowed(model: keras.Model) -> None:
    """Refuse what `loading.refuse_foreign` would refuse once it is saved."""
    import keras  # noqa: PLC0415 - takes seconds; reading a manifest must not

    if names := foreign(keras.saving.serialize_keras_object(model)):
        raise UnopenableError(f"it holds {', '.join(names)}, which ConvLens does not open: leave that out")
    if FLOAT * model.count_params() > MAX_BYTES:
        raise UnopenableError(
            f"it has {model.count_params():,} parameters, and a checkpoint may have {MAX_BYTES >> 20} MiB: "
            "make its layers smaller"
        )


@cache
def opened_layers() -> frozenset[str]:
    """Return the classes of layers that ConvLens opens: what it can explain, and what it shows alone."""
    return frozenset({*described(), *OPAQUE, "InputLayer"})


@cache
def _allowed() -> frozenset[str]:
    return opened_layers() | frozenset(PLAIN)


def foreign(plan: object) -> list[str]:
    """Return what the configuration of a model names that ConvLens does not open, sorted.

    What it was compiled with, at its top alone, is passed over, and so is the shape it was built for: a
    model is loaded without being compiled, and nothing there is looked up, imported or made.
    """
    if isinstance(plan, Mapping) and {"class_name", "config"} <= plan.keys():
        plan = {name: part for name, part in plan.items() if name not in ("compile_config", "build_config")}
    return sorted(set(_classes(plan)) - _allowed())


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
