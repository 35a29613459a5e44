from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.graph.node import IMAGE
from models.graph.refusal import UnopenableError
from tests import worlds

if TYPE_CHECKING:
    import keras

    from models.graph.graph import Graph

pytestmark = pytest.mark.keras


def graph_of(model: keras.Model) -> Graph:
    from models.graph.reading import graph_of

    return graph_of(model)


def parts() -> tuple[Any, Any]:
    """Return Keras and its layers."""
    import keras

    return keras, keras.layers


def test_a_chain_reads_one_thing_after_another() -> None:
    """Sequential or functional, each node reads the one before it, under Keras' names."""
    from models.architectures import cnn

    keras, _ = parts()
    model = cnn.build()
    graph, again = graph_of(model), graph_of(keras.Model(model.inputs, model.outputs))

    assert [node.name for node in graph.nodes] == ["conv1", "conv2", "pool", "flatten", "dense", "output"]
    assert graph.is_chain
    assert graph.nodes == again.nodes
    assert graph.head.meaning == "softmax"
    assert graph.parameters() == 1_199_882
    assert graph.image == (28, 28, 1)


def test_a_network_that_branches_is_read_as_drawn() -> None:
    """Of the made-up network every node names what it reads, in the order of the call, and comes after it."""
    model = worlds.branching()
    graph = graph_of(model)

    assert not graph.is_chain
    assert graph.node("residual").reads == ("stem_relu", "inner_norm")
    assert graph.node("both").reads == ("wide", "pooled")
    assert graph.node("stem").reads == (IMAGE,)
    for node in graph.nodes:
        assert all(read == IMAGE or graph.places[read] < graph.places[node.name] for read in node.reads)
    assert graph.parameters() == model.count_params()
    assert graph.node("stem_norm").weights == dict.fromkeys(
        ["gamma", "beta", "moving_mean", "moving_variance"], (6,)
    )
    assert (graph.head.node, graph.head.classes) == ("answer", 3)


def test_a_shared_layer_is_two_nodes_of_one_layer() -> None:
    """Both have names of their own and one layer; its parameters count once."""
    keras, layers = parts()
    image = keras.Input((8, 8, 2))
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    model = keras.Model(image, layers.Dense(3)(layers.Flatten()(shared(shared(image)))))
    graph = graph_of(model)

    assert [node.name for node in graph.nodes][:2] == ["shared", "shared.2"]
    assert graph.node("shared.2").reads == ("shared",)
    assert {graph.node(name).layer for name in ("shared", "shared.2")} == {"shared"}
    assert graph.parameters() == model.count_params()


def test_nested_models_are_taken_apart_to_any_depth() -> None:
    """What lies inside lies between what is outside; a name that is taken gets the model's before it."""
    keras, layers = parts()
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 1, name="conv")], name="inner")
    entry = keras.Input((None, None, 4), name="entry")
    middle = keras.Model(entry, layers.ReLU(name="relu")(inner(entry)), name="middle")
    image = keras.Input((8, 8, 1))
    read = layers.Conv2D(4, 3, padding="same", name="conv")(image)
    twice = layers.Add(name="sum")([middle(read), middle(middle(read))])
    model = keras.Model(image, layers.Dense(3, name="answer")(layers.Flatten()(twice)))
    graph = graph_of(model)

    names = [node.name for node in graph.nodes]
    assert names[:3] == ["conv", "inner.conv", "relu"]
    assert sorted(name for name in names if name.startswith(("inner", "relu"))) == [
        *("inner.conv", "inner.conv.2", "inner.conv.3"),
        *("relu", "relu.2", "relu.3"),
    ]
    assert {node.layer for node in graph.nodes if node.name.startswith("inner")} == {"middle/inner/conv"}
    assert graph.node("relu").output_shape == (8, 8, 4)
    assert len(graph.node("sum").reads) == 2
    assert graph.parameters() == model.count_params()


def test_names_can_stand_in_an_address() -> None:
    """What no address can hold is replaced, and no layer is called as the image is."""
    keras, layers = parts()
    image = keras.Input((8, 8, 1), name="picture")
    odd = layers.Conv2D(1, 3, name="my layer ü?")(image)
    named = layers.Conv2D(1, 3, name="input")(odd)
    graph = graph_of(keras.Model(image, layers.Flatten(name="end")(named)))

    assert [node.name for node in graph.nodes] == ["my_layer_ü_", "input.2", "end"]
    assert graph.node("input.2").layer == "input"


def test_reading_leaves_no_trace_on_the_model() -> None:
    """Read ten times, a model's layers have been called as often as before, and answer as before."""
    model = worlds.branching()
    images = worlds.made_up().inputs
    before, outputs = np.asarray(model(images)), [layer.output for layer in model.layers]

    for _ in range(10):
        graph_of(model)

    assert [layer.output for layer in model.layers] == outputs  # refused by Keras of a layer called twice
    assert np.array_equal(np.asarray(model(images)), before)


def test_a_sum_written_with_a_plus_is_a_sum() -> None:
    """Keras' own operators are nodes as well; with a constant they are shown and not explained."""
    keras, layers = parts()
    image = keras.Input((8, 8, 1))
    one, other = layers.Conv2D(2, 3)(image), layers.Conv2D(2, 3)(image)
    graph = graph_of(keras.Model(image, layers.Dense(3)(layers.Flatten()((one + other) * 2.0))))

    kinds = [node.kind for node in graph.nodes]
    assert "Add" in kinds
    assert [node.kind for node in graph.opaque] == ["ops.Multiply"]


def test_what_nobody_described_is_opaque() -> None:
    """A recurrent layer, one dimension, attention and somebody's own layer are nodes that are only shown."""
    keras, layers = parts()

    class Dense(layers.Layer):  # type: ignore[misc, name-defined]
        """Somebody's own layer, which has the name of one of Keras'."""

        def call(self, values: Any) -> Any:
            return values * 2

    image = keras.Input((8, 8, 2))
    rows = layers.Reshape((8, 16))(Dense(name="own")(image))
    rows = layers.Conv1D(6, 3, activation="relu", name="line")(rows)
    rows = layers.MultiHeadAttention(2, 3, name="attention")(rows, rows)
    model = keras.Model(image, layers.Dense(3)(layers.LSTM(4, name="recurrent")(rows)))
    graph = graph_of(model)

    assert [node.name for node in graph.opaque] == ["own", "line", "attention", "recurrent"]
    assert [node.activation for node in graph.opaque] == [None] * 4
    assert graph.kind("own").picture(graph.shape("own")) == "maps"
    assert graph.node("attention").reads == ("line", "line")
    assert "query/kernel" in graph.node("attention").weights
    assert graph.boxes("own", ((0, 1), (0, 1)))[IMAGE] == ((0, 8), (0, 8))


def own_model() -> keras.Model:
    keras, _ = parts()

    class Own(keras.Model):  # type: ignore[misc, name-defined]
        """Somebody's own model, of which Keras knows no graph."""

        def call(self, values: Any) -> Any:
            return values

    return Own()


def own_call() -> keras.Model:
    keras, layers = parts()

    class Twice(keras.Model):  # type: ignore[misc, name-defined]
        """A model that computes something else than its graph says."""

        def call(self, values: Any, **how: Any) -> Any:
            return 2 * super().call(values, **how)

    image = keras.Input((8, 8, 1))
    return Twice(image, layers.Dense(3)(layers.Flatten()(image)))


def two_inputs() -> keras.Model:
    keras, layers = parts()
    image, other = keras.Input((8, 8, 1)), keras.Input((3,))
    return keras.Model([image, other], layers.Concatenate()([layers.Flatten()(image), other]))


def two_outputs() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((8, 8, 1))
    row = layers.Flatten()(image)
    return keras.Model(image, [layers.Dense(3)(row), layers.Dense(2)(row)])


def channels_first() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((1, 8, 8))
    return keras.Model(image, layers.Conv2D(2, 3, data_format="channels_first", name="odd")(image))


def half() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((8, 8, 1))
    return keras.Model(image, layers.Dense(3, dtype="mixed_float16", name="odd")(layers.Flatten()(image)))


def any_size() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((None, None, 3))
    return keras.Model(image, layers.GlobalAveragePooling2D()(image))


def any_rows() -> keras.Model:
    keras, layers = parts()
    return keras.Sequential([layers.Dense(3)])


def no_batch() -> keras.Model:
    keras, layers = parts()
    image = keras.Input(batch_shape=(4,))
    return keras.Model(image, layers.Identity()(image))


def video() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((8, 8, 5, 1))
    return keras.Model(image, layers.Flatten()(image))


def nothing() -> keras.Model:
    keras, _ = parts()
    image = keras.Input((8, 8, 1))
    return keras.Model(image, image)


def several_tensors() -> keras.Model:
    keras, layers = parts()
    image = keras.Input((8, 8))
    values, _, _ = layers.LSTM(4, return_state=True, name="odd")(image)
    return keras.Model(image, values)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (own_model, "nobody can look"),
        (own_call, "Twice"),
        (two_inputs, "2 inputs and 1 output"),
        (two_outputs, "1 input and 2 outputs"),
        (channels_first, "'odd' puts its channels first"),
        (half, "'odd' computes in float16"),
        (any_size, r"no certain size, \(None, None, 3\)"),
        (any_rows, "does not say what it reads"),
        (no_batch, "without an axis for the batch"),
        (video, "4 axes"),
        (nothing, "computes nothing"),
        (several_tensors, "'odd' gives 3 tensors"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_sentence(build: Callable[[], keras.Model], said: str) -> None:
    """The sentence names what is in the way, and goes on where the file has been named."""
    with pytest.raises(UnopenableError, match=said) as refused:
        graph_of(build())
    assert str(refused.value).startswith(("it ", "its "))


@pytest.mark.parametrize(
    ("head", "meaning", "classes"),
    [
        ("softmax", "softmax", 3),
        ("logits", "logits", 3),
        ("sigmoids", "sigmoids", 3),
        ("sigmoid", "sigmoid", 2),
    ],
)
def test_a_head_is_read_off_the_last_layer(head: str, meaning: str, classes: int) -> None:
    """Of the made-up network with each of its ends."""
    found = graph_of(worlds.branching(head)).head

    assert (found.meaning, found.classes) == (meaning, classes)


def test_a_regression_is_known_by_its_loss() -> None:
    """Three linear units are logits, unless they were trained to be numbers."""
    model = worlds.branching("logits")
    model.compile(loss="mse")

    with pytest.raises(UnopenableError, match="regression"):
        _ = graph_of(model).head
