"""What was kept of a network's training has URLs: when it learned an image, and what a channel was when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard import validation
from dashboard.api import parameters
from dashboard.api.channels import plain
from dashboard.api.responses import revalidated
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.timeline import Timeline


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of histories."""
    routes = Blueprint("history", __name__)

    @routes.get("/api/models/<key>/images/<number>/history")
    @knows()
    def learned(key: str, number: str) -> Response:
        kept, image = _timeline(workspace, key), parameters.image(number, workspace)
        found = [{"answer": int(answer)} for answer in kept.answers[:, image]]
        told = {"digit": image, "label": workspace.label(image)}
        return revalidated(jsonify({"model": key, **told, "moments": _beside(kept, found)}))

    @routes.get("/api/models/<key>/layers/<layer>/filters/<number>/history")
    @knows()
    def became(key: str, layer: str, number: str) -> Response:
        kept, described = _timeline(workspace, key), workspace.surveyed_layer(key, layer)
        name = described.name
        channel = validation.whole_number(number, f"filter of {key} {name}", described.channels)
        norms = kept.norms.get(name)
        found = [
            {
                "active": plain(kept.active[name][place, channel]),
                "low": plain(kept.ranges[name, "post"][place, 0, channel]),
                "high": plain(kept.ranges[name, "post"][place, 1, channel]),
                "norm": None if norms is None else plain(norms[place, channel]),
            }
            for place in range(len(kept.moments))
        ]
        told = {"layer": name, "filter": channel}
        return revalidated(jsonify({"model": key, **told, "moments": _beside(kept, found)}))

    return routes


def _timeline(workspace: Workspace, key: str) -> Timeline:
    """Return what was kept of a network's training, or refuse."""
    kept = workspace.collection.timelines.get(workspace.entry(key).key)
    if kept is None:
        raise not_found(f"Nothing was kept of a training of {key}.")
    return kept


def _beside(kept: Timeline, found: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what was found at every moment beside when that was, and how the network did."""
    return [
        {
            "key": moment.key,
            "step": moment.step,
            "epoch": moment.epoch,
            "correct": moment.test and moment.test.correct,
            **each,
        }
        for moment, each in zip(kept.moments, found, strict=True)
    ]
