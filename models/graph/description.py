"""What the manifest and the page are told of a network's layers: shapes, weights, cost, sight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any

from models.graph.graph import Graph, Sight
from models.graph.kinds import kind_of
from models.graph.node import IMAGE, Node, Output, Shape
from models.graph.reading import graph_of
from models.graph.receptive_field import Window
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

NAME = re.compile(r"[\w.-]+")  # of a layer: addresses and lists of what is switched off hold it as it is
UNSAID = ("reads", "path", "settings", "weights")  # of most layers: what a chain says by itself
LARGE = 2**20  # cells of all maps for one image: the article's network has 68,416
MANY = 2**20  # no side of a shape is as long


@dataclass(frozen=True)
class Layer(Output):
    """One node of a network, without its batch axis, and what follows from the whole of it.

    What a chain of plain layers has nothing to add to is None: so are `reads` to `weights` of most of them.

    Attributes:
        name: Keras' name, unique in its model.
        kind: Keras' class name, such as "Conv2D".
        activation: Name of the fused activation; None where pre- and post-activation are the same.
        output_shape: (rows, columns, channels) of maps or (units,).
        parameters: Trained and untrained numbers that the layer holds.
        multiply_accumulates: Multiplications with a weight for one image.
        kernel_shape: Shape of the weights as Keras holds them, None without weights.
        sight: Receptive field on the image along rows and columns; None where a cell sees all of it.
        windows: Of a convolution or pooling layer, along rows and columns; None for other layers.
        reads: Names of the nodes that it reads; None for the one before, or for the image at the beginning.
        path: Of the Keras layer; None where that has the node's name.
        settings: What else its arithmetic needs; None where windows and kind say it.
        weights: Shapes of its arrays by name; None where these are a kernel and perhaps a bias, or none.
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
    reads: tuple[str, ...] | None = None
    path: str | None = None
    settings: dict[str, Any] | None = field(default=None, hash=False)
    weights: dict[str, Shape] | None = field(default=None, hash=False)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain lists, numbers and strings, without what need not be said."""
        plain = asdict(self)
        return {name: value for name, value in plain.items() if name not in UNSAID or value is not None}


def called(layers: Sequence[Layer], name: str) -> Layer | None:
    """Return the layer of a name, None if there is none or there are several.

    Args:
        layers: Of a network.
        name: That it has here; or Keras' own, where nodes are called otherwise, alone or behind those
            of the models that it lies in, with points between them.
    """
    for layer in layers:
        if layer.name == name:
            return layer
    paths = [(layer, layer.path.split("/")) for layer in layers if layer.path]
    found = [layer for layer, path in paths if name in (path[-1], ".".join(path))]
    return found[0] if len({layer.path for layer in found}) == 1 else None


def faults(layers: Sequence[Layer], image: Shape) -> Iterator[str]:
    """Yield what cannot be of layers that were written down, though they are of the right types.

    Args:
        layers: In order of computation.
        image: Shape of what the network reads.
    """
    names = [layer.name for layer in layers]
    if not names or len(set(names)) < len(names):
        yield "the layers are none, or two of one name"
        return
    if not all(0 < side < MANY for side in image):
        yield "its images have a shape that cannot be"
    for place, layer in enumerate(layers):
        yield from _faults(layer)
        if unknown := set(layer.reads or ()) - {IMAGE, *names[:place]}:
            yield f"{layer.name} reads {min(unknown)!r}, which does not come before it"
    try:
        _ = graph_of_layers(layers, image).head
    except UnopenableError as error:
        yield str(error)


def _faults(layer: Layer) -> Iterator[str]:
    kind = kind_of(layer.kind)
    if not NAME.fullmatch(layer.name) or layer.name == IMAGE:
        yield f"no layer can be named {layer.name!r}"
    sides = (*layer.output_shape, *(layer.kernel_shape or ()))
    if not layer.output_shape or not all(0 < side < MANY for side in sides):
        yield f"{layer.name} has a shape that cannot be"
    if not kind.is_opaque and len(layer.kernel_shape or ()) != kind.kernel_axes:
        yield f"{layer.name} has weights that a {layer.kind} layer has not"
    if kind.slides != (layer.windows is not None):
        yield f"{layer.name} has windows, or none, unlike a {layer.kind} layer"
    for each in layer.windows or ():
        if min(each.kernel, each.stride, each.dilation) < 1:
            yield f"{layer.name} has a window that cannot be"
    for axis in layer.sight or ():
        if min(axis.size, axis.step) < 1:
            yield f"{layer.name} sees what cannot be"


def describe(model: keras.Model) -> tuple[Layer, ...]:
    """Return what a model is made of, in order of computation.

    Raises:
        UnopenableError: It cannot be looked into; the sentence says what is in the way.
    """
    return layers_of(graph_of(model))


def surveyed(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return the layers whose channels are surveyed: all but those that only reshape."""
    return tuple(layer for layer in layers if kind_of(layer.kind).picture(layer.output_shape) != "none")


def convolutions(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return the layers whose filters slide over maps: none of a fully connected network."""
    return tuple(layer for layer in layers if kind_of(layer.kind).convolves)


def is_large(layers: Iterable[Layer]) -> bool:
    """Whether a network has so many cells that of one image only some layers are held and shown at a time."""
    return sum(prod(layer.output_shape) for layer in layers if layer.has_maps) > LARGE


def switchable(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers whose channels can be switched off: without the last one there is no answer."""
    return surveyed(layers[:-1])


def layers_of(graph: Graph) -> tuple[Layer, ...]:
    """Return what the manifest and the page are told of a network, in order of computation."""
    names = (IMAGE, *(node.name for node in graph.nodes))
    return tuple(_told(graph, node, before) for before, node in zip(names, graph.nodes, strict=False))


def graph_of_layers(layers: Sequence[Layer], image: Shape) -> Graph:
    """Return the graph that was told as layers.

    Args:
        layers: As `layers_of` gives them.
        image: Shape of what the network reads.
    """
    names = (IMAGE, *(layer.name for layer in layers))
    return Graph(image, tuple(_node(layer, before) for before, layer in zip(names, layers, strict=False)))


def _told(graph: Graph, node: Node, before: str) -> Layer:
    sight = graph.sights(node.name).get(IMAGE)
    layer = Layer(
        name=node.name,
        kind=node.kind,
        activation=node.activation,
        output_shape=node.output_shape,
        parameters=node.parameters,
        multiply_accumulates=graph.cost(node.name),
        kernel_shape=node.weights.get("kernel"),
        sight=sight,
        windows=graph.kind(node.name).windows(node),
    )
    if _node(layer, before) == node:
        return layer
    return replace(
        layer,
        reads=node.reads,
        path=node.layer,
        settings=_listed(node.settings),
        weights=dict(node.weights),
    )


def _node(layer: Layer, before: str) -> Node:
    """Return the node that a layer tells of; of one that is told briefly, what its kind and shapes say."""
    return Node(
        name=layer.name,
        kind=layer.kind,
        layer=layer.name if layer.path is None else layer.path,
        reads=(before,) if layer.reads is None else layer.reads,
        output_shape=layer.output_shape,
        activation=layer.activation,
        parameters=layer.parameters,
        settings=_settings(layer) if layer.settings is None else _tupled(layer.settings),
        weights=_weights(layer) if layer.weights is None else layer.weights,
    )


def _settings(layer: Layer) -> dict[str, Any]:
    if layer.windows is None:
        return {}
    sizes, strides, dilations = zip(
        *((axis.kernel, axis.stride, axis.dilation) for axis in layer.windows), strict=True
    )
    told = {"strides": strides, "padding": layer.windows[0].padding}
    if layer.kind == "Conv2D":
        return {"kernel_size": sizes, "dilation_rate": dilations, "groups": 1, **told}
    return {"pool_size": sizes, **told}


def _weights(layer: Layer) -> dict[str, Shape]:
    if layer.kernel_shape is None:
        return {}
    kernel = {"kernel": layer.kernel_shape}
    return kernel | {"bias": (layer.channels,)} if layer.parameters > prod(layer.kernel_shape) else kernel


def _listed(settings: Any) -> Any:
    """Return settings as JSON has them, with lists for tuples."""
    if isinstance(settings, Mapping):
        return {name: _listed(each) for name, each in settings.items()}
    return [_listed(each) for each in settings] if isinstance(settings, tuple) else settings


def _tupled(plain: Any) -> Any:
    """Return what JSON made lists of as the tuples that it was."""
    if isinstance(plain, dict):
        return {name: _tupled(each) for name, each in plain.items()}
    return tuple(_tupled(each) for each in plain) if isinstance(plain, list | tuple) else plain
