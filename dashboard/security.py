"""What every request and every response goes through: who may ask, what is refused, what is said of it."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import Flask, Response, abort, g, jsonify, request
from werkzeug.exceptions import HTTPException

from dashboard.errors import RefusedError, error_body

MAX_BODY = (
    64 * 2**10
)  # bytes, where an address does not take more: a callback's request has less than one KiB
MAX_ADDRESS = 8 * 2**10  # bytes of a path and its query
REFUSED = "convlens.refused"  # in an environment: the status of a request that could not be read
SENTENCES = {
    400: "The request is malformed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    408: "The request did not arrive whole in its time.",
    412: "What is there is not what the request was made for.",
    413: f"The request is larger than {MAX_BODY >> 10} KiB.",
    414: f"The address is longer than {MAX_ADDRESS >> 10} KiB.",
    415: "The request is not JSON.",
    431: "The request's headers are too large.",
}
POLICY = (
    "default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

log = logging.getLogger(__name__)


def protect(
    server: Flask,
    trusted_hosts: Iterable[str],
    script_hashes: Iterable[str] = (),
    frame_ancestors: Iterable[str] = (),
) -> None:
    """Put the guard around every route of a server.

    Only `frame-ancestors` says who may frame a page: X-Frame-Options knows no list, and is not sent. That a
    page may be framed lets nobody load what is in it: COOP is of windows, and CORP of files, which a framed
    page asks of its own origin.
    """
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    hosts = tuple(trusted_hosts)
    frames = " ".join(frame_ancestors) or "'none'"
    policy = POLICY.format(hashes=" ".join(script_hashes), frames=frames)
    server.before_request(lambda: _receive(hosts))
    server.after_request(lambda response: _send(response, policy))
    server.register_error_handler(RefusedError, refused)
    server.register_error_handler(HTTPException, _refused_by_flask)
    server.register_error_handler(Exception, _failed)


def _malformed(message: str) -> RefusedError:
    return RefusedError(400, "malformed", message)


def _receive(trusted_hosts: Collection[str]) -> None:
    g.request_id = secrets.token_hex(8)
    g.received = time.perf_counter()
    _require_readable(request.environ)
    host = request.host
    if not trusts(host, trusted_hosts):
        raise RefusedError(400, "foreign_host", "This server is not known by that name.")
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in (
        "same-origin",
        "none",
    ):
        log.info("cross-site post", extra={"host": host})
        raise RefusedError(403, "cross_site", "Only ConvLens' own page may send this.")


def _require_readable(received: Mapping[str, Any]) -> None:
    """Refuse what the worker could not read as a request, is too long, or does not say whom it is for."""
    if REFUSED in received:
        abort(received[REFUSED])
    if len(received["PATH_INFO"]) + len(received["QUERY_STRING"]) > MAX_ADDRESS:
        abort(414)
    if received["SERVER_PROTOCOL"] != "HTTP/1.0" and "HTTP_HOST" not in received:
        raise _malformed("The request does not say whom it is for: it has no Host.")


def trusts(host: str, names: Collection[str]) -> bool:
    """Whether a Host header, with or without a port, is one of the names of the settings; none trusts all.

    Flask's own check never trusts an IPv6 address.
    """
    name = re.sub(r":\d*$", "", host).lower()
    return not names or any(name == each or (each[0] == "." and f".{name}".endswith(each)) for each in names)


def _send(response: Response, policy: str) -> Response:
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    taken = 1000 * (time.perf_counter() - g.received) if "received" in g else 0.0
    line = {
        "request_id": g.get("request_id", ""),
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "milliseconds": round(taken, 2),
    }
    response.call_on_close(lambda: log.info("request", extra=line))  # when the answer is on its way
    return response


def refused(refusal: RefusedError) -> Response:
    """Return the answer to a request that was refused."""
    response = _error(refusal.status, refusal.code, refusal.message)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _refused_by_flask(error: HTTPException) -> Response:
    status = error.code or 500
    response = _error(status, error.name.lower().replace(" ", "_"), SENTENCES.get(status, f"{error.name}."))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    log.error("failed", exc_info=error, extra={"request_id": g.get("request_id", ""), "path": request.path})
    return _error(500, "internal", "Something went wrong here; it has been written down. Try again.")


def _error(status: int, code: str, message: str) -> Response:
    response = jsonify(error_body(code, message, g.get("request_id", "")))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
