from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.graph.description import Grid, Layer, filters, kernel_grid, sights
from models.graph.receptive_field import ReceptiveField, Window
from tests import networks

if TYPE_CHECKING:
    import keras

fields = st.builds(ReceptiveField, st.integers(1, 28), st.integers(1, 8), st.integers(-8, 0))
laid = st.builds(
    Window, st.integers(1, 9), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same"])
)
shapes = st.lists(st.integers(1, 64), min_size=1, max_size=4).map(tuple)
layers = st.builds(
    Layer,
    name=st.text(),
    kind=st.sampled_from(["Conv2D", "Dense", "Flatten"]),
    activation=st.none() | st.text(),
    output_shape=shapes,
    parameters=st.integers(0),
    multiply_accumulates=st.integers(0),
    kernel_shape=st.none() | shapes,
    sight=st.none() | st.tuples(fields, fields),
    windows=st.none() | st.tuples(laid, laid),
)


def grid_of(chain: tuple[Layer, ...], name: str) -> Grid:
    grid = kernel_grid(chain, name)
    assert grid is not None
    return grid


@given(layers)
def test_a_layer_survives_json(layer: Layer) -> None:
    """Written as JSON text and read again, a layer is equal to itself, tuples and all."""
    assert Layer.from_json(json.loads(json.dumps(layer.to_json()))) == layer


@pytest.mark.parametrize("missing", networks.CNN[0].to_json())
def test_a_layer_with_a_part_missing_is_refused(missing: str) -> None:
    """No field has a default that would hide a damaged manifest."""
    plain = networks.CNN[0].to_json()
    del plain[missing]

    with pytest.raises((TypeError, KeyError)):
        Layer.from_json(plain)


def test_a_filter_of_a_convolution_is_one_slice_per_map_it_reads() -> None:
    """`filters(...)[f, s, r, c]` is the weight that filter f gives row r, column c of the window in map s."""
    kernel = np.arange(3 * 3 * 3 * 4, dtype=np.float32).reshape(3, 3, 3, 4)
    grid = grid_of(networks.CNN, "conv2")

    found = filters(kernel, grid)

    assert grid == (3, 3, 3)
    assert found.shape == (4, 3, 3, 3)
    for f, s, r, c in np.ndindex(found.shape):
        assert found[f, s, r, c] == kernel[r, c, s, f]


def test_an_oblong_window_keeps_rows_and_columns_apart() -> None:
    """A window of 2 rows and 5 columns is drawn 2 high and 5 wide."""
    layer = Layer("conv", "Conv2D", "relu", (27, 24, 2), 0, 0, (2, 5, 1, 2), None, None)
    kernel = np.arange(20, dtype=np.float32).reshape(2, 5, 1, 2)

    found = filters(kernel, grid_of((layer,), "conv"))

    assert found.shape == (2, 1, 2, 5)
    assert found[1, 0, 1, 4] == kernel[1, 4, 0, 1]


def test_a_unit_behind_the_digit_is_a_template_of_the_digit() -> None:
    """The weight that unit f gives to row r, column c of the digit lies at r, c of its template."""
    kernel = np.arange(784 * 6, dtype=np.float32).reshape(784, 6)
    grid = grid_of(networks.FCN, "dense1")

    found = filters(kernel, grid)

    assert grid == (1, 28, 28)
    for f, r, c in [(0, 0, 0), (5, 27, 27), (2, 3, 19)]:
        assert found[f, 0, r, c] == kernel[r * 28 + c, f]


def test_a_unit_behind_flattened_maps_has_one_slice_per_map() -> None:
    """Flatten writes channels last, so input (r · columns + c) · maps + s is row r, column c of map s."""
    kernel = np.arange(576 * 5, dtype=np.float32).reshape(576, 5)
    grid = grid_of(networks.CNN, "dense")

    found = filters(kernel, grid)

    assert grid == (4, 12, 12)
    for f, s, r, c in [(0, 0, 0, 0), (4, 3, 11, 11), (1, 2, 3, 7)]:
        assert found[f, s, r, c] == kernel[(r * 12 + c) * 4 + s, f]


def test_a_unit_behind_units_has_a_single_row() -> None:
    """Between dense layers there is no picture, only a row of weights."""
    assert kernel_grid(networks.CNN, "output") == (1, 1, 5)


def test_layers_without_weights_have_no_kernel() -> None:
    """Pooling and flattening give None; a layer that does not exist is an error."""
    assert kernel_grid(networks.CNN, "pool") is None
    assert kernel_grid(networks.CNN, "flatten") is None
    with pytest.raises(KeyError):
        kernel_grid(networks.CNN, "conv3")


def test_maps_and_units_are_told_apart() -> None:
    """Convolution and pooling have maps, dense layers units; both are channels."""
    assert [layer.has_maps for layer in networks.CNN] == [True, True, True, False, False, False]
    assert [layer.channels for layer in networks.CNN] == [3, 4, 4, 576, 5, 10]


@pytest.mark.keras
@pytest.mark.parametrize("chain", [networks.FCN, networks.CNN], ids=["fcn", "cnn"])
def test_a_model_is_described_as_it_was_built(chain: tuple[Layer, ...]) -> None:
    """Shapes, parameters, cost, activations and sight of the small networks are those worked out by hand."""
    from models.graph.description import describe

    assert describe(networks.build(chain)) == chain


@pytest.mark.keras
def test_the_articles_networks_cost_what_was_worked_out_by_hand() -> None:
    """Parameters and multiplications per digit of both networks, layer by layer."""
    from models.architectures import cnn, fcn
    from models.graph.description import describe

    costs = {
        each.__name__.rsplit(".", 1)[-1]: {
            layer.name: (layer.parameters, layer.multiply_accumulates) for layer in describe(each.build())
        }
        for each in (fcn, cnn)
    }

    assert costs["fcn"] == {
        "flatten": (0, 0),
        "dense1": (784 * 512 + 512, 784 * 512),
        "dense2": (512 * 256 + 256, 512 * 256),
        "output": (256 * 10 + 10, 256 * 10),
    }
    assert costs["cnn"] == {
        "conv1": (3 * 3 * 32 + 32, 26 * 26 * 3 * 3 * 32),
        "conv2": (3 * 3 * 32 * 64 + 64, 24 * 24 * 3 * 3 * 32 * 64),
        "pool": (0, 0),
        "flatten": (0, 0),
        "dense": (9216 * 128 + 128, 9216 * 128),
        "output": (128 * 10 + 10, 128 * 10),
    }
    assert sum(parameters for parameters, _ in costs["fcn"].values()) == 535_818
    assert sum(parameters for parameters, _ in costs["cnn"].values()) == 1_199_882


@pytest.mark.keras
def test_the_convolutional_network_sees_squares_of_3_5_and_6_pixels() -> None:
    """The sight of the real convolutional network; behind Flatten a unit sees the whole digit."""
    from models.architectures import cnn
    from models.graph.description import describe

    sizes = {
        layer.name: None if layer.sight is None else tuple(axis.size for axis in layer.sight)
        for layer in describe(cnn.build())
    }

    expected = {
        "conv1": (3, 3),
        "conv2": (5, 5),
        "pool": (6, 6),
        "flatten": None,
        "dense": None,
        "output": None,
    }
    assert sizes == expected


def branching() -> keras.Model:
    import keras

    digit = keras.Input((28, 28, 1))
    one, other = keras.layers.Conv2D(2, 3)(digit), keras.layers.Conv2D(2, 3)(digit)
    return keras.Model(digit, keras.layers.Dense(10)(keras.layers.Flatten()(one + other)))


def skipping() -> keras.Model:
    import keras

    digit = keras.Input((28, 28, 1))
    row = keras.layers.Flatten()(digit)
    keras.layers.Dense(4)(row)
    return keras.Model(digit, [keras.layers.Dense(4)(row), keras.layers.Dense(10)(row)])


def lambda_layer() -> keras.Model:
    import keras

    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(lambda digit: digit * 2)])


def grouped() -> keras.Model:
    import keras

    return keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3), keras.layers.Conv2D(4, 3, groups=2)]
    )


def dense_on_maps() -> keras.Model:
    import keras

    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3), keras.layers.Dense(4)])


@pytest.mark.keras
@pytest.mark.parametrize("model", [branching, skipping, lambda_layer, grouped, dense_on_maps])
def test_what_cannot_be_looked_into_is_refused(model: Callable[[], keras.Model]) -> None:
    """A branch, an unknown layer, or weights that would be drawn wrongly: an error, no wrong picture."""
    from models.graph.description import describe

    with pytest.raises(ValueError, match="Layer"):
        describe(model())


def test_what_a_cell_sees_of_every_layer_before_it() -> None:
    """A pooled cell reads 2×2 cells of conv2, 4×4 of conv1, 6×6 pixels; a unit sees everything of all."""
    seen = sights(networks.CNN, "pool")

    assert {name: (rows.size, rows.step, rows.start) for name, (rows, _) in seen.items()} == {
        "input": (6, 2, 0),
        "conv1": (4, 2, 0),
        "conv2": (2, 2, 0),
    }
    assert sights(networks.CNN, "dense") == {}
    with pytest.raises(KeyError):
        sights(networks.CNN, "conv3")
