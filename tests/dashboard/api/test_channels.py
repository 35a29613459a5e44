from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from scipy.special import softmax

from dashboard.ablation import Off
from dashboard.api import channels, pictures
from dashboard.api.pictures import Asked
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.analysis.metrics import answers
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES, Stage
from models.graph.description import surveyed, switchable
from tests import checkpoints
from tests.dashboard import apps
from tests.dashboard.sweeping import answers_of, body_of, json_of, require_error

FOR_EVER = "public, max-age=31536000, immutable"
CONV2 = "/api/models/cnn/layers/conv2/filters"


def test_everything_that_the_survey_says_of_a_channel(client: FlaskClient, pretended: Workspace) -> None:
    """Each number is the survey's; rows and columns are of the map, labels and answers of the digits."""
    told = json_of(client, f"{CONV2}/3")

    survey = pretended.surveys["cnn"]
    measured = survey.layers["conv2"]
    assert (told["model"], told["layer"], told["filter"], told["digits"]) == ("cnn", "conv2", 3, 10_000)
    assert told["sha256"] == pretended.entry("cnn").sha256
    for name in ("mean", "active", "firing"):
        assert told[name] == getattr(measured, name)[3]
    assert [told["smallest"], told["largest"]] == survey.ranges["conv2", "post"][:, 3].tolist()
    assert told["by_class"] == measured.by_class[:, 3].tolist()
    assert told["fate"] == ""
    assert [each["digit"] for each in told["strongest"]] == measured.strongest[3].tolist()
    for place, each in zip(measured.places[3], told["strongest"], strict=True):
        assert each.keys() == {"digit", "label", "row", "column", "value", "probability"}
        assert each["probability"] is None
        assert each["label"] == pretended.labels[each["digit"]]
        assert each["row"] * 24 + each["column"] == place
    assert told["similar"] == {"filter": measured.similar[3], "cosine": measured.cosine[3]}
    assert told["ranked"] == "post"


def test_a_class_is_ranked_by_its_logits(client: FlaskClient, pretended: Workspace) -> None:
    """The nine digits with the largest logit of all, each with that and its probability.

    That names the same digit as the illustration is held against.
    """
    logits = pretended.surveys["cnn"].logits
    for number in range(10):
        told = json_of(client, f"/api/models/cnn/layers/output/filters/{number}")
        order = (-logits[:, number]).argsort(kind="stable")[:9]
        shares = softmax(logits[order].astype(np.float64), axis=1)[:, number]

        assert told["ranked"] == "pre"
        assert [each["digit"] for each in told["strongest"]] == order.tolist()
        assert [each["value"] for each in told["strongest"]] == logits[order, number].tolist()
        assert [each["probability"] for each in told["strongest"]] == pytest.approx(shares, rel=1e-6)
        illustrated = json_of(client, f"/api/models/cnn/layers/output/filters/{number}/illustration")
        best = told["strongest"][0]
        assert illustrated["strongest"] | best == best | {"row": None, "column": None}


def test_what_a_network_is_without_a_channel(client: FlaskClient, pretended: Workspace) -> None:
    """Right answers and their share, the change in percentage points, and every answer that changes."""
    told = json_of(client, f"{CONV2}/3")["without"]

    named = answers(pretended.surveys["cnn"].logits)
    right = int((named == pretended.labels).sum())
    assert (told["correct"], told["accuracy"]) == (5_000, 0.5)
    assert told["change"] == pytest.approx(50 - right / 100)
    digits, after = pretended.surveys["cnn"].layers["conv2"].changed(3)
    assert told["changed"] == [
        {"digit": d, "label": pretended.labels[d], "before": named[d], "after": new}
        for d, new in zip(digits.tolist(), after, strict=True)
    ]
    assert len(told["changed"]) == 2


def test_every_channel_is_told_of(client: FlaskClient, pretended: Workspace) -> None:
    """Units have no row and column, pooling no weights to compare, and the last layer is never left out."""
    for entry in pretended.entries:
        for layer in surveyed(entry.layers):
            told = json_of(client, f"/api/models/{entry.key}/layers/{layer.name}/filters/0")
            rows = {each["row"] for each in told["strongest"]}
            assert (rows == {None}) == (not layer.has_maps)
            assert (told["similar"] is None) == (layer.kernel_shape is None)
            assert (told["without"] is None) == (layer not in switchable(entry.layers))
            assert len(told["by_class"]) == 10


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 0, "dead"), (0.1, 2, "always on"), (0, 2, ""), (-1, 0, "")]
)
def test_the_fate_of_a_channel(pretended: Workspace, low: float, high: float, expected: str) -> None:
    """Dead: 0 in every cell of every digit. Always on: above 0 in all. The answers themselves have none."""
    survey = pretended.surveys["cnn"]
    ends = np.array([[low] * 10, [high] * 10], np.float32)
    ranges = {**survey.ranges, ("dense", "post"): ends, ("output", "post"): ends}
    known = apps.with_survey(pretended, "cnn", replace(survey, ranges=ranges))
    layers = known.entry("cnn").layers

    assert channels.fate(known, "cnn", layers[-2], 1) == expected
    assert channels.fate(known, "cnn", layers[-1], 1) == expected.replace("always on", "")


@pytest.mark.parametrize(("layer", "ranked"), [("dense", "post"), ("output", "pre")])
def test_a_dead_channel_has_no_strongest_digits(
    pretended: Workspace, tmp_path: Path, layer: str, ranked: str
) -> None:
    """It is zero on all digits, of which the first nine by number are no answer; another channel has nine."""
    survey = pretended.surveys["cnn"]
    ends = survey.ranges[layer, "post"].copy()
    ends[:, 1] = 0
    known = apps.with_survey(
        pretended, "cnn", replace(survey, ranges={**survey.ranges, (layer, "post"): ends})
    )
    client = create_app(known, apps.settings(tmp_path)).server.test_client()

    dead, other = (json_of(client, f"/api/models/cnn/layers/{layer}/filters/{n}") for n in (1, 2))

    assert (dead["fate"], dead["ranked"], dead["strongest"]) == ("dead", ranked, [])
    assert (other["ranked"], len(other["strongest"])) == (ranked, 9)


def test_numbers_that_json_does_not_have(pretended: Workspace, tmp_path: Path) -> None:
    """A network that diverged is told of, in numbers that can be read."""
    survey = pretended.surveys["cnn"]
    measured = replace(survey.layers["dense"], mean=np.full(5, np.nan, np.float32))
    layers = {**survey.layers, "dense": measured}
    known = apps.with_survey(pretended, "cnn", replace(survey, layers=layers))
    client = create_app(known, apps.settings(tmp_path)).server.test_client()

    assert json_of(client, "/api/models/cnn/layers/dense/filters/2")["mean"] == 0


@pytest.mark.parametrize("number", ["4", "-1", "1.5", "x", "%00", "٣", "9" * 3_000])
def test_channels_that_there_are_not(client: FlaskClient, pretended: Workspace, number: str) -> None:
    """404, with the numbers that there are."""
    strength = f"/wall/{pretended.version}/strength/cnn/conv2"
    for path in (f"{CONV2}/{number}", f"{strength}/{number}.bin"):
        assert "0 to 3" in require_error(client.get(path), 404)


@pytest.mark.parametrize(
    ("key", "layer"), [("rnn", "conv2"), ("cnn", "conv9"), ("cnn", "flatten"), ("fcn", "conv2")]
)
def test_layers_that_there_are_not(client: FlaskClient, pretended: Workspace, key: str, layer: str) -> None:
    """404, as for what only reshapes and has no channels of its own."""
    for path in (
        f"/api/models/{key}/layers/{layer}/filters/0",
        f"/wall/{pretended.version}/strength/{key}/{layer}/0.bin",
    ):
        require_error(client.get(path), 404)


def test_all_digits_by_strength(client: FlaskClient, pretended: Workspace) -> None:
    """Every digit once, the named nine first, two bytes each, kept for ever."""
    path = f"/wall/{pretended.version}/strength/cnn/conv2/3.bin"

    order = np.frombuffer(body_of(client, path), "<u2")

    measured = pretended.surveys["cnn"].layers["conv2"]
    assert np.array_equal(np.sort(order), np.arange(10_000))
    assert np.array_equal(order[:9], measured.strongest[3])
    assert (np.diff(np.asarray(measured.strength)[order, 3].astype(int)) <= 0).all()
    assert client.get(path).headers["Cache-Control"] == FOR_EVER
    require_error(client.get("/wall/0123456789abcdef/strength/cnn/conv2/3.bin"), 404)


@pytest.mark.parametrize("stage", STAGES)
def test_a_picture_without_some_channels(client: FlaskClient, pretended: Workspace, stage: Stage) -> None:
    """It is another picture under its own address, the same for equal sets, kept for ever."""
    path = f"/pictures/{pretended.version}/fcn,cnn/17/{stage}.bin"
    off: Off = {"fcn": {"dense1": (2,)}, "cnn": {"conv2": (1, 3)}}

    less = client.get(f"{path}?off=cnn.conv2:3.1.3,fcn.dense1:2")

    assert less.headers["Cache-Control"] == FOR_EVER
    assert gzip.decompress(less.get_data()) == gzip.decompress(
        pictures.paint(pretended, Asked(("fcn", "cnn"), 17, stage, off))
    )
    assert less.get_data() == client.get(f"{path}?off=fcn.dense1:02,cnn.conv2:1.3").get_data()
    assert body_of(client, f"{path}?off=") == body_of(client, path)
    assert gzip.decompress(less.get_data()) != body_of(client, path)


@pytest.mark.parametrize(("off", "status"), [("x", 400), ("cnn.conv2:4", 404), ("cnn.output:1", 404)])
def test_pictures_without_what_there_is_not(
    client: FlaskClient, pretended: Workspace, off: str, status: int
) -> None:
    """Never a picture of something that was not asked for."""
    require_error(client.get(f"/pictures/{pretended.version}/fcn,cnn/17/post.bin?off={off}"), status)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """What is computed live is 503 with a time to ask again; what was surveyed is told at once."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in (
        "/api/models/cnn/without/0.bin?off=cnn.conv2:1",
        f"/pictures/{workspace.version}/fcn,cnn/3/post.bin?off=cnn.conv2:1",
    ):
        response = client.get(path)
        assert "waking" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"
    for path in (
        f"{CONV2}/3",
        "/api/models/cnn/without/0.bin",
        f"/wall/{workspace.version}/strength/cnn/conv2/3.bin",
    ):
        assert client.get(path).status_code == 200


@pytest.mark.keras
def test_the_real_network_loses_channels(small: Path, test_digits: Dataset, tmp_path: Path) -> None:
    """Answers and pictures are those of the opened network with these channels at zero."""
    settings = apps.settings(tmp_path / "cache", CHECKPOINTS_DIR=str(small))
    workspace = Workspace.open(settings)
    client = create_app(workspace, settings).server.test_client()
    workspace.networks.wake()
    assert workspace.networks.wait(120)
    probe, off = workspace.networks.probe("cnn"), {"conv2": (1, 3)}

    named = answers_of(client, "/api/models/cnn/without/39.bin?off=cnn.conv2:1.3")
    body = body_of(client, f"/pictures/{workspace.version}/fcn,cnn/17/post.bin?off=cnn.conv2:1.3")

    assert np.array_equal(named, answers(probe.logits_without(prepare(test_digits.images[9_750:]), off)))
    forward = probe.run_without(prepare(test_digits.images[17]), off)
    panels = sum(layer.channels for layer in surveyed(checkpoints.LAYERS["fcn"]))
    start = 4 + 80 + 4 * panels  # the digit, then all of the network without maps
    assert np.array_equal(np.frombuffer(body, "<f4", 10, start), forward.logits)


def test_numbers_follow_what_is_switched_off(client: FlaskClient) -> None:
    """Tensors, their arithmetic and the answer are the diminished network's, and so say their addresses."""
    layer = "/api/models/cnn/digits/17/layers"
    off = "off=cnn.conv1:1"
    maps = np.load(io.BytesIO(body_of(client, f"{layer}/conv1.npy?{off}")))
    whole = np.load(io.BytesIO(body_of(client, f"{layer}/conv1.npy")))
    assert not maps[..., 1].any()
    assert np.array_equal(maps[..., [0, 2]], whole[..., [0, 2]])

    told = client.get(f"{layer}/conv2/cell?filter=3&cell=12,7&{off}").get_json()
    assert not np.array(told["patch"])[..., 1].any()
    assert told["tensors"]["reads"]["address"].endswith(f"&{off}")
    partial = np.load(io.BytesIO(body_of(client, f"{layer}/conv2/partial.npy?filter=3&{off}")))
    assert not partial[..., 1].any()

    logits = [
        client.get(f"/api/models/cnn/digits/17{query}").get_json()["logits"] for query in ("", f"?{off}")
    ]
    assert logits[0] != logits[1]
    assert client.get(f"{layer}/conv1.npy?off=cnn.output:1").status_code == 404


def test_pictures_of_any_set_fill_no_memory(test_digits: Dataset, tmp_path: Path) -> None:
    """There are more sets than memory: what is switched off is computed anew, and crowds out nothing."""
    workspace = apps.workspace(test_digits, tmp_path)
    for channel in range(4):
        pictures.paint(workspace, Asked(("fcn", "cnn"), 3, "post", {"cnn": {"conv2": (channel,)}}))
    workspace.memory.settle()

    assert workspace.memory.recall(f"{workspace.version}/digit/3/post/cnn.conv2:1") is None
    assert workspace.memory.recall(f"{workspace.version}/digit/3/post") is None


def test_a_channel_that_is_off_is_zero_whatever_its_sum(client: FlaskClient) -> None:
    """The sum is told as it is; what comes after it is zero, and says why."""
    layer = "/api/models/cnn/digits/17/layers"
    for place in (
        "conv2/cell?filter=3&cell=12,7&off=cnn.conv2:3",
        "pool/cell?filter=3&cell=2,7&off=cnn.pool:3",
    ):
        told = json_of(client, f"{layer}/{place}")
        assert told["off"] is True
        assert told["after"] == told["network"]["post"] == 0

    require_error(client.get(f"{layer}/conv2/keras.py?filter=3&cell=12,7&off=cnn.conv2:3"), 400)
