"""Every test digit has a URL: its label, what is said against it, and its pixels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard.api import parameters
from dashboard.api.responses import npy, revalidated
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.datasets.disputed import Disputes


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of the test images themselves."""
    routes = Blueprint("images", __name__)

    @routes.get("/api/images/<number>")
    @knows()
    def image(number: str) -> Response:
        index = parameters.image(number, workspace)
        label, test = workspace.label(index), workspace.test
        disputed = None if label is None else dispute(test.disputes, index, label)
        told = {"index": index, "label": label, "split": test.split, "disputed": disputed}
        return revalidated(jsonify(told))

    @routes.get("/api/images/<number>.npy")
    @knows("perturb", "reference")
    def pixels(number: str) -> Response:
        index = parameters.image(number, workspace)
        image, other = workspace.digit(index, parameters.moved(workspace)), parameters.reference(workspace)
        values = image if other is None else image - workspace.digit(other)
        return npy(workspace.spec.told(values))

    return routes


def dispute(disputes: Disputes, index: int, label: int) -> dict[str, Any] | None:
    """Return what is said against an image's label, and by whom; None where nothing is."""
    found = disputes.of(index, label)
    if found is None:
        return None
    return {**asdict(found), "words": found.words, "source": disputes.source, "doi": disputes.doi}
