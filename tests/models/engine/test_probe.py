from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate2d
from scipy.special import erf, expit, softmax

from models.arrays import Floats
from models.engine.forward_pass import STAGES, ForwardPass
from models.graph import description
from models.graph.description import Layer
from tests import networks, worlds

if TYPE_CHECKING:
    import keras

    from models.engine.probe import Probe

pytestmark = pytest.mark.keras
Doubles = NDArray[np.float64]


@pytest.fixture(scope="module")
def cnn() -> keras.Model:
    return networks.build(networks.CNN)


@pytest.fixture(scope="module")
def probe(cnn: keras.Model) -> Probe:
    from models.engine.probe import Probe

    return Probe(cnn)


@pytest.fixture
def digit(rng: np.random.Generator) -> Floats:
    return rng.random((28, 28, 1), np.float32)


def weights(probe: Probe, layer: str) -> tuple[Floats, Floats]:
    held = probe.weights(layer)
    assert held is not None
    return held


def correlated(maps: Floats, kernel: Floats, bias: Floats) -> Doubles:
    """Return what scipy makes of maps (rows, columns, slices) and a Keras kernel."""
    filters = [
        sum(
            correlate2d(maps[..., s].astype(np.float64), kernel[:, :, s, f], mode="valid")
            for s in range(kernel.shape[2])
        )
        for f in range(kernel.shape[3])
    ]
    return np.stack(filters, axis=-1) + bias


def assert_close(found: Floats, expected: NDArray[Any]) -> None:
    """Every value differs by at most 1e-5 of itself, or by 1e-5 where it is smaller than 1."""
    assert found.shape == expected.shape
    assert np.all(np.abs(found - expected) <= 1e-5 * np.maximum(1, np.abs(expected)))


def test_every_layer_comes_with_its_own_shape_in_float32(probe: Probe, digit: Floats) -> None:
    """Both stages name all layers, input side first; shapes are Keras' own without the batch axis."""
    forward = probe.run(digit)

    for stage in (forward.pre, forward.post):
        assert [(name, values.shape) for name, values in stage.items()] == [
            (layer.name, layer.output_shape) for layer in networks.CNN
        ]
        assert {values.dtype for values in stage.values()} == {np.dtype(np.float32)}


def test_every_cell_is_a_sum_over_all_slices_plus_the_bias(probe: Probe, digit: Floats) -> None:
    """Cross-correlation without a flip, summed over the filter's slices, plus bias, gives every cell."""
    forward = probe.run(digit)

    assert_close(forward.pre["conv1"], correlated(digit, *weights(probe, "conv1")))
    assert_close(forward.pre["conv2"], correlated(forward.post["conv1"], *weights(probe, "conv2")))


def test_units_are_weighted_sums_plus_the_bias(probe: Probe, digit: Floats) -> None:
    """Dense layers read the flattened maps: channels last, row by row."""
    forward = probe.run(digit)

    for name, before in [("dense", forward.post["pool"].reshape(-1)), ("output", forward.post["dense"])]:
        kernel, bias = weights(probe, name)
        assert_close(forward.pre[name], before.astype(np.float64) @ kernel + bias)


def test_after_activation_nothing_is_negative(probe: Probe, digit: Floats) -> None:
    """Post-activation is max(0, pre-activation), cell by cell, and both are really there."""
    forward = probe.run(digit)

    for name in ("conv1", "conv2", "dense"):
        assert (forward.pre[name] < 0).any()
        assert np.array_equal(forward.post[name], np.maximum(forward.pre[name], 0))


def test_pooling_keeps_the_largest_of_each_square(probe: Probe, digit: Floats) -> None:
    """Each cell of the pooling layer is the maximum of its own 2×2 cells."""
    forward = probe.run(digit)

    squares = forward.post["conv2"].reshape(12, 2, 12, 2, 4).max(axis=(1, 3))
    assert np.array_equal(forward.post["pool"], squares)
    assert np.array_equal(forward.pre["pool"], squares)


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_a_kernel_changes_its_own_map_only(probe: Probe, digit: Floats, layer: str) -> None:
    """Another kernel k gives another map k; all other maps of the layer stay as they were."""
    from models.engine.probe import Probe

    before = probe.run(digit).pre[layer]
    for changed in (0, before.shape[-1] - 1):
        model = networks.build(networks.CNN)
        kernel, bias = model.get_layer(layer).get_weights()
        kernel[..., changed] += 0.5
        model.get_layer(layer).set_weights([kernel, bias])
        after = Probe(model).run(digit).pre[layer]
        differs = np.any(before != after, axis=(0, 1))
        assert np.flatnonzero(differs).tolist() == [changed]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 27), (27, 0), (27, 27)])
def test_a_pixel_in_a_corner_stays_in_that_corner(probe: Probe, row: int, column: int) -> None:
    """Row 0 is the top and column 0 the left of map and kernel: a corner meets the kernel's same corner."""
    digit = np.zeros((28, 28, 1), np.float32)
    digit[row, column] = 1
    kernel, bias = weights(probe, "conv1")
    corner = (row and -1, column and -1)

    lit = probe.run(digit).pre["conv1"] - bias

    assert np.allclose(lit[corner], kernel[corner][0], atol=1e-6)
    lit[corner] = 0
    assert not lit.any()


def test_a_filter_laid_over_its_patch_gives_its_cell(probe: Probe, digit: Floats) -> None:
    """Weights as they are drawn, times the patch as it is drawn, summed, plus bias, are the cell's value."""
    from models.graph.description import graph_of_layers

    forward, graph = probe.run(digit), graph_of_layers(probe.layers, probe.image)
    kernel, bias = weights(probe, "conv2")
    grid = graph.grid("conv2")
    assert grid is not None
    drawn = graph.kind("conv2").filters(graph.node("conv2"), {"kernel": kernel}, grid)
    assert drawn is not None
    maps = np.moveaxis(forward.post["conv1"], -1, 0)

    for f, r, c in [(0, 0, 0), (3, 23, 23), (2, 5, 17)]:
        value = (drawn[f].astype(np.float64) * maps[:, r : r + 3, c : c + 3]).sum() + bias[f]
        assert_close(forward.pre["conv2"][r, c, f], value)


@pytest.mark.parametrize("chain", [networks.FCN, networks.CNN], ids=["fcn", "cnn"])
def test_probabilities_are_the_softmax_of_the_logits_and_keras_own(
    chain: tuple[Layer, ...], rng: np.random.Generator
) -> None:
    """To 1e-6, and what `model.predict` answers."""
    from models.engine.probe import Probe

    model = networks.build(chain)
    digits = rng.random((5, 28, 28, 1), np.float32)
    predicted = model.predict(digits, verbose=0)

    for forward, expected in zip(map(Probe(model).run, digits), predicted, strict=True):
        assert np.allclose(forward.probabilities, softmax(forward.logits), atol=1e-6)
        assert np.allclose(forward.probabilities, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "function"),
    [
        ("relu", lambda v: np.maximum(v, 0)),
        ("tanh", np.tanh),
        ("sigmoid", expit),
        ("elu", lambda v: np.where(v > 0, v, np.expm1(v))),
        ("gelu", lambda v: v * (1 + erf(v / np.sqrt(2))) / 2),
        ("linear", lambda v: v),
    ],
)
def test_a_fused_activation_shows_both_sides_of_itself(
    activation: str, function: Callable[[Doubles], Doubles], digit: Floats
) -> None:
    """Pre-activations are the exact sums, whatever function is fused to the layer, and post its values."""
    import keras

    from models.engine.probe import Probe

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(2, 3, activation=activation, name="conv"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    probe = Probe(networks.randomise(model))

    forward = probe.run(digit)

    exact = correlated(digit, *weights(probe, "conv"))
    assert_close(forward.pre["conv"], exact)
    assert_close(forward.post["conv"], function(exact))
    assert probe.layers[0].activation == (None if activation == "linear" else activation)


def test_an_activation_layer_shows_both_sides_of_itself(digit: Floats) -> None:
    """An activation that is a layer of its own has values before it: logits are not probabilities."""
    import keras

    from models.engine.probe import Probe

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(10, name="dense"),
            keras.layers.Activation("softmax", name="softmax"),
        ]
    )
    probe = Probe(networks.randomise(model))

    forward = probe.run(digit)

    assert np.array_equal(forward.logits, forward.post["dense"])
    assert np.allclose(forward.probabilities, softmax(forward.logits), atol=1e-6)


def test_dropout_is_off_and_normalisation_uses_its_moving_statistics(digit: Floats) -> None:
    """Dropout passes everything on, batch normalisation uses what training has stored, on every run."""
    import keras

    from models.engine.probe import Probe

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(2, 3, name="conv"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dropout(0.5, name="drop"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", name="output"),
        ]
    )
    probe = Probe(networks.randomise(model))
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()

    first, second = probe.run(digit), probe.run(digit)

    assert_close(first.post["norm"], (first.post["conv"] - mean) / np.sqrt(variance + 1e-3) * gamma + beta)
    assert np.array_equal(first.post["drop"], first.post["norm"])
    assert all(np.array_equal(first.post[name], second.post[name]) for name in first.post)
    assert np.allclose(first.probabilities, model.predict(digit[np.newaxis], verbose=0)[0], atol=1e-6)


def test_only_convolutions_and_dense_layers_have_a_kernel_and_a_bias(digit: Floats) -> None:
    """A layer without bias has one of zeros; numbers of another meaning are not taken for a kernel."""
    import keras

    from models.engine.probe import Probe

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(2, 3, use_bias=False, name="conv"),
            keras.layers.BatchNormalization(center=False, scale=False, name="norm"),
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(10, activation="softmax", name="output"),
        ]
    )
    probe = Probe(networks.randomise(model))

    kernel, bias = weights(probe, "conv")

    assert np.array_equal(kernel, model.get_layer("conv").get_weights()[0])
    assert np.array_equal(bias, np.zeros(2, np.float32))
    assert_close(probe.run(digit).pre["conv"], correlated(digit, kernel, bias))
    assert probe.weights("norm") is None
    assert probe.weights("flatten") is None
    with pytest.raises(KeyError):
        probe.weights("conv2")


def test_the_model_that_was_opened_stays_as_it_was(cnn: keras.Model, digit: Floats) -> None:
    """Opening copies the weights: the model still answers with its own activations."""
    from models.engine.probe import Probe

    before = cnn.predict(digit[np.newaxis], verbose=0)
    Probe(cnn)

    assert cnn.get_layer("conv1").activation.__name__ == "relu"
    assert np.array_equal(cnn.predict(digit[np.newaxis], verbose=0), before)


def test_threads_do_not_disturb_each_other(probe: Probe, rng: np.random.Generator) -> None:
    """Eight threads with 50 digits each get, digit by digit, what one thread gets."""
    digits = rng.random((50, 28, 28, 1), np.float32)
    alone = [probe.run(digit) for digit in digits]

    def run_all(shift: int) -> dict[int, ForwardPass]:
        order = np.roll(np.arange(50), shift).tolist()
        return {index: probe.run(digits[index]) for index in order}

    with ThreadPoolExecutor(8) as pool:
        crowds = list(pool.map(run_all, range(0, 48, 6)))

    for crowd in crowds:
        for index, forward in crowd.items():
            for stage in ("pre", "post"):
                for layer in networks.CNN:
                    expected = alone[index].tensor(layer.name, stage)
                    assert np.array_equal(forward.tensor(layer.name, stage), expected)


def silenced(layer: str, channels: list[int]) -> keras.Model:
    """Return the small CNN with the weights and biases of some filters at zero, which a ReLU keeps there."""
    model = networks.build(networks.CNN)
    kernel, bias = model.get_layer(layer).get_weights()
    kernel[..., channels] = bias[channels] = 0
    model.get_layer(layer).set_weights([kernel, bias])
    return model


@pytest.mark.parametrize(("layer", "channels"), [("conv1", [1]), ("conv2", [0, 3]), ("dense", [4, 0, 2])])
def test_switched_off_is_as_if_its_weights_were_zero(
    probe: Probe, rng: np.random.Generator, layer: str, channels: list[int]
) -> None:
    """After a ReLU, a channel that is off is one whose kernel and bias are zero, and all behind follows."""
    from models.engine.probe import Probe

    digits = rng.random((53, 28, 28, 1), np.float32)
    other = Probe(silenced(layer, channels))

    logits = probe.logits_without(digits, {layer: channels})

    assert_close(logits, np.stack([other.run(digit).logits for digit in digits]))
    forward, expected = probe.run_without(digits[0], {layer: channels}), other.run(digits[0])
    for name in forward.post:
        assert_close(forward.post[name], expected.post[name])
    assert np.array_equal(forward.pre[layer], probe.run(digits[0]).pre[layer])  # its sums are what they were


def test_off_in_several_layers_at_once(probe: Probe, digit: Floats) -> None:
    """All that is named is zero, and a layer without activation is zero on both sides of it."""
    forward = probe.run_without(digit, {"conv1": (0,), "pool": {2, 3}, "dense": [1]})

    assert not forward.post["conv1"][..., 0].any()
    assert not forward.post["pool"][..., 2:].any()
    assert not forward.pre["pool"][..., 2:].any()
    assert forward.post["conv2"][..., 2:].any()
    assert forward.post["dense"][1] == 0
    assert np.array_equal(forward.post["flatten"], forward.post["pool"].reshape(-1))


@pytest.mark.parametrize("off", [{}, {"conv2": []}, {"conv1": (), "dense": set()}])
def test_nothing_off_changes_nothing(probe: Probe, rng: np.random.Generator, off: Any) -> None:
    """One digit or many, the answer is the plain one."""
    digits = rng.random((3, 28, 28, 1), np.float32)

    passes = [probe.run(digit) for digit in digits]
    for digit, plain in zip(digits, passes, strict=True):
        forward = probe.run_without(digit, off)
        for stage in ("pre", "post"):
            for layer in networks.CNN:
                assert np.array_equal(forward.tensor(layer.name, stage), plain.tensor(layer.name, stage))
    assert_close(probe.logits_without(digits, off), np.stack([forward.logits for forward in passes]))
    assert probe.logits_without(digits[:0], off).shape == (0, 10)


def test_with_a_whole_layer_off_the_biases_answer(probe: Probe, digit: Floats) -> None:
    """Behind units that are all zero the logits are the biases, whatever came before, even infinities."""
    off = {"dense": range(5)}

    for each in (digit, np.full_like(digit, np.inf)):
        assert np.array_equal(probe.run_without(each, off).logits, weights(probe, "output")[1])
        assert np.array_equal(probe.logits_without(each[np.newaxis], off)[0], weights(probe, "output")[1])
    forward = probe.run_without(digit, {layer.name: range(layer.channels) for layer in networks.CNN[:3]})
    assert np.isfinite(forward.logits).all()


@pytest.mark.parametrize(
    ("off", "error"),
    [
        ({"conv9": [0]}, KeyError),
        ({"flatten": [0]}, KeyError),
        ({"output": [0]}, KeyError),
        ({"conv1": [3]}, IndexError),
        ({"conv1": [-1]}, IndexError),
    ],
)
def test_what_cannot_be_switched_off(probe: Probe, digit: Floats, off: Any, error: type[Exception]) -> None:
    """Neither what there is not, nor what only reshapes, nor the answers themselves; nothing wraps around."""
    with pytest.raises(error):
        probe.run_without(digit, off)
    with pytest.raises(error):
        probe.logits_without(digit[np.newaxis], off)


def test_many_threads_compile_once(
    cnn: keras.Model, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever switches something off first compiles; the others wait, and all get their own answers."""
    from models.engine.probe import Probe

    probe, compiled = Probe(cnn), []
    compile_one = probe._compile

    def counted(digits: int) -> Any:
        compiled.append(digits)
        return compile_one(digits)

    monkeypatch.setattr(probe, "_compile", counted)
    digits = rng.random((8, 28, 28, 1), np.float32)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda digit: probe.run_without(digit, {"conv2": [1]}).logits, digits))
        several = list(pool.map(lambda _: probe.logits_without(digits, {"conv2": [1]}), range(8)))

    assert sorted(compiled) == [1, 50]
    assert_close(np.stack(found), several[0])
    assert all(np.array_equal(each, several[0]) for each in several)


def test_all_weights_are_held_by_name() -> None:
    """Those of normalisation too, which has no kernel; a layer without bias has none of that name."""
    import keras

    from models.engine.probe import Probe

    model = networks.randomise(
        keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                keras.layers.Conv2D(2, 3, use_bias=False, name="conv"),
                keras.layers.BatchNormalization(name="norm"),
                keras.layers.Dropout(0.5, name="dropout"),
                keras.layers.Flatten(name="flatten"),
                keras.layers.Dense(10, activation="softmax", name="output"),
            ]
        )
    )
    probe = Probe(model)

    assert [*probe.arrays] == [
        "conv.kernel",
        *(f"norm.{name}" for name in ("gamma", "beta", "moving_mean", "moving_variance")),
        *("output.kernel", "output.bias"),
    ]
    assert all(map(np.array_equal, probe.arrays.values(), model.get_weights()))
    kernel, bias = weights(probe, "conv")
    assert kernel is probe.arrays["conv.kernel"]
    assert bias.tolist() == [0, 0]
    assert probe.weights("norm") is None


def test_a_large_network_is_computed_as_far_as_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layer by layer the same as all at once, with channels off too; what nobody asks for is not held."""
    from models.engine.probe import Probe

    image = worlds.made_up().inputs[0]
    whole = Probe(worlds.branching())
    monkeypatch.setattr(description, "LARGE", 500)
    large = Probe(worlds.branching())
    assert large.is_large
    assert not whole.is_large
    off = {"stem_relu": [0, 2], "pooled": [1]}
    for one, other in (
        (whole.run(image), large.run(image, ["wide", "answer"])),
        (whole.run_without(image, off), large.run_without(image, off)),
    ):
        assert [*other.post] == [*one.post]
        for name in one.post:
            for stage in STAGES:
                np.testing.assert_allclose(other.tensor(name, stage), one.tensor(name, stage), atol=1e-5)
        np.testing.assert_allclose(other.probabilities, one.probabilities, atol=1e-6)
    assert "wide" in large.run(image).pre
    with pytest.raises(KeyError):
        _ = large.run(image).pre["nowhere"]
