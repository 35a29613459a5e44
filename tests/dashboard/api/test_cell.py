"""How every number of a network comes about, whatever its layers are, in a world without digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.workspace import Workspace
from models.graph.facts import facts_of
from tests.dashboard import made_up
from tests.dashboard.sweeping import array_of, json_of, require_error

pytestmark = pytest.mark.keras
IMAGE = 11
KEYS = ["branching", "assorted", "plain"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made_up.workspace(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def client(opened: Workspace) -> FlaskClient:
    """A visitor who asks for numbers."""
    client: FlaskClient = made_up.server(opened).test_client()
    return client


def address(key: str, name: str, *rest: str) -> str:
    return f"/api/models/{key}/images/{IMAGE}/layers/{name}" + "".join(rest)


def explained(opened: Workspace, key: str) -> list[str]:
    """Return the layers of a network whose numbers can be explained."""
    graph = opened.entry(key).graph
    return [
        node.name for node in graph.nodes if graph.form(node.name) != "opaque" and len(node.output_shape) != 2
    ]


def cells(shape: tuple[int, ...]) -> list[str]:
    """Return queries of the corners and the middle of maps, or of units."""
    if len(shape) == 1:
        return [f"filter={unit}" for unit in {0, shape[0] // 2, shape[0] - 1}]
    rows, columns, channels = shape
    corners = [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)]
    return [f"filter={channel}&cell={r},{c}" for r, c in corners for channel in {0, channels - 1}]


def network(opened: Workspace, key: str, told: dict[str, Any], stage: str) -> float:
    """Return the value that Keras gives at a place that was told."""
    forward = opened.forward_pass(key, IMAGE)
    values = forward.pre if stage == "pre" else forward.post
    return float(values[told["layer"]][(*(told["cell"] or ()), told["filter"])])


@pytest.mark.parametrize("key", KEYS)
def test_every_number_comes_about_as_it_is_told(client: FlaskClient, opened: Workspace, key: str) -> None:
    """Result and value after activation of every kind's cells are the network's, to 1e-5 of them."""
    every = [
        (name, cell)
        for name in explained(opened, key)
        for cell in cells(opened.layer(key, name).output_shape)
    ]
    for name, query in every:
        told = json_of(client, address(key, name, "/cell?", query))

        assert told["network"] == {stage: network(opened, key, told, stage) for stage in ("pre", "post")}
        assert abs(told["difference"]) <= 1e-5 * max(1, abs(told["network"]["pre"]))
        if "after" in told:
            assert told["after"] == pytest.approx(told["network"]["post"], rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("key", KEYS)
def test_what_is_read_lies_at_its_addresses(client: FlaskClient, opened: Workspace, key: str) -> None:
    """All inputs by name, shape and address, one or several; and the filter, where there is one."""
    graph = opened.entry(key).graph
    for name in explained(opened, key):
        told = json_of(client, address(key, name, "/cell?", cells(graph.shape(name))[0]))
        tensors, several = told["tensors"], len(graph.node(name).reads) > 1
        reads = tensors["reads"] if several else [tensors["reads"]]

        assert [each["layer"] for each in reads] == [graph.origin(each) for each in graph.node(name).reads]
        for each in [*reads, tensors["network"]]:
            assert list(array_of(client, each["address"]).shape) == each["shape"]
        assert ("weights" in tensors) == facts_of(graph, name).has_kernel
        if "weights" in tensors:
            assert list(array_of(client, tensors["weights"]["address"]).shape) == tensors["weights"]["shape"]
            assert len(array_of(client, f"/api/models/{key}/layers/{name}/bias.npy")) == graph.shape(name)[-1]


def test_a_sum_of_branches_names_its_inputs(client: FlaskClient, opened: Workspace) -> None:
    """One value of each, from where it lies, and what is done with them."""
    told = json_of(client, address("branching", "residual", "/cell?filter=2&cell=3,4"))

    post = opened.forward_pass("branching", IMAGE).post
    assert told["operation"] == "sum"
    assert told["inputs"] == [
        {"layer": name, "at": [3, 4, 2], "value": float(post[name][3, 4, 2])}
        for name in ("stem_relu", "inner_norm")
    ]
    assert told["result"] == np.float32(sum(each["value"] for each in told["inputs"]))


def test_what_is_spread_over_maps_lies_at_its_own_place(client: FlaskClient) -> None:
    """An input of one cell per map is read there, wherever the number lies that it goes into."""
    told = json_of(client, address("assorted", "gated", "/cell?filter=1&cell=7,3"))

    assert [each["at"] for each in told["inputs"]] == [[7, 3, 1], [0, 0, 1]]
    assert told["result"] == pytest.approx(told["inputs"][0]["value"] * told["inputs"][1]["value"])


def test_a_normalisation_says_scale_and_shift(client: FlaskClient, opened: Workspace) -> None:
    """Value × scale + shift is the result, and mean and variance are those of the layer."""
    told = json_of(client, address("branching", "inner_norm", "/cell?filter=4&cell=0,19"))

    arrays = opened.probe("branching").arrays
    assert told["result"] == np.float32(told["value"] * told["scale"] + told["shift"])
    assert told["mean"] == float(arrays["inner_norm.moving_mean"][4])
    assert told["variance"] == float(arrays["inner_norm.moving_variance"][4])


def test_a_copy_says_from_where(client: FlaskClient) -> None:
    """Which input of several, and the place there; of a zero that padding put in, none."""
    first = json_of(client, address("branching", "both", "/cell?filter=4&cell=5,9"))
    later = json_of(client, address("branching", "both", "/cell?filter=5&cell=5,9"))
    framed = json_of(client, address("assorted", "framed", "/cell?filter=0&cell=0,0"))
    flat = json_of(client, address("plain", "flat", "/cell?filter=7"))

    assert first["from"] == {"layer": "wide", "at": [5, 9, 4]}
    assert later["from"] == {"layer": "pooled", "at": [5, 9, 0]}
    assert (framed["from"], framed["result"]) == ({"layer": "wide", "at": None}, 0)
    assert flat["from"] == {"layer": "pooled", "at": [0, 2, 1]}


def test_a_function_is_named(client: FlaskClient) -> None:
    """That of one number with its own numbers, and the one that is taken off like any activation."""
    told = json_of(client, address("assorted", "damped", "/cell?filter=1&cell=4,4"))
    bent = json_of(client, address("assorted", "bent", "/cell?filter=1"))

    assert told["function"].startswith("relu, slope ")
    assert (bent["activation"], bent["from"]) == ("silu", {"layer": "units", "at": [1]})


def test_shares_of_a_whole_along_another_axis(client: FlaskClient) -> None:
    """All that share, the one that is asked for, and the steps."""
    told = json_of(client, address("assorted", "shared", "/cell?filter=1&cell=4,4"))

    assert (len(told["values"]), told["index"]) == (11, 4)
    assert told["result"] == pytest.approx(told["shares"][told["index"]])
    assert sum(told["shares"]) == pytest.approx(1)
    assert told["values"][told["index"]] == pytest.approx(told["values"][4])


def test_a_filter_of_a_group_names_its_maps(client: FlaskClient) -> None:
    """Which maps the slices of the patch lie on, where that is not all of them."""
    grouped = json_of(client, address("assorted", "grouped", "/cell?filter=5&cell=1,1"))
    deep = json_of(client, address("assorted", "deep", "/cell?filter=5&cell=1,1"))
    whole = json_of(client, address("assorted", "apart", "/cell?filter=3&cell=1,1"))

    assert (grouped["slices"], deep["slices"]) == ([2, 3], [2])
    assert "slices" not in whole


def test_a_stamp_names_the_cells_that_reach_it(client: FlaskClient, opened: Workspace) -> None:
    """Rows and columns of what is read, under the weights with which they do."""
    told = json_of(client, address("assorted", "stamped", "/cell?filter=1&cell=4,6"))

    read = opened.forward_pass("assorted", IMAGE).post["grouped"]
    assert np.array_equal(np.array(told["patch"], np.float32), read[np.ix_(told["rows"], told["columns"])])


@pytest.mark.parametrize("name", ["deep", "apart", "grouped"])
def test_what_slices_add_is_the_map(client: FlaskClient, opened: Workspace, name: str) -> None:
    """Of every kind of convolution the parts of all slices and the bias are the pre-activation, to 1e-5."""
    bias = array_of(client, f"/api/models/assorted/layers/{name}/bias.npy")
    before = opened.forward_pass("assorted", IMAGE).pre[name]

    for channel in range(before.shape[2]):
        parts = array_of(client, address("assorted", name, f"/partial.npy?filter={channel}"))
        assert np.allclose(parts.sum(axis=-1) + bias[channel], before[..., channel], atol=1e-5)


def test_parts_are_refused_where_nothing_slides(client: FlaskClient) -> None:
    """404, with the layers that have such; stamps, mixtures and units are none."""
    for name in ("stamped", "wide", "mixed", "units", "scaled"):
        message = require_error(client.get(address("assorted", name, "/partial.npy?filter=0")), 404)
        assert "it is of deep, apart, grouped." in message
    assert "it is of units, logits." in require_error(
        client.get(address("assorted", "mixed", "/terms.npy?filter=0")), 404
    )


def test_what_is_opaque_is_refused_by_its_kind(client: FlaskClient) -> None:
    """404: its values can be had, and how they come about is not made up."""
    assert require_error(client.get(address("assorted", "seen", "/cell?filter=0")), 404) == (
        "assorted seen is a MultiHeadAttention layer: its values are shown, and nothing is explained."
    )
    assert array_of(client, address("assorted", "seen", ".npy")).shape[1] == 44


def test_values_that_are_neither_maps_nor_units_have_no_cells(client: FlaskClient) -> None:
    """404 that gives their shape."""
    assert "(20, 44)" in require_error(client.get(address("assorted", "rows", "/cell?filter=0")), 404)
