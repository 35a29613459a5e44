"""Why a network gives its answer has a URL: the pixels that speak for it, and what they are worth."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard import validation
from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.errors import RefusedError, not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import makers
from models.analysis.attribution import (
    METHODS,
    SEED,
    STEPS,
    Deletion,
    Explanation,
    Question,
    deletion,
    on_pixels,
)
from models.analysis.metrics import answers
from models.graph.description import convolutions
from models.sketch.drawing import Change
from models.store.entry import Entry

if TYPE_CHECKING:
    from models.analysis.attribution_methods import Explainer

ROOT = "/api/models/<key>/images/<number>/why"
EXPLAINING = "having answers explained"
QUERY = ("target", "against", "weights", "perturb", "layer")


@dataclass(frozen=True)
class Asked:
    """Which explanation of a network's answer a request asks for.

    Attributes:
        key: The network.
        index: Of the test image.
        question: Of that network.
        move: What is done to the image, None for nothing.
        trained: Whether the weights are the network's own, or random.
    """

    key: str
    index: int
    question: Question
    move: Change | None = None
    trained: bool = True


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes that explain an answer."""
    routes = Blueprint("attribution", __name__)

    @routes.get(f"{ROOT}/<explanation>.npy")
    @knows(*QUERY)
    def values(key: str, number: str, explanation: str) -> Response:
        asked = _asked(workspace, key, number, explanation)
        with workspace.turns.taken(EXPLAINING):
            found = explained(workspace, asked)
        return npy(found.values)

    @routes.get(f"{ROOT}/<explanation>")
    @knows(*QUERY)
    def told(key: str, number: str, explanation: str) -> Response:
        asked = _asked(workspace, key, number, explanation)
        with workspace.turns.taken(EXPLAINING):
            said = _told(workspace, asked)
        return revalidated(jsonify(said))

    return routes


def explained(workspace: Workspace, asked: Asked) -> Explanation:
    """Return which pixels of a test image speak for an answer, or refuse."""
    image, empty = workspace.digit(asked.index, asked.move), workspace.spec.empty
    return explainer(workspace, asked).explain(image, asked.question, empty)


def explainer(workspace: Workspace, asked: Asked) -> Explainer:
    """Return what explains the answers of a network, with its own weights or with random ones; or refuse."""
    make = makers.explainer if asked.trained else makers.untrained
    return workspace.networks.built(workspace.entry(asked.key).key, make)


def scores(workspace: Workspace, asked: Asked) -> tuple[float, float]:
    """Return the score that is explained and that of an empty picture, or refuse, as `explained` does."""
    image, empty = workspace.digit(asked.index, asked.move), workspace.spec.empty
    logits = explainer(workspace, asked).logits(np.stack([image, np.full_like(image, empty)]))
    score, baseline = asked.question.score(logits).tolist()
    return score, baseline


def removed(workspace: Workspace, asked: Asked, found: tuple[Explanation, Explanation]) -> Deletion:
    """Return what becomes of the score without the ink that an explanation found important, or refuse.

    Args:
        workspace: What is open.
        asked: Of a network with its own weights.
        found: What `explained` answers to it, and what of the same network with random weights.
    """
    question, told = asked.question, explainer(workspace, asked)
    sight = workspace.layer(asked.key, question.layer).sight if question.layer else None
    spec = workspace.spec
    sides = spec.rows, spec.columns
    ranked, other = (on_pixels(each.values, sight, sides) if sight else each.values for each in found)
    image = workspace.digit(asked.index, asked.move)
    return deletion(lambda images: question.score(told.logits(images)), image, ranked, other, spec.empty)


def _told(workspace: Workspace, asked: Asked) -> dict[str, Any]:
    """Return what an explanation means, and what it is worth: that is asked of a trained network alone."""
    found, question = explained(workspace, asked), asked.question
    score, baseline = scores(workspace, asked)
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
    untrained = explained(workspace, replace(asked, trained=False))
    worth = _worth(removed(workspace, asked, (found, untrained)))
    return {**told, "untrained": untrained.values.tolist(), "deletion": worth}


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


def _asked(workspace: Workspace, key: str, number: str, method: str) -> Asked:
    """Return what a request asks for, or refuse."""
    entry = workspace.entry(key)
    index = parameters.image(number, workspace)
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
    move = parameters.moved(workspace)
    target, against = (validation.class_of(request.args, part, entry) for part in ("target", "against"))
    if target is None:
        target = int(answers(workspace.forward_pass(key, index, move=move).logits))
    if target == against:
        raise RefusedError(400, "bad_against", "against must be another class than target.")
    return Asked(key, index, Question(method, target, against, layer), move, weights == "trained")


def _layer(entry: Entry) -> str:
    """Return the convolution that Grad-CAM is to look at, the last one by default, or refuse."""
    names = [layer.name for layer in convolutions(entry.layers)]
    if not names:
        raise not_found(f"Grad-CAM does not exist for {entry.key}: it has no convolution, and so no maps.")
    wanted = request.args.get("layer", names[-1])
    if wanted not in names:
        raise not_found(f"Grad-CAM looks at convolutions. {entry.key} has: {', '.join(names)}.")
    return wanted
