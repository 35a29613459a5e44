"""Answers as they are sent: arrays as NumPy writes them, and how long a client may keep each."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

import numpy as np
from flask import Response, abort, request

from models.arrays import Floats

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"


def npy(values: Floats) -> Response:
    """Return an array as NumPy writes it, which a client may keep as long as it asks again."""
    return revalidated(Response(npy_bytes(values), mimetype="application/octet-stream"))


def npy_bytes(values: Floats) -> bytes:
    """Return an array as NumPy writes it."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def npz(arrays: Mapping[str, Floats]) -> Response:
    """Return arrays in one archive, as NumPy writes it, the same bytes for the same arrays.

    It is not deflated: that takes a fifth to two fifths of a second and saves 7 %.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return revalidated(Response(buffer.getvalue(), mimetype="application/zip"))


def gzipped(content: bytes) -> Response:
    """Return what is gzipped already and never changes under its address."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER
    return response


def revalidated(response: Response) -> Response:
    """Give a response the hash of its bytes, and leave the bytes out where the client has them."""
    response.headers["Cache-Control"] = REVALIDATE
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code == 412:
        abort(412)
    return response


def uncached(response: Response) -> Response:
    """Tell browsers and caches to keep nothing of a response, and return it."""
    response.headers["Cache-Control"] = "no-store"
    return response
