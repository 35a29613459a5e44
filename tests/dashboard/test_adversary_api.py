from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.inspector import Inspector
from dashboard.moving import parse_move
from models.adversary import MARGIN, STEPS, Distance, ahead
from models.digits import Move
from models.mnist import Digits
from tests.dashboard import apps
from tests.dashboard.sweeping import array_of, json_of, require_error, require_revalidated, require_waking

CNN = "/api/models/cnn/digits/17/adversary"
FORMS = (CNN, f"{CNN}.npy")


def answer(inspector: Inspector, place: int, move: Move | None = None) -> int:
    """Return the network's first answer, its second or another one."""
    return int(np.argsort(-inspector.forward_pass("cnn", 17, move=move).logits)[place - 1])


@pytest.mark.parametrize("move", [None, Move("rotation", 90)])
def test_what_turns_an_answer(client: FlaskClient, pretended: Inspector, move: Move | None) -> None:
    """Its second answer by default: a picture in an address, of which the network then says it."""
    query = f"&perturb={move.text}" if move else ""
    told = json_of(client, f"{CNN}?{query}")

    digit, example = pretended.digit(17, move), parse_move(told["perturb"])
    said = pretended.forward_pass("cnn", 17, move=example).logits
    assert (told["model"], told["digit"]) == ("cnn", 17)
    assert told["target"] == answer(pretended, 2, move) == said.argmax()
    assert told["before"] == answer(pretended, 1, move)
    assert told["logits"] == said.tolist()
    assert ahead(said, told["target"]) >= MARGIN
    pixels = array_of(client, f"{CNN}.npy?{query}")
    assert np.array_equal(pixels, pretended.digit(17, example)[..., 0])
    far = Distance.between(digit, np.rint(255 * pixels).astype(np.uint8))
    assert (told["l2"], told["linf"], told["pixels"]) == (far.l2, far.linf, far.pixels)
    assert told["levels"] == {
        "l2": pytest.approx(255 * far.l2), "linf": pytest.approx(255 * far.linf, abs=0.01)
    }  # fmt: skip
    assert "nearest" in told["definition"]
    assert "doi:" in told["source"]


def test_every_step_has_an_address(client: FlaskClient, pretended: Inspector) -> None:
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


def test_its_own_answer_is_no_choice(client: FlaskClient, pretended: Inspector) -> None:
    """It is refused, in words."""
    own = answer(pretended, 1)

    for path in FORMS:
        message = require_error(client.get(f"{path}?target={own}"), 400)
        assert message == f"cnn takes this digit for a {own} already: choose another class."


def test_what_is_not_found_is_said(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, pretended: Inspector
) -> None:
    """No picture is shown for it."""
    flat = np.zeros((28, 28, 1), np.float32)
    monkeypatch.setattr(
        apps.PretendedExplainer, "lead", lambda self, digit, _: (apps.logits_of(self.key, digit)[0], flat)
    )
    for path in FORMS:
        assert "found no picture" in require_error(client.get(path), 404)


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


def test_while_the_networks_wake(test_digits: Digits, tmp_path: Path) -> None:
    """503 with a time to ask again; what is wrong anyway is refused at once."""
    inspector = apps.inspector(test_digits, tmp_path, asleep=True)
    client = create_app(inspector, apps.settings(tmp_path)).server.test_client()

    for path in FORMS:
        require_waking(client.get(path))
        assert "0 to 9" in require_error(client.get(f"{path}?target=10"), 404)
