from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.graph.node import IMAGE
from models.store import loading, manifest
from models.store.entry import Entry
from tests import worlds
from tests.worlds import randomised

if TYPE_CHECKING:
    import keras

    from models.engine.opened import Opened

pytestmark = pytest.mark.keras


def opened(model: keras.Model) -> Opened:
    from models.engine.opened import Opened

    return Opened.of(model)


def images(shape: tuple[int, ...], count: int = 3) -> Any:
    """Return random images."""
    return np.random.default_rng(4).random((count, *shape), np.float32)


def require_exact(model: keras.Model, inputs: Any) -> None:
    """Fail where the opened network answers otherwise than the model, by any bit."""
    values = opened(model).model(inputs, training=False)

    assert np.array_equal(np.asarray(values[1][-1]), np.asarray(model(inputs, training=False)))


def shared() -> keras.Model:
    import keras

    layers = keras.layers
    image = keras.Input((9, 9, 2))
    conv = layers.Conv2D(2, 3, padding="same", activation="relu", name="shared")
    both = layers.Concatenate()([conv(image), conv(conv(image))])
    return keras.Model(image, layers.Dense(4, activation="softmax")(layers.Flatten()(both)))


def separable() -> keras.Model:
    import keras

    layers = keras.layers
    image = keras.Input((9, 12, 3))
    found = layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu")(image)
    found = layers.SeparableConv2D(5, 3, activation="tanh")(found)
    found = layers.GlobalMaxPooling2D()(layers.Conv2D(4, 2, groups=1)(found))
    return keras.Model(image, layers.Softmax()(found))


def nested() -> keras.Model:
    import keras

    layers = keras.layers
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(3, 3, padding="same"), layers.ReLU()])
    outer = keras.Sequential([keras.Input((8, 8, 3)), inner, layers.BatchNormalization(), inner])
    image = keras.Input((8, 8, 3))
    return keras.Model(image, layers.Dense(2)(layers.Flatten()(layers.Add()([image, outer(image)]))))


def opaque() -> keras.Model:
    import keras

    layers = keras.layers
    image = keras.Input((8, 8, 3))
    rows = layers.Conv1D(6, 3, activation="relu")(layers.Reshape((8, 24))(image * 2.0))
    rows = layers.MultiHeadAttention(2, 4)(rows, value=rows)
    return keras.Model(image, layers.Dense(2, activation="sigmoid")(layers.GRU(5)(rows)))


def large() -> keras.Model:
    import keras

    body = keras.applications.MobileNetV2((None, None, 3), alpha=0.35, include_top=False, weights=None)
    image = keras.Input((64, 64, 3))
    return keras.Sequential([image, body, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(4)])


SMALL = [worlds.branching, shared, separable, nested, opaque]


@pytest.mark.parametrize("build", SMALL)
def test_the_answer_is_keras_own_to_the_last_bit(build: Callable[[], keras.Model]) -> None:
    """Residual, concatenation, shared, depthwise, separable, nested, opaque: no difference at all."""
    model = build()
    for layer in model.layers:
        if hasattr(layer, "moving_variance"):
            randomised(model)
    require_exact(model, images(model.inputs[0].shape[1:]))


def test_a_network_of_well_over_a_hundred_layers_is_exact() -> None:
    """MobileNetV2, nested, with an end of its own and random weights."""
    model = large()
    found = opened(model)

    assert len(found.graph.nodes) > 150
    assert not found.graph.opaque
    require_exact(model, images(model.inputs[0].shape[1:], 1))


@pytest.mark.parametrize("entry", manifest.read(), ids=lambda entry: entry.key)
def test_the_shipped_networks_are_exact(entry: Entry) -> None:
    """Each checkpoint answers random pictures as Keras does, and is read as the manifest has it."""
    model = loading.load(entry)
    graph = opened(model).graph

    require_exact(model, images((28, 28, 1)))
    assert [node.name for node in graph.nodes] == [layer.name for layer in entry.layers]
    assert graph.is_chain


def test_values_before_and_after_activation() -> None:
    """A fused ReLU cuts what was before it; where there is no activation both are one and the same."""
    found = opened(worlds.branching())
    pairs = found.values({IMAGE: worlds.made_up().inputs[:2]}, ["answer"])

    before, after = (np.asarray(each) for each in pairs["inner"])
    assert before.min() < 0
    assert np.array_equal(after, np.maximum(before, 0))
    assert pairs["residual"][0] is pairs["residual"][1]
    logits, probabilities = (np.asarray(each) for each in pairs["answer"])
    assert np.allclose(found.graph.head.probabilities(logits), probabilities, atol=1e-6)


def test_only_what_is_wanted_is_computed() -> None:
    """For the inner convolution the stem alone; known values are taken as they are."""
    found = opened(worlds.branching())
    inputs = worlds.made_up().inputs[:2]

    pairs = found.values({IMAGE: inputs}, ["inner"])
    assert list(pairs) == ["stem", "stem_norm", "stem_relu", "inner"]
    whole = found.values({IMAGE: inputs}, ["answer"])
    known = {name: whole[name][1] for name in found.graph.border("inner_norm")}
    behind = found.values(known, ["answer"])
    assert "stem" not in behind
    assert "inner" not in behind
    assert np.array_equal(np.asarray(behind["answer"][1]), np.asarray(whole["answer"][1]))


def test_what_is_put_in_a_nodes_place_is_what_others_read() -> None:
    """With a map set to zero, the sum is the other branch, and the answer follows."""
    found = opened(worlds.branching())
    inputs = worlds.made_up().inputs[:2]

    pairs = found.values(
        {IMAGE: inputs},
        ["answer"],
        lambda node, pair: (0 * pair[0], 0 * pair[1]) if node.name == "inner_norm" else pair,
    )
    assert np.array_equal(np.asarray(pairs["residual"][1]), np.asarray(pairs["stem_relu"][1]))


def test_a_shared_layer_has_one_copy() -> None:
    """Both of its nodes are computed by one layer, whose weights are those of the model."""
    model = shared()
    found = opened(model)

    assert found.steps["shared"].call.layer is found.steps["shared.2"].call.layer
    assert found.steps["shared"].call.layer is not model.get_layer("shared")
    assert np.array_equal(found.arrays()["shared.2.kernel"], model.get_layer("shared").get_weights()[0])


def test_the_model_is_as_it_was() -> None:
    """Opening copies; the model's own layers keep their activations and their calls."""
    model = worlds.branching()
    activation = model.get_layer("inner").activation
    opened(model)

    assert model.get_layer("inner").activation is activation
    assert model.get_layer("inner").output is not None  # Keras refuses where a layer was called twice
