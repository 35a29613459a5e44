"""Every test digit has a URL: its label, what is said against it, and its pixels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.datasets import disputed


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of the test digits themselves."""
    routes = Blueprint("images", __name__)

    @routes.get("/api/images/<number>")
    @knows()
    def digit(number: str) -> Response:
        index = parameters.image(number, workspace)
        label = int(workspace.labels[index])
        told = {"index": index, "label": label, "split": "test", "disputed": dispute(index, label)}
        return revalidated(jsonify(told))

    @routes.get("/api/images/<number>.npy")
    @knows("perturb", "reference")
    def pixels(number: str) -> Response:
        index = parameters.image(number, workspace)
        digit, other = workspace.digit(index, parameters.moved()), parameters.reference(workspace)
        return npy((digit if other is None else digit - workspace.digit(other))[..., 0])

    return routes


def dispute(index: int, label: int) -> dict[str, Any] | None:
    """Return what is said against a test digit's label, and by whom; None where nothing is."""
    found = disputed.of(index, label)
    if found is None:
        return None
    return {**asdict(found), "words": found.words, "source": disputed.SOURCE, "doi": disputed.DOI}
