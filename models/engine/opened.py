"""A network opened: every node's values before and after its activation, computed by Keras' own layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from models.arrays import Floats
from models.graph.description import Layer, layers_of
from models.graph.graph import Graph
from models.graph.kinds import kind_of
from models.graph.layers import named_weights
from models.graph.node import IMAGE, Node
from models.graph.reading import Call, Reference, read

Pair: TypeAlias = tuple[tf.Tensor, tf.Tensor]  # values before and after activation, of a batch
Change: TypeAlias = Callable[[Node, Pair], Pair]  # what is put in the place of a node's values


@dataclass(frozen=True)
class Step:
    """How one node is computed.

    Attributes:
        call: Of a layer without its activation, and how what it reads stands among the arguments.
        activation: That was taken off, None where there is none.
    """

    call: Call
    activation: Callable[..., tf.Tensor] | None

    def apply(self, reads: Sequence[tf.Tensor]) -> Pair:
        """Return what the node makes of a batch, before and after activation; the same where it has none.

        Args:
            reads: Values of what it reads, in the order of `Node.reads`, with a batch axis.
        """

        def filled(each: Any) -> Any:
            return reads[each.source] if isinstance(each, Reference) else each

        args, kwargs = keras.tree.map_structure(filled, (self.call.args, self.call.kwargs))
        if isinstance(self.call.layer, keras.Layer):
            kwargs = {**kwargs, "training": False}
        before = self.call.layer(*args, **kwargs)
        return before, self.activation(before) if self.activation else before


class Opened:
    """A network whose nodes are computed one by one; it holds copies of the weights.

    Attributes:
        graph: What it is made of.
        layers: What is told of its nodes, in order of computation.
        steps: How every node is computed, by name, in order.
        model: A Keras model that gives from images a list of all nodes' values before activation, and one of
            those after it.
    """

    def __init__(self, graph: Graph, steps: Mapping[str, Step]) -> None:
        """Put the network together; layers that have no weights yet are built."""
        self.graph = graph
        self.layers: tuple[Layer, ...] = layers_of(graph)
        self.steps = steps
        entry = keras.Input(graph.image)
        pairs = self.values({IMAGE: entry}, [node.name for node in graph.nodes])
        before, after = zip(*pairs.values(), strict=True)
        self.model = keras.Model(entry, [list(before), list(after)])

    @classmethod
    def of(cls, model: keras.Model) -> Opened:
        """Return a model, opened.

        Raises:
            UnopenableError: It cannot be; the sentence says what is in the way.
        """
        found = read(model)
        layers: dict[int, keras.Layer] = {}  # copies of the model's layers, by the identity of each
        steps = {node.name: _step(node, found.calls[node.name], layers) for node in found.graph.nodes}
        opened = cls(found.graph, steps)
        for name, call in found.calls.items():
            if (own := steps[name].call.layer) is not call.layer:
                state: dict[str, Any] = {}
                call.layer.save_own_variables(state)
                own.load_own_variables(state)  # more than weights: what Normalization makes of them, too
        return opened

    def values(
        self, known: Mapping[str, tf.Tensor], wanted: Iterable[str], change: Change | None = None
    ) -> dict[str, Pair]:
        """Return values before and after activation, of nodes and of all that is computed for them, in order.

        Args:
            known: Values after activation that there are already, with a batch axis: of the image, which is
                called "input", or of nodes to go on behind (`Graph.border`).
            wanted: Names of nodes; of known ones nothing is returned.
            change: What is put in the place of each pair of values, before others read it.
        """
        after, found = dict(known), {}
        for node in self.graph.before(wanted, known):
            pair = self.steps[node.name].apply([after[read] for read in node.reads])
            found[node.name] = change(node, pair) if change else pair
            after[node.name] = found[node.name][1]
        return found

    def needed_behind(self, images: tf.Tensor, name: str) -> dict[str, tf.Tensor]:
        """Return what must be known to go on behind a node: its values after activation, and those around."""
        border = self.graph.border(name)
        pairs = self.values({IMAGE: images}, border)
        return {each: images if each == IMAGE else pairs[each][1] for each in border}

    def logits(self, known: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Return logits, (n, classes), from what is known: the images, or what `needed_behind` gives.

        Raises:
            UnopenableError: The network gives no classes.
        """
        return self.answer(self.values(known, [self.graph.head.node]))[0]

    def answer(self, pairs: Mapping[str, Pair]) -> Pair:
        """Return logits and probabilities, (n, classes) each, from values that include those of the head.

        Raises:
            UnopenableError: The network gives no classes.
        """
        head = self.graph.head
        before, after = (tf.reshape(each, (-1, each.shape[-1])) for each in pairs[head.node])
        match head.meaning:
            case "softmax":
                return before, after
            case "logits":
                return before, tf.nn.softmax(before)
            case "sigmoids":
                return before, tf.sigmoid(before)
            case "sigmoid":
                share = tf.sigmoid(before)
                both = tf.concat([1 - share, share], axis=-1)
                return tf.concat([tf.zeros_like(before), before], axis=-1), both

    def arrays(self) -> dict[str, Floats]:
        """Return all weights as Keras holds them, by node and name, such as "conv1.kernel", in order."""
        return {name: value.numpy() for name, value in self.variables().items()}

    def variables(self) -> dict[str, keras.Variable]:
        """Return what holds these weights, under the same names."""
        return {
            f"{name}.{weight}": value
            for name, step in self.steps.items()
            for weight, value in named_weights(step.call.layer).items()
        }


def _step(node: Node, call: Call, layers: dict[int, keras.Layer]) -> Step:
    """Return how a node is computed, by a copy of its layer; of one that is opaque, by the layer itself."""
    if kind_of(node.kind).is_opaque or not isinstance(call.layer, keras.Layer):
        return Step(call, None)
    if id(call.layer) not in layers:
        layers[id(call.layer)] = _without_activation(call.layer, node)
    linear = layers[id(call.layer)]
    kwargs = {} if isinstance(linear, keras.layers.Identity) else call.kwargs
    return Step(Call(linear, call.args, kwargs), _activation(call.layer, node))


def _without_activation(layer: keras.Layer, node: Node) -> keras.Layer:
    if node.kind == "Softmax" and node.activation:
        return keras.layers.Identity(name=layer.name)
    config = layer.get_config()
    return type(layer).from_config({**config, "activation": None} if node.activation else config)


def _activation(layer: keras.Layer, node: Node) -> keras.layers.Activation | None:
    """Return a node's activation as a layer: of a bare function Keras makes a node that is called after it.

    That name, such as "softmax", may be the one of a layer.
    """
    if node.activation is None:
        return None
    own = getattr(layer, "activation", None) or keras.activations.get(node.activation)
    return keras.layers.Activation(own, name=f"{node.name}.after")
