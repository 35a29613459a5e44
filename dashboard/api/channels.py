"""What makes a channel fire, and what its network is without it, has a URL: all that its survey says."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from dashboard import validation
from dashboard.api.responses import revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.layer_statistics import UNKNOWN, LayerSurvey
from models.analysis.metrics import answers, log_probabilities
from models.graph.description import Layer

Json = dict[str, Any]


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of a channel."""
    routes = Blueprint("channels", __name__)

    @routes.get("/api/models/<key>/layers/<layer>/filters/<number>")
    @knows()
    def channel(key: str, layer: str, number: str) -> Response:
        described = workspace.surveyed_layer(key, layer)
        chosen = validation.whole_number(number, f"filter of {key} {described.name}", described.channels)
        return revalidated(jsonify(told(workspace, key, described, chosen)))

    return routes


def told(workspace: Workspace, key: str, layer: Layer, channel: int) -> Json:
    """Return everything that the survey says of one channel, as plain values."""
    survey = workspace.surveys[key]
    measured = survey.layers[layer.name]
    low, high = survey.ranges[layer.name, "post"]
    by_class = measured.by_class[:, channel]
    return {
        "model": key,
        "sha256": workspace.entry(key).sha256,
        "layer": layer.name,
        "filter": channel,
        "digits": len(workspace.labels),
        "mean": plain(measured.mean[channel]),
        "smallest": plain(low[channel]),
        "largest": plain(high[channel]),
        "active": plain(measured.active[channel]),
        "firing": plain(measured.firing[channel]),
        "by_class": [plain(mean) for mean in by_class] if workspace.test.is_labelled else None,
        "fate": fate(workspace, key, layer, channel),
        "ranked": "pre" if layer.saturates else "post",
        "strongest": strongest(workspace, key, layer, channel),
        "similar": similar(measured, channel),
        "without": without_it(workspace, key, measured, channel),
    }


def plain(value: np.floating[Any]) -> float:
    """Return the nearest number that JSON has: a network that diverged has others too."""
    return float(np.nan_to_num(value))


def fate(workspace: Workspace, key: str, layer: Layer, channel: int) -> str:
    """Return whether a channel is "dead" or "always on" over all test images, "" for neither."""
    last = workspace.entry(key).layers[-1]
    return workspace.surveys[key].fates(layer.name, last=layer == last).get(channel, "")


def strongest(workspace: Workspace, key: str, layer: Layer, channel: int) -> list[Json]:
    """Return the images with the largest cells, and where these lie; units have no row and column.

    A value is before activation where that saturates; of a class it is the logit, with its probability.
    A dead channel has none: it is zero on all images, and the first of them are no stronger than the rest.
    """
    survey = workspace.surveys[key]
    if channel in survey.dead(layer.name):
        return []
    measured = survey.layers[layer.name]
    columns = layer.output_shape[1] if layer.has_maps else 1
    shares = None
    if layer == workspace.entry(key).layers[-1] and layer.activation == "softmax":
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
            "digit": image,
            "label": workspace.label(image),
            "row": place // columns if layer.has_maps else None,
            "column": place % columns if layer.has_maps else None,
            "value": plain(value),
            "probability": share,
        }
        for image, place, value, share in named
    ]


def similar(measured: LayerSurvey, channel: int) -> Json | None:
    """Return the layer's other filter whose weights point most the same way, None where there is none."""
    other = int(measured.similar[channel])
    return None if other == UNKNOWN else {"filter": other, "cosine": plain(measured.cosine[channel])}


def without_it(workspace: Workspace, key: str, measured: LayerSurvey, channel: int) -> Json | None:
    """Return how good the network is with this channel at zero, None where that was not tried."""
    correct = int(measured.correct_without[channel])
    if correct == UNKNOWN:
        return None
    labels, before = workspace.labels, answers(workspace.surveys[key].logits)
    images, after = measured.changed(channel)
    change = round(100 * (correct - int((before == labels).sum())) / len(labels), 6)
    known = workspace.test.is_labelled
    return {
        "correct": correct if known else None,
        "accuracy": correct / len(labels) if known else None,
        "change": change if known else None,
        "changed": [
            {"digit": image, "label": workspace.label(image), "before": int(before[image]), "after": int(new)}
            for image, new in zip(images.tolist(), after, strict=True)
        ],
    }
