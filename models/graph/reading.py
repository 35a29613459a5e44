"""From a Keras model to its graph, by Keras' own walk over it; nested models are taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from models.graph.graph import Graph
from models.graph.layers import can_be_taken_apart, described, image_of, require_openable
from models.graph.node import IMAGE, Node, Shape
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

UNFIT = re.compile(r"[^\w.-]")  # for addresses, which hold the names of nodes


@dataclass(frozen=True)
class Reference:
    """Stands for one of the values that a node reads, among the arguments of its call.

    Attributes:
        source: Which one, counted from 0.
    """

    source: int


@dataclass(frozen=True)
class Call:
    """How a node is computed.

    Attributes:
        layer: The model's own layer, or another operation of Keras.
        args: Of the call; values that are read are `Reference`s, however deep.
        kwargs: Likewise.
    """

    layer: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """A model as it was read.

    Attributes:
        graph: What it is made of.
        calls: How every node is computed, by name.
    """

    graph: Graph
    calls: Mapping[str, Call]


def read(model: keras.Model) -> Reading:
    """Return the graph of a model, and which layer computes each node. Nothing is computed or copied.

    Raises:
        UnopenableError: It is none that can be looked into; the sentence says what is in the way.
    """
    image = image_of(model)
    walk = _Walk()
    walk.over(model, [IMAGE], [image], ())
    if not walk.nodes:
        raise UnopenableError("it computes nothing: what it gives is what it reads")
    return Reading(Graph(image, tuple(walk.nodes), _loss(model)), walk.calls)


def graph_of(model: keras.Model) -> Graph:
    """Return the graph of a model.

    Raises:
        UnopenableError: It is none that can be looked into; the sentence says what is in the way.
    """
    return read(model).graph


class _Walk:
    """Gathers nodes in the order in which Keras computes them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.calls: dict[str, Call] = {}
        self._met: dict[int, Node] = {}  # the first node of a layer, by the layer's identity
        self._taken = {IMAGE}
        self._numbers = count()

    def over(
        self, model: keras.Model, sources: Sequence[str], shapes: Sequence[Shape], path: tuple[str, ...]
    ) -> str:
        """Gather a model's nodes and return the name of that which is its answer.

        Args:
            model: A model that can be looked into.
            sources: What its inputs are called.
            shapes: Of its inputs, without the batch axis.
            path: Names of the models that it lies in.
        """
        import keras  # noqa: PLC0415 - takes seconds; reading a manifest must not

        from models.graph.stand_in import StandIn  # noqa: PLC0415 - imports Keras

        view = keras.Model(model.inputs, model.outputs)
        entries = [
            keras.Input(shape, dtype=own.dtype) for shape, own in zip(shapes, view.inputs, strict=True)
        ]
        names = {id(entry): name for entry, name in zip(entries, sources, strict=True)}
        kept = [*entries]  # so that no two tensors have one identity

        def call(stand_in: StandIn, *args: Any, **kwargs: Any) -> Any:
            made = stand_in(*args, **kwargs)
            tensor = _only(keras.tree.flatten(made), stand_in.layer)
            kept.append(tensor)
            found = [
                each for each in keras.tree.flatten((args, kwargs)) if isinstance(each, keras.KerasTensor)
            ]
            reads = [names[id(each)] for each in found]
            if can_be_taken_apart(stand_in.layer):
                inner = [each.shape[1:] for each in found]
                names[id(tensor)] = self.over(stand_in.layer, reads, inner, (*path, stand_in.layer.name))
            else:
                referred = _referred((args, kwargs))
                names[id(tensor)] = self._gather(Call(stand_in.layer, *referred), reads, tensor, path)
            return made

        whole = keras.models.clone_model(
            view,
            input_tensors=keras.tree.pack_sequence_as(view.input, entries),
            clone_function=lambda layer: StandIn(layer, f"stand_in_{next(self._numbers)}"),
            call_function=call,
        )
        return names[id(whole.outputs[0])]

    def _gather(
        self, call: Call, reads: Sequence[str], made: keras.KerasTensor, path: tuple[str, ...]
    ) -> str:
        """Gather one call of a layer and return the name of what it gives."""
        layer, shape = call.layer, tuple(made.shape[1:])
        require_openable(layer, shape)
        first = self._met.get(id(layer))
        name = self._name((*path, layer.name), first.name if first else None)
        node = described(layer, name, tuple(reads), shape, "/".join((*path, layer.name)))
        if first:
            node = replace(node, layer=first.layer, parameters=0)
        self._met.setdefault(id(layer), node)
        self.nodes.append(node)
        self.calls[name] = call
        return name

    def _name(self, path: tuple[str, ...], first: str | None) -> str:
        """Return a name that no node has yet: the layer's, or with the models around it, or with a number."""
        plain = [UNFIT.sub("_", each) for each in path]
        longer = [".".join(plain[place:]) for place in reversed(range(len(plain)))]
        numbered = (f"{first or longer[0]}.{at}" for at in count(2))
        candidates = numbered if first else chain(longer, numbered)
        name = next(each for each in candidates if each not in self._taken)
        self._taken.add(name)
        return name


def _only(tensors: Sequence[keras.KerasTensor], layer: Any) -> keras.KerasTensor:
    if len(tensors) != 1:
        raise UnopenableError(
            f"its layer {layer.name!r} gives {len(tensors)} tensors at once, and ConvLens follows layers "
            "that give one"
        )
    return tensors[0]


def _referred(arguments: Any) -> Any:
    """Return the arguments of a call with references in the place of tensors."""
    import keras  # noqa: PLC0415

    numbers = count()
    return keras.tree.map_structure(
        lambda each: Reference(next(numbers)) if isinstance(each, keras.KerasTensor) else each, arguments
    )


def _loss(model: keras.Model) -> str | None:
    """Return by what a model was trained, if it was compiled."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", None))
    return name if isinstance(name, str) else None
