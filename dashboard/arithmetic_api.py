"""The arithmetic behind every number has a URL: one cell or unit as JSON, its parts as `.npy`, its Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request

from dashboard import api, validation
from dashboard.errors import RefusedError, not_found
from dashboard.inspector import Inspector
from dashboard.off import Off, write_off
from dashboard.query import knows
from models.analysis import arithmetic
from models.analysis.arithmetic import Cell, Doubles, Pooling, Terms, Windows
from models.analysis.snippet import snippet
from models.arrays import Floats
from models.engine.forward_pass import ForwardPass
from models.graph.description import Layer
from models.graph.node import IMAGE
from models.sketch.drawing import Change

ROOT = "/api/models/<key>/digits/<number>/layers/<layer>"
STRONGEST = 20  # terms of a dense unit that are listed; the others are summed
COMPUTED = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "Dense")

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a number stands: a map or unit of one layer, for one digit.

    Attributes:
        key: The network.
        index: Of the test digit.
        layer: The layer.
        channel: Map or unit of it.
        cell: Row and column on the map, None for a unit or for all cells.
        off: Channels that are switched off.
        move: What is done to the digit, None for nothing.
    """

    key: str
    index: int
    layer: Layer
    channel: int
    cell: Cell | None
    off: Off
    move: Change | None

    @property
    def at(self) -> tuple[int, ...]:
        """Index of the number in the layer's tensor."""
        return (*(self.cell or ()), self.channel)

    @property
    def is_off(self) -> bool:
        """Whether this very channel is switched off, and so zero whatever its sum."""
        return self.channel in self.off.get(self.key, {}).get(self.layer.name, ())


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes below one layer's tensor."""
    routes = Blueprint("arithmetic", __name__)
    _add_cell(routes, inspector)
    _add_parts(routes, inspector)
    return routes


def _add_cell(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get(f"{ROOT}/cell")
    @knows("filter", "cell", "off", "perturb")
    def cell(key: str, number: str, layer: str) -> Response:
        _require_kind(inspector, key, layer, *COMPUTED)
        return api.revalidated(
            jsonify(explained(inspector, _place(inspector, key, number, layer, cell=True)))
        )

    @routes.get(f"{ROOT}/keras.py")
    @knows("filter", "cell", "stage", "off", "perturb")
    def program(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        place = _place(inspector, key, number, layer, cell=True)
        if place.off:
            raise RefusedError(400, "bad_off", "These lines are of the whole network: leave off out.")
        lines = snippet(
            inspector.entry(key),
            digit=place.index,
            layer=place.layer.name,
            channel=place.channel,
            cell=place.cell,
            stage=stage,
            move=place.move,
        )
        return api.revalidated(Response(lines, mimetype="text/plain"))


def _add_parts(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get(f"{ROOT}/partial.npy")
    @knows("filter", "off", "perturb")
    def partial(key: str, number: str, layer: str) -> Response:
        _require_kind(inspector, key, layer, "Conv2D")
        place = _place(inspector, key, number, layer)
        kernel, _ = inspector.weights(key, layer)
        values = inspector.reads(key, place.index, layer, place.off, place.move)
        return api.npy(arithmetic.partial_maps(values, kernel[..., place.channel], _windows(place.layer)))

    @routes.get(f"{ROOT}/terms.npy")
    @knows("filter", "against", "off", "perturb")
    def terms(key: str, number: str, layer: str) -> Response:
        _require_kind(inspector, key, layer, "Dense")
        place = _place(inspector, key, number, layer)
        against = api.channel(key, place.layer, "against") if "against" in request.args else None
        kernel, bias = inspector.weights(key, layer)
        values = inspector.reads(key, place.index, layer, place.off, place.move)
        found = arithmetic.decomposition(values, kernel, bias, place.channel, against)
        return api.npy(found.products.astype(np.float32))


def explained(inspector: Inspector, place: Place) -> Json:
    """Return how the number at a place comes about, and what the network itself has there, or refuse."""
    forward = inspector.forward_pass(place.key, place.index, place.off, place.move)
    values = inspector.reads(place.key, place.index, place.layer.name, place.off, place.move)
    name = place.layer.name
    if place.cell is None:
        shape = inspector.entry(place.key).graph.source(name)[1]
        steps = _unit(values, shape, inspector.weights(place.key, name), place)
    elif place.layer.kind == "Conv2D":
        steps = _convolution(values, inspector.weights(place.key, name), place, place.cell)
    else:
        steps = _pooling(values, place, place.cell)
    if place.layer.activation == "softmax":
        steps |= _softmax(forward.pre[name][(*(place.cell or ()),)], place.channel)
    return {
        "kind": place.layer.kind,
        "layer": name,
        "filter": place.channel,
        "cell": place.cell,
        "tensors": _tensors(inspector, place),
        **steps,
        **_compared(forward, place, steps["result"]),
    }


def _convolution(values: Floats, weights: tuple[Floats, Floats], place: Place, cell: Cell) -> Json:
    kernel, bias = (each[..., place.channel] for each in weights)
    found = arithmetic.conv_cell(values, kernel, float(bias), _windows(place.layer), cell)
    return {
        "first": found.first,
        "patch": found.patch.tolist(),
        "weights": found.weights.tolist(),
        "products": found.products.tolist(),
        **_summed(found.sum, found.bias, found.result, place.layer),
    }


def _pooling(values: Floats, place: Place, cell: Cell) -> Json:
    pooling: Pooling = "max" if place.layer.kind == "MaxPooling2D" else "average"
    found = arithmetic.pool_cell(values[..., place.channel], _windows(place.layer), cell, pooling)
    return {
        "first": found.first,
        "patch": [[None if np.isnan(value) else float(value) for value in row] for row in found.patch],
        "winner": found.winner,
        "tied": found.tied,
        "result": float(found.result),
    }


def _unit(values: Floats, shape: tuple[int, ...], weights: tuple[Floats, Floats], place: Place) -> Json:
    kernel, bias = (each[..., place.channel] for each in weights)
    found = arithmetic.terms(values, kernel, float(bias))
    return {
        **_strongest(found, shape),
        **_summed(found.sum, found.bias, found.result, place.layer),
    }


def _strongest(found: Terms, shape: tuple[int, ...]) -> Json:
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


def _summed(total: float, bias: float, result: np.float32, layer: Layer) -> Json:
    return {
        "sum": total,
        "bias": bias,
        "result": float(result),
        "activation": layer.activation,
        "after": arithmetic.activated(result, layer.activation),
    }


def _softmax(logits: Floats, unit: int) -> Json:
    """Return the steps from the network's own logits to its probabilities, and that of one unit."""
    steps = arithmetic.softmax_steps(logits)

    def listed(values: Floats | Doubles) -> list[float]:
        return [float(value) for value in values]

    return {
        "after": float(steps.probabilities[unit]),
        "softmax": {
            "logits": listed(logits),
            "largest": steps.largest,
            "exponentials": listed(steps.exponentials),
            "sum": steps.sum,
            "probabilities": listed(steps.probabilities),
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


def _tensors(inspector: Inspector, place: Place) -> Json:
    """Return the names and addresses of what is read, of the weights, and of what the network has."""
    name, index = place.layer.name, place.index
    before, shape = inspector.entry(place.key).graph.source(name)
    network = f"/api/models/{place.key}"
    layers = f"{network}/digits/{index}/layers"
    moved = f"perturb={place.move.text}" if place.move else ""
    asked = (f"&off={write_off(place.off)}" if place.off else "") + (moved and f"&{moved}")
    told = {
        "reads": {
            "layer": before,
            "shape": shape,
            "address": f"/api/digits/{index}.npy{moved and f'?{moved}'}"
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


def _require_kind(inspector: Inspector, key: str, name: str, *kinds: str) -> None:
    """Refuse a layer of another kind than these, and say which layers of the network are."""
    kind = inspector.layer(key, name).kind
    if kind not in kinds:
        told = ", ".join(layer.name for layer in inspector.entry(key).layers if layer.kind in kinds)
        raise not_found(f"This is not told of {key} {name}, a {kind} layer; it is of {told or 'none here'}.")


def _place(inspector: Inspector, key: str, number: str, name: str, *, cell: bool = False) -> Place:
    """Return the place that a request names, or refuse; a cell is read where it says so."""
    index = validation.whole_number(number, "test digit", len(inspector.images))
    layer = inspector.layer(key, name)
    channel = api.channel(key, layer)
    read = _read_cell(request.args, key, layer) if cell else None
    return Place(key, index, layer, channel, read, api.switched_off(inspector), api.moved())


def _read_cell(query: Mapping[str, str], key: str, layer: Layer) -> Cell | None:
    """Return the row and column that a query names on a layer's maps, None for a unit, or refuse."""
    if not layer.has_maps:
        if "cell" in query:
            raise RefusedError(400, "bad_cell", f"{key} {layer.name} has units, not maps: leave cell out.")
        return None
    rows, columns, _ = layer.output_shape
    parts = query.get("cell", "").split(",")
    if len(parts) != 2:
        allowed = f"0,0 to {rows - 1},{columns - 1}"
        raise RefusedError(
            400, "bad_cell", f"cell must be a row and a column of {key} {layer.name}: {allowed}."
        )
    row = validation.whole_number(parts[0], f"row of {key} {layer.name}", rows)
    return row, validation.whole_number(parts[1], f"column of {key} {layer.name}", columns)


def _windows(layer: Layer) -> Windows:
    if layer.windows is None:
        raise not_found(f"{layer.name} has no windows: it is a {layer.kind} layer.")
    return layer.windows
