"""An image that somebody sends becomes drawings, as text; nothing of it stays here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.brought import Brought, told
from dashboard.errors import RefusedError, not_found
from dashboard.perturbation import NOT_DRAWN
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis.turning import TURNS
from models.arrays import Floats
from models.engine.networks import WakingError
from models.pictures.kinds import READ
from models.pictures.parts import MOST_BYTES, FormatError, ImageError
from models.remedy import MachineError
from models.store.artefact import CheckpointError

SENT = 2048  # pixels of the longer side of an image that the page makes smaller before it sends it
TYPES = "image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff,image/avif,image/heic,image/heif"
READING = 5.0  # seconds to wait while others' images are read, each of which takes a fraction of one


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that makes drawings of an image.

    Images are read one at a time, since each may take 300 MB for a moment, and all by one thread: every
    thread that has had much memory keeps some.
    """
    routes, reading = Blueprint("drawings", __name__), threading.Lock()
    reader = ThreadPoolExecutor(1, "images")

    @routes.post("/api/drawings")
    @knows("turn")
    def drawing() -> Response:
        if not workspace.test.is_drawn:
            raise not_found(NOT_DRAWN)
        turn, content = _turn(), _body()
        if not reading.acquire(timeout=READING):
            raise RefusedError(503, "busy", "Others' images are being read; try again.", retry_after=1)
        try:
            found = reader.submit(Brought.of, content, turn).result()
        except FormatError as error:
            raise RefusedError(415, "unsupported_image", str(error)) from error
        except ImageError as error:
            raise RefusedError(400, "bad_image", str(error)) from error
        finally:
            reading.release()
        response = jsonify(told(found, partial(reads, workspace), workspace.reader.key))
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes


def reads(workspace: Workspace, digits: Floats) -> Floats | None:
    """Return the logits, (n, classes), that the reader gives to digits, (n, rows, columns, channels).

    None while it sleeps, or where it is broken: what was brought can be shown without.
    """
    try:
        probe = workspace.probe(workspace.reader.key)
    except (WakingError, CheckpointError, MachineError):
        return None
    return np.stack([probe.run(digit).logits for digit in digits])  # one by one: that is compiled


def _turn() -> int:
    """Return by how many degrees clockwise the image is to be turned, or refuse."""
    asked = request.args.get("turn", "0")
    if asked not in map(str, TURNS):
        raise RefusedError(
            400, "bad_turn", f"turn is one of {', '.join(map(str, TURNS))}: degrees clockwise."
        )
    return int(asked)


def _body() -> bytes:
    """Return what was sent, whatever it is said to be, or refuse."""
    request.max_content_length = MOST_BYTES + 1
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise _too_large() from error
    if len(content) > MOST_BYTES:
        raise _too_large()
    if not content:
        raise RefusedError(400, "bad_image", f"No image was sent. Send the bytes of one: {READ}.")
    return content


def _too_large() -> RefusedError:
    return RefusedError(413, "too_large", f"An image may have {MOST_BYTES >> 20} MiB. Make it smaller.")
