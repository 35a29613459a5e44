from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.perturbation import parse_move
from dashboard.turns import Turns
from dashboard.workspace import Workspace
from models.analysis import feature_visualisation
from models.analysis.feature_visualisation import SEED, SEEDS, STEPS, middle
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.graph.description import surveyed
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error, require_revalidated, require_waking

CONV2 = "/api/models/cnn/layers/conv2/filters/3/illustration"
SILENT = "/api/models/cnn/layers/conv2/filters/1/illustration"


def test_what_is_told_of_an_illustration(client: FlaskClient, pretended: Workspace) -> None:
    """How it came about, the picture, and the network's own number on it, on noise and on the best digit."""
    told = json_of(client, f"{CONV2}?seed=12")

    survey, entry = pretended.surveys["cnn"], pretended.entry("cnn")
    measured = survey.layers["conv2"]
    assert (told["model"], told["layer"], told["filter"]) == ("cnn", "conv2", 3)
    assert (told["sha256"], told["seed"], told["seeds"], told["steps"]) == (entry.sha256, 12, SEEDS, STEPS)
    assert told["regulariser"] == {
        "total_variation": feature_visualisation.VARIATION,
        "squares": feature_visualisation.SQUARES,
    }
    assert "pre-activation" in told["definition"]
    assert "doi:10.23915/distill.00007" in told["source"]
    assert (told["cell"], told["sight"]) == ([12, 12], [12, 12, 17, 17])
    levels = np.array(told["levels"], np.uint8)
    probe = pretended.networks.probe("cnn")
    assert told["value"] == probe.run(prepare(levels)).pre["conv2"][12, 12, 3]
    assert told["value"] != told["noise"]
    best = told["strongest"]
    assert best["value"] == survey.ranges["conv2", "pre"][1, 3]
    assert best["digit"] == measured.strongest[3, 0]
    assert best["label"] == pretended.labels[best["digit"]]
    assert best["row"] * 24 + best["column"] == measured.places[3, 0]


def test_the_picture_is_what_the_networks_would_be_fed(client: FlaskClient, pretended: Workspace) -> None:
    """As float32 28×28, as levels, and as what an address says in the place of a digit: the same pixels."""
    told, found = json_of(client, CONV2), array_of(client, f"{CONV2}.npy")

    assert found.shape == (28, 28)
    assert np.array_equal(found, prepare(np.array(told["levels"], np.uint8))[..., 0])
    assert np.array_equal(found, pretended.digit(0, parse_move(told["perturb"]))[..., 0])
    assert told == json_of(client, f"{CONV2}?seed={SEED}")
    assert told["noise"] != json_of(client, f"{CONV2}?seed=8")["noise"]


def test_every_channel_has_one(client: FlaskClient, pretended: Workspace) -> None:
    """Maps have a cell, units none; a class is compared by its logit, which is never cut."""
    for entry in pretended.entries:
        for layer in surveyed(entry.layers):
            told = json_of(client, f"/api/models/{entry.key}/layers/{layer.name}/filters/0/illustration")
            cell = middle(layer)
            assert told["cell"] == (list(cell) if cell else None)
            assert (told["strongest"]["row"] is None) == (not layer.has_maps)
        logits = pretended.surveys[entry.key].logits[:, 0]
        assert (told["strongest"]["digit"], told["strongest"]["value"]) == (logits.argmax(), logits.max())


def test_what_does_not_respond(client: FlaskClient) -> None:
    """It is said, and noise is not shown in its place."""
    told = json_of(client, SILENT)

    assert (told["value"], told["levels"], told["perturb"]) == (None, None, None)
    assert isinstance(told["noise"], float)
    assert "does not respond to any step from seed 7" in require_error(client.get(f"{SILENT}.npy"), 404)


def test_no_digit_is_named_that_does_not_make_it_fire(pretended: Workspace, tmp_path: Path) -> None:
    """Of a dead channel the largest pre-activation is known, but not on which digit."""
    survey = pretended.surveys["cnn"]
    ends = np.array([[-2.0] * 4, [-0.5] * 4], np.float32)
    ranges = {**survey.ranges, ("conv2", "pre"): ends, ("conv2", "post"): 0 * ends}
    known = apps.with_survey(pretended, "cnn", replace(survey, ranges=ranges))
    client = create_app(known, apps.settings(tmp_path)).server.test_client()

    told = json_of(client, CONV2)["strongest"]

    assert told == {"value": -0.5, "digit": None, "label": None, "row": None, "column": None}


@pytest.mark.parametrize("form", ["", ".npy"])
@pytest.mark.parametrize("seed", ["-1", str(SEEDS), "1.5", "", "x", "٣", "7%00", "9" * 3_000])
def test_seeds_that_there_are_not(client: FlaskClient, form: str, seed: str) -> None:
    """400, with those that there are."""
    assert f"0 to {SEEDS - 1}" in require_error(client.get(f"{CONV2}{form}?seed={seed}"), 400)


@pytest.mark.parametrize("form", ["", ".npy"])
def test_what_there_is_not(client: FlaskClient, form: str) -> None:
    """Unknown networks, layers and channels are 404, as is a layer without channels of its own."""
    start = "/api/models"
    for path in ("rnn/layers/conv2/filters/0", "cnn/layers/conv9/filters/0", "cnn/layers/flatten/filters/0"):
        require_error(client.get(f"{start}/{path}/illustration{form}"), 404)
    assert "0 to 3" in require_error(
        client.get(f"{start}/cnn/layers/conv2/filters/4/illustration{form}"), 404
    )


def test_what_is_known_is_revalidated(client: FlaskClient) -> None:
    """Asked again with its tag, an address costs no bytes."""
    for path in (CONV2, f"{CONV2}.npy"):
        require_revalidated(client, path)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """503 with a time to ask again; what is wrong anyway is refused at once."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in (CONV2, f"{CONV2}.npy"):
        require_waking(client.get(path))
    require_error(client.get(f"{CONV2}?seed=x"), 400)


def test_one_is_made_at_a_time(test_digits: Dataset, tmp_path: Path) -> None:
    """While others have theirs made, one is asked to come again, and then it is made."""
    workspace = replace(apps.workspace(test_digits, tmp_path), turns=Turns(1))
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    with workspace.turns.taken("having illustrations made"):
        response = client.get(CONV2)
        assert "goes on in a second" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"

    assert json_of(client, CONV2)["value"] is not None


def test_a_class_that_asks_at_once_has_it_made_once(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits while the same one is made is given that one, as soon as it is remembered."""
    workspace = apps.workspace(test_digits, tmp_path)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()
    first = json_of(client, CONV2)
    workspace.memory.settle()
    recalled, made = iter([None]), []  # as if it had not been there before the wait
    recall = workspace.memory.recall
    monkeypatch.setattr(workspace.memory, "recall", lambda name: next(recalled, recall(name)))
    monkeypatch.setattr("dashboard.api.feature_visualisation.illustrate", lambda *asked: made.append(asked))

    assert json_of(client, CONV2) == first
    assert made == []


def test_it_is_remembered(test_digits: Dataset, tmp_path: Path) -> None:
    """By checkpoints, recipe, channel and seed: asleep, a second server still knows it, and no other one."""
    workspace = apps.workspace(test_digits, tmp_path)
    first = json_of(create_app(workspace, apps.settings(tmp_path)).server.test_client(), CONV2)
    workspace.memory.settle()
    assert workspace.memory.recall(
        f"{workspace.version}/illustration/{feature_visualisation.RECIPE}/cnn/conv2/3/7"
    )
    sleeping = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(sleeping, apps.settings(tmp_path)).server.test_client()

    assert json_of(client, CONV2) == first
    require_waking(client.get(f"{CONV2}?seed=8"))
