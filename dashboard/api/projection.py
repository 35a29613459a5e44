"""Where a network puts the test digits in the plane, and which lie nearest to each, has a URL."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response, jsonify

from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import projection
from models.analysis.projection import Arrangement
from models.arrays import Floats


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of what a network's last hidden layer makes of the test images."""
    routes = Blueprint("projection", __name__)

    @routes.get("/api/models/<key>/arrangement/<method>.npy")
    @knows()
    def points(key: str, method: str) -> Response:
        return npy(plane(workspace, key, method))

    @routes.get("/api/models/<key>/images/<number>/neighbours")
    @knows()
    def neighbours(key: str, number: str) -> Response:
        entry = workspace.entry(key)
        image = parameters.image(number, workspace)
        told = {
            "model": entry.key,
            "sha256": entry.sha256,
            "layer": entry.layers[-2].name,
            "digit": image,
            "neighbours": _arranged(workspace, key).near(image),
        }
        return revalidated(jsonify(told))

    return routes


def plane(workspace: Workspace, key: str, method: str) -> Floats:
    """Return where a network puts the test images, (images, 2) in [0, 1], or refuse."""
    found = _arranged(workspace, key)
    if method not in found.planes:
        raise not_found(f"There is no such method. There are: {', '.join(found.planes)}.")
    return np.ascontiguousarray(found.planes[method] / (projection.LEVELS - 1), np.float32)


def _arranged(workspace: Workspace, key: str) -> Arrangement:
    lacking = f"The {workspace.test.noun.many} are not arranged for {key} yet"
    return workspace.measured(projection.MEASUREMENT, key, lacking)
