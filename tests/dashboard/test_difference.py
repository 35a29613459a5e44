from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard import picture
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from models.datasets.perturbation import Move
from models.engine.forward_pass import STAGES, Stage
from models.sketch.drawing import Drawing, write_pixels
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, require_error, require_revalidated

EDITED = Drawing(write_pixels(np.eye(28, dtype=np.uint8) * np.uint8(200)), "pixels")
LAYERS = {"fcn": networks.FCN, "cnn": networks.CNN}
CHANGES = ("", "&perturb=rotation:15", f"&perturb={EDITED.text}", "&off=cnn.conv2:1,fcn.dense1:2")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("key", ["fcn", "cnn"])
def test_a_difference_is_that_of_two_tensors(
    client: FlaskClient, key: str, change: str, stage: Stage
) -> None:
    """Every layer's, to the last bit; the other digit is as it was written, and the same is off in both."""
    off = change if change.startswith("&off") else ""
    for layer in picture.panels(LAYERS[key]):
        path = f"/api/models/{key}/digits/{{}}/layers/{layer.name}.npy?stage={stage}"
        this = array_of(client, path.format(17) + change)
        that = array_of(client, path.format(4271) + off)

        less = array_of(client, path.format(17) + change + "&reference=4271")

        assert np.array_equal(less, this - that)
        assert less.any()
        one = array_of(client, path.format(17) + change + "&reference=4271&filter=1")
        assert np.array_equal(one.ravel(), less[..., 1].ravel())


def test_pixels_have_a_difference(client: FlaskClient, pretended: Workspace) -> None:
    """As the networks are fed: this digit as it was changed, less that one as it was written."""
    this, that = pretended.digit(17, Move("rotation", 15)), pretended.digit(4271)

    less = array_of(client, "/api/digits/17.npy?perturb=rotation:15&reference=4271")

    assert np.array_equal(less, (this - that)[..., 0])


@pytest.mark.parametrize("stage", STAGES)
def test_a_picture_shows_it(client: FlaskClient, pretended: Workspace, stage: Stage) -> None:
    """Both verdicts, the differences, and behind them the pixels of a digit that something was done to."""
    keys = ("fcn", "cnn")
    these = [(LAYERS[key], pretended.forward_pass(key, 17, move=EDITED)) for key in keys]
    those = [pretended.forward_pass(key, 4271) for key in keys]
    parts = [
        *picture.pack(17, these, stage, those),
        picture.pack_image(pretended.digit(17, EDITED), pretended.spec),
    ]

    path = f"/pictures/{pretended.version}/fcn,cnn/17/{stage}.bin?perturb={EDITED.text}&reference=4271"
    found = client.get(path)

    assert gzip.decompress(found.get_data()) == b"".join(parts)
    assert found.headers["Cache-Control"].endswith("immutable")


def test_nothing_differs_from_itself(client: FlaskClient, pretended: Workspace) -> None:
    """All zeros, of a digit as it was written."""
    assert not array_of(client, "/api/models/cnn/digits/17/layers/conv1.npy?reference=17").any()
    body = gzip.decompress(
        client.get(f"/pictures/{pretended.version}/fcn,cnn/17/post.bin?reference=17").get_data()
    )
    assert not any(body[-1000:])


@pytest.mark.parametrize(
    "path",
    [
        "/api/digits/17.npy",
        "/api/models/cnn/digits/17/layers/conv1.npy",
        "/pictures/VERSION/fcn,cnn/17/post.bin",
    ],
)
@pytest.mark.parametrize(
    "nonsense", ["", "-1", "10000", "1.5", "x", "7,7", "+7", "%00", "٣", "NaN", "9" * 5_000, "rotation:15"]
)
def test_digits_that_there_are_not(
    client: FlaskClient, pretended: Workspace, path: str, nonsense: str
) -> None:
    """404 with the numbers that there are; nothing is compared with another digit instead."""
    response = client.get(f"{path.replace('VERSION', pretended.version)}?reference={nonsense}")

    assert "There are 0 to 9999." in require_error(response, 404)


def test_it_is_revalidated(client: FlaskClient) -> None:
    """Asked again with its tag, a difference costs no bytes."""
    require_revalidated(client, "/api/models/cnn/digits/17/layers/conv1.npy?reference=4271")


def test_pictures_of_it_are_not_remembered(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are a hundred million; and none is taken for the digit's own."""
    workspace = apps.workspace(test_digits, tmp_path / "cache")
    client = create_app(workspace, apps.settings(tmp_path / "unused")).server.test_client()
    remembered: dict[str, bytes] = {}
    monkeypatch.setattr(workspace.memory, "remember", remembered.__setitem__)
    path = f"/pictures/{workspace.version}/fcn,cnn/17/post.bin"

    compared = client.get(f"{path}?reference=4271").get_data()

    assert remembered == {}
    assert client.get(path).get_data() != compared
    assert len(remembered) == 1
