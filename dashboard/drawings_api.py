"""An image that somebody sends becomes a drawing, as text; nothing of it stays here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.errors import RefusedError
from models.drawing import Drawing, write_ink, write_pixels
from models.image_file import Picture, read
from models.image_parts import FormatError, ImageError
from models.ink import Ink, find_ink
from models.preparation import prepare_drawing

MOST_BYTES = 12 * 2**20  # of an image; the address alone takes more than other posts may have
READING = 5.0  # seconds to wait while others' images are read, each of which takes a fraction of one


def blueprint() -> Blueprint:
    """Return the route that makes a drawing of an image.

    Images are read one at a time, since each may take 200 MB for a moment, and all by one thread: every
    thread that has had much memory keeps some.
    """
    routes, reading = Blueprint("drawings", __name__), threading.Lock()
    reader = ThreadPoolExecutor(1, "images")

    @routes.post("/api/drawings")
    def drawing() -> Response:
        content = _body()
        if not reading.acquire(timeout=READING):
            raise RefusedError(503, "busy", "Others' images are being read; try again.", retry_after=1)
        try:
            response = jsonify(reader.submit(_told, content).result())
        except FormatError as error:
            raise RefusedError(415, "unsupported_image", str(error)) from error
        except ImageError as error:
            raise RefusedError(400, "bad_image", str(error)) from error
        finally:
            reading.release()
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes


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
        raise RefusedError(400, "bad_image", "No image was sent. Send the bytes of a PNG or JPEG.")
    return content


def _too_large() -> RefusedError:
    return RefusedError(413, "too_large", f"An image may have {MOST_BYTES >> 20} MiB. Make it smaller.")


def _told(content: bytes) -> dict[str, Any]:
    """Return the drawing of an image, and what was found in it."""
    picture = read(content)
    ink = find_ink(picture.colours)
    own = _own_pixels(picture, ink)
    drawing = Drawing(write_ink(ink.drawing)) if own is None else Drawing(write_pixels(own), "pixels")
    return {
        "perturb": drawing.text,
        "words": words(picture, ink, prepared=own is not None),
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "orientation": picture.orientation,
        "laid_on": picture.laid_on,
        "ink": "dark" if ink.dark else "light",
        "channel": ink.channel,
        "contrast": round(ink.contrast, 3),
        "widened": ink.widened,
        "dropped": ink.dropped,
    }


def _own_pixels(picture: Picture, ink: Ink) -> NDArray[np.uint8] | None:
    """Return the pixels, (28, 28), of an image that preparing would leave as it is, None of others."""
    grey = picture.colours.mean(axis=2)
    pixels = np.asarray(np.rint(255 * (1 - grey if ink.dark else grey)), np.uint8)
    return pixels if np.array_equal(prepare_drawing(pixels).pixels, pixels) else None


def words(picture: Picture, ink: Ink, *, prepared: bool = False) -> str:
    """Return in one sentence what was found in an image, and what was done to it unless it was prepared."""
    mirrored = picture.orientation in (2, 4, 5, 7)
    colours = "dark ink on light" if ink.dark else "light ink on dark"
    found = [
        f"{picture.format} of {picture.width}×{picture.height}",
        f"{colours}, {100 * ink.contrast:.0f} % contrast",
        f"seen best in {ink.channel}" if ink.channel != "grey" else "",
        f"{'mirrored' if mirrored else 'turned'} as its EXIF says" if picture.orientation > 1 else "",
        f"transparent, laid on {picture.laid_on}" if picture.laid_on else "",
        "its slim lines widened" if ink.widened and not prepared else "",
        "what lies apart left out" if ink.dropped and not prepared else "",
    ]
    done = "taken as it is, for it is prepared as MNIST was" if prepared else "prepared as MNIST was"
    return f"{', '.join(filter(None, found))}; {done}."
