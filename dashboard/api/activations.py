"""What a network says of a digit, and what each of its layers makes of it, has a URL."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard import moments, validation
from dashboard.ablation import Off
from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.metrics import answers, margins
from models.engine.forward_pass import ForwardPass
from models.sketch.drawing import Change

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
    @knows("stage", "filter", "off", "perturb", "reference", "since")
    def tensor(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        index = parameters.image(number, workspace)
        described = workspace.layer(key, layer)
        chosen = parameters.channel(key, described) if "filter" in request.args else slice(None)
        off, move = parameters.switched_off(workspace), parameters.moved(workspace)
        forward = workspace.forward_pass(key, index, off, move)
        if before := _other(workspace, key, index, off, move):
            forward = forward.minus(before)
        return npy(np.ascontiguousarray(forward.tensor(described.name, stage)[..., chosen]))

    return routes


def _other(workspace: Workspace, key: str, index: int, off: Off, move: Change | None) -> ForwardPass | None:
    """Return what the query asks for the difference from, None where it asks for none; or refuse."""
    reference, since = parameters.reference(workspace), parameters.since()
    if reference is None and not since:
        return None
    with moments.since(workspace, since):
        if reference is None:
            return workspace.forward_pass(key, index, off, move)
        return workspace.forward_pass(key, reference, off)
