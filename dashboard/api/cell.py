"""How one number came about, as JSON: one shape for each form that there is of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.ablation import write_off
from dashboard.api.place import Place, inputs, require_cells
from dashboard.api.weights import arrays_of
from dashboard.errors import not_found
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.engine.forward_pass import ForwardPass
from models.graph.activations import activated
from models.graph.cell import Cell, Chosen, Combined, Copied, Doubles, Mapped, Scaled, Shared, Summed
from models.graph.graph import Graph
from models.graph.node import IMAGE, Node

STRONGEST = 20  # terms of a dense unit that are listed; the others are summed

Json = dict[str, Any]


def explained(workspace: Workspace, place: Place) -> Json:
    """Return how the number at a place comes about, and what the network itself has there, or refuse."""
    key, name = place.key, place.layer.name
    graph = workspace.entry(key).graph
    node = graph.node(name)
    if graph.form(name) == "opaque":
        raise not_found(_unexplained(key, node))
    require_cells(key, place.layer)
    forward = workspace.forward_pass(key, place.index, place.off, place.move)
    values = inputs(workspace, key, place.index, name, off=place.off, move=place.move, forward=forward)
    found = graph.kind(name).cell(node, values, arrays_of(workspace, key, name), place.at)
    if found is None:
        raise not_found(_unexplained(key, node))
    steps = _steps(found, graph, node)
    if node.activation == "softmax":
        steps |= _softmax(forward.pre[name][(*(place.cell or ()),)], place.channel)
    return {
        "kind": node.kind,
        "layer": name,
        "filter": place.channel,
        "cell": place.cell,
        "tensors": _tensors(place, graph, node),
        **steps,
        **_compared(forward, place, steps["result"]),
    }


def _unexplained(key: str, node: Node) -> str:
    kind = node.kind.removeprefix("ops.")
    article = "an" if kind[0] in "AEIOU" else "a"
    return f"{key} {node.name} is {article} {kind} layer: its values are shown, and nothing is explained."


def _steps(found: Cell, graph: Graph, node: Node) -> Json:
    """Return what a number is made of, and the number before activation as "result"."""
    match found:
        case Chosen():  # has no activation
            return _window(found)
        case Summed() if found.values.ndim == 1:
            steps = _strongest(found, graph.source(node.name)[1])
        case Summed():
            steps = _patch(found, graph, node)
        case Scaled():
            steps = {
                "value": float(found.value),
                "scale": found.scale,
                "shift": found.shift,
                "mean": found.mean,
                "variance": found.variance,
            }
        case Combined():
            steps = {"operation": found.operation, "inputs": _merged(found, graph, node)}
        case Copied():
            steps = {"from": _named(graph, node.reads[found.source], found.place)}
        case Mapped():
            steps = {"value": float(found.value), "function": found.function}
        case Shared():
            steps = {
                "index": found.index,
                "values": _floats(found.values),
                "largest": found.largest,
                "exponentials": _floats(found.exponentials),
                "sum": found.sum,
                "shares": _floats(found.shares),
            }
    return {**steps, **_ended(found, node)}


def _ended(found: Cell, node: Node) -> Json:
    return {
        "result": float(found.result),
        "activation": node.activation,
        "after": activated(found.result, node.activation),
    }


def _patch(found: Summed, graph: Graph, node: Node) -> Json:
    """Return patch, weights and products; where it is not a window over all maps, also what it lies on."""
    rows, columns, slices = found.values.shape
    told: Json = {
        "first": found.places[0, 0, 0, :2].tolist() if found.values.size else None,
        "patch": found.values.tolist(),
        "weights": found.weights.tolist(),
        "products": found.products.tolist(),
        **_totals(found),
    }
    if not graph.kind(node.name).convolves:
        told["rows"] = found.places[:, 0, 0, 0].tolist() if columns else []
        told["columns"] = found.places[0, :, 0, 1].tolist() if rows else []
    if slices != graph.shapes_read(node.name)[0][-1] and found.values.size:
        told["slices"] = found.places[0, 0, :, 2].tolist()
    return told


def _window(found: Chosen) -> Json:
    return {
        "first": found.places[0, 0, :2].tolist(),
        "patch": [[None if np.isnan(value) else float(value) for value in row] for row in found.values],
        "winner": found.winner and found.winner[:2],
        "tied": found.tied,
        "result": float(found.result),
    }


def _strongest(found: Summed, shape: tuple[int, ...]) -> Json:
    """Return the terms that weigh most, either way, and what all others come to.

    Args:
        found: Of values in a row.
        shape: Of what the row is made of; where it is one place of maps, that.
    """
    order = np.argsort(-np.abs(found.products), kind="stable")
    listed, others = order[:STRONGEST], order[STRONGEST:]
    return {
        "terms": [
            {
                "input": int(term),
                "at": _unravelled(found.places[term].tolist(), shape),
                "value": float(found.values[term]),
                "weight": float(found.weights[term]),
                "product": float(found.products[term]),
            }
            for term in listed
        ],
        "rest": {"count": len(others), "sum": float(found.products[others].sum())},
        **_totals(found),
    }


def _totals(found: Summed) -> Json:
    return {"sum": found.sum, "bias": found.bias}


def _merged(found: Combined, graph: Graph, node: Node) -> list[Json]:
    named = zip(node.reads, found.places, found.values, strict=True)
    return [{**_named(graph, read, at), "value": float(value)} for read, at, value in named]


def _named(graph: Graph, read: str, at: tuple[int, ...] | None) -> Json:
    """Return where a value comes from by name; None as its place where padding put it in."""
    origin = graph.origin(read)
    return {"layer": origin, "at": at and _unravelled(at, graph.shape(origin))}


def _unravelled(at: Sequence[int], shape: tuple[int, ...]) -> list[int]:
    """Return a place; that of a number in a row as the place in maps that the row is made of."""
    return [int(each) for each in (at if len(at) == len(shape) else np.unravel_index(at[0], shape))]


def _softmax(logits: Floats, unit: int) -> Json:
    """Return the steps from the network's own logits to its probabilities, and that of one unit."""
    steps = Shared.of(logits, unit)
    return {
        "after": float(steps.shares[unit]),
        "softmax": {
            "logits": _floats(logits),
            "largest": steps.largest,
            "exponentials": _floats(steps.exponentials),
            "sum": steps.sum,
            "probabilities": _floats(steps.shares),
        },
    }


def _floats(values: Floats | Doubles) -> list[float]:
    return [float(value) for value in values]


def _compared(forward: ForwardPass, place: Place, result: float) -> Json:
    """Return the network's own numbers, and how far the result is from its pre-activation.

    Of a channel that is switched off nothing follows from its sum: it is zero after its layer.
    """
    pre, post = (float(stage[place.layer.name][place.at]) for stage in (forward.pre, forward.post))
    if place.is_off:
        result = result if place.layer.activation else 0.0
        return {"off": True, "after": 0.0, "network": {"pre": pre, "post": post}, "difference": result - pre}
    return {"network": {"pre": pre, "post": post}, "difference": result - pre}


def _tensors(place: Place, graph: Graph, node: Node) -> Json:
    """Return the names and addresses of what is read, of the weights, and of what the network has.

    Where several are read, they are a list, in their order. Addresses are relative to that of ConvLens.
    """
    network = f"api/models/{place.key}"
    layers = f"{network}/images/{place.index}/layers"
    moved = f"perturb={place.move.text}" if place.move else ""
    asked = (f"&off={write_off(place.off)}" if place.off else "") + (moved and f"&{moved}")

    def named(name: str, stage: str) -> Json:
        image = f"api/images/{place.index}.npy{moved and f'?{moved}'}"
        address = image if name == IMAGE else f"{layers}/{name}.npy?stage={stage}{asked}"
        return {"layer": name, "shape": graph.shape(name), "address": address}

    read = [named(graph.origin(each), "post") for each in node.reads]
    told = {"reads": read[0] if len(read) == 1 else read, "network": named(node.name, "pre")}
    if grid := graph.grid(node.name):
        slices, rows, columns = grid
        is_row = graph.kind(node.name).weighs_rows
        told["weights"] = {
            "layer": node.name,
            "shape": (slices * rows * columns,) if is_row else (rows, columns, slices),
            "address": f"{network}/layers/{node.name}/kernel.npy?filter={place.channel}",
        }
    return told
