"""What a network answers to the test digits without some of its channels has a URL, block by block."""

from __future__ import annotations

import gzip

import numpy as np
from flask import Blueprint, Response

from dashboard import picture, validation, wall
from dashboard.ablation import Off, write_off
from dashboard.api import parameters
from dashboard.api.responses import revalidated
from dashboard.errors import RefusedError
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.metrics import answers

COUNTING = "having images counted"
PARTS = 5  # of a block, between which there may be a rest


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of a network without some channels."""
    routes = Blueprint("ablation", __name__)

    @routes.get("/api/models/<key>/without/<number>.bin")
    @knows("off")
    def said(key: str, number: str) -> Response:
        entry = workspace.entry(key)
        blocks = -(-len(workspace.images) // wall.BLOCK)
        block = validation.whole_number(number, f"block of {workspace.test.noun.many}", blocks)
        off = parameters.switched_off(workspace)
        if off.keys() - {entry.key}:
            raise RefusedError(400, "bad_off", f"off must name channels of {entry.key} alone.")
        content = gzip.decompress(without(workspace, entry.key, block, off))
        return revalidated(Response(content, mimetype="application/octet-stream"))

    return routes


def without(workspace: Workspace, key: str, block: int, off: Off) -> bytes:
    """Return a network's answers to a block of images with channels switched off, gzipped; or refuse."""
    chosen = slice(block * wall.BLOCK, (block + 1) * wall.BLOCK)

    def count() -> bytes:
        probe = workspace.networks.probe(key)
        with workspace.turns.taken(COUNTING):
            parts = np.array_split(workspace.inputs(chosen), PARTS)
            found = [answers(probe.logits_without(part, off[key])) for part in workspace.turns.paced(parts)]
        return picture.squeeze(np.concatenate(found).tobytes())

    if not off.get(key):
        return gzip.compress(answers(workspace.surveys[key].logits[chosen]).tobytes(), mtime=0)
    return workspace.remembered(f"without/{key}/{block}/{write_off(off)}", count)
