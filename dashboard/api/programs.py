"""The lines of plain Keras that come to a number have a URL."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard import validation
from dashboard.api.arithmetic import ROOT
from dashboard.api.place import named_place, require_cells
from dashboard.api.responses import revalidated
from dashboard.errors import RefusedError
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.snippet import snippet


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of programs."""
    routes = Blueprint("programs", __name__)

    @routes.get(f"{ROOT}/keras.py")
    @knows("filter", "cell", "stage", "off", "perturb")
    def program(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        place = named_place(workspace, key, number, layer, cell=True)
        require_cells(key, place.layer)
        if place.off:
            raise RefusedError(400, "bad_off", "These lines are of the whole network: leave off out.")
        lines = snippet(
            workspace.entry(key),
            workspace.collection.test,
            index=place.index,
            layer=place.layer.name,
            channel=place.channel,
            cell=place.cell,
            stage=stage,
            move=place.move,
        )
        return revalidated(Response(lines, mimetype="text/plain"))

    return routes
