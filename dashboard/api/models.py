"""Which networks there are, and all weights of each, have URLs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard.api import parameters
from dashboard.api.responses import npy, npz, revalidated
from dashboard.api.weights import biases_of, filter_at
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.store.entry import Entry


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of networks and their weights."""
    routes = Blueprint("models", __name__)

    @routes.get("/api/models")
    @knows()
    def models() -> Response:
        return revalidated(jsonify({"models": [describe(entry) for entry in workspace.entries]}))

    @routes.get("/api/models/<key>/layers/<layer>/kernel.npy")
    @knows("filter")
    def kernel(key: str, layer: str) -> Response:
        if "filter" not in request.args:
            return npy(workspace.weights(key, layer)[0])
        return npy(filter_at(workspace, key, layer, parameters.channel(key, workspace.layer(key, layer))))

    @routes.get("/api/models/<key>/layers/<layer>/bias.npy")
    @knows()
    def bias(key: str, layer: str) -> Response:
        return npy(biases_of(workspace, key, layer))

    @routes.get("/api/models/<key>/weights.npz")
    @knows()
    def weights(key: str) -> Response:
        return npz(workspace.probe(key).arrays)

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
