"""What a network is made of, read from the Keras model itself: shapes, weights, cost, sight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.graph.receptive_field import ReceptiveField, Window

if TYPE_CHECKING:
    import keras

WINDOWED = ("Conv2D", "MaxPooling2D", "AveragePooling2D")
ELEMENTWISE = ("Dropout", "BatchNormalization", "Activation", "ReLU")
SUPPORTED = (*WINDOWED, *ELEMENTWISE, "Flatten", "Dense")
NAME = re.compile(r"[\w.-]+")  # of a layer: addresses and lists of what is switched off hold it as it is
MANY = 2**20  # no side of a shape is as long
SATURATING = {  # bounded above, so that large values become one and the same float32
    *("softmax", "log_softmax", "sparsemax"),
    *("sigmoid", "hard_sigmoid", "log_sigmoid", "tanh", "hard_tanh", "softsign", "relu6"),
}

Sight = tuple[ReceptiveField, ReceptiveField]  # along rows, along columns


@dataclass(frozen=True)
class Layer:
    """One layer of a chain, without its batch axis.

    Attributes:
        name: Keras' name, unique in its model.
        kind: Keras' class name, such as "Conv2D".
        activation: Name of the fused activation; None where pre- and post-activation are the same.
        output_shape: (rows, columns, channels) of maps or (units,).
        parameters: Trained and untrained numbers that the layer holds.
        multiply_accumulates: Multiplications with a weight for one digit.
        kernel_shape: Shape of the weights as Keras holds them, None without weights.
        sight: Receptive field on the digit along rows and columns; None where a cell sees all of it.
        windows: Of a convolution or pooling layer, along rows and columns; None for other layers.
    """

    name: str
    kind: str
    activation: str | None
    output_shape: tuple[int, ...]
    parameters: int
    multiply_accumulates: int
    kernel_shape: tuple[int, ...] | None
    sight: Sight | None
    windows: tuple[Window, Window] | None

    @property
    def channels(self) -> int:
        """Maps of a convolution or pooling layer, units of a dense one."""
        return self.output_shape[-1]

    @property
    def has_maps(self) -> bool:
        """Whether the output is a stack of maps rather than a row of units."""
        return len(self.output_shape) == 3

    @property
    def saturates(self) -> bool:
        """Whether large values can no longer be told apart behind the activation, but before it."""
        return self.activation in SATURATING

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, numbers and strings, such as `from_json` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Layer:
        """Return the layer that `to_json` wrote.

        Raises:
            TypeError, KeyError: A field is missing, or one is there that no layer has.
        """
        sight, windows = plain["sight"], plain["windows"]
        return replace(
            cls(**plain),
            output_shape=tuple(plain["output_shape"]),
            kernel_shape=None if plain["kernel_shape"] is None else tuple(plain["kernel_shape"]),
            sight=None if sight is None else (ReceptiveField(**sight[0]), ReceptiveField(**sight[1])),
            windows=None if windows is None else (Window(**windows[0]), Window(**windows[1])),
        )


def faults(layers: Sequence[Layer]) -> Iterator[str]:
    """Yield what cannot be of a chain of layers that was written down, though it is of the right types."""
    names = [layer.name for layer in layers]
    if not names or len(set(names)) < len(names):
        yield "the layers are none, or two of one name"
    for layer in layers:
        yield from _faults(layer)
    if layers and layers[-1].output_shape != (10,):
        yield "the last layer does not give ten numbers"


def _faults(layer: Layer) -> Iterator[str]:
    if not NAME.fullmatch(layer.name) or layer.name == "input":
        yield f"no layer can be named {layer.name!r}"
    if layer.kind not in SUPPORTED:
        yield f"{layer.name} is of an unknown kind, {layer.kind!r}"
    sides = (*layer.output_shape, *(layer.kernel_shape or ()))
    if len(layer.output_shape) not in (1, 3) or not all(0 < side < MANY for side in sides):
        yield f"{layer.name} has a shape that cannot be"
    if len(layer.kernel_shape or ()) != {"Conv2D": 4, "Dense": 2}.get(layer.kind, 0):
        yield f"{layer.name} has weights that a {layer.kind} layer has not"
    if (layer.kind in WINDOWED) != (layer.windows is not None):
        yield f"{layer.name} has windows, or none, unlike a {layer.kind} layer"
    for each in layer.windows or ():
        if min(each.kernel, each.stride, each.dilation) < 1:
            yield f"{layer.name} has a window that cannot be"
    for axis in layer.sight or ():
        if min(axis.size, axis.step) < 1:
            yield f"{layer.name} sees what cannot be"


def describe(model: keras.Model) -> tuple[Layer, ...]:
    """Return the layers of a chain from input to output, without the input itself.

    Raises:
        ValueError: A layer is of a kind that cannot be looked into, or the model is not a chain.
    """
    shape = tuple(model.inputs[0].shape[1:])
    sight: Sight | None = (ReceptiveField(), ReceptiveField())
    layers = []
    for layer in chain(model):
        layers.append(_describe(layer, shape, sight))
        shape, sight = layers[-1].output_shape, layers[-1].sight
    return tuple(layers)


def chain(model: keras.Model) -> list[keras.Layer]:
    """Return the model's layers in order of computation, without the input layer.

    Raises:
        ValueError: A layer takes anything but the output of the one before, or is not supported.
    """
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    previous = model.inputs[0]
    for layer in layers:
        _refuse_unreadable(layer, previous)
        if type(model).__name__ != "Sequential" and layer.input is not previous:
            raise ValueError(
                f"Layer {layer.name!r} does not take the output of the layer before it; all must stand one "
                "behind the other, as in keras.Sequential."
            )
        previous = layer.output
    return layers


def _refuse_unreadable(layer: keras.Layer, read: keras.KerasTensor) -> None:
    """Refuse a layer whose maps or kernels would be drawn wrongly."""
    name, kind = layer.name, type(layer).__name__
    if kind not in SUPPORTED:
        raise ValueError(f"Layer {name!r} is a {kind}; known are {', '.join(SUPPORTED)}.")
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise ValueError(
            f"Layer {name!r} puts its channels first; maps are read channels last: leave its data_format out."
        )
    if getattr(layer, "groups", 1) != 1:
        raise ValueError(
            f"Layer {name!r} reads its maps in groups; a filter must read them all: leave groups out."
        )
    if kind == "Dense" and len(read.shape) != 2:
        raise ValueError(f"Layer {name!r} is dense and reads maps; a Flatten layer must come before it.")


def surveyed(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return the layers whose channels are surveyed: all but those that only reshape."""
    return tuple(layer for layer in layers if layer.kind != "Flatten")


def switchable(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers whose channels can be switched off: without the last one there is no answer."""
    return surveyed(layers[:-1])


def _describe(layer: keras.Layer, shape: tuple[int, ...], sight: Sight | None) -> Layer:
    kind = type(layer).__name__
    output = tuple(layer.output.shape[1:])
    laid = windows(layer) if kind in WINDOWED else None
    if laid and sight is not None:
        sight = (sight[0].through(laid[0], shape[0]), sight[1].through(laid[1], shape[1]))
    elif kind not in ELEMENTWISE:
        sight = None
    weights = layer.kernel.shape if hasattr(layer, "kernel") else None
    activation = layer.activation.__name__ if hasattr(layer, "activation") else None
    places = prod(output[:-1])
    return Layer(
        name=layer.name,
        kind=kind,
        activation=None if activation == "linear" else activation,
        output_shape=output,
        parameters=layer.count_params(),
        multiply_accumulates=places * prod(weights) if weights else 0,
        kernel_shape=tuple(weights) if weights else None,
        sight=sight,
        windows=laid,
    )


def sights(layers: Sequence[Layer], name: str, image: tuple[int, ...] = (28, 28, 1)) -> dict[str, Sight]:
    """Return what one cell of a layer sees of the maps of every layer before it, and of the digit ("input").

    Args:
        layers: Of a chain, input side first.
        name: Of a layer with maps; of another, nothing is returned: each of its units sees everything.
        image: Shape of the digit.

    Raises:
        KeyError: There is no such layer.
    """
    place = {layer.name: place for place, layer in enumerate(layers)}[name]
    if layers[place].sight is None:
        return {}
    shapes = [image, *(layer.output_shape for layer in layers)]
    seen = {}
    for start in range(place + 1):
        rows = columns = ReceptiveField()
        for layer, shape in zip(layers[start : place + 1], shapes[start:], strict=False):
            if layer.windows:
                rows = rows.through(layer.windows[0], shape[0])
                columns = columns.through(layer.windows[1], shape[1])
        seen["input" if start == 0 else layers[start - 1].name] = (rows, columns)
    return seen


def windows(layer: keras.Layer) -> tuple[Window, Window]:
    """Return the windows of a convolution or pooling layer, along rows and along columns."""
    if hasattr(layer, "kernel_size"):
        sizes, dilations = layer.kernel_size, layer.dilation_rate
    else:
        sizes, dilations = layer.pool_size, (1, 1)
    axes = zip(sizes, layer.strides, dilations, strict=True)
    rows, columns = (Window(size, stride, dilation, layer.padding) for size, stride, dilation in axes)
    return rows, columns


Grid = tuple[int, int, int]  # slices, rows, columns


def kernel_grid(layers: tuple[Layer, ...], name: str, image: tuple[int, ...] = (28, 28, 1)) -> Grid | None:
    """Return how the weights of one filter or unit lie over what the layer reads.

    A filter of a convolution has one slice per input map. A dense unit behind a stack of maps has one slice
    per map, as large as the map; behind another dense layer it has a single row. None without weights.

    Raises:
        KeyError: There is no such layer.
    """
    shape = image
    for layer in layers:
        if layer.name == name:
            return _grid(layer, shape)
        if layer.kind != "Flatten":
            shape = layer.output_shape
    raise KeyError(name)


def _grid(layer: Layer, read: tuple[int, ...]) -> Grid | None:
    if layer.kernel_shape is None:
        return None
    if layer.kind == "Conv2D":
        return layer.kernel_shape[2], layer.kernel_shape[0], layer.kernel_shape[1]
    return (read[2], read[0], read[1]) if len(read) == 3 else (1, 1, read[0])


def filters(kernel: NDArray[np.float32], grid: Grid) -> NDArray[np.float32]:
    """Return a layer's weights filter by filter, un-flipped: (filters, slices, rows, columns).

    Args:
        kernel: As Keras holds it: (rows, columns, slices, filters) or (inputs, units).
        grid: What `kernel_grid` says of the layer.
    """
    slices, rows, columns = grid
    over_input = kernel.reshape(rows, columns, slices, -1)
    return np.ascontiguousarray(over_input.transpose(3, 2, 0, 1))
