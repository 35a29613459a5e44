from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.graph.blocks import Block, blocks
from models.graph.description import layers_of, surveyed
from models.graph.reading import graph_of
from tests import worlds

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras


def found(model: keras.Model) -> dict[str, tuple[str, ...]]:
    """Return the layers of each block, by the one that is shown."""
    graph = graph_of(model)
    names = [layer.name for layer in surveyed(layers_of(graph))]
    return {block.shown: block.layers for block in blocks(graph, names)}


def test_normalisation_and_activation_stand_with_what_they_follow() -> None:
    """A merge, another form and the answer begin a block of their own."""
    assert found(worlds.branching()) == {
        "stem_relu": ("stem", "stem_norm", "stem_relu"),
        "inner_norm": ("inner", "inner_norm"),
        "residual": ("residual",),
        "wide": ("wide",),
        "pooled": ("pooled",),
        "both": ("both",),
        "mean": ("mean",),
        "answer": ("answer",),
    }


def test_what_passes_values_on_is_not_what_is_shown() -> None:
    """Dropout stands with the layer before it, and shows nothing that this one does not."""
    import keras

    layers = keras.layers
    image = keras.Input((6, 6, 1))
    dense = layers.Dense(4, activation="relu", name="dense")(layers.Flatten()(image))
    row = layers.Activation("tanh", name="tanh")(layers.Dropout(0.5, name="drop")(dense))
    answer = layers.Softmax(name="softmax")(layers.Dense(3, name="logits")(layers.Dropout(0.5)(row)))

    known = found(keras.Model(image, answer))

    assert known["logits"] == ("logits",)
    assert known["softmax"] == ("softmax",)
    assert known["tanh"][:3] == ("dense", "drop", "tanh")
    assert len(known["tanh"]) == 4


def test_of_two_that_follow_one_layer_only_the_first_stands_with_it() -> None:
    """The other is a branch."""
    import keras

    layers = keras.layers
    image = keras.Input((6, 6, 1))
    stem = layers.Conv2D(2, 3, name="stem")(image)
    ways = [layers.ReLU(name="relu")(stem), layers.BatchNormalization(name="norm")(stem)]
    answer = layers.Dense(3, "softmax", name="answer")(layers.Flatten()(layers.Add(name="sum")(ways)))

    known = found(keras.Model(image, answer))

    assert known["relu"] == ("stem", "relu")
    assert known["norm"] == ("norm",)


def test_a_block_is_plain_for_the_page() -> None:
    """As JSON has it."""
    assert Block(("a", "b"), "b").to_json() == {"layers": ("a", "b"), "shown": "b"}
