"""How far it is with a person's own networks and images, and what can be asked of it, have a URL."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard.api.responses import uncached
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.own import state
from models.own.state import REQUESTS, SAID, WORLD

NOT_OWN = "What is shown comes with ConvLens: nothing is opened or measured meanwhile."


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of what is opened and measured while the page is looked at."""
    routes = Blueprint("opened", __name__)

    @routes.get("/api/opened")
    @knows()
    def opened() -> Response:
        return uncached(jsonify(told(workspace)))

    @routes.post("/api/opened/<request>")
    @knows()
    def asked(request: str) -> Response:
        found, wanted = told(workspace), state.requested(request)
        if wanted is None or workspace.opened is None:
            raise not_found(f"It can be asked to: {', '.join(REQUESTS)}.")
        state.ask(wanted, workspace.opened)
        return uncached(jsonify(found))

    return routes


def told(workspace: Workspace) -> dict[str, Any]:
    """Return how far it is, how networks and images were read, and the version that can be looked at."""
    place = workspace.opened
    if place is None or (found := state.read(place)) is None:
        raise not_found(NOT_OWN)
    return {**asdict(found), "said": said(place), "version": workspace.version}


def said(place: Path) -> list[Any]:
    """Return the sentences on how networks and images were read, [] where there are none."""
    try:
        found = json.loads((place / WORLD / SAID).read_bytes())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
