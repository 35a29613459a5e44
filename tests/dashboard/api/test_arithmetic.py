from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.api import place
from dashboard.api.cell import STRONGEST
from dashboard.errors import RefusedError
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.analysis import arithmetic
from models.analysis.snippet import snippet
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES
from models.graph.description import Layer
from models.graph.receptive_field import Window
from models.store import manifest
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import (
    array_of,
    json_of,
    require_error,
    require_headers,
    require_revalidated,
    require_waking,
)

CNN = "/api/models/cnn/digits/17/layers"
FCN = "/api/models/fcn/digits/17/layers"
ASKED = [
    f"{CNN}/conv2/cell?filter=3&cell=12,7",
    f"{CNN}/pool/cell?filter=3&cell=11,0",
    f"{CNN}/dense/cell?filter=4",
    f"{CNN}/conv2/partial.npy?filter=3",
    f"{CNN}/dense/terms.npy?filter=4",
    f"{CNN}/output/terms.npy?filter=4&against=9",
    f"{CNN}/conv2.npy?filter=3",
    f"{CNN}/conv2/keras.py?filter=3&cell=12,7&stage=pre",
]


def windows_of(workspace: Workspace, name: str) -> tuple[Window, Window]:
    windows = workspace.layer("cnn", name).windows
    assert windows is not None
    return windows


def test_what_a_layer_reads(pretended: Workspace, test_digits: Dataset) -> None:
    """The layer before it after activation, the digit at the first; behind Flatten the same in one row."""
    digit = prepare(test_digits.images[17])
    forward = pretended.forward_pass("cnn", 17)

    assert np.array_equal(place.reads(pretended, "cnn", 17, "conv1"), digit)
    assert np.array_equal(place.reads(pretended, "fcn", 17, "dense1"), digit.ravel())
    assert np.array_equal(place.reads(pretended, "cnn", 17, "conv2"), forward.post["conv1"])
    assert np.array_equal(place.reads(pretended, "cnn", 17, "pool"), forward.post["conv2"])
    assert np.array_equal(place.reads(pretended, "cnn", 17, "dense"), forward.post["pool"].ravel())
    assert np.array_equal(place.reads(pretended, "cnn", 17, "output"), forward.post["dense"])
    for key, index, name in (("rnn", 17, "conv1"), ("cnn", 17, "conv3"), ("cnn", 10_000, "conv1")):
        with pytest.raises(RefusedError) as refusal:
            place.reads(pretended, key, index, name)
        assert refusal.value.status == 404


def test_a_cell_of_a_convolution(client: FlaskClient, pretended: Workspace) -> None:
    """Patch, weights, products, sum, bias and result as they are worked out, and the network's own number."""
    told = json_of(client, f"{CNN}/conv2/cell?filter=3&cell=12,7")

    kernel, bias = pretended.weights("cnn", "conv2")
    values = place.reads(pretended, "cnn", 17, "conv2")
    products = values[12:15, 7:10].astype(np.float64) * kernel[..., 3]
    assert (told["kind"], told["layer"], told["filter"], told["cell"]) == ("Conv2D", "conv2", 3, [12, 7])
    assert told["first"] == [12, 7]
    assert np.array_equal(np.array(told["patch"], np.float32), values[12:15, 7:10])
    assert np.array_equal(np.array(told["weights"], np.float32), kernel[..., 3])
    assert np.array_equal(told["products"], products)
    assert told["sum"] == pytest.approx(products.sum())
    assert told["bias"] == float(bias[3])
    assert told["result"] == float(np.float32(told["sum"] + told["bias"]))
    assert (told["activation"], told["after"]) == ("relu", max(0.0, told["result"]))
    forward = pretended.forward_pass("cnn", 17)
    assert told["network"] == {stage: float(forward.tensor("conv2", stage)[12, 7, 3]) for stage in STAGES}
    assert told["difference"] == told["result"] - told["network"]["pre"]


def test_a_cell_of_a_pooling_layer(client: FlaskClient, pretended: Workspace) -> None:
    """What its window covers, where the largest stands, and that as the result."""
    told = json_of(client, f"{CNN}/pool/cell?filter=3&cell=11,0")

    values = place.reads(pretended, "cnn", 17, "pool")[..., 3]
    row, column = told["winner"]
    assert told["kind"] == "MaxPooling2D"
    assert told["first"] == [22, 0]
    assert np.array_equal(np.array(told["patch"], np.float32), values[22:24, 0:2])
    assert told["result"] == values[22:24, 0:2].max() == values[row, column]
    assert told["tied"] == (values[22:24, 0:2] == told["result"]).sum()
    assert "weights" not in told["tensors"]
    assert told["difference"] == told["result"] - told["network"]["pre"]


def test_padding_takes_no_part_in_pooling(test_digits: Dataset, tmp_path: Path) -> None:
    """It is null in the patch, and mean pooling has no winner."""
    windows = (Window(3, 2, 1, "same"), Window(3, 3, 1, "same"))
    pool = Layer("pool", "AveragePooling2D", None, (14, 10, 1), 0, 0, None, None, windows)
    chain = (pool, networks.flatten(140), networks.dense("output", 140, 10, "softmax"))
    workspace = apps.workspace(test_digits, tmp_path, [networks.entry("mean", chain)])
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    told = json_of(client, "/api/models/mean/digits/17/layers/pool/cell?filter=0&cell=13,9")

    assert told["patch"][2] == [None] * 3
    assert all(row[2] is None for row in told["patch"])
    assert (told["winner"], told["tied"]) == (None, 0)
    assert told["result"] == pytest.approx(workspace.digit(17)[26:28, 26:28].mean())


@pytest.mark.parametrize(("layer", "shape"), [("dense", (12, 12, 4)), ("output", (5,))])
def test_a_unit(client: FlaskClient, pretended: Workspace, layer: str, shape: tuple[int, ...]) -> None:
    """The strongest terms by name and place, the others summed and counted: all add up to the result."""
    told = json_of(client, f"{CNN}/{layer}/cell?filter=4")

    kernel, bias = pretended.weights("cnn", layer)
    values = place.reads(pretended, "cnn", 17, layer)
    products = values.astype(np.float64) * kernel[:, 4]
    listed = told["terms"]
    assert len(listed) == min(STRONGEST, len(values))
    assert told["rest"]["count"] == len(values) - len(listed)
    sizes = [abs(each["product"]) for each in listed]
    assert sizes == sorted(np.abs(products), reverse=True)[: len(listed)]
    for each in listed:
        assert each["product"] == products[each["input"]] == each["value"] * each["weight"]
        assert each["value"] == values.reshape(shape)[tuple(each["at"])]
    total = sum(each["product"] for each in listed) + told["rest"]["sum"]
    assert total == pytest.approx(told["sum"], abs=1e-9)
    assert told["result"] == np.float32(told["sum"] + told["bias"])
    assert told["bias"] == bias[4]
    assert told["cell"] is None
    assert told["difference"] == told["result"] - told["network"]["pre"]
    assert ("softmax" in told) == (layer == "output")


def test_the_steps_of_a_softmax(client: FlaskClient, pretended: Workspace) -> None:
    """The network's logits, less the largest, exponentials, their sum, and each one's part of it."""
    told = json_of(client, f"{FCN}/output/cell?filter=4")

    steps, forward = told["softmax"], pretended.forward_pass("fcn", 17)
    assert np.array_equal(np.array(steps["logits"], np.float32), forward.logits)
    assert steps["largest"] == forward.logits.max()
    np.testing.assert_allclose(steps["exponentials"], np.exp(np.array(steps["logits"]) - steps["largest"]))
    assert steps["sum"] == pytest.approx(sum(steps["exponentials"]))
    np.testing.assert_allclose(steps["probabilities"], forward.probabilities, atol=1e-6)
    assert told["after"] == steps["probabilities"][4]
    assert told["activation"] == "softmax"


@pytest.mark.parametrize(
    "path",
    [
        f"{CNN}/conv1/cell?filter=0&cell=0,0",
        f"{CNN}/conv2/cell?filter=3&cell=23,23",
        f"{CNN}/dense/cell?filter=4",
        f"{FCN}/dense1/cell?filter=4",
    ],
)
def test_the_tensors_named_are_those_used(client: FlaskClient, path: str) -> None:
    """At the addresses lie what is read, the weights and the network's own numbers, in the shapes told."""
    told = json_of(client, path)
    tensors = told["tensors"]
    found = {name: array_of(client, each["address"]) for name, each in tensors.items()}

    assert found["reads"].size == np.prod(tensors["reads"]["shape"])
    for name in ("weights", "network"):
        assert list(found[name].shape) == tensors[name]["shape"]
    reads = found["reads"].reshape(tensors["reads"]["shape"])
    if told["cell"] is None:
        for each in told["terms"]:
            assert each["value"] == reads[tuple(each["at"])]
            assert each["weight"] == found["weights"][each["input"]]
    else:
        row, column = told["cell"]
        assert np.array_equal(np.float32(told["patch"]), reads[row : row + 3, column : column + 3])
        assert np.array_equal(np.float32(told["weights"]), found["weights"])
    assert told["network"]["pre"] == found["network"][(*(told["cell"] or ()), told["filter"])]


def test_what_each_slice_adds(client: FlaskClient, pretended: Workspace) -> None:
    """One map per slice, as the arithmetic gives them."""
    found = array_of(client, f"{CNN}/conv2/partial.npy?filter=3")

    kernel, _ = pretended.weights("cnn", "conv2")
    expected = arithmetic.partial_maps(
        place.reads(pretended, "cnn", 17, "conv2"), kernel[..., 3], windows_of(pretended, "conv2")
    )
    assert found.shape == (24, 24, 3)
    assert np.array_equal(found, expected)
    assert array_of(client, f"{CNN}/conv1/partial.npy?filter=0").shape == (26, 26, 1)


def test_what_each_input_adds(client: FlaskClient, pretended: Workspace) -> None:
    """The products of one unit; against another, of the difference of their weights."""
    kernel, _ = pretended.weights("cnn", "output")
    values = place.reads(pretended, "cnn", 17, "output").astype(np.float64)

    one = array_of(client, f"{CNN}/output/terms.npy?filter=4")
    lead = array_of(client, f"{CNN}/output/terms.npy?filter=4&against=9")

    assert np.array_equal(one, (values * kernel[:, 4]).astype(np.float32))
    difference = kernel[:, 4].astype(np.float64) - kernel[:, 9]
    assert np.array_equal(lead, (values * difference).astype(np.float32))
    assert array_of(client, f"{CNN}/dense/terms.npy?filter=0").shape == (576,)


@pytest.mark.parametrize("stage", STAGES)
def test_one_map_of_a_layer(client: FlaskClient, pretended: Workspace, stage: str) -> None:
    """`?filter=` leaves one channel of the tensor, at either stage; of units, one number."""
    for layer in pretended.entry("cnn").layers:
        whole = array_of(client, f"{CNN}/{layer.name}.npy?stage={stage}")
        for channel in (0, layer.channels - 1):
            one = array_of(client, f"{CNN}/{layer.name}.npy?stage={stage}&filter={channel}")
            assert one.shape == (layer.output_shape[:-1] or (1,))
            assert np.array_equal(one, whole[..., channel].reshape(one.shape))


@pytest.mark.parametrize("stage", STAGES)
def test_the_lines_of_keras(
    client: FlaskClient, pretended: Workspace, test_digits: Dataset, stage: Any
) -> None:
    """Plain text, UTF-8; for units without a cell; after activation unless another stage is asked for."""
    entry = pretended.entry("cnn")
    for layer, channel, cell in (("conv2", 3, (12, 7)), ("pool", 1, (0, 11)), ("dense", 4, None)):
        place = f"&cell={cell[0]},{cell[1]}" if cell else ""
        path = f"{CNN}/{layer}/keras.py?filter={channel}{place}"
        response = client.get(f"{path}&stage={stage}")
        require_headers(response)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        expected = snippet(entry, test_digits, index=17, layer=layer, channel=channel, cell=cell, stage=stage)
        assert response.get_data(as_text=True) == expected
        default = snippet(entry, test_digits, index=17, layer=layer, channel=channel, cell=cell, stage="post")
        assert client.get(path).get_data(as_text=True) == default


NUMBERS = ["-1", "4", "1.5", "1e0", "%2B1", "0x1", "", "null", "NaN", "٣", "1%00", "%201", "9" * 3_000]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "path",
    [
        "conv2/cell?cell=12,7&filter={}",
        "conv2/partial.npy?filter={}",
        "conv2.npy?filter={}",
        "conv2/keras.py?cell=12,7&filter={}",
    ],
)
def test_filters_that_there_are_not(client: FlaskClient, path: str, number: str) -> None:
    """404, with the numbers that there are; none is taken for another."""
    assert "0 to 3" in require_error(client.get(f"{CNN}/{path.format(number)}"), 404)


@pytest.mark.parametrize("path", ["conv2/cell?cell=1,1", "conv2/partial.npy", "conv2/keras.py?cell=1,1"])
def test_a_filter_must_be_named(client: FlaskClient, path: str) -> None:
    """No filter is not filter 0."""
    assert "0 to 3" in require_error(client.get(f"{CNN}/{path}"), 404)


@pytest.mark.parametrize("against", ["-1", "10", "x", "", "1.5"])
def test_classes_that_there_are_not(client: FlaskClient, against: str) -> None:
    """404, with the units that there are."""
    message = require_error(client.get(f"{CNN}/output/terms.npy?filter=4&against={against}"), 404)

    assert "0 to 9" in message


@pytest.mark.parametrize("cell", ["", "1", "1,2,3", "1;2", "12%207", "[1]"])
@pytest.mark.parametrize("route", ["cell", "keras.py"])
def test_what_is_no_cell(client: FlaskClient, route: str, cell: str) -> None:
    """400, with what is one; the same where it is left out of a layer with maps."""
    message = require_error(client.get(f"{CNN}/conv2/{route}?filter=3&cell={cell}"), 400)

    assert "0,0 to 23,23" in message
    assert message == require_error(client.get(f"{CNN}/conv2/{route}?filter=3"), 400)


@pytest.mark.parametrize("number", ["-1", "24", "1.5", "", "x", "%00", "٣", "9" * 3_000])
@pytest.mark.parametrize("route", ["cell", "keras.py"])
def test_cells_that_there_are_not(client: FlaskClient, route: str, number: str) -> None:
    """404, with the rows and columns that there are: no wrap-around and no clamping."""
    row = require_error(client.get(f"{CNN}/conv2/{route}?filter=3&cell={number},0"), 404)
    column = require_error(client.get(f"{CNN}/conv2/{route}?filter=3&cell=0,{number}"), 404)

    assert "row" in row
    assert "column" in column
    assert "0 to 23" in row
    assert "0 to 23" in column


@pytest.mark.parametrize("route", ["cell", "keras.py"])
def test_units_have_no_cells(client: FlaskClient, route: str) -> None:
    """400 that says to leave it out."""
    assert "leave cell out" in require_error(client.get(f"{CNN}/dense/{route}?filter=3&cell=0,0"), 400)


@pytest.mark.parametrize(
    ("path", "kind", "fitting"),
    [
        ("pool/partial.npy?filter=0", "MaxPooling2D", "conv1, conv2"),
        ("dense/partial.npy?filter=0", "Dense", "conv1, conv2"),
        ("conv2/terms.npy?filter=0", "Conv2D", "dense, output"),
    ],
)
def test_layers_of_another_kind(client: FlaskClient, path: str, kind: str, fitting: str) -> None:
    """404 that says what the layer is, and of which layers this can be asked."""
    message = require_error(client.get(f"{CNN}/{path}"), 404)

    assert kind in message
    assert f"it is of {fitting}." in message


def test_a_network_without_such_a_layer(client: FlaskClient) -> None:
    """The fully connected network has no convolution to take apart."""
    assert "none here" in require_error(client.get(f"{FCN}/dense1/partial.npy?filter=0"), 404)


@pytest.mark.parametrize(
    "path", ["cell?filter=0&cell=0,0", "partial.npy?filter=0", "keras.py?filter=0&cell=0,0"]
)
def test_what_there_is_not(client: FlaskClient, path: str) -> None:
    """Unknown digits, layers and networks are 404 with those that there are, on every route."""
    start = "/api/models"

    assert "0 to 9999" in require_error(client.get(f"{start}/cnn/digits/10000/layers/conv1/{path}"), 404)
    assert "conv1, conv2" in require_error(client.get(f"{start}/cnn/digits/3/layers/conv9/{path}"), 404)
    assert "fcn, cnn" in require_error(client.get(f"{start}/rnn/digits/3/layers/conv1/{path}"), 404)


@pytest.mark.parametrize("stage", ["", "x", "PRE"])
def test_stages_that_there_are_not(client: FlaskClient, stage: str) -> None:
    """400, with the two that there are."""
    path = f"{CNN}/conv2/keras.py?filter=3&cell=12,7&stage={stage}"

    assert "pre or post" in require_error(client.get(path), 400)


@pytest.mark.parametrize("path", ASKED)
def test_what_is_known_is_revalidated(client: FlaskClient, path: str) -> None:
    """Asked again with its tag, an address costs no bytes."""
    require_revalidated(client, path)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """What needs them is 503 with a time to ask again; the lines of Keras are written without them."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in ASKED[:-1]:
        require_waking(client.get(path))
    assert client.get(ASKED[-1]).status_code == 200
    assert "0 to 3" in require_error(client.get(f"{CNN}/conv2/cell?filter=4&cell=0,0"), 404)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of an app that has loaded the trained networks."""
    settings = apps.settings(tmp_path_factory.mktemp("cache"))
    workspace = Workspace.open(settings)
    app = create_app(workspace, settings)
    workspace.networks.wake()
    assert workspace.networks.wait(120)
    client: FlaskClient = app.server.test_client()
    return client


@pytest.mark.keras
def test_the_trained_networks_numbers_add_up(trained: FlaskClient) -> None:
    """Of every layer, cells at the corners and units at the ends differ by at most 1e-5 of their value."""
    for entry in manifest.read():
        for layer in entry.layers:
            if layer.kind == "Flatten":
                continue
            path = f"/api/models/{entry.key}/digits/4271/layers/{layer.name}"
            rows, columns = layer.output_shape[:2] if layer.has_maps else (0, 0)
            corners = [f"&cell={row},{column}" for row in (0, rows - 1) for column in (0, columns - 1)]
            for cell in corners if layer.has_maps else [""]:
                for channel in (0, layer.channels - 1):
                    told = json_of(trained, f"{path}/cell?filter={channel}{cell}")
                    assert abs(told["difference"]) <= 1e-5 * max(1, abs(told["network"]["pre"]))
                    if "after" in told:
                        assert told["after"] == pytest.approx(told["network"]["post"], rel=1e-5, abs=1e-5)


@pytest.mark.keras
def test_a_lead_is_what_the_units_before_add(trained: FlaskClient) -> None:
    """All terms and the difference of the biases are the difference of the two logits: to 1e-4."""
    for entry in manifest.read():
        path = f"/api/models/{entry.key}"
        logits = json_of(trained, f"{path}/digits/4271")["logits"]
        bias = array_of(trained, f"{path}/layers/output/bias.npy")
        for answer, against in ((4, 9), (9, 4), (0, 0)):
            lead = array_of(
                trained,
                f"{path}/digits/4271/layers/output/terms.npy?filter={answer}&against={against}",
            )
            total = lead.sum(dtype=np.float64) + bias[answer] - bias[against]
            assert total == pytest.approx(logits[answer] - logits[against], abs=1e-4)
