"""What the query of a request names, read and checked, in ways that several questions share."""

from __future__ import annotations

from flask import request

from dashboard import validation
from dashboard.ablation import Off, parse_off
from dashboard.errors import not_found
from dashboard.perturbation import parse_move
from dashboard.workspace import Workspace
from models.graph.description import Layer
from models.sketch.drawing import Change


def switched_off(workspace: Workspace) -> Off:
    """Return the channels that the query switches off, or refuse."""
    return parse_off(request.args.get("off", ""), workspace.entries)


def moved(workspace: Workspace) -> Change | None:
    """Return what the query does to the image, or refuse."""
    return parse_move(request.args.get("perturb", ""), drawn=workspace.test.is_drawn)


def reference(workspace: Workspace) -> int | None:
    """Return the test image from which the query asks for the difference, None for none, or refuse."""
    if "reference" not in request.args:
        return None
    return validation.whole_number(
        request.args["reference"], f"{workspace.test.noun.member.one} to compare with", len(workspace.images)
    )


def since() -> str:
    """Return the moment from which the query asks for the difference, "" for none."""
    return request.args.get("since", "")


def require_current(version: str, workspace: Workspace) -> None:
    """Refuse an address that was made for other networks."""
    if version != workspace.version:
        raise not_found("The networks have changed since this page was opened. Reload it.")


def channel(key: str, layer: Layer, part: str = "filter") -> int:
    """Return the map or unit that a part of the request's query names, or refuse."""
    return validation.whole_number(
        request.args.get(part, ""), f"filter of {key} {layer.name}", layer.channels
    )


def image(number: str, workspace: Workspace) -> int:
    """Return the index of the test image that an address names, or refuse."""
    return validation.whole_number(number, f"{workspace.test.noun.member.one}", len(workspace.images))
