"""Whether this process lives, and whether it can answer, has a URL."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response, jsonify

from dashboard.api.responses import uncached
from dashboard.errors import RefusedError
from dashboard.query import knows
from dashboard.workspace import Workspace

AGREEMENT = 1e-3  # largest difference to the logits that were measured when the network was trained


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of health."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    @knows()
    def healthz() -> Response:
        return uncached(jsonify({"status": "alive"}))

    @routes.get("/readyz")
    @knows()
    def readyz() -> Response:
        require_ready(workspace)
        return uncached(jsonify({"status": "ready"}))

    return routes


def require_ready(workspace: Workspace) -> None:
    """Refuse unless every network gives the answer that was measured after its training."""
    image = workspace.opening_digit
    for entry in workspace.entries:
        logits = workspace.forward_pass(entry.key, image).logits
        if not np.allclose(logits, workspace.surveys[entry.key].logits[image], atol=AGREEMENT):
            raise RefusedError(503, "wrong_answer", f"{entry.key} does not give the answer that it should.")
    if not workspace.memory.works:
        raise RefusedError(
            503, "no_storage", "The cache folder cannot be written. Set CACHE_DIR to one that can."
        )
