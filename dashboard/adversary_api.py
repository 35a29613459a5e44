"""The smallest changes found that turn a network's answer have a URL, and so has each step to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard import api, validation
from dashboard.errors import RefusedError, not_found
from dashboard.inspector import Inspector
from dashboard.query import knows
from models.analysis.adversarial import DEFINITION, SOURCE, STEPS, Adversaries, Adversary
from models.datasets.dataset import WHITE
from models.datasets.mnist import prepare
from models.sketch.drawing import Change, Drawing, write_pixels

ROOT = "/api/models/<key>/digits/<number>/adversary"


@dataclass(frozen=True)
class Answer:
    """What a request is answered with.

    Attributes:
        key: The network.
        index: Of the test digit.
        move: What is done to the digit, None for nothing.
        all: What was found for every other class.
        chosen: That of them which is asked for.
    """

    key: str
    index: int
    move: Change | None
    all: Adversaries
    chosen: Adversary


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes of adversarial examples."""
    routes = Blueprint("adversary", __name__)

    @routes.get(f"{ROOT}.npy")
    @knows("target", "perturb")
    def pixels(key: str, number: str) -> Response:
        return api.npy(prepare(_found(inspector, key, number).chosen.pixels)[..., 0])

    @routes.get(ROOT)
    @knows("target", "perturb")
    def told(key: str, number: str) -> Response:
        return api.revalidated(jsonify(_told(inspector, _found(inspector, key, number))))

    return routes


def _found(inspector: Inspector, key: str, number: str) -> Answer:
    """Return what is asked for, of one class or of the nearest of all, or refuse."""
    entry = inspector.entry(key)
    index = validation.whole_number(number, "test digit", len(inspector.images))
    target = validation.class_of(request.args, "target", entry)
    move = api.moved()
    found = inspector.adversaries(key, index, move)
    return Answer(key, index, move, found, _chosen(key, found, target))


def _chosen(key: str, found: Adversaries, target: int | None) -> Adversary:
    """Return what was found for a class, of all classes the nearest for none; or refuse."""
    if target == found.before:
        message = f"{key} takes this digit for a {target} already: choose another class."
        raise RefusedError(400, "bad_target", message)
    chosen = found.nearest if target is None else found.found.get(target)
    if chosen is None:
        what = "another class" if target is None else f"a {target}: choose another class"
        raise not_found(f"{STEPS} steps found no picture near this digit that {key} takes for {what}.")
    return chosen


def _told(inspector: Inspector, answer: Answer) -> dict[str, Any]:
    """Return the example, how far it is, what the network says of it, and how it was found."""
    chosen, nearest, before = answer.chosen, answer.all.nearest, answer.all.before
    distance = chosen.distance
    example = Drawing(write_pixels(chosen.pixels), "pixels")
    forward = inspector.forward_pass(answer.key, answer.index, move=example)
    return {
        "model": answer.key,
        "digit": answer.index,
        "before": before,
        "target": chosen.target,
        "nearest": nearest.target if nearest else None,
        "distances": answer.all.distances,
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
                "logit_before": float(logits[before]),
                "logit_target": float(logits[chosen.target]),
                "perturb": Drawing(write_pixels(pixels), "pixels").text,
            }
            for far, logits, pixels in zip(chosen.distances, chosen.logits, chosen.way, strict=True)
        ],
    }
