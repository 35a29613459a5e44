"""What makes a channel fire, and what its network is without it: from the survey, and live."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from dashboard import api, validation, wall
from dashboard.errors import RefusedError, not_found
from dashboard.inspector import Inspector
from dashboard.query import knows
from models.analysis.layer_statistics import UNKNOWN, LayerSurvey
from models.analysis.metrics import answers, log_probabilities
from models.graph.description import Layer

Json = dict[str, Any]


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes of channels, of networks without some, and of how they arrange the digits."""
    routes = Blueprint("survey", __name__)
    _add_channel(routes, inspector)
    _add_without(routes, inspector)
    _add_plane(routes, inspector)
    return routes


def _add_plane(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/api/models/<key>/arrangement/<method>.npy")
    @knows()
    def plane(key: str, method: str) -> Response:
        return api.npy(inspector.plane(key, method))

    @routes.get("/api/models/<key>/digits/<number>/neighbours")
    @knows()
    def neighbours(key: str, number: str) -> Response:
        entry = inspector.entry(key)
        digit = validation.whole_number(number, "test digit", len(inspector.images))
        told = {
            "model": entry.key,
            "sha256": entry.sha256,
            "layer": entry.layers[-2].name,
            "digit": digit,
            "neighbours": inspector.neighbours(entry.key, digit),
        }
        return api.revalidated(jsonify(told))


def _add_channel(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/api/models/<key>/layers/<layer>/filters/<number>")
    @knows()
    def channel(key: str, layer: str, number: str) -> Response:
        described = surveyed_layer(inspector, key, layer)
        chosen = validation.whole_number(number, f"filter of {key} {described.name}", described.channels)
        return api.revalidated(jsonify(told(inspector, key, described, chosen)))

    @routes.get("/wall/<version>/strength/<key>/<layer>/<number>.bin")
    @knows()
    def strength(version: str, key: str, layer: str, number: str) -> Response:
        api.require_current(version, inspector)
        described = surveyed_layer(inspector, key, layer)
        chosen = validation.whole_number(number, f"filter of {key} {described.name}", described.channels)
        return api.gzipped(inspector.strength(key, described.name, chosen))


def _add_without(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/api/models/<key>/without/<number>.bin")
    @knows("off")
    def without(key: str, number: str) -> Response:
        entry = inspector.entry(key)
        blocks = -(-len(inspector.images) // wall.BLOCK)
        block = validation.whole_number(number, "block of digits", blocks)
        off = api.switched_off(inspector)
        if off.keys() - {entry.key}:
            raise RefusedError(400, "bad_off", f"off must name channels of {entry.key} alone.")
        content = gzip.decompress(inspector.without(entry.key, block, off))
        return api.revalidated(Response(content, mimetype="application/octet-stream"))


def surveyed_layer(inspector: Inspector, key: str, name: str) -> Layer:
    """Return the description of a layer whose channels were surveyed, or refuse."""
    layer = inspector.layer(key, name)
    if layer.name not in inspector.surveys[key].layers:
        raise not_found(f"{key} {layer.name} has no channels of its own: it is a {layer.kind} layer.")
    return layer


def told(inspector: Inspector, key: str, layer: Layer, channel: int) -> Json:
    """Return everything that the survey says of one channel, as plain values."""
    survey = inspector.surveys[key]
    measured = survey.layers[layer.name]
    low, high = survey.ranges[layer.name, "post"]
    return {
        "model": key,
        "sha256": inspector.entry(key).sha256,
        "layer": layer.name,
        "filter": channel,
        "digits": len(inspector.labels),
        "mean": plain(measured.mean[channel]),
        "smallest": plain(low[channel]),
        "largest": plain(high[channel]),
        "active": plain(measured.active[channel]),
        "firing": plain(measured.firing[channel]),
        "by_class": [plain(mean) for mean in measured.by_class[:, channel]],
        "fate": fate(inspector, key, layer, channel),
        "ranked": "pre" if layer.saturates else "post",
        "strongest": strongest(inspector, key, layer, channel),
        "similar": similar(measured, channel),
        "without": without_it(inspector, key, measured, channel),
    }


def plain(value: np.floating[Any]) -> float:
    """Return the nearest number that JSON has: a network that diverged has others too."""
    return float(np.nan_to_num(value))


def fate(inspector: Inspector, key: str, layer: Layer, channel: int) -> str:
    """Return whether a channel is "dead" or "always on" over all test digits, "" for neither."""
    last = inspector.entry(key).layers[-1]
    return inspector.surveys[key].fates(layer.name, last=layer == last).get(channel, "")


def strongest(inspector: Inspector, key: str, layer: Layer, channel: int) -> list[Json]:
    """Return the digits with the largest cells, and where these lie; units have no row and column.

    A value is before activation where that saturates; of a class it is the logit, with its probability.
    """
    survey = inspector.surveys[key]
    measured = survey.layers[layer.name]
    columns = layer.output_shape[1] if layer.has_maps else 1
    shares = None
    if layer == inspector.entry(key).layers[-1] and layer.activation == "softmax":
        shares = np.exp(log_probabilities(survey.logits[measured.strongest[channel]]))[:, channel]
    named = zip(
        measured.strongest[channel].tolist(),
        measured.places[channel].tolist(),
        measured.values[channel],
        [None] * measured.strongest.shape[1] if shares is None else map(plain, shares),
        strict=True,
    )
    return [
        {
            "digit": digit,
            "label": int(inspector.labels[digit]),
            "row": place // columns if layer.has_maps else None,
            "column": place % columns if layer.has_maps else None,
            "value": plain(value),
            "probability": share,
        }
        for digit, place, value, share in named
    ]


def similar(measured: LayerSurvey, channel: int) -> Json | None:
    """Return the layer's other filter whose weights point most the same way, None where there is none."""
    other = int(measured.similar[channel])
    return None if other == UNKNOWN else {"filter": other, "cosine": plain(measured.cosine[channel])}


def without_it(inspector: Inspector, key: str, measured: LayerSurvey, channel: int) -> Json | None:
    """Return how good the network is with this channel at zero, None where that was not tried."""
    correct = int(measured.correct_without[channel])
    if correct == UNKNOWN:
        return None
    labels, before = inspector.labels, answers(inspector.surveys[key].logits)
    digits, after = measured.changed(channel)
    return {
        "correct": correct,
        "accuracy": correct / len(labels),
        "change": round(100 * (correct - int((before == labels).sum())) / len(labels), 6),
        "changed": [
            {"digit": digit, "label": int(labels[digit]), "before": int(before[digit]), "after": int(new)}
            for digit, new in zip(digits.tolist(), after, strict=True)
        ],
    }
