"""What a network says of a digit, and what each of its layers makes of it, has a URL."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard import validation
from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.metrics import answers, margins

ROOT = "/api/models/<key>/images/<number>"


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of a network's answer to an image, and of every layer's tensor."""
    routes = Blueprint("activations", __name__)

    @routes.get(ROOT)
    @knows("off", "perturb")
    def verdict(key: str, number: str) -> Response:
        index, move = parameters.image(number, workspace), parameters.moved(workspace)
        forward = workspace.forward_pass(key, index, parameters.switched_off(workspace), move)
        told = {
            "model": key,
            "sha256": workspace.entry(key).sha256,
            "digit": index,
            "label": workspace.label(index, move),
            "answer": int(answers(forward.logits)),
            "margin": float(margins(forward.logits)),
            "logits": forward.logits.tolist(),
            "probabilities": forward.probabilities.tolist(),
        }
        return revalidated(jsonify(told))

    @routes.get(f"{ROOT}/layers/<layer>.npy")
    @knows("stage", "filter", "off", "perturb", "reference")
    def tensor(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        index = parameters.image(number, workspace)
        described = workspace.layer(key, layer)
        chosen = parameters.channel(key, described) if "filter" in request.args else slice(None)
        off, other = parameters.switched_off(workspace), parameters.reference(workspace)
        forward = workspace.forward_pass(key, index, off, parameters.moved(workspace))
        if other is not None:
            forward = forward.minus(workspace.forward_pass(key, other, off))
        return npy(np.ascontiguousarray(forward.tensor(described.name, stage)[..., chosen]))

    return routes
