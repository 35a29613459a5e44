"""What the best network reads in a drawing has a URL: a small answer beside the picture of the pair."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard import api
from dashboard.errors import RefusedError
from dashboard.inspector import Inspector
from dashboard.query import knows
from models.analysis.metrics import answers, margins
from models.analysis.novelty import DEFINITION, SOURCE, Novelty
from models.engine.forward_pass import ForwardPass
from models.sketch.drawing import Drawing
from models.store.manifest import Entry


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the route of readings."""
    routes = Blueprint("readings", __name__)

    @routes.get("/api/readings")
    @knows("perturb")
    def reading() -> Response:
        drawing = _drawn()
        found = inspector.reading(drawing)
        known = inspector.novelty(found)
        told = {
            "perturb": drawing.text,
            "reader": _told(inspector.reader, found),
            "novelty": _novelty(*known) if known else None,
        }
        return api.revalidated(jsonify(told))

    return routes


def _drawn() -> Drawing:
    """Return the drawing that the query holds, moved or not, or refuse: a test digit has its own address."""
    change = api.moved()
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
        "held_out": {**asdict(reader.held_out), "accuracy": reader.held_out.accuracy},
        "answer": answer,
        "probability": float(found.probabilities[answer]),
        "margin": float(margins(found.logits)),
        "logits": found.logits.tolist(),
        "probabilities": found.probabilities.tolist(),
    }


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
