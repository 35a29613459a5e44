"""What the best network reads in a drawing has a URL: a small answer beside the picture of the pair.

So has what it reads in a test image to which something is done.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard.api import parameters
from dashboard.api.responses import revalidated
from dashboard.errors import RefusedError
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import novelty
from models.analysis.metrics import answers, margins
from models.analysis.novelty import DEFINITION, SOURCE, Novelty
from models.engine.forward_pass import ForwardPass
from models.sketch.drawing import Change, Drawing
from models.store.entry import Entry, Score


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of readings."""
    routes = Blueprint("readings", __name__)

    @routes.get("/api/readings")
    @knows("perturb", "image")
    def read() -> Response:
        change, index = _changed(workspace)
        found = reading(workspace, change, index)
        known = novelty_of(workspace, found)
        told = {
            "perturb": change.text,
            "reader": _told(workspace.reader, found),
            "novelty": _novelty(*known) if known else None,
        }
        return revalidated(jsonify(told))

    return routes


def reading(workspace: Workspace, change: Change, index: int = 0) -> ForwardPass:
    """Run what is done to a test image through the network that reads what people bring, or refuse.

    Args:
        workspace: What is open.
        change: What is done; a drawing takes the place of any image.
        index: Of the image.
    """
    return workspace.forward_pass(workspace.reader.key, index, move=change)


def novelty_of(workspace: Workspace, found: ForwardPass) -> tuple[Novelty, float] | None:
    """Return the reader's measure of novelty, and the score of a reading; None where there is none."""
    measure = workspace.collection.of(novelty.MEASUREMENT).get(workspace.reader.key)
    if measure is None:
        return None
    hidden = found.post[workspace.reader.layers[-2].name].reshape(1, -1)
    return measure, float(measure.score(hidden)[0])


def _changed(workspace: Workspace) -> tuple[Change, int]:
    """Return what the query does to which image, or refuse: a test image as it is has its own address."""
    change = parameters.moved(workspace)
    if isinstance(change, Drawing):
        return change, 0
    if change is None or "image" not in request.args:
        raise RefusedError(
            400,
            "bad_perturb",
            "Only what was drawn or changed is read here: perturb must begin with ink:, raw: or pixels:, or "
            "be what is done to a test image that is named, image=12&perturb=rotation:90.",
        )
    return change, parameters.image(request.args["image"], workspace)


def _told(reader: Entry, found: ForwardPass) -> dict[str, Any]:
    """Return which network reads, how good it is on held-out digits, and what it says."""
    answer = int(answers(found.logits))
    return {
        "key": reader.key,
        "title": reader.title,
        "sha256": reader.sha256,
        "held_out": _score(reader.training.held_out) if reader.training else None,
        "answer": answer,
        "probability": float(found.probabilities[answer]),
        "margin": float(margins(found.logits)),
        "logits": found.logits.tolist(),
        "probabilities": found.probabilities.tolist(),
    }


def _score(score: Score) -> dict[str, float]:
    return {**asdict(score), "accuracy": score.accuracy}


def _novelty(measure: Novelty, score: float) -> dict[str, Any]:
    """Return how unlike anything in training it is, against what, and how well that tells other pictures."""
    return {
        "score": score,
        "threshold": measure.threshold,
        "unlike": measure.is_unlike(score),
        "percentile": measure.percentile(score),
        "held_out": len(measure.scores),
        "definition": DEFINITION,
        "source": SOURCE,
        "auroc": {kind: asdict(each) for kind, each in measure.separated.items()},
    }
