"""A network's weights have URLs, as Keras holds them or filter by filter, whatever its kind calls them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from flask import Blueprint, Response, request

from dashboard import moments
from dashboard.api import parameters
from dashboard.api.responses import npy, npz
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.graph.kind import Weights


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of weights."""
    routes = Blueprint("weights", __name__)

    @routes.get("/api/models/<key>/layers/<layer>/kernel.npy")
    @knows("filter", "since")
    def kernel(key: str, layer: str) -> Response:
        def held() -> Floats:
            if "filter" not in request.args:
                return workspace.weights(key, layer)[0]
            channel = parameters.channel(key, workspace.layer(key, layer))
            return filter_at(workspace, key, layer, channel)

        return npy(moments.changed(workspace, parameters.since(), held))

    @routes.get("/api/models/<key>/layers/<layer>/bias.npy")
    @knows("since")
    def bias(key: str, layer: str) -> Response:
        held = partial(biases_of, workspace, key, layer)
        return npy(moments.changed(workspace, parameters.since(), held))

    @routes.get("/api/models/<key>/weights.npz")
    @knows()
    def weights(key: str) -> Response:
        return npz(workspace.probe(key).arrays)

    return routes


def arrays_of(workspace: Workspace, key: str, name: str) -> Weights:
    """Return a layer's arrays by the names that Keras gives them, none of a layer without, or refuse."""
    before = f"{workspace.layer(key, name).name}."
    arrays = workspace.probe(key).arrays
    return {each.removeprefix(before): values for each, values in arrays.items() if each.startswith(before)}


def filters_of(workspace: Workspace, key: str, name: str) -> Floats:
    """Return a layer's weights filter by filter, (filters, slices, rows, columns), or refuse."""
    layer, graph = workspace.layer(key, name), workspace.entry(key).graph
    found = graph.filters(name, arrays_of(workspace, key, name))
    if found is None:
        raise not_found(f"{key} {name} has no weights over what it reads: it is a {layer.kind} layer.")
    return found


def filter_at(workspace: Workspace, key: str, name: str, channel: int) -> Floats:
    """Return one filter, (rows, columns, slices), or one unit's weights, (inputs,), or refuse."""
    return filters_at(workspace, key, name, (channel,))[0]


def filters_at(workspace: Workspace, key: str, name: str, channels: Sequence[int]) -> list[Floats]:
    """Return filters as `filter_at` does."""
    filters = filters_of(workspace, key, name)
    laid = [filters[channel].transpose(1, 2, 0) for channel in channels]
    is_row = workspace.entry(key).graph.kind(name).weighs_rows
    return [np.ascontiguousarray(one.reshape(-1) if is_row else one) for one in laid]


def biases_of(workspace: Workspace, key: str, name: str) -> Floats:
    """Return the bias of every filter or unit, zeros of a layer without, or refuse one without weights."""
    arrays, filters = arrays_of(workspace, key, name), filters_of(workspace, key, name)
    return arrays["bias"] if "bias" in arrays else np.zeros(len(filters), np.float32)
