from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.api.attribution import Asked, explained, scores
from dashboard.factory import create_app
from dashboard.turns import Turns
from dashboard.workspace import Workspace
from models.analysis.attribution import BLIND, METHODS, SEED, STEPS, Question, deletion, on_pixels
from models.analysis.metrics import answers
from models.datasets.dataset import Dataset
from models.datasets.perturbation import Move
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error, require_revalidated, require_waking

CNN = "/api/models/cnn/digits/17/why"
FCN = "/api/models/fcn/digits/17/why"
ASKED = [f"{CNN}/{method}{form}" for method in METHODS for form in ("", ".npy")]


@pytest.mark.parametrize("method", [method for method in METHODS if method != "gradcam"])
def test_pixels_of_every_method(client: FlaskClient, pretended: Workspace, method: str) -> None:
    """What the workspace says to the same question: class, other class, moved digit, random weights."""
    question, turned = Question(method, 4, 9), Move("rotation", 15)

    plain = array_of(client, f"{CNN}/{method}.npy?target=4")
    assert np.array_equal(plain, explained(pretended, Asked("cnn", 17, Question(method, 4))).values)
    found = array_of(client, f"{CNN}/{method}.npy?target=4&against=9&perturb=rotation:15&weights=random")
    assert np.array_equal(
        found, explained(pretended, Asked("cnn", 17, question, turned, trained=False)).values
    )
    assert found.shape == (28, 28)
    assert not np.array_equal(found, plain)


def test_the_network_s_own_answer_is_explained_by_default(client: FlaskClient, pretended: Workspace) -> None:
    """Of the moved digit it is the answer to that one; with random weights, still the trained network's."""
    turned = Move("rotation", 90)
    own = int(answers(pretended.forward_pass("fcn", 17, move=turned).logits))

    for weights in ("trained", "random"):
        asked = f"perturb=rotation:90&weights={weights}"
        told = json_of(client, f"{FCN}/gradient?{asked}")
        assert (told["target"], told["against"], told["weights"]) == (own, None, weights)
        assert told == json_of(client, f"{FCN}/gradient?target={own}&{asked}")


def test_random_weights_are_what_others_are_compared_with(client: FlaskClient, pretended: Workspace) -> None:
    """Of them the values and their own score are told; what becomes of it without ink is not asked."""
    question = Question("gradient", 4)

    told = json_of(client, f"{CNN}/gradient?target=4&weights=random")

    assert (told["untrained"], told["deletion"]) == (None, None)
    own = scores(pretended, Asked("cnn", 17, question, trained=False))
    assert (told["score"], told["baseline"]) == own
    assert own != scores(pretended, Asked("cnn", 17, question))


def test_grad_cam_looks_at_convolutions(client: FlaskClient, pretended: Workspace) -> None:
    """The last one by default; the values are those of its cells."""
    last = array_of(client, f"{CNN}/gradcam.npy?target=4")
    assert np.array_equal(
        last, explained(pretended, Asked("cnn", 17, Question("gradcam", 4, None, "conv2"))).values
    )
    assert last.shape == (24, 24)
    assert array_of(client, f"{CNN}/gradcam.npy?target=4&layer=conv1").shape == (26, 26)
    assert json_of(client, f"{CNN}/gradcam")["layer"] == "conv2"


@pytest.mark.parametrize("path", [f"{FCN}/gradcam", f"{FCN}/gradcam.npy", f"{FCN}/gradcam?layer=dense1"])
def test_grad_cam_does_not_exist_without_maps(client: FlaskClient, path: str) -> None:
    """It is refused, and not faked."""
    assert "Grad-CAM does not exist for fcn" in require_error(client.get(path), 404)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_told_of_an_explanation(client: FlaskClient, pretended: Workspace, method: str) -> None:
    """Definition, source, seed, values, residual, and the score without the ink that it points at."""
    told = json_of(client, f"{CNN}/{method}?target=4&against=9")

    layer = "conv2" if method == "gradcam" else None
    question = Question(method, 4, 9, layer)
    found = explained(pretended, Asked("cnn", 17, question))
    sight = pretended.layer("cnn", "conv2").sight
    importance = on_pixels(found.values, sight, (28, 28)) if layer and sight else found.values
    digit = pretended.digit(17)
    twin = explained(pretended, Asked("cnn", 17, question, trained=False))
    other = on_pixels(twin.values, sight, (28, 28)) if layer and sight else twin.values
    expected = deletion(
        lambda digits: question.score(apps.logits_of("cnn", digits)), digit, importance, other
    )
    assert (told["model"], told["digit"], told["layer"]) == ("cnn", 17, layer)
    assert (told["title"], told["definition"]) == (METHODS[method].title, METHODS[method].definition)
    assert "doi:" in told["source"]
    assert (told["seed"], told["residual"]) == (SEED, found.residual)
    assert np.array_equal(np.array(told["values"], np.float32), found.values)
    assert np.array_equal(np.array(told["untrained"], np.float32), twin.values)
    worth = told["deletion"]
    assert worth["removed"] == [step / STEPS for step in range(STEPS + 1)]
    assert np.array_equal(worth["scores"], expected.scores)
    assert np.array_equal(worth["random"], expected.random)
    assert list(expected.rivals) == [*BLIND, "untrained"]
    for name, curve in {"scores": expected.scores, **expected.rivals}.items():
        assert np.array_equal(worth[name], curve)
        assert worth["means"][name] == pytest.approx(curve.mean())
    assert worth["means"]["random"] == pytest.approx(expected.random.mean())
    assert (worth["p"], worth["spread"]) == (expected.chance, expected.spread)
    assert (worth["lower_than"], worth["passes"]) == ([*expected.lower_than], expected.passes)
    logits = apps.logits_of("cnn", np.stack([digit, np.zeros_like(digit)]))
    np.testing.assert_allclose([told["score"], told["baseline"]], logits[:, 4] - logits[:, 9], atol=1e-4)


@pytest.mark.parametrize("name", ["target", "against"])
@pytest.mark.parametrize("value", ["-1", "10", "x", "", "1.5", "٣", "4%00"])
def test_classes_that_there_are_not(client: FlaskClient, name: str, value: str) -> None:
    """404, with those that there are."""
    for form in ("", ".npy"):
        assert "0 to 9" in require_error(client.get(f"{CNN}/gradient{form}?{name}={value}"), 404)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("target=4&against=4", 400, "another class"),
        ("weights=", 400, "trained or random"),
        ("weights=Random", 400, "trained or random"),
        ("off=cnn.conv2:3", 400, "leave off out"),
        ("perturb=spin:3", 400, "perturb must be"),
        ("layer=pool", 404, "conv1, conv2"),
        ("layer=", 404, "conv1, conv2"),
    ],
)
def test_what_cannot_be_explained(client: FlaskClient, query: str, status: int, words: str) -> None:
    """It is refused with what is allowed, as pixels and as JSON."""
    for form in ("", ".npy"):
        assert words in require_error(client.get(f"{CNN}/gradcam{form}?{query}"), status)


@pytest.mark.parametrize("form", ["", ".npy"])
def test_what_there_is_not(client: FlaskClient, form: str) -> None:
    """Unknown digits, methods and networks are 404 with those that there are."""
    start = "/api/models"

    assert "0 to 9999" in require_error(client.get(f"{start}/cnn/digits/10000/why/gradient{form}"), 404)
    assert "fcn, cnn" in require_error(client.get(f"{start}/rnn/digits/3/why/gradient{form}"), 404)
    message = require_error(client.get(f"{start}/cnn/digits/3/why/guided{form}"), 404)
    assert "gradient, integrated, occlusion, gradcam" in message


@pytest.mark.parametrize("path", ASKED)
def test_what_is_known_is_revalidated(client: FlaskClient, path: str) -> None:
    """Asked again with its tag, an address costs no bytes."""
    require_revalidated(client, path)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """What needs them is 503 with a time to ask again; what is wrong anyway is refused at once."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in ASKED:
        for target in ("", "?target=4"):
            require_waking(client.get(path + target))
    assert "0 to 9" in require_error(client.get(f"{CNN}/gradient?target=10"), 404)


@pytest.mark.parametrize("path", ASKED)
def test_one_is_explained_at_a_time(test_digits: Dataset, tmp_path: Path, path: str) -> None:
    """While others have theirs explained, one is asked to come again, and then it is explained."""
    workspace = replace(apps.workspace(test_digits, tmp_path), turns=Turns(1))
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    with workspace.turns.taken("having minds changed"):
        response = client.get(path)
        assert "having minds changed; this goes on in a second" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"

    assert client.get(path).status_code == 200
