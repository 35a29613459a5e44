"""The smallest change of a digit that turns a network's answer has a URL, and so has each step to it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard import api, validation
from dashboard.inspector import Inspector
from models.adversary import DEFINITION, SOURCE, WHITE, Adversary, Distance
from models.digits import prepare
from models.drawing import Change, Drawing, write_pixels

ROOT = "/api/models/<key>/digits/<number>/adversary"


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes of adversarial examples."""
    routes = Blueprint("adversary", __name__)

    @routes.get(f"{ROOT}.npy")
    def pixels(key: str, number: str) -> Response:
        _, _, found = _found(inspector, key, number)
        return api.npy(prepare(found.pixels)[..., 0])

    @routes.get(ROOT)
    def told(key: str, number: str) -> Response:
        index, move, found = _found(inspector, key, number)
        return api.revalidated(jsonify(_told(inspector, key, index, move, found)))

    return routes


def _found(inspector: Inspector, key: str, number: str) -> tuple[int, Change | None, Adversary]:
    """Return which digit is asked for, what is done to it, and what was found; or refuse."""
    entry = inspector.entry(key)
    index = validation.whole_number(number, "test digit", len(inspector.images))
    validation.require_whole(request.args)
    target = validation.class_of(request.args, "target", entry)
    move = api.moved()
    return index, move, inspector.adversary(key, index, target, move)


def _told(
    inspector: Inspector, key: str, index: int, move: Change | None, found: Adversary
) -> dict[str, Any]:
    """Return the example, how far it is, what the network says of it, and how it was found."""
    digit = inspector.digit(index, move)
    distance = Distance.between(digit, found.pixels)
    example = Drawing(write_pixels(found.pixels), "pixels")
    forward = inspector.forward_pass(key, index, move=example)
    return {
        "model": key,
        "digit": index,
        "before": found.before,
        "target": found.target,
        "definition": DEFINITION,
        "source": SOURCE,
        **asdict(distance),
        "levels": {"l2": WHITE * distance.l2, "linf": round(WHITE * distance.linf, 2)},
        "perturb": example.text,
        "logits": forward.logits.tolist(),
        "probabilities": forward.probabilities.tolist(),
        "steps": [
            {
                "l2": float(far),
                "logit_before": float(logits[found.before]),
                "logit_target": float(logits[found.target]),
                "perturb": Drawing(write_pixels(pixels), "pixels").text,
            }
            for far, logits, pixels in zip(found.distances, found.logits, found.way, strict=True)
        ],
    }
