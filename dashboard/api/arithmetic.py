"""The arithmetic behind every number has a URL: one cell or unit as JSON, its parts as `.npy`, its Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard import validation
from dashboard.ablation import write_off
from dashboard.api import parameters
from dashboard.api.place import Place, named_place, reads, require_kind
from dashboard.api.responses import npy, revalidated
from dashboard.errors import RefusedError, not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import arithmetic
from models.analysis.snippet import snippet
from models.arrays import Floats
from models.engine.forward_pass import ForwardPass
from models.graph.activations import activated
from models.graph.cell import Chosen, Doubles, Shared, Summed
from models.graph.description import Layer
from models.graph.node import IMAGE
from models.graph.patch import Windows

ROOT = "/api/models/<key>/images/<number>/layers/<layer>"
STRONGEST = 20  # terms of a dense unit that are listed; the others are summed
COMPUTED = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "Dense")

Json = dict[str, Any]


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
        require_kind(workspace, key, layer, *COMPUTED)
        return revalidated(
            jsonify(explained(workspace, named_place(workspace, key, number, layer, cell=True)))
        )

    @routes.get(f"{ROOT}/keras.py")
    @knows("filter", "cell", "stage", "off", "perturb")
    def program(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        place = named_place(workspace, key, number, layer, cell=True)
        if place.off:
            raise RefusedError(400, "bad_off", "These lines are of the whole network: leave off out.")
        lines = snippet(
            workspace.entry(key),
            digit=place.index,
            layer=place.layer.name,
            channel=place.channel,
            cell=place.cell,
            stage=stage,
            move=place.move,
        )
        return revalidated(Response(lines, mimetype="text/plain"))


def _add_parts(routes: Blueprint, workspace: Workspace) -> None:
    @routes.get(f"{ROOT}/partial.npy")
    @knows("filter", "off", "perturb")
    def partial(key: str, number: str, layer: str) -> Response:
        require_kind(workspace, key, layer, "Conv2D")
        place = named_place(workspace, key, number, layer)
        kernel, _ = workspace.weights(key, layer)
        values = reads(workspace, key, place.index, layer, off=place.off, move=place.move)
        return npy(arithmetic.partial_maps(values, kernel[..., place.channel], _windows(place.layer)))

    @routes.get(f"{ROOT}/terms.npy")
    @knows("filter", "against", "off", "perturb")
    def terms(key: str, number: str, layer: str) -> Response:
        require_kind(workspace, key, layer, "Dense")
        place = named_place(workspace, key, number, layer)
        against = parameters.channel(key, place.layer, "against") if "against" in request.args else None
        kernel, bias = workspace.weights(key, layer)
        values = reads(workspace, key, place.index, layer, off=place.off, move=place.move)
        found = arithmetic.decomposition(values, kernel, bias, place.channel, against)
        return npy(found.products.astype(np.float32))


def explained(workspace: Workspace, place: Place) -> Json:
    """Return how the number at a place comes about, and what the network itself has there, or refuse."""
    forward = workspace.forward_pass(place.key, place.index, place.off, place.move)
    values = reads(workspace, place.key, place.index, place.layer.name, off=place.off, move=place.move)
    name = place.layer.name
    graph = workspace.entry(place.key).graph
    found = graph.kind(name).cell(graph.node(name), [values], _weights(workspace, place), place.at)
    if isinstance(found, Chosen):
        steps = _pooling(found)
    elif isinstance(found, Summed) and place.cell is None:
        steps = _unit(found, graph.source(name)[1], place.layer)
    elif isinstance(found, Summed):
        steps = _convolution(found, place.layer)
    else:
        raise not_found(f"This is not told of {place.key} {name}, a {place.layer.kind} layer.")
    if place.layer.activation == "softmax":
        steps |= _softmax(forward.pre[name][(*(place.cell or ()),)], place.channel)
    return {
        "kind": place.layer.kind,
        "layer": name,
        "filter": place.channel,
        "cell": place.cell,
        "tensors": _tensors(workspace, place),
        **steps,
        **_compared(forward, place, steps["result"]),
    }


def _weights(workspace: Workspace, place: Place) -> dict[str, Floats]:
    """Return the layer's arrays by name; none of a layer without."""
    before = f"{place.layer.name}."
    arrays = workspace.probe(place.key).arrays
    return {name.removeprefix(before): each for name, each in arrays.items() if name.startswith(before)}


def _convolution(found: Summed, layer: Layer) -> Json:
    return {
        "first": found.places[0, 0, 0, :2].tolist(),
        "patch": found.values.tolist(),
        "weights": found.weights.tolist(),
        "products": found.products.tolist(),
        **_summed(found, layer),
    }


def _pooling(found: Chosen) -> Json:
    return {
        "first": found.places[0, 0, :2].tolist(),
        "patch": [[None if np.isnan(value) else float(value) for value in row] for row in found.values],
        "winner": found.winner and found.winner[:2],
        "tied": found.tied,
        "result": float(found.result),
    }


def _unit(found: Summed, shape: tuple[int, ...], layer: Layer) -> Json:
    return {**_strongest(found, shape), **_summed(found, layer)}


def _strongest(found: Summed, shape: tuple[int, ...]) -> Json:
    """Return the terms that weigh most, either way, and what all others come to."""
    order = np.argsort(-np.abs(found.products), kind="stable")
    listed, others = order[:STRONGEST], order[STRONGEST:]
    return {
        "terms": [
            {
                "input": int(place),
                "at": [int(each) for each in np.unravel_index(place, shape)],
                "value": float(found.values[place]),
                "weight": float(found.weights[place]),
                "product": float(found.products[place]),
            }
            for place in listed
        ],
        "rest": {"count": len(others), "sum": float(found.products[others].sum())},
    }


def _summed(found: Summed, layer: Layer) -> Json:
    return {
        "sum": found.sum,
        "bias": found.bias,
        "result": float(found.result),
        "activation": layer.activation,
        "after": activated(found.result, layer.activation),
    }


def _softmax(logits: Floats, unit: int) -> Json:
    """Return the steps from the network's own logits to its probabilities, and that of one unit."""
    steps = Shared.of(logits, unit)

    def listed(values: Floats | Doubles) -> list[float]:
        return [float(value) for value in values]

    return {
        "after": float(steps.shares[unit]),
        "softmax": {
            "logits": listed(logits),
            "largest": steps.largest,
            "exponentials": listed(steps.exponentials),
            "sum": steps.sum,
            "probabilities": listed(steps.shares),
        },
    }


def _compared(forward: ForwardPass, place: Place, result: float) -> Json:
    """Return the network's own numbers, and how far the result is from its pre-activation.

    Of a channel that is switched off nothing follows from its sum: it is zero after its layer.
    """
    pre, post = (float(stage[place.layer.name][place.at]) for stage in (forward.pre, forward.post))
    if place.is_off:
        result = result if place.layer.activation else 0.0
        return {"off": True, "after": 0.0, "network": {"pre": pre, "post": post}, "difference": result - pre}
    return {"network": {"pre": pre, "post": post}, "difference": result - pre}


def _tensors(workspace: Workspace, place: Place) -> Json:
    """Return the names and addresses of what is read, of the weights, and of what the network has."""
    name, index = place.layer.name, place.index
    before, shape = workspace.entry(place.key).graph.source(name)
    network = f"/api/models/{place.key}"
    layers = f"{network}/images/{index}/layers"
    moved = f"perturb={place.move.text}" if place.move else ""
    asked = (f"&off={write_off(place.off)}" if place.off else "") + (moved and f"&{moved}")
    told = {
        "reads": {
            "layer": before,
            "shape": shape,
            "address": f"/api/images/{index}.npy{moved and f'?{moved}'}"
            if before == IMAGE
            else f"{layers}/{before}.npy?stage=post{asked}",
        },
        "network": {
            "layer": name,
            "shape": place.layer.output_shape,
            "address": f"{layers}/{name}.npy?stage=pre{asked}",
        },
    }
    if place.layer.kernel_shape:
        told["weights"] = {
            "layer": name,
            "shape": place.layer.kernel_shape[:-1],
            "address": f"{network}/layers/{name}/kernel.npy?filter={place.channel}",
        }
    return told


def _windows(layer: Layer) -> Windows:
    if layer.windows is None:
        raise not_found(f"{layer.name} has no windows: it is a {layer.kind} layer.")
    return layer.windows
