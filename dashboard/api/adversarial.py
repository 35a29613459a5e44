"""The smallest changes found that turn a network's answer have a URL, and so has each step to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray

from dashboard import validation
from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.errors import RefusedError, not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import adversarial, makers
from models.analysis.adversarial import DEFINITION, SOURCE, STEPS
from models.analysis.adversary import Adversaries, Adversary
from models.datasets.dataset import WHITE
from models.sketch.drawing import Change, Drawing, write_pixels

SEEKING = "having minds changed"
ROOT = "/api/models/<key>/images/<number>/adversary"


@dataclass(frozen=True)
class Answer:
    """The adversarial example that a request is answered with, and all others that were found.

    Attributes:
        key: The network.
        index: Of the test image.
        move: What is done to the image, None for nothing.
        all: What was found for every other class.
        chosen: That of them which is asked for.
    """

    key: str
    index: int
    move: Change | None
    all: Adversaries
    chosen: Adversary


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of adversarial examples."""
    routes = Blueprint("adversarial", __name__)

    @routes.get(f"{ROOT}.npy")
    @knows("target", "perturb", "step")
    def pixels(key: str, number: str) -> Response:
        chosen, shown = _found(workspace, key, number).chosen, request.args.get("step")
        way = chosen.way
        found = chosen.pixels if shown is None else way[validation.whole_number(shown, "step", len(way))]
        return npy(workspace.spec.told(workspace.spec.prepare(found)))

    @routes.get(ROOT)
    @knows("target", "perturb")
    def told(key: str, number: str) -> Response:
        return revalidated(jsonify(_told(workspace, _found(workspace, key, number))))

    return routes


def _found(workspace: Workspace, key: str, number: str) -> Answer:
    """Return what is asked for, of one class or of the nearest of all, or refuse."""
    entry = workspace.entry(key)
    index = parameters.image(number, workspace)
    target = validation.class_of(request.args, "target", entry)
    move = parameters.moved(workspace)
    found = adversaries(workspace, key, index, move)
    return Answer(key, index, move, found, _chosen(workspace, key, found, target))


def adversaries(workspace: Workspace, key: str, index: int, move: Change | None = None) -> Adversaries:
    """Return the nearest images found that a network takes for each other class, or refuse.

    Those of a test image as it was written are remembered: there are too many others.
    """
    image = workspace.digit(index, move)
    name = f"adversaries/{adversarial.RECIPE}/{workspace.entry(key).key}/{index}"

    def seek() -> Adversaries:
        probe, explainer = workspace.probe(key), workspace.networks.built(key, makers.explainer)
        with workspace.turns.taken(SEEKING):
            made = None if move else workspace.recalled(name)  # by now: a class asks for the same at once
            if made:
                return Adversaries.from_bytes(made)
            spec = workspace.spec
            return adversarial.find(explainer.leads, lambda each: probe.run(each).logits, image, spec)

    if move:
        return seek()
    return Adversaries.from_bytes(workspace.remembered(name, lambda: seek().to_bytes()))


def _chosen(workspace: Workspace, key: str, found: Adversaries, target: int | None) -> Adversary:
    """Return what was found for a class, of all classes the nearest for none; or refuse."""
    if target == found.before:
        named = workspace.test.classes[target]
        message = f"{key} takes this {workspace.test.noun.one} for a {named} already: choose another class."
        raise RefusedError(400, "bad_target", message)
    chosen = found.nearest if target is None else found.found.get(target)
    if chosen is None:
        near = f"{STEPS} steps found no picture near this {workspace.test.noun.one}"
        if target is None:
            raise not_found(f"{near} that {key} takes for another class.")
        named = workspace.test.classes[target]
        raise not_found(f"{near} that {key} takes for a {named}: choose another class.")
    return chosen


def _told(workspace: Workspace, answer: Answer) -> dict[str, Any]:
    """Return the example, how far it is, what the network says of it, and how it was found."""
    chosen, nearest, before = answer.chosen, answer.all.nearest, answer.all.before
    distance = chosen.distance
    forward = workspace.probe(answer.key).run(workspace.spec.prepare(chosen.pixels))
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
        **_written(workspace, chosen.pixels),
        "logits": forward.logits.tolist(),
        "probabilities": forward.probabilities.tolist(),
        "steps": [
            {
                "l2": float(far),
                "logit_before": float(logits[before]),
                "logit_target": float(logits[chosen.target]),
                **_written(workspace, pixels),
            }
            for far, logits, pixels in zip(chosen.distances, chosen.logits, chosen.way, strict=True)
        ],
    }


def _written(workspace: Workspace, pixels: NDArray[np.uint8]) -> dict[str, str]:
    """Return how a picture stands in an address, where a drawing can take the place of an image."""
    return {"perturb": Drawing(write_pixels(pixels), "pixels").text} if workspace.test.is_drawn else {}
