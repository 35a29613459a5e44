from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient
from scipy.special import softmax
from werkzeug.test import TestResponse

from dashboard import picture
from dashboard.api import pictures, wall
from dashboard.api.pictures import Asked
from dashboard.factory import create_app
from dashboard.wall import BLOCK
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES, Stage
from tests import checkpoints, networks
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error, require_headers

if TYPE_CHECKING:
    import keras

FOR_EVER = "public, max-age=31536000, immutable"
NOT_DIGITS = [
    "-1",
    "10000",
    "10001",
    "1.5",
    "1e3",
    "0x7",
    "+7",
    "7_0",
    "007%3F",
    "%207",
    "7%20",
    "٣",
    "7%0A",
    "%00",
    "7%00",
    "true",
    "null",
    "NaN",
    "[7]",
    "%22%22",
    "9" * 3_000,
    "%ff",
]


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    response = client.get(path, headers=headers)
    require_headers(response)
    return response


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
        assert each["test"] == {**asdict(entry.test), "accuracy": entry.test.correct / entry.test.digits}
        assert [layer["name"] for layer in each["layers"]] == [layer.name for layer in entry.layers]
    conv2, pool = listed[1]["layers"][1:3]
    assert (conv2["kind"], conv2["output_shape"], conv2["filters"]) == ("Conv2D", [24, 24, 4], 4)
    assert (pool["kind"], pool["output_shape"], pool["filters"]) == ("MaxPooling2D", [12, 12, 4], 0)


@pytest.mark.parametrize("index", [0, 7, 4271, 9_999])
def test_a_digit(client: FlaskClient, test_digits: Dataset, index: int) -> None:
    """Its label as JSON; its pixels as they are fed to the networks."""
    assert json_of(client, f"/api/digits/{index}") == {
        "index": index,
        "label": int(test_digits.labels[index]),
        "split": "test",
        "disputed": None,
    }
    pixels = array_of(client, f"/api/digits/{index}.npy")
    assert pixels.shape == (28, 28)
    assert np.array_equal(pixels, test_digits.images[index].astype(np.float32) / np.float32(255))
    assert np.array_equal(pixels, prepare(test_digits.images[index])[..., 0])


def test_a_disputed_label_is_told(client: FlaskClient) -> None:
    """How many of the reviewers named what, in numbers and in words, and the source."""
    assert json_of(client, "/api/digits/3520")["disputed"] == {
        "label": 6,
        "guess": 4,
        "for_label": 2,
        "for_guess": 0,
        "for_neither": 3,
        "words": "3 of 5 reviewers say neither, 2 say 6",
        "source": "Northcutt, Athalye & Mueller 2021",
        "doi": "10.48550/arXiv.2103.14749",
    }


def test_leading_zeros_are_the_same_number(client: FlaskClient) -> None:
    """007 is digit 7, as in the address bar."""
    assert json_of(client, "/api/digits/007")["index"] == 7


def test_a_verdict(client: FlaskClient, pretended: Workspace, test_digits: Dataset) -> None:
    """Logits and probabilities of all classes, exactly as computed, and what follows from them."""
    told = json_of(client, "/api/models/cnn/digits/17")

    forward = pretended.forward_pass("cnn", 17)
    assert np.array_equal(np.array(told["logits"], np.float32), forward.logits)
    assert np.array_equal(np.array(told["probabilities"], np.float32), forward.probabilities)
    assert (told["model"], told["digit"], told["label"]) == ("cnn", 17, test_digits.labels[17])
    assert told["sha256"] == pretended.entry("cnn").sha256
    assert told["answer"] == np.argmax(told["logits"])
    second, first = np.sort(softmax(np.array(told["logits"])))[-2:]
    assert told["margin"] == pytest.approx(first - second, abs=1e-6)


@pytest.mark.parametrize("key", ["fcn", "cnn"])
def test_every_layer_has_a_tensor_per_stage(client: FlaskClient, pretended: Workspace, key: str) -> None:
    """Keras' own shape without the batch axis; after activation unless another stage is asked for."""
    forward = pretended.forward_pass(key, 17)

    for layer in pretended.entry(key).layers:
        path = f"/api/models/{key}/digits/17/layers/{layer.name}.npy"
        assert np.array_equal(array_of(client, f"{path}?stage=pre"), forward.pre[layer.name])
        assert np.array_equal(array_of(client, f"{path}?stage=post"), forward.post[layer.name])
        assert np.array_equal(array_of(client, path), forward.post[layer.name])
        assert array_of(client, path).shape == layer.output_shape


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


def arrays_of(client: FlaskClient, path: str) -> dict[str, Floats]:
    """Return the arrays of the archive at an address."""
    response = get(client, path)
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    with np.load(io.BytesIO(response.get_data()), allow_pickle=False) as archive:
        return dict(archive)


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


def test_what_is_wanted_only_unchanged_is_not_sent_changed(client: FlaskClient) -> None:
    """If-Match of another content is 412 without the content; of this one it is answered."""
    path = "/api/models/cnn/weights.npz"
    whole = client.get(path)

    assert client.get(path, headers={"If-Match": whole.headers["ETag"]}).data == whole.data
    require_error(client.get(path, headers={"If-Match": '"another"'}), 412)


@pytest.mark.parametrize("number", [*NOT_DIGITS, ""])
def test_filters_that_there_are_not(client: FlaskClient, number: str) -> None:
    """404, with the numbers that there are."""
    path = f"/api/models/cnn/layers/conv2/kernel.npy?filter={number.replace('+', '%2B')}"

    assert "0 to 3" in require_error(client.get(path), 404)


@pytest.mark.parametrize("number", NOT_DIGITS)
@pytest.mark.parametrize(
    "path",
    [
        "/api/digits/{}",
        "/api/digits/{}.npy",
        "/api/models/cnn/digits/{}",
        "/api/models/cnn/digits/{}/layers/conv1.npy",
        "/pictures/VERSION/fcn,cnn/{}/post.bin",
    ],
)
def test_digits_that_there_are_not(client: FlaskClient, pretended: Workspace, path: str, number: str) -> None:
    """404 in the one shape with the range that there is: no wrap-around and no clamping."""
    response = client.get(path.format(number).replace("VERSION", pretended.version))

    assert "0 to 9999" in require_error(response, 404)


@pytest.mark.parametrize("number", ["", ".", "..", "../7", "7/..", "%2e%2e", "..%2f7", "7%2fx"])
def test_ways_that_lead_nowhere(client: FlaskClient, number: str) -> None:
    """Paths are names, not ways through folders."""
    for path in ("/api/digits/{}", "/api/models/cnn/digits/{}", "/api/models/cnn/digits/{}/layers/conv1.npy"):
        require_error(client.get(path.format(number)), 404)


PAIR = ("fcn", "cnn")
NAMES = [
    "rnn",
    "CNN",
    "",
    "cnn%00",
    "../cnn",
    "%2e%2e",
    "c" * 3_000,
    "٣",
    "cnn.keras",
    "__class__",
    "both",
    "0",
]


@pytest.mark.parametrize("name", NAMES)
def test_networks_that_there_are_not(client: FlaskClient, pretended: Workspace, name: str) -> None:
    """404 on every route that takes a network, with the networks that there are."""
    for path in (
        f"/api/models/{name}/layers/conv1/kernel.npy",
        f"/api/models/{name}/layers/conv1/bias.npy",
        f"/api/models/{name}/weights.npz",
        f"/api/models/{name}/digits/3",
        f"/api/models/{name}/digits/3/layers/conv1.npy",
        f"/kernels/{pretended.version}/{name}/conv1/0.bin",
        f"/wall/{pretended.version}/unsure/{name}.bin",
    ):
        message = require_error(client.get(path), 404)
        assert "There are: fcn, cnn." in message or name in ("", "../cnn")


@pytest.mark.parametrize(
    "pair",
    [
        "",
        "fcn",
        "fcn,fcn",
        "cnn,rnn",
        "CNN,FCN",
        "fcn,cnn,fcn",
        "fcn,cnn,",
        "fcn;cnn",
        "fcn%00,cnn",
        "both",
        "x" * 3_000,
    ],
)
def test_pairs_that_there_are_not(client: FlaskClient, pretended: Workspace, pair: str) -> None:
    """404 with the networks that there are: not another pair's picture, nor half of one."""
    message = require_error(client.get(f"/pictures/{pretended.version}/{pair}/3/post.bin"), 404)

    assert "two different ones of fcn, cnn," in message or pair == ""


def test_a_picture_without_parts_of_another_network(test_digits: Dataset, tmp_path: Path) -> None:
    """What is switched off is a part of the pair: nothing is silently left out."""
    workspace = apps.workspace(test_digits, tmp_path, networks.three())
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()
    path = f"/pictures/{workspace.version}/fcn,fcn-matched/3/post.bin?off="

    assert get(client, path + "fcn-matched.dense1:7").status_code == 200
    assert "fcn-matched.dense1" in require_error(client.get(path + "cnn.conv2:1"), 404)


@pytest.mark.parametrize(
    "name", ["conv3", "CONV1", "", "conv1%00", "../conv1", "%2e%2e", "c" * 3_000, "input", "-1"]
)
def test_layers_that_there_are_not(client: FlaskClient, pretended: Workspace, name: str) -> None:
    """404 on every route that takes a layer, with the layers that there are."""
    for path in (
        f"/api/models/cnn/layers/{name}/kernel.npy",
        f"/api/models/cnn/layers/{name}/bias.npy",
        f"/api/models/cnn/digits/3/layers/{name}.npy",
        f"/kernels/{pretended.version}/cnn/{name}/0.bin",
    ):
        message = require_error(client.get(path), 404)
        assert "conv1, conv2, pool, flatten, dense, output" in message or name in ("", "../conv1")


@pytest.mark.parametrize("stage", ["x", "", "PRE", "post%00", "pre,post", "0", "None", "post%20"])
def test_stages_that_there_are_not(client: FlaskClient, pretended: Workspace, stage: str) -> None:
    """400, with the two that there are."""
    address = f"/api/models/cnn/digits/3/layers/conv1.npy?stage={stage}"

    assert "pre or post" in require_error(client.get(address), 400)
    if stage:
        require_error(client.get(f"/pictures/{pretended.version}/fcn,cnn/3/{stage}.bin"), 400)


TENSORS = [
    "/api/models",
    "/api/digits/3",
    "/api/digits/3.npy",
    "/api/models/cnn/digits/3",
    "/api/models/cnn/digits/3/layers/conv1.npy",
    "/api/models/cnn/digits/3/layers/conv1.npy?stage=pre",
    "/api/models/cnn/layers/conv1/kernel.npy",
    "/api/models/cnn/layers/conv1/kernel.npy?filter=1",
    "/api/models/cnn/layers/conv1/bias.npy",
    "/api/models/cnn/weights.npz",
]


@pytest.mark.parametrize("accept", ["identity", "gzip", "br"])
@pytest.mark.parametrize("path", TENSORS)
def test_what_is_known_is_revalidated(client: FlaskClient, path: str, accept: str) -> None:
    """Asked again with its tag, an address costs no bytes; with another tag, all of them."""
    accepting = {"Accept-Encoding": accept}
    first = get(client, path, **accepting)
    assert "no-cache" in first.headers["Cache-Control"]
    tag = first.headers["ETag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(client, path, **accepting, **{"If-None-Match": known})
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"].strip('"').split(":")[0] == tag.strip('"').split(":")[0]
    changed = get(client, path, **accepting, **{"If-None-Match": '"other"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, tag)
    assert len(changed.get_data()) == len(first.get_data())  # gzip's bytes hold the time


def test_tags_tell_tensors_apart(client: FlaskClient) -> None:
    """No two addresses that hold different bytes share a tag."""
    answers = {path: get(client, path) for path in TENSORS}

    assert len({each.headers["ETag"] for each in answers.values()}) == len(
        {each.get_data() for each in answers.values()}
    )


def test_versioned_addresses_are_kept_for_ever(client: FlaskClient, pretended: Workspace) -> None:
    """Pictures, kernels and the wall never change under their address; they are what the workspace says."""
    version = pretended.version
    for path, content in {
        f"/pictures/{version}/fcn,cnn/17/post.bin": pictures.paint(pretended, Asked(PAIR, 17, "post")),
        f"/pictures/{version}/fcn,cnn/17/pre.bin": pictures.paint(pretended, Asked(PAIR, 17, "pre")),
        f"/kernels/{version}/cnn/conv2/0.bin": pictures.kernels(pretended, "cnn", "conv2", 0),
        f"/wall/{version}/verdicts.bin": wall.verdicts(pretended),
        f"/wall/{version}/unsure/cnn.bin": wall.least_sure(pretended, "cnn"),
        f"/wall/{version}/39.bin": wall.block(pretended, 39),
    }.items():
        response = get(client, path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == FOR_EVER
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.get_data()) == gzip.decompress(content)


@pytest.mark.parametrize("version", ["0" * 16, "", "x", "..", "%00", "latest"])
def test_another_version_is_not_answered(client: FlaskClient, pretended: Workspace, version: str) -> None:
    """404 that tells what to do, and that no browser keeps: never another network's picture."""
    for path in (
        "pictures/{}/fcn,cnn/3/post.bin",
        "kernels/{}/cnn/conv1/0.bin",
        "wall/{}/verdicts.bin",
        "wall/{}/0.bin",
    ):
        message = require_error(client.get("/" + path.format(version)), 404)
        assert "Reload" in message or version == ""
    for path in ("pictures/{}/fcn,cnn/3/post.bin", "wall/{}/unsure/cnn.bin"):
        require_error(client.get("/" + path.format(f"{pretended.version.upper()}x")), 404)


@pytest.mark.parametrize("number", ["40", "-1", "1.5", "x", "%00"])
def test_parts_that_there_are_not(client: FlaskClient, pretended: Workspace, number: str) -> None:
    """Neither blocks of the wall nor parts of kernels wrap around."""
    require_error(client.get(f"/wall/{pretended.version}/{number}.bin"), 404)
    require_error(client.get(f"/kernels/{pretended.version}/cnn/conv1/{number}.bin"), 404)
    require_error(client.get(f"/kernels/{pretended.version}/cnn/conv1/1.bin"), 404)


def test_kernels_of_what_has_none(client: FlaskClient, pretended: Workspace) -> None:
    """A layer without weights is told so."""
    assert "Flatten" in require_error(client.get(f"/kernels/{pretended.version}/cnn/flatten/0.bin"), 404)
    assert "MaxPooling2D" in require_error(client.get(f"/kernels/{pretended.version}/cnn/pool/0.bin"), 404)


def test_the_wall_is_all_digits(client: FlaskClient, pretended: Workspace, test_digits: Dataset) -> None:
    """Its blocks put end to end are the pixels of the test set; its verdicts begin with the labels."""
    start = f"/wall/{pretended.version}"
    blocks = [gzip.decompress(get(client, f"{start}/{number}.bin").get_data()) for number in range(40)]

    assert b"".join(blocks) == test_digits.images.tobytes()
    assert len(blocks[0]) == BLOCK * 784
    verdicts = gzip.decompress(get(client, f"{start}/verdicts.bin").get_data())
    assert verdicts[:10_000] == test_digits.labels.tobytes()


def test_alive_and_ready(client: FlaskClient) -> None:
    """Two different questions, whose answers nobody keeps."""
    assert json_of(client, "/healthz") == {"status": "alive"}
    assert json_of(client, "/readyz") == {"status": "ready"}
    for path in ("/healthz", "/readyz"):
        assert get(client, path).headers["Cache-Control"] == "no-store"


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """What needs them is 503 with a time to ask again; the page, the wall and the list are there."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in (
        "/api/models/cnn/digits/3",
        "/api/models/cnn/digits/3/layers/conv1.npy",
        "/api/models/cnn/layers/conv1/kernel.npy",
        "/api/models/cnn/weights.npz",
        f"/pictures/{workspace.version}/fcn,cnn/3/post.bin",
        f"/kernels/{workspace.version}/cnn/conv1/0.bin",
        "/readyz",
    ):
        response = client.get(path)
        assert "waking" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"
    for path in (
        "/",
        "/compare",
        "/api/models",
        "/api/digits/3.npy",
        "/healthz",
        f"/wall/{workspace.version}/0.bin",
    ):
        assert get(client, path).status_code == 200
    require_error(client.get("/api/models/rnn/digits/3"), 404)
    require_error(client.get("/api/models/cnn/digits/3/layers/conv9.npy"), 404)


def test_a_broken_checkpoint_is_named(test_digits: Dataset, tmp_path: Path) -> None:
    """503 with its file and the command that mends it; everything that does not need it is answered."""
    sentence = "models/checkpoints/cnn.keras cannot be read. Restore it: git checkout -- models/checkpoints."
    workspace = apps.workspace(test_digits, tmp_path, broken={"cnn": sentence})
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in (
        "/api/models/cnn/digits/3",
        "/api/models/cnn/digits/3/layers/conv1.npy",
        "/api/models/cnn/layers/conv1/kernel.npy",
        "/api/models/cnn/weights.npz",
        f"/pictures/{workspace.version}/fcn,cnn/3/post.bin",
        "/readyz",
    ):
        response = client.get(path)
        assert require_error(response, 503) == sentence
        assert "Retry-After" not in response.headers
    for path in (
        "/",
        "/compare",
        "/api/models",
        f"/wall/{workspace.version}/0.bin",
        "/api/models/fcn/digits/3",
    ):
        assert get(client, path).status_code == 200


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small checkpoints."""
    return checkpoints.write(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def awake(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of an app that has loaded them."""
    cache = tmp_path_factory.mktemp("cache")
    settings = apps.settings(cache, CHECKPOINTS_DIR=str(trained))
    workspace = Workspace.open(settings)
    app = create_app(workspace, settings)
    workspace.networks.wake()
    assert workspace.networks.wait(120)
    client: FlaskClient = app.server.test_client()
    return client


@pytest.fixture(scope="module")
def models(trained: Path) -> Mapping[str, keras.Model]:
    """The same checkpoints as Keras itself opens them."""
    import keras

    return {key: keras.saving.load_model(trained / f"{key}.keras") for key in checkpoints.LAYERS}


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


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_tensors_are_kerass(
    awake: FlaskClient, models: Mapping[str, keras.Model], test_digits: Dataset, key: str
) -> None:
    """Every layer after activation as Keras computes it; before, what its activation makes that of."""
    import keras

    for index in (0, 4271):
        values = prepare(test_digits.images[index])[np.newaxis]
        for layer in models[key].layers:
            if isinstance(layer, keras.layers.InputLayer):
                continue
            values = keras.ops.convert_to_numpy(layer(values))
            told: dict[Stage, Floats] = {
                stage: array_of(
                    awake, f"/api/models/{key}/digits/{index}/layers/{layer.name}.npy?stage={stage}"
                )
                for stage in STAGES
            }
            np.testing.assert_allclose(told["post"], values[0], rtol=1e-5, atol=1e-5)
            activation = getattr(layer, "activation", None)
            expected = (
                told["pre"] if activation is None else np.asarray(activation(told["pre"][np.newaxis]))[0]
            )
            np.testing.assert_allclose(told["post"], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_verdicts_are_kerass(
    awake: FlaskClient, models: Mapping[str, keras.Model], test_digits: Dataset, key: str
) -> None:
    """Probabilities as `predict` gives them, and the softmax of the logits, to a millionth."""
    told = json_of(awake, f"/api/models/{key}/digits/4271")

    expected = models[key].predict(prepare(test_digits.images[4271:4272]), verbose=0)[0]
    np.testing.assert_allclose(told["probabilities"], expected, atol=1e-5)
    np.testing.assert_allclose(told["probabilities"], softmax(np.array(told["logits"])), atol=1e-6)


@pytest.mark.keras
def test_a_picture_holds_the_tensors(awake: FlaskClient) -> None:
    """What the page paints and what a program downloads are the same numbers, the maps to half a level."""
    version = json.loads(_facts(awake))["version"]
    body = gzip.decompress(get(awake, f"/pictures/{version}/fcn,cnn/4271/post.bin").get_data())
    assert np.frombuffer(body[:4], "<u4") == 4271
    at, cells = 4, []
    for key in PAIR:
        layers = checkpoints.LAYERS[key]
        verdict = np.frombuffer(body, "<f4", 20, at)
        told = json_of(awake, f"/api/models/{key}/digits/4271")
        assert np.array_equal(verdict, np.array([*told["logits"], *told["probabilities"]], np.float32))
        at += 80
        for layer in picture.panels(layers):
            tensor = array_of(awake, f"/api/models/{key}/digits/4271/layers/{layer.name}.npy")
            count = layer.channels * (2 if layer.has_maps else 1)
            packed = np.frombuffer(body, "<f4", count, at)
            at += 4 * count
            if layer.has_maps:
                assert np.array_equal(packed, [*tensor.min(axis=(0, 1)), *tensor.max(axis=(0, 1))])
                cells.append((tensor, packed.reshape(2, -1)))
            else:
                assert np.array_equal(packed, tensor)
    for tensor, (low, high) in cells:
        levels = np.frombuffer(body, np.uint8, tensor.size, at).reshape(-1, *tensor.shape[:2])
        at += tensor.size
        span = (high - low) / (picture.LEVELS["post"] - 1)
        painted = low + np.moveaxis(levels, 0, -1) * span
        assert np.all(np.abs(painted - tensor) <= span / 2 + 1e-5)
    assert at == len(body)


def _facts(client: FlaskClient) -> str:
    html = client.get("/").get_data(as_text=True)
    return html.split('id="facts">')[1].split("</script>")[0]


@pytest.mark.keras
def test_the_networks_are_ready(awake: FlaskClient) -> None:
    """The loaded networks give the answers of their surveys."""
    assert json_of(awake, "/readyz") == {"status": "ready"}
