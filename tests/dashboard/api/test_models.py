from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.workspace import Workspace
from models.arrays import Floats
from tests import checkpoints
from tests.dashboard.sweeping import array_of, json_of, require_error, require_headers

if TYPE_CHECKING:
    import keras
from tests.dashboard.sweeping import get
from tests.networks import score_of


def test_the_list_of_networks(client: FlaskClient, pretended: Workspace) -> None:
    """What each is, how good it is, and its layers with kind, shape and number of filters."""
    listed = json_of(client, "/api/models")["models"]

    assert [each["key"] for each in listed] == ["fcn", "cnn"]
    for each, entry in zip(listed, pretended.entries, strict=True):
        assert each["title"] == entry.title
        assert each["sha256"] == entry.sha256
        assert each["parameters"] == entry.parameters
        assert each["checkpoint_bytes"] == entry.checkpoint.bytes
        assert each["multiply_accumulates"] == sum(layer.multiply_accumulates for layer in entry.layers)
        assert each["test"] == {
            **asdict(score_of(entry)),
            "accuracy": score_of(entry).correct / score_of(entry).digits,
        }
        assert [layer["name"] for layer in each["layers"]] == [layer.name for layer in entry.layers]
    conv2, pool = listed[1]["layers"][1:3]
    assert (conv2["kind"], conv2["output_shape"], conv2["filters"]) == ("Conv2D", [24, 24, 4], 4)
    assert (pool["kind"], pool["output_shape"], pool["filters"]) == ("MaxPooling2D", [12, 12, 4], 0)


def test_every_layer_with_weights_has_them(client: FlaskClient, pretended: Workspace) -> None:
    """Kernel and bias as Keras holds them; one filter of the kernel by `?filter=`."""
    for entry in pretended.entries:
        for layer in entry.layers:
            path = f"/api/models/{entry.key}/layers/{layer.name}"
            if layer.kernel_shape is None:
                for file in ("kernel.npy", "bias.npy"):
                    assert layer.kind in require_error(client.get(f"{path}/{file}"), 404)
                continue
            kernel, bias = pretended.weights(entry.key, layer.name)
            assert np.array_equal(array_of(client, f"{path}/kernel.npy"), kernel)
            assert np.array_equal(array_of(client, f"{path}/bias.npy"), bias)
            for number in (0, layer.channels - 1):
                one = array_of(client, f"{path}/kernel.npy?filter={number}")
                assert np.array_equal(one, kernel[..., number])


def test_all_weights_in_one_file(client: FlaskClient, pretended: Workspace) -> None:
    """What the addresses of single layers give, each array under its layer's name and its own."""
    for entry in pretended.entries:
        arrays = arrays_of(client, f"/api/models/{entry.key}/weights.npz")

        held = [layer.name for layer in entry.layers if layer.kernel_shape]
        assert [*arrays] == [f"{name}.{what}" for name in held for what in ("kernel", "bias")]
        for name in held:
            path = f"/api/models/{entry.key}/layers/{name}"
            for what in ("kernel", "bias"):
                assert arrays[f"{name}.{what}"].dtype == np.float32
                assert np.array_equal(arrays[f"{name}.{what}"], array_of(client, f"{path}/{what}.npy"))


def test_the_same_weights_are_the_same_bytes(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file holds no time and no place: two that are equal can be told by their hashes."""
    path = "/api/models/cnn/weights.npz"
    first = get(client, path)
    monkeypatch.setattr("time.time", lambda: 1.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 1, 1, 0, 0, 0, 0, 0, 0))

    assert get(client, path).get_data() == first.get_data()
    with zipfile.ZipFile(io.BytesIO(first.get_data())) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_the_head_of_all_weights(client: FlaskClient) -> None:
    """HEAD says tag and length of what GET gives, without it."""
    path = "/api/models/cnn/weights.npz"
    whole, head = get(client, path), client.head(path)

    require_headers(head)
    assert (head.status_code, head.get_data()) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]
    assert int(head.headers["Content-Length"]) == len(whole.get_data())
    assert client.head(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_weights_are_kerass(awake: FlaskClient, models: Mapping[str, keras.Model], key: str) -> None:
    """Kernel and bias of every layer, to the last bit."""
    for layer in models[key].layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            path = f"/api/models/{key}/layers/{layer.name}"
            assert np.array_equal(array_of(awake, f"{path}/kernel.npy"), kernel)
            assert np.array_equal(array_of(awake, f"{path}/bias.npy"), bias)


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_all_weights_are_kerass(awake: FlaskClient, models: Mapping[str, keras.Model], key: str) -> None:
    """Every array that Keras lists, in its order and to the last bit, so that it can be set again."""
    arrays = arrays_of(awake, f"/api/models/{key}/weights.npz")

    expected = models[key].get_weights()
    assert len(arrays) == len(expected)
    assert all(map(np.array_equal, arrays.values(), expected))
    for layer in models[key].layers:
        for weight, values in zip(layer.weights, layer.get_weights(), strict=True):
            assert np.array_equal(arrays[f"{layer.name}.{weight.name}"], values)


def arrays_of(client: FlaskClient, path: str) -> dict[str, Floats]:
    """Return the arrays of the archive at an address."""
    response = get(client, path)
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    with np.load(io.BytesIO(response.get_data()), allow_pickle=False) as archive:
        return dict(archive)
