from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import correlate2d
from scipy.special import softmax

from models.analysis import arithmetic
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.graph.cell import Chosen, Doubles, Shared, Summed
from models.graph.description import graph_of_layers
from models.graph.kinds import kind_of
from models.graph.node import IMAGE, Node
from models.graph.patch import Cell2D, Windows
from models.graph.receptive_field import Padding, Window
from models.store import loading, manifest
from tests import networks

if TYPE_CHECKING:
    import keras

    from models.engine.probe import Probe

TOLERANCE = 1e-5


def laid_out(kind: str, size: str, windows: Windows, values: Floats, **weights: tuple[int, ...]) -> Node:
    """Return a layer with these windows and one map, over what it reads."""
    rows, columns = (axis.output_length(length) for axis, length in zip(windows, values.shape, strict=False))
    told = {
        size: tuple(axis.kernel for axis in windows),
        "strides": tuple(axis.stride for axis in windows),
        "dilation_rate": tuple(axis.dilation for axis in windows),
        "padding": windows[0].padding,
    }
    return Node("layer", kind, "layer", (IMAGE,), (rows, columns, 1), settings=told, weights=weights)


def conv_cell(values: Floats, kernel: Floats, bias: float, windows: Windows, cell: Cell2D) -> Summed:
    """Return how one cell of one map of a convolution comes about."""
    node = laid_out("Conv2D", "kernel_size", windows, values, kernel=(*kernel.shape, 1))
    weights = {"kernel": kernel[..., np.newaxis], "bias": np.array([bias], np.float32)}
    found = kind_of("Conv2D").cell(node, [values], weights, (*cell, 0))
    assert isinstance(found, Summed)
    return found


def pool_cell(values: Floats, windows: Windows, cell: Cell2D, pooling: str) -> Chosen:
    """Return how one cell of a pooling layer over one map comes about."""
    kind = "MaxPooling2D" if pooling == "max" else "AveragePooling2D"
    node = laid_out(kind, "pool_size", windows, values)
    found = kind_of(kind).cell(node, [values[..., np.newaxis]], {}, (*cell, 0))
    assert isinstance(found, Chosen)
    return found


def close(found: float | np.floating | NDArray[Any], expected: float | NDArray[Any]) -> bool:
    """Whether every value differs by at most 1e-5 of itself, or by 1e-5 where it is smaller than 1."""
    return bool(np.all(np.abs(found - expected) <= TOLERANCE * np.maximum(1, np.abs(expected))))


@st.composite
def axes(draw: st.DrawFn) -> tuple[tuple[Window, int], tuple[Window, int]]:
    """Two windows with strides, holes and one padding, and the axes on which they have room."""
    padding: Padding = draw(st.sampled_from(["valid", "same"]))
    kernels, steps = st.integers(1, 4), st.integers(1, 3)
    windows = [Window(draw(kernels), draw(steps), draw(steps), padding) for _ in range(2)]
    rows, columns = (
        (window, draw(st.integers(window.extent if padding == "valid" else 1, 12))) for window in windows
    )
    return rows, columns


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Floats, Floats, float, Windows]:
    """What a filter reads, the filter, its bias and its windows."""
    (rows, height), (columns, width) = draw(axes())
    slices = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = rng.normal(size=(height, width, slices)).astype(np.float32)
    kernel = rng.normal(size=(rows.kernel, columns.kernel, slices)).astype(np.float32)
    return values, kernel, float(np.float32(rng.normal())), (rows, columns)


def padding(window: Window, length: int) -> tuple[int, int]:
    """Return the zeros before and behind an axis, as TensorFlow's documentation has it."""
    if window.padding == "valid":
        return 0, 0
    reach = (window.kernel - 1) * window.dilation + 1
    needed = max((ceil(length / window.stride) - 1) * window.stride + reach - length, 0)
    return needed // 2, needed - needed // 2


def correlated(values: Floats, kernel: Floats, windows: Windows) -> Doubles:
    """Return what scipy makes of each slice: (map rows, map columns, slices)."""
    rows, columns = windows
    around = (padding(rows, values.shape[0]), padding(columns, values.shape[1]), (0, 0))
    padded = np.pad(values.astype(np.float64), around)
    holes = np.zeros((rows.extent, columns.extent, kernel.shape[2]))
    holes[:: rows.dilation, :: columns.dilation] = kernel
    maps = [correlate2d(padded[..., s], holes[..., s], mode="valid") for s in range(kernel.shape[2])]
    return np.stack(maps, axis=-1)[:: rows.stride, :: columns.stride]


@given(convolutions())
def test_every_cell_of_a_convolution_is_scipys(case: tuple[Floats, Floats, float, Windows]) -> None:
    """Patch × filter, summed, plus bias is the cross-correlation, whatever stride, holes and padding."""
    values, kernel, bias, windows = case
    expected = correlated(values, kernel, windows).sum(axis=-1) + bias

    for row, column in np.ndindex(expected.shape):
        found = conv_cell(values, kernel, bias, windows, (row, column))
        assert np.array_equal(found.products, found.values.astype(np.float64) * found.weights)
        assert found.sum == found.products.sum()
        assert found.result == np.float32(found.sum + found.bias)
        assert close(found.result, expected[row, column])


@given(convolutions())
def test_the_maps_of_all_slices_add_up_to_the_map(case: tuple[Floats, Floats, float, Windows]) -> None:
    """Each slice's map is its own cross-correlation; their sum plus bias is every cell's result."""
    values, kernel, bias, windows = case

    found = arithmetic.partial_maps(values, kernel, windows)

    assert found.dtype == np.float32
    expected = correlated(values, kernel, windows)
    assert found.shape == expected.shape
    assert close(found, expected)
    for row, column in np.ndindex(found.shape[:2]):
        cell = conv_cell(values, kernel, bias, windows, (row, column))
        assert close(found[row, column].sum(dtype=np.float64) + bias, float(cell.result))
        assert close(found[row, column], cell.products.sum(axis=(0, 1)))


@given(convolutions())
def test_a_patch_is_cut_out_of_the_input(case: tuple[Floats, Floats, float, Windows]) -> None:
    """Tap (a, b) is the input at first + (a, b) × dilation; zero where that lies outside."""
    values, kernel, bias, windows = case
    last = windows[0].output_length(values.shape[0]) - 1, windows[1].output_length(values.shape[1]) - 1

    for place in {(0, 0), last}:
        cell = conv_cell(values, kernel, bias, windows, place)
        for a, b in np.ndindex(kernel.shape[:2]):
            first = cell.places[0, 0, 0]
            row, column = first[0] + a * windows[0].dilation, first[1] + b * windows[1].dilation
            inside = 0 <= row < values.shape[0] and 0 <= column < values.shape[1]
            assert np.array_equal(cell.values[a, b], values[row, column] if inside else 0 * values[0, 0])


@pytest.mark.parametrize("cell", [(-1, 0), (0, -1), (26, 0), (0, 26)])
def test_cells_that_there_are_not(cell: Cell2D) -> None:
    """A cell off the map is an error, not another cell."""
    windows = (Window(3), Window(3))
    with pytest.raises(IndexError, match="26, 26"):
        conv_cell(np.zeros((28, 28, 1), np.float32), np.zeros((3, 3, 1), np.float32), 0, windows, cell)
    with pytest.raises(IndexError, match="26, 26"):
        pool_cell(np.zeros((28, 28), np.float32), windows, cell, "max")


@given(axes(), st.integers(0, 2**32), st.sampled_from(["max", "average"]))
def test_every_pooled_cell_is_of_what_its_window_covers(
    laid: tuple[tuple[Window, int], tuple[Window, int]], seed: int, pooling: str
) -> None:
    """Largest or mean of the window's cells on the map; the winner is where that value really stands."""
    axis = [(Window(each.kernel, each.stride, 1, each.padding), length) for each, length in laid]
    (down, height), (across, width) = axis
    values = np.random.default_rng(seed).integers(-3, 3, (height, width)).astype(np.float32)
    before = [padding(*each)[0] for each in axis]

    for row in range(down.output_length(height)):
        for column in range(across.output_length(width)):
            top, left = row * down.stride - before[0], column * across.stride - before[1]
            covered = values[
                max(top, 0) : top + down.kernel,
                max(left, 0) : left + across.kernel,
            ]
            found = pool_cell(values, (down, across), (row, column), pooling)
            assert np.array_equal(found.values[~np.isnan(found.values)], covered.ravel())
            if pooling == "average":
                assert (found.winner, found.tied) == (None, 0)
                assert close(found.result, covered.mean())
                continue
            assert found.winner is not None
            assert found.result == covered.max() == values[found.winner[:2]]
            assert found.tied == (covered == covered.max()).sum()
            place = found.winner[0] - max(top, 0), found.winner[1] - max(left, 0)
            assert covered.argmax() == place[0] * covered.shape[1] + place[1]


def test_of_equals_the_first_one_wins() -> None:
    """Where a patch is silent, all its cells are as large; that is said, and the first one is named."""
    found = pool_cell(np.zeros((4, 4), np.float32), (Window(2, 2), Window(2, 2)), (1, 0), "max")

    assert (found.winner, found.tied) == ((2, 0, 0), 4)
    assert found.result == 0


@given(st.integers(1, 300), st.integers(2, 12), st.integers(0, 2**32), st.data())
def test_a_logit_is_what_the_units_before_it_add(
    inputs: int, units: int, seed: int, data: st.DataObject
) -> None:
    """Products, sum and bias of a unit, and of its lead over another, give exactly that: to 1e-4."""
    rng = np.random.default_rng(seed)
    values = rng.random(inputs, np.float32)
    kernel = rng.normal(size=(inputs, units)).astype(np.float32)
    bias = rng.normal(size=units).astype(np.float32)
    answer, against = (data.draw(st.integers(0, units - 1)) for _ in range(2))
    logits = values @ kernel + bias

    one = arithmetic.decomposition(values, kernel, bias, answer)
    lead = arithmetic.decomposition(values, kernel, bias, answer, against)

    assert one.products.sum() + one.bias == pytest.approx(logits[answer], abs=1e-4)
    assert lead.products.sum() + lead.bias == pytest.approx(logits[answer] - logits[against], abs=1e-4)
    for each in (one, lead):
        assert each.result == np.float32(each.sum + each.bias)
        assert np.array_equal(each.products, each.values.astype(np.float64) * each.weights)
    node = Node("unit", "Dense", "unit", (IMAGE,), (units,))
    same = kind_of("Dense").cell(node, [values], {"kernel": kernel, "bias": bias}, (answer,))
    assert isinstance(same, Summed)
    assert np.array_equal(same.products, one.products)
    assert same.result == one.result


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=12))
def test_a_softmax_is_exponentials_over_their_sum(logits: list[float]) -> None:
    """After the largest logit is subtracted; nothing overflows, and the probabilities are scipy's."""
    found = Shared.of(np.array(logits, np.float32), 0)

    assert found.largest == max(logits)
    assert found.exponentials.max() == 1
    assert found.sum == found.exponentials.sum()
    assert np.array_equal(found.shares, found.exponentials / found.sum)
    np.testing.assert_allclose(found.shares, softmax(np.array(logits)), atol=1e-12)


def test_what_a_layer_reads() -> None:
    """The layer before it, or the digit; Flatten only rearranges, so what lies behind it reads the maps."""
    graph = graph_of_layers(networks.CNN, networks.IMAGE)
    read = {layer.name: graph.source(layer.name) for layer in networks.CNN}

    assert read == {
        "conv1": (IMAGE, (28, 28, 1)),
        "conv2": ("conv1", (26, 26, 3)),
        "pool": ("conv2", (24, 24, 4)),
        "flatten": ("pool", (12, 12, 4)),
        "dense": ("pool", (12, 12, 4)),
        "output": ("dense", (5,)),
    }
    assert graph_of_layers(networks.FCN, networks.IMAGE).source("dense1") == (IMAGE, (28, 28, 1))
    with pytest.raises(KeyError):
        graph.source("conv3")


def windowed(kind: str, size: tuple[int, int], **how: Any) -> keras.Layer:
    import keras

    return getattr(keras.layers, kind)(*((3,) if kind == "Conv2D" else ()), size, **how)


def laid(layer: keras.Layer) -> Windows:
    """Return a layer's windows over what the tests below have it read."""
    import keras

    from models.graph.description import describe

    windows = describe(keras.Sequential([keras.Input((11, 12, 2)), layer]))[0].windows
    assert windows is not None
    return windows


LAID = [
    ((3, 3), {}),
    ((2, 3), {"strides": (2, 1)}),
    ((4, 2), {"padding": "same"}),
    ((3, 2), {"strides": (2, 3), "padding": "same"}),
]
HOLES: list[tuple[tuple[int, int], dict[str, Any]]] = [
    ((3, 2), {"dilation_rate": (2, 3)}),
    ((2, 3), {"dilation_rate": (3, 2), "padding": "same"}),
]


@pytest.mark.keras
@pytest.mark.parametrize(("size", "how"), [*LAID, *HOLES])
def test_every_cell_of_a_convolution_is_kerass(
    size: tuple[int, int], how: dict[str, Any], rng: np.random.Generator
) -> None:
    """All cells of all maps of a Keras layer, with each stride, padding and dilation that Keras has."""
    layer = windowed("Conv2D", size, bias_initializer="random_normal", **how)
    values = rng.normal(size=(11, 12, 2)).astype(np.float32)
    expected = np.asarray(layer(values[np.newaxis]))[0]
    kernel, bias = layer.get_weights()
    windows = laid(layer)

    for channel in range(3):
        parts = arithmetic.partial_maps(values, kernel[..., channel], windows)
        assert close(parts.sum(axis=-1) + bias[channel], expected[..., channel])
    for row, column, channel in np.ndindex(expected.shape):
        found = conv_cell(values, kernel[..., channel], bias[channel], windows, (row, column))
        assert close(found.result, expected[row, column, channel])


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
@pytest.mark.parametrize(("size", "how"), LAID)
def test_every_pooled_cell_is_kerass(
    size: tuple[int, int], how: dict[str, Any], kind: str, rng: np.random.Generator
) -> None:
    """All cells of a Keras layer, at padded borders too: there the mean is of the cells on the map alone."""
    layer = windowed(kind, size, **how)
    values = rng.normal(size=(11, 12, 2)).astype(np.float32)
    expected = np.asarray(layer(values[np.newaxis]))[0]
    windows, pooling = laid(layer), "max" if kind == "MaxPooling2D" else "average"

    for row, column, channel in np.ndindex(expected.shape):
        found = pool_cell(values[..., channel], windows, (row, column), pooling)
        assert close(found.result, expected[row, column, channel])


@pytest.fixture(scope="module")
def probes() -> dict[str, Probe]:
    """The trained networks."""
    from models.engine.probe import Probe

    return {entry.key: Probe(loading.load(entry)) for entry in manifest.read()}


def weights(probe: Probe, layer: str) -> tuple[Floats, Floats]:
    held = probe.weights(layer)
    assert held is not None
    return held


@pytest.mark.keras
def test_every_cell_of_the_trained_network_adds_up(probes: dict[str, Probe]) -> None:
    """Both convolutions and the pooling of a real digit: each map, and each cell of every eighth one."""
    probe, digit = probes["cnn"], prepare(mnist.load("test").images[4271])
    forward = probe.run(digit)
    laid = {layer.name: layer.windows for layer in probe.layers}

    for name, values in (("conv1", digit), ("conv2", forward.post["conv1"])):
        (kernel, bias), windows = weights(probe, name), laid[name]
        assert windows is not None
        found = np.empty_like(forward.pre[name])[..., ::8]
        for row, column, place in np.ndindex(found.shape):
            own = kernel[..., 8 * place], float(bias[8 * place])
            found[row, column, place] = conv_cell(values, *own, windows, (row, column)).result
        assert close(found, forward.pre[name][..., ::8])
        for channel in range(len(bias)):
            parts = arithmetic.partial_maps(values, kernel[..., channel], windows)
            assert close(parts.sum(axis=-1) + bias[channel], forward.pre[name][..., channel])
    windows = laid["pool"]
    assert windows is not None
    maps, pooled = forward.post["conv2"][..., ::8], forward.post["pool"][..., ::8]
    for row, column, place in np.ndindex(pooled.shape):
        assert pool_cell(maps[..., place], windows, (row, column), "max").result == pooled[row, column, place]


@pytest.mark.keras
@pytest.mark.parametrize("index", [0, 4271])
def test_every_unit_of_the_trained_networks_adds_up(probes: dict[str, Probe], index: int) -> None:
    """All units to 1e-5, each lead of one logit over another to 1e-4, the probabilities to 1e-6."""
    digit = prepare(mnist.load("test").images[index])
    for probe in probes.values():
        forward = probe.run(digit)
        names = [layer.name for layer in probe.layers]
        for layer in probe.layers:
            if layer.kind == "Dense":
                kernel, bias = weights(probe, layer.name)
                values = forward.post[names[names.index(layer.name) - 1]]
                found = [
                    arithmetic.decomposition(values, kernel, bias, unit).result
                    for unit in range(layer.channels)
                ]
                assert close(np.array(found), forward.pre[layer.name])
        for answer, against in np.ndindex(10, 10):
            lead = arithmetic.decomposition(values, kernel, bias, answer, against)
            expected = float(forward.logits[answer]) - float(forward.logits[against])
            assert lead.sum + lead.bias == pytest.approx(expected, abs=1e-4)
        probabilities = Shared.of(forward.logits, 0).shares
        np.testing.assert_allclose(probabilities, forward.probabilities, atol=1e-6)
