from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray

from dashboard.api import adversarial
from dashboard.factory import create_app
from dashboard.perturbation import parse_move
from dashboard.turns import Turns
from dashboard.workspace import Workspace
from models.analysis.adversarial import MARGIN, STEPS, ahead
from models.analysis.adversary import Distance
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.mnist import SPEC
from models.datasets.perturbation import Move
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error, require_revalidated, require_waking

CNN = "/api/models/cnn/digits/17/adversary"
FORMS = (CNN, f"{CNN}.npy")


def answer(workspace: Workspace, place: int, move: Move | None = None) -> int:
    """Return the network's first answer, its second or another one."""
    return int(np.argsort(-workspace.forward_pass("cnn", 17, move=move).logits)[place - 1])


@pytest.mark.parametrize("move", [None, Move("rotation", 90)])
def test_what_turns_an_answer(client: FlaskClient, pretended: Workspace, move: Move | None) -> None:
    """The nearest of all classes by default: a picture in an address, of which the network then says it."""
    query = f"&perturb={move.text}" if move else ""
    told = json_of(client, f"{CNN}?{query}")

    digit, example = pretended.digit(17, move), parse_move(told["perturb"])
    said = pretended.forward_pass("cnn", 17, move=example).logits
    assert (told["model"], told["digit"]) == ("cnn", 17)
    own = answer(pretended, 1, move)
    assert told["before"] == own
    lengths = [told["l2"] if length is None else length for length in told["distances"]]
    assert told["target"] == told["nearest"] == int(np.argmin(lengths)) == said.argmax()
    assert [target for target, length in enumerate(told["distances"]) if length is None] == [own]
    assert told["l2"] == told["distances"][told["target"]] == min(lengths)
    assert told["logits"] == said.tolist()
    assert ahead(said, told["target"]) >= MARGIN
    pixels = array_of(client, f"{CNN}.npy?{query}")
    assert np.array_equal(pixels, pretended.digit(17, example)[..., 0])
    far = Distance.between(digit, np.rint(255 * pixels).astype(np.uint8), SPEC)
    assert (told["l2"], told["linf"], told["pixels"]) == (far.l2, far.linf, far.pixels)
    assert told["levels"] == {
        "l2": pytest.approx(255 * far.l2), "linf": pytest.approx(255 * far.linf, abs=0.01)
    }  # fmt: skip
    assert "nearest" in told["definition"]
    assert "doi:" in told["source"]


def test_every_step_has_an_address(client: FlaskClient, pretended: Workspace) -> None:
    """From the digit itself, with both logits and the distance; each is a picture of its own."""
    target = answer(pretended, 3)
    told = json_of(client, f"{CNN}?target={target}")

    steps, own = told["steps"], pretended.forward_pass("cnn", 17).logits
    assert told["target"] == target
    assert len(steps) == STEPS
    first = steps[0]
    assert (first["l2"], first["logit_before"]) == (0, pytest.approx(float(own[told["before"]]), abs=1e-4))
    assert first["logit_target"] == pytest.approx(float(own[target]), abs=1e-4)
    assert np.array_equal(pretended.digit(17), pretended.digit(17, parse_move(first["perturb"])))
    last = pretended.forward_pass("cnn", 17, move=parse_move(steps[-1]["perturb"])).logits
    assert last[target] == pytest.approx(steps[-1]["logit_target"], abs=2)


def test_its_own_answer_is_no_choice(client: FlaskClient, pretended: Workspace) -> None:
    """It is refused, in words."""
    own = answer(pretended, 1)

    for path in FORMS:
        message = require_error(client.get(f"{path}?target={own}"), 400)
        assert message == f"cnn takes this digit for a {own} already: choose another class."


def test_what_is_not_found_is_said(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, pretended: Workspace
) -> None:
    """No picture is shown for it."""
    flat = np.zeros((9, 28, 28, 1), np.float32)
    monkeypatch.setattr(
        apps.PretendedExplainer, "leads", lambda self, digits, _: (apps.logits_of(self.key, digits), flat)
    )
    for path in (f"{form}?perturb=rotation:15" for form in FORMS):  # which is not remembered
        message = require_error(client.get(path), 404)
        assert message == "48 steps found no picture near this digit that cnn takes for another class."
        target = answer(pretended, 2, Move("rotation", 15))
        message = require_error(client.get(f"{path}&target={target}"), 404)
        assert message.endswith(f"that cnn takes for a {target}: choose another class.")


def test_a_class_of_its_own_is_no_nearer_than_the_nearest(client: FlaskClient) -> None:
    """Asked for one by one, each class has the distance that stands among all, and the same are told."""
    nearest = json_of(client, CNN)

    for target, length in enumerate(nearest["distances"]):
        if target == nearest["before"]:
            continue
        told = json_of(client, f"{CNN}?target={target}")
        assert (told["target"], told["nearest"]) == (target, nearest["nearest"])
        assert told["l2"] == length >= nearest["l2"]
        assert told["distances"] == nearest["distances"]


def test_classes_for_which_nothing_is_found_have_no_distance(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, pretended: Workspace
) -> None:
    """They are null, and the nearest is the nearest of the others."""
    missing, leads = answer(pretended, 2, Move("rotation", 15)), apps.PretendedExplainer.leads

    def some(explainer: apps.PretendedExplainer, digits: Floats, targets: NDArray[np.int32]) -> object:
        logits, slopes = leads(explainer, digits, targets)
        return logits, slopes * (targets != missing)[:, np.newaxis, np.newaxis, np.newaxis]

    monkeypatch.setattr(apps.PretendedExplainer, "leads", some)

    told = json_of(client, f"{CNN}?perturb=rotation:15")
    assert told["distances"][missing] is None
    assert told["target"] != missing
    assert sum(length is not None for length in told["distances"]) == 8
    require_error(client.get(f"{CNN}?perturb=rotation:15&target={missing}"), 404)


def test_what_was_found_is_remembered(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a digit as it was written it is not sought again, for any class; of a changed one it is."""
    workspace = apps.workspace(test_digits, tmp_path)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()
    first = json_of(client, CNN)
    workspace.memory.settle()

    monkeypatch.delattr(apps.PretendedExplainer, "leads")

    assert json_of(client, CNN) == first
    assert json_of(client, f"{CNN}?target={first['target']}") == first
    with pytest.raises(AttributeError, match="leads"):
        adversarial.adversaries(workspace, "cnn", 17, Move("rotation", 15))
    with pytest.raises(AttributeError, match="leads"):
        adversarial.adversaries(workspace, "cnn", 18)


def test_one_is_sought_at_a_time(test_digits: Dataset, tmp_path: Path) -> None:
    """While others' are sought, one is asked to come again, and then it is found."""
    workspace = replace(apps.workspace(test_digits, tmp_path), turns=Turns(1))
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    with workspace.turns.taken("having minds changed"):
        response = client.get(CNN)
        assert "goes on in a second" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"

    assert json_of(client, CNN)["l2"] > 0


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("target=10", 404, "0 to 9"),
        ("target=", 404, "0 to 9"),
        ("target=-1", 404, "0 to 9"),
        ("target=x", 404, "0 to 9"),
        ("off=cnn.conv2:3", 400, "leave off out"),
        ("perturb=spin:3", 400, "perturb must be"),
    ],
)
def test_what_cannot_be_asked(client: FlaskClient, query: str, status: int, words: str) -> None:
    """It is refused with what is allowed, as pixels and as JSON."""
    for path in FORMS:
        assert words in require_error(client.get(f"{path}?{query}"), status)


@pytest.mark.parametrize("form", ["", ".npy"])
def test_what_there_is_not(client: FlaskClient, form: str) -> None:
    """Unknown digits and networks are 404 with those that there are."""
    assert "0 to 9999" in require_error(client.get(f"/api/models/cnn/digits/10000/adversary{form}"), 404)
    assert "fcn, cnn" in require_error(client.get(f"/api/models/rnn/digits/3/adversary{form}"), 404)


@pytest.mark.parametrize("path", FORMS)
def test_what_is_known_is_revalidated(client: FlaskClient, path: str) -> None:
    """Asked again with its tag, an address costs no bytes."""
    require_revalidated(client, path)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """503 with a time to ask again; what is wrong anyway is refused at once."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    for path in FORMS:
        require_waking(client.get(path))
        assert "0 to 9" in require_error(client.get(f"{path}?target=10"), 404)
