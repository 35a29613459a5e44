"""What the wall of test digits is made of has URLs that never change: pixels, verdicts and orders."""

from __future__ import annotations

import gzip
from functools import cache, partial

from flask import Blueprint, Response

from dashboard import picture, validation, wall
from dashboard.api import parameters
from dashboard.api.responses import gzipped
from dashboard.query import knows
from dashboard.workspace import Workspace


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of the wall."""
    routes, told = Blueprint("wall", __name__), cache(partial(verdicts, workspace))

    @routes.get("/wall/<version>/verdicts.bin")
    @knows()
    def said(version: str) -> Response:
        parameters.require_current(version, workspace)
        return gzipped(told())

    @routes.get("/wall/<version>/unsure/<key>.bin")
    @knows()
    def unsure(version: str, key: str) -> Response:
        parameters.require_current(version, workspace)
        return gzipped(least_sure(workspace, workspace.entry(key).key))

    @routes.get("/wall/<version>/strength/<key>/<layer>/<number>.bin")
    @knows()
    def stronger(version: str, key: str, layer: str, number: str) -> Response:
        parameters.require_current(version, workspace)
        described = workspace.surveyed_layer(key, layer)
        chosen = validation.whole_number(number, f"filter of {key} {described.name}", described.channels)
        return gzipped(strength(workspace, key, described.name, chosen))

    @routes.get("/wall/<version>/<number>.bin")
    @knows()
    def pixels(version: str, number: str) -> Response:
        parameters.require_current(version, workspace)
        what = f"block of {workspace.test.noun.many}"
        blocks = -(-len(workspace.images) // wall.BLOCK)
        return gzipped(block(workspace, validation.whole_number(number, what, blocks)))

    return routes


def verdicts(workspace: Workspace) -> bytes:
    """Return all labels and answers, gzipped, as `wall.verdicts` writes them."""
    logits = [workspace.surveys[entry.key].logits for entry in workspace.entries]
    return gzip.compress(wall.verdicts(workspace.labels, logits), mtime=0)


def least_sure(workspace: Workspace, key: str) -> bytes:
    """Return all images, gzipped uint16 little-endian, from the one of which a network is least sure."""
    logits = workspace.surveys[key].logits
    return workspace.remembered(
        f"unsure/{key}", lambda: picture.squeeze(wall.ranking(wall.least_sure(logits)))
    )


def strength(workspace: Workspace, key: str, name: str, channel: int) -> bytes:
    """Return all images, gzipped uint16 little-endian, from the one on which a channel is strongest."""
    measured = workspace.surveys[key].layers[name]
    return workspace.remembered(
        f"strength/{key}/{name}/{channel}",
        lambda: picture.squeeze(wall.ranking(measured.ranked(channel))),
    )


def block(workspace: Workspace, number: int) -> bytes:
    """Return one block of the wall's pixels, gzipped; there are as many as `wall.block` gives."""
    return workspace.remembered(
        f"wall/{number}", lambda: picture.squeeze(wall.block(workspace.images, number))
    )
