from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from dashboard.api import pictures, wall
from dashboard.api.pictures import Asked
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from tests.dashboard import apps
from tests.dashboard.sweeping import require_error

if TYPE_CHECKING:
    pass

from tests.dashboard.sweeping import NAMES, NOT_DIGITS, get

PAIR = ("fcn", "cnn")
FOR_EVER = "public, max-age=31536000, immutable"


def test_what_is_wanted_only_unchanged_is_not_sent_changed(client: FlaskClient) -> None:
    """If-Match of another content is 412 without the content; of this one it is answered."""
    path = "/api/models/cnn/weights.npz"
    whole = client.get(path)

    assert client.get(path, headers={"If-Match": whole.headers["ETag"]}).data == whole.data
    require_error(client.get(path, headers={"If-Match": '"another"'}), 412)


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
