from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard import picture
from dashboard.api import pictures
from dashboard.api.pictures import Asked
from dashboard.api.weights import filters_of
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.engine.forward_pass import STAGES, Stage
from tests import checkpoints, networks
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error

if TYPE_CHECKING:
    pass
from dataclasses import replace

from dashboard.errors import RefusedError
from dashboard.perturbation import parse_move
from models.arrays import Levels
from models.engine.networks import WakingError
from models.store.entry import File
from tests.dashboard.sweeping import get

PAIR = ("fcn", "cnn")


@pytest.fixture
def workspace(test_digits: Dataset, tmp_path: Path) -> Workspace:
    """Two awake networks and an empty memory."""
    return apps.workspace(test_digits, tmp_path / "cache")


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


def test_kernels_of_what_has_none(client: FlaskClient, pretended: Workspace) -> None:
    """A layer without weights is told so."""
    assert "Flatten" in require_error(client.get(f"/kernels/{pretended.version}/cnn/flatten/0.bin"), 404)
    assert "MaxPooling2D" in require_error(client.get(f"/kernels/{pretended.version}/cnn/pool/0.bin"), 404)


@pytest.mark.parametrize("number", ["40", "-1", "1.5", "x", "%00"])
def test_parts_that_there_are_not(client: FlaskClient, pretended: Workspace, number: str) -> None:
    """Neither blocks of the wall nor parts of kernels wrap around."""
    require_error(client.get(f"/wall/{pretended.version}/{number}.bin"), 404)
    require_error(client.get(f"/kernels/{pretended.version}/cnn/conv1/{number}.bin"), 404)
    require_error(client.get(f"/kernels/{pretended.version}/cnn/conv1/1.bin"), 404)


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


def test_filters_are_the_kernel_filter_by_filter(workspace: Workspace) -> None:
    """Un-flipped: filter k, slice s is kernel[:, :, s, k]; a unit that reads the digit has one slice."""
    kernel, _ = workspace.weights("cnn", "conv2")
    held = filters_of(workspace, "cnn", "conv2")
    assert held.shape == (4, 3, 3, 3)
    for channel in range(4):
        for part in range(3):
            assert np.array_equal(held[channel, part], kernel[:, :, part, channel])

    templates = filters_of(workspace, "fcn", "dense1")
    assert templates.shape == (6, 1, 28, 28)
    assert np.array_equal(templates[2, 0].ravel(), workspace.weights("fcn", "dense1")[0][:, 2])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("pair", [("fcn", "cnn"), ("cnn", "fcn-matched"), ("fcn-matched", "cnn")])
def test_a_picture_is_that_digit_through_the_pair(
    test_digits: Dataset, tmp_path: Path, pair: tuple[str, str], stage: Stage
) -> None:
    """What is packed is what these two networks compute for it, in the pair's order, and nothing else."""
    workspace = apps.workspace(test_digits, tmp_path, networks.three())
    passes = [(workspace.entry(key).layers, workspace.forward_pass(key, 17)) for key in pair]

    packed = picture.pack(17, passes, stage)

    for _ in ("computed", "remembered"):
        assert gzip.decompress(pictures.paint(workspace, Asked(pair, 17, stage))) == b"".join(packed)
        workspace.memory.settle()


def test_networks_that_are_joined_make_the_plain_pictures(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After activation, of a digit as it is or moved; for all else, and what they leave, each runs alone."""
    workspace = apps.workspace(test_digits, tmp_path)
    move = parse_move("rotation:15")
    alone = {stage: pictures.paint(workspace, Asked(PAIR, 18, stage)) for stage in STAGES}
    different = pictures.paint(workspace, Asked(PAIR, 17, "post", reference=18))

    class Joined:
        def run(self, digit: Floats) -> tuple[Floats, Levels] | None:
            if np.array_equal(digit, workspace.digit(18)):
                return None
            return digit[14, :, 0], np.array([7, 8], np.uint8)

    def joint(keys: tuple[str, ...], levels: int) -> Joined:
        assert (keys, levels) == (PAIR, picture.LEVELS["post"])
        return Joined()

    monkeypatch.setattr(workspace.networks, "joint", joint)

    for index, change in ((17, None), (17, move), (19, None)):
        digit = workspace.digit(index, change)
        pixels = picture.pack_image(digit, workspace.spec) if change else b""
        expected = np.uint32(index).tobytes() + digit[14].tobytes() + b"\x07\x08" + pixels
        assert gzip.decompress(pictures.paint(workspace, Asked(PAIR, index, "post", move=change))) == expected
    assert pictures.paint(workspace, Asked(PAIR, 18, "post")) == alone["post"]
    assert pictures.paint(workspace, Asked(PAIR, 18, "pre")) == alone["pre"]
    assert pictures.paint(workspace, Asked(PAIR, 17, "post", reference=18)) == different


def test_kernels_come_in_parts(test_digits: Dataset, tmp_path: Path) -> None:
    """All filters of a layer are in its parts, in order, and there are no other parts."""
    wide = networks.entry("wide", (networks.flatten(784), networks.dense("dense1", 784, 70)))
    workspace = apps.workspace(test_digits, tmp_path, [wide, networks.entry("cnn", networks.CNN)])
    held = filters_of(workspace, "wide", "dense1")
    assert held.shape == (70, 1, 28, 28)

    for part, chosen in ((0, held[:64]), (1, held[64:])):
        assert gzip.decompress(pictures.kernels(workspace, "wide", "dense1", part)) == picture.pack_kernels(
            chosen
        )
    for part in (-1, 2):
        with pytest.raises(RefusedError):
            pictures.kernels(workspace, "wide", "dense1", part)


def test_what_is_remembered_survives_a_restart(
    workspace: Workspace, test_digits: Dataset, tmp_path: Path
) -> None:
    """A new process whose networks still sleep gives the same bytes; a digit that nobody saw must wait."""
    seen, kernels = (
        pictures.paint(workspace, Asked(PAIR, 17, "post")),
        pictures.kernels(workspace, "cnn", "conv1", 0),
    )
    workspace.memory.settle()

    restarted = apps.workspace(test_digits, tmp_path / "cache", asleep=True)

    assert pictures.paint(restarted, Asked(PAIR, 17, "post")) == seen
    assert pictures.kernels(restarted, "cnn", "conv1", 0) == kernels
    unseen: tuple[tuple[int, Stage], ...] = ((18, "post"), (17, "pre"))
    for index, stage in unseen:
        with pytest.raises(WakingError):
            pictures.paint(restarted, Asked(PAIR, index, stage))


def test_a_retrained_network_shows_nothing_of_its_predecessor(
    workspace: Workspace, test_digits: Dataset, tmp_path: Path
) -> None:
    """Another checkpoint, or another survey of it, is another version, and remembers nothing of before."""
    pictures.paint(workspace, Asked(PAIR, 17, "post"))
    workspace.memory.settle()
    fcn, cnn = workspace.entries
    retrained = replace(cnn, checkpoint=File("cnn.keras", "f" * 64, 1_000))
    surveyed = replace(cnn, survey=File("cnn.survey.npz", "f" * 64, 100))

    for entries in ((fcn, retrained), (fcn, surveyed), (cnn, fcn)):
        later = apps.workspace(test_digits, tmp_path / "cache", entries, asleep=True)
        assert later.version != workspace.version
        with pytest.raises(WakingError):
            pictures.paint(later, Asked(PAIR, 17, "post"))
