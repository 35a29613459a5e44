"""The engine and what is asked of it in a world without digits: three classes, a network with branches."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.arrays import Floats
from models.graph.cell import Summed
from models.graph.description import surveyed
from models.graph.node import IMAGE
from tests import worlds
from tests.models.engine.test_opened import opaque

if TYPE_CHECKING:
    import keras

    from models.analysis.feature_gradients import Slopes
    from models.engine.probe import Probe

pytestmark = pytest.mark.keras
HEADS = ("softmax", "logits", "sigmoids", "sigmoid")


@cache
def probe(head: str = "softmax") -> Probe:
    from models.engine.probe import Probe

    return Probe(worlds.branching(head))


def inputs() -> Floats:
    return worlds.made_up().inputs


def test_a_forward_pass_has_every_node() -> None:
    """All values of an image under the names of the nodes, the answer as Keras gives it."""
    found = probe().run(inputs()[0])

    assert list(found.pre) == [node.name for node in probe().opened.graph.nodes]
    assert found.post["both"].shape == (6, 10, 11)
    expected = np.asarray(worlds.branching()(inputs()[:1], training=False))[0]
    assert np.allclose(found.probabilities, expected, atol=1e-6)


@pytest.mark.parametrize("head", HEADS)
def test_probabilities_are_such_whatever_a_network_ends_in(head: str) -> None:
    """Of logits their softmax, of one sigmoid two classes; several sigmoids are by themselves."""
    found = probe(head).run(inputs()[3])

    assert len(found.logits) == len(found.probabilities) == (2 if head == "sigmoid" else 3)
    assert ((found.probabilities >= 0) & (found.probabilities <= 1)).all()
    if head != "sigmoids":
        assert float(found.probabilities.sum()) == pytest.approx(1, abs=1e-6)
    assert found.logits.argmax() == found.probabilities.argmax()
    assert np.allclose(probe(head).logits_without(inputs()[3:4], {})[0], found.logits, atol=1e-5)


def test_without_a_channel_the_other_branch_goes_on() -> None:
    """A map of the inner branch at zero leaves the stem's; the sum is what the stem has."""
    off = {"inner_norm": set(range(6))}
    found, whole = probe().run_without(inputs()[0], off), probe().run(inputs()[0])

    assert not found.post["inner_norm"].any()
    assert np.array_equal(found.post["residual"], found.post["stem_relu"])
    assert not np.allclose(found.logits, whole.logits)
    assert np.allclose(probe().logits_without(inputs()[:1], off)[0], found.logits, atol=1e-5)


def test_every_channel_alone_is_what_ablation_tries() -> None:
    """Answers without each channel, of every layer, are those of a forward pass without it."""
    from models.analysis.ablation import all_answers

    images = inputs()[:5]
    without = all_answers(worlds.branching(), images)

    assert set(without) == {layer.name for layer in surveyed(probe().layers[:-1])}
    for name, channel in (("stem", 2), ("inner", 5), ("residual", 0), ("pooled", 3), ("mean", 10)):
        expected = probe().logits_without(images, {name: {channel}}).argmax(axis=-1)
        assert np.array_equal(without[name][channel], expected)


def test_networks_run_together_as_they_do_alone() -> None:
    """The fused pass gives logits, probabilities and every panel of all networks, whatever they end in."""
    from models.engine.fused import Joint

    probes = [probe(head) for head in HEADS]
    found = Joint(probes, 16).run(inputs()[2])
    assert found is not None
    numbers, cells = found

    expected: list[Floats] = []
    for each in probes:
        alone = each.run(inputs()[2])
        expected += [alone.logits, alone.probabilities]
        for layer in surveyed(each.layers):
            values = alone.post[layer.name]
            expected += [values.min((0, 1)), values.max((0, 1))] if layer.has_maps else [values]
    assert np.allclose(numbers, np.concatenate(expected), atol=1e-5)
    maps = [layer for each in probes for layer in surveyed(each.layers) if layer.has_maps]
    assert cells.size == sum(int(np.prod(layer.output_shape)) for layer in maps)


def test_cells_of_the_whole_network_add_up() -> None:
    """One number of every node comes about, from what its inputs have, as its kind tells."""
    graph, forward = probe().opened.graph, probe().run(inputs()[1])
    values = {IMAGE: inputs()[1], **forward.post}

    for node in graph.nodes:
        place = tuple(side // 2 for side in node.output_shape)
        before = f"{node.name}."
        weights = {
            name.removeprefix(before): array
            for name, array in probe().arrays.items()
            if name.startswith(before)
        }
        cell = graph.kind(node.name).cell(node, [values[read] for read in node.reads], weights, place)
        assert cell is not None
        value = float(forward.pre[node.name][place])
        assert abs(float(cell.result) - value) <= 1e-5 * max(1, abs(value))
        assert isinstance(cell, Summed) == (node.kind in ("Conv2D", "Dense"))


@cache
def slopes_of() -> Slopes:
    from models.analysis.feature_gradients import Slopes

    return Slopes(probe().opened)


@pytest.mark.parametrize("name", ["stem", "inner", "residual", "wide", "both", "mean", "answer"])
def test_slopes_are_those_of_small_steps(name: str) -> None:
    """A step along the derivatives changes the number by what they say, through all branches."""
    from models.analysis.feature_visualisation import middle

    layer = next(each for each in probe().layers if each.name == name)
    image, slopes = inputs()[4], slopes_of()
    every = [slopes.at(image, name, channel) for channel in range(layer.channels)]
    channel = next(channel for channel, found in enumerate(every) if found.any())  # some are cut by a ReLU
    slope, at = every[channel], (*(middle(layer) or ()), channel)
    step = 1e-2 * slope / np.abs(slope).max()

    up, down = (probe().run(image + sign * step).pre[name][at] for sign in (1, -1))
    assert slope.shape == image.shape
    assert (up - down) / 2 == pytest.approx(float((slope * step).sum()), rel=0.05, abs=1e-4)


def test_the_untrained_twin_is_built_alike() -> None:
    """Every kernel is another one, twice the same; biases are zero, and what it reads is as it was."""
    from models.analysis.attribution_methods import randomised

    network = probe().opened
    first, second = randomised(network), randomised(network)

    for name, old in network.arrays().items():
        new = first.arrays()[name]
        assert np.array_equal(new, second.arrays()[name])
        if name.endswith("kernel"):
            assert not (old == new).any()
        if name.endswith("bias"):
            assert not new.any()
    assert first.graph is network.graph


def test_every_channel_is_measured() -> None:
    """One pass over all images gives the logits and, of every node, ranges and statistics by class."""
    from models.analysis import statistics_pass

    world = worlds.made_up()
    labels = world.labels.astype(np.uint8)
    logits, ranges, told = statistics_pass.measure(worlds.branching(), world.inputs, labels)

    assert np.allclose(logits, probe().logits_without(world.inputs, {}), atol=1e-4)
    assert set(told) == {layer.name for layer in surveyed(probe().layers)}
    assert told["both"].by_class.shape == (3, 11)
    values = np.stack([probe().run(image).post["both"] for image in world.inputs])
    assert np.allclose(told["both"].mean, values.mean((0, 1, 2), np.float64), atol=1e-5)
    assert np.allclose(ranges["both", "post"][1], values.max((0, 1, 2)), atol=1e-5)


def test_the_last_hidden_layer_is_what_the_answer_reads() -> None:
    """Of the made-up network the means over its maps."""
    from models.analysis.projection import last_hidden

    found = last_hidden(worlds.branching(), inputs()[:3])
    assert np.allclose(found[1], probe().run(inputs()[1]).post["mean"], atol=1e-5)


def test_what_is_opaque_is_run_and_shown() -> None:
    """Recurrent layers and attention have values like any other; their answer is Keras' own."""
    from models.engine.probe import Probe

    model: keras.Model = opaque()
    image = np.random.default_rng(0).random((8, 8, 3), np.float32)
    network = Probe(model)
    found = network.run(image)

    expected = np.asarray(model(image[np.newaxis], training=False))[0]
    assert np.allclose(found.probabilities, expected, atol=1e-6)
    assert {node.kind for node in network.opened.graph.opaque} >= {"GRU", "MultiHeadAttention", "Conv1D"}
