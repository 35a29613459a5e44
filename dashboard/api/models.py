"""Which networks there are has a URL."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard.api.responses import revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.store.entry import Entry


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of networks."""
    routes = Blueprint("models", __name__)

    @routes.get("/api/models")
    @knows()
    def models() -> Response:
        return revalidated(jsonify({"models": [describe(entry) for entry in workspace.entries]}))

    return routes


def describe(entry: Entry) -> dict[str, Any]:
    """Return what a program wants to know of a network."""
    return {
        "key": entry.key,
        "title": entry.title,
        "architecture": entry.architecture,
        "sha256": entry.sha256,
        "parameters": entry.parameters,
        "multiply_accumulates": sum(layer.multiply_accumulates for layer in entry.layers),
        "checkpoint_bytes": entry.checkpoint.bytes,
        "test": entry.test and {**asdict(entry.test), "accuracy": entry.test.accuracy},
        "notes": entry.graph.notes,
        "layers": [
            {**layer.to_json(), "filters": layer.channels if layer.kernel_shape else 0}
            for layer in entry.layers
        ],
    }
