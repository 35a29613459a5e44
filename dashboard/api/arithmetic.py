"""The arithmetic behind every number has a URL: one cell or unit as JSON, its parts as `.npy`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard.api import parameters
from dashboard.api.cell import explained
from dashboard.api.place import inputs, named_place, reads
from dashboard.api.responses import npy, revalidated
from dashboard.api.weights import filter_at
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import arithmetic
from models.graph.facts import Facts, facts_of

ROOT = "/api/models/<key>/images/<number>/layers/<layer>"


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes below one layer's tensor."""
    routes = Blueprint("arithmetic", __name__)
    _add_cell(routes, workspace)
    _add_parts(routes, workspace)
    return routes


def _add_cell(routes: Blueprint, workspace: Workspace) -> None:
    @routes.get(f"{ROOT}/cell")
    @knows("filter", "cell", "off", "perturb")
    def cell(key: str, number: str, layer: str) -> Response:
        return revalidated(
            jsonify(explained(workspace, named_place(workspace, key, number, layer, cell=True)))
        )


def _add_parts(routes: Blueprint, workspace: Workspace) -> None:
    @routes.get(f"{ROOT}/partial.npy")
    @knows("filter", "off", "perturb")
    def partial(key: str, number: str, layer: str) -> Response:
        _require(workspace, key, layer, lambda told: told.convolves)
        place = named_place(workspace, key, number, layer)
        (values,) = inputs(workspace, key, place.index, layer, off=place.off, move=place.move)
        graph = workspace.entry(key).graph
        kind, node = graph.kind(layer), graph.node(layer)
        slices, windows = kind.slices(node, values.shape, place.channel), kind.windows(node)
        if windows is None:
            raise not_found(f"{key} {layer} has no windows: it is a {node.kind} layer.")
        kernel = filter_at(workspace, key, layer, place.channel)
        return npy(arithmetic.partial_maps(values[..., slices.start : slices.stop], kernel, windows))

    @routes.get(f"{ROOT}/terms.npy")
    @knows("filter", "against", "off", "perturb")
    def terms(key: str, number: str, layer: str) -> Response:
        _require(workspace, key, layer, lambda told: told.form == "sum" and told.picture == "units")
        place = named_place(workspace, key, number, layer)
        against = parameters.channel(key, place.layer, "against") if "against" in request.args else None
        kernel, bias = workspace.weights(key, layer)
        values = reads(workspace, key, place.index, layer, off=place.off, move=place.move)
        found = arithmetic.decomposition(values, kernel, bias, place.channel, against)
        return npy(found.products.astype(np.float32))


def _require(workspace: Workspace, key: str, name: str, fits: Callable[[Facts], bool]) -> None:
    """Refuse a layer that this cannot be asked of, and say of which layers of the network it can."""
    layer, entry = workspace.layer(key, name), workspace.entry(key)
    if fits(facts_of(entry.graph, layer.name)):
        return
    fitting = ", ".join(each.name for each in entry.layers if fits(facts_of(entry.graph, each.name)))
    raise not_found(
        f"This is not told of {key} {name}, a {layer.kind} layer; it is of {fitting or 'none here'}."
    )
