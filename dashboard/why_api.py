"""Why a network gives its answer has a URL: the pixels that speak for it, and what they are worth."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard import api, validation
from dashboard.errors import RefusedError, not_found
from dashboard.inspector import Inspector
from dashboard.query import knows
from models.analysis.attribution import METHODS, SEED, STEPS, Deletion, Explanation, Question, convolutions
from models.analysis.metrics import answers
from models.sketch.drawing import Change
from models.store.manifest import Entry

ROOT = "/api/models/<key>/digits/<number>/why"
EXPLAINING = "having answers explained"
QUERY = ("target", "against", "weights", "perturb", "layer")


@dataclass(frozen=True)
class Asked:
    """What a request asks for.

    Attributes:
        key: The network.
        index: Of the test digit.
        move: What is done to the digit, None for nothing.
        question: Of that network.
        trained: Whether the weights are the network's own, or random.
    """

    key: str
    index: int
    move: Change | None
    question: Question
    trained: bool


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes that explain an answer."""
    routes = Blueprint("why", __name__)

    @routes.get(f"{ROOT}/<explanation>.npy")
    @knows(*QUERY)
    def values(key: str, number: str, explanation: str) -> Response:
        asked = _asked(inspector, key, number, explanation)
        with inspector.turns.taken(EXPLAINING):
            found = _explained(inspector, asked)
        return api.npy(found.values)

    @routes.get(f"{ROOT}/<explanation>")
    @knows(*QUERY)
    def told(key: str, number: str, explanation: str) -> Response:
        asked = _asked(inspector, key, number, explanation)
        with inspector.turns.taken(EXPLAINING):
            said = _told(inspector, asked)
        return api.revalidated(jsonify(said))

    return routes


def _explained(inspector: Inspector, asked: Asked) -> Explanation:
    return inspector.explain(asked.key, asked.index, asked.question, asked.move, trained=asked.trained)


def _told(inspector: Inspector, asked: Asked) -> dict[str, Any]:
    """Return what an explanation means, and what it is worth: that is asked of a trained network alone."""
    found, question = _explained(inspector, asked), asked.question
    score, baseline = inspector.scores(asked.key, asked.index, question, asked.move, trained=asked.trained)
    told = {
        "model": asked.key,
        "digit": asked.index,
        **asdict(question),
        **asdict(METHODS[question.method]),
        "weights": "trained" if asked.trained else "random",
        "seed": SEED,
        "score": score,
        "baseline": baseline,
        "residual": found.residual,
        "values": found.values.tolist(),
        "untrained": None,
        "deletion": None,
    }
    if not asked.trained:
        return told
    untrained = _explained(inspector, replace(asked, trained=False))
    deletion = inspector.deletion(asked.key, asked.index, question, (found, untrained), asked.move)
    return {**told, "untrained": untrained.values.tolist(), "deletion": _worth(deletion)}


def _worth(deletion: Deletion) -> dict[str, Any]:
    """Return the score while ink is removed, in every order, and how the orders compare."""
    rivals = {name: curve.tolist() for name, curve in deletion.rivals.items()}
    means = {name: float(curve.mean()) for name, curve in deletion.rivals.items()}
    return {
        "removed": [step / STEPS for step in range(STEPS + 1)],
        "scores": deletion.scores.tolist(),
        **rivals,
        "random": deletion.random.tolist(),
        "means": {"scores": float(deletion.scores.mean()), **means, "random": float(deletion.random.mean())},
        "spread": deletion.spread,
        "p": deletion.chance,
        "lower_than": deletion.lower_than,
        "passes": deletion.passes,
    }


def _asked(inspector: Inspector, key: str, number: str, method: str) -> Asked:
    """Return what a request asks for, or refuse."""
    entry = inspector.entry(key)
    index = validation.whole_number(number, "test digit", len(inspector.images))
    if method not in METHODS:
        raise not_found(f"There is no such explanation. There are: {', '.join(METHODS)}.")
    weights = request.args.get("weights", "trained")
    if weights not in ("trained", "random"):
        raise RefusedError(400, "bad_weights", "weights must be trained or random.")
    if "layer" in request.args and method != "gradcam":
        raise RefusedError(
            400, "bad_layer", f"{method} looks at no layer, gradcam alone does: leave layer out."
        )
    layer = _layer(entry) if method == "gradcam" else None
    move = api.moved()
    target, against = (validation.class_of(request.args, part, entry) for part in ("target", "against"))
    if target is None:
        target = int(answers(inspector.forward_pass(key, index, move=move).logits))
    if target == against:
        raise RefusedError(400, "bad_against", "against must be another class than target.")
    return Asked(key, index, move, Question(method, target, against, layer), weights == "trained")


def _layer(entry: Entry) -> str:
    """Return the convolution that Grad-CAM is to look at, the last one by default, or refuse."""
    names = [layer.name for layer in convolutions(entry.layers)]
    if not names:
        raise not_found(f"Grad-CAM does not exist for {entry.key}: it has no convolution, and so no maps.")
    wanted = request.args.get("layer", names[-1])
    if wanted not in names:
        raise not_found(f"Grad-CAM looks at convolutions. {entry.key} has: {', '.join(names)}.")
    return wanted
