"""What the best network reads in a drawing has a URL: a small answer beside the picture of the pair."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard.api import parameters
from dashboard.api.responses import revalidated
from dashboard.errors import RefusedError
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import novelty
from models.analysis.metrics import answers, margins
from models.analysis.novelty import DEFINITION, SOURCE, Novelty
from models.engine.forward_pass import ForwardPass
from models.sketch.drawing import Drawing
from models.store.entry import Entry, Score


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of readings."""
    routes = Blueprint("readings", __name__)

    @routes.get("/api/readings")
    @knows("perturb")
    def read() -> Response:
        drawing = _drawn(workspace)
        found = reading(workspace, drawing)
        known = novelty_of(workspace, found)
        told = {
            "perturb": drawing.text,
            "reader": _told(workspace.reader, found),
            "novelty": _novelty(*known) if known else None,
        }
        return revalidated(jsonify(told))

    return routes


def reading(workspace: Workspace, drawing: Drawing) -> ForwardPass:
    """Run a drawing through the network that reads what people bring, all of it, or refuse."""
    return workspace.forward_pass(workspace.reader.key, 0, move=drawing)  # which takes any digit's place


def novelty_of(workspace: Workspace, found: ForwardPass) -> tuple[Novelty, float] | None:
    """Return the reader's measure of novelty, and the score of a reading; None where there is none."""
    measure = workspace.collection.of(novelty.MEASUREMENT).get(workspace.reader.key)
    if measure is None:
        return None
    hidden = found.post[workspace.reader.layers[-2].name].reshape(1, -1)
    return measure, float(measure.score(hidden)[0])


def _drawn(workspace: Workspace) -> Drawing:
    """Return the drawing that the query holds, moved or not, or refuse: a test digit has its own address."""
    change = parameters.moved(workspace)
    if isinstance(change, Drawing):
        return change
    raise RefusedError(
        400, "bad_perturb", "Only drawings are read here: perturb must begin with ink:, raw: or pixels:."
    )


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
