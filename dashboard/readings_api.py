"""What the best network reads in a drawing has a URL: a small answer beside the picture of the pair."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard import api, validation
from dashboard.errors import RefusedError
from dashboard.inspector import Inspector
from models.drawing import Drawing
from models.evaluate import answers, margins
from models.forward_pass import ForwardPass
from models.registry import Entry


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the route of readings."""
    routes = Blueprint("readings", __name__)

    @routes.get("/api/readings")
    def reading() -> Response:
        drawing = _drawn()
        found = inspector.reading(drawing)
        told = {"perturb": drawing.text, "reader": _told(inspector.reader, found)}
        return api.revalidated(jsonify(told))

    return routes


def _drawn() -> Drawing:
    """Return the drawing that the query holds, moved or not, or refuse: a test digit has its own address."""
    validation.require_whole(request.args)
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
