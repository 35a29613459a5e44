"""What holds for every answer of the server, whatever was asked: its headers, and the shape of its errors."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

from dashboard.settings import ROOT
from models.arrays import Floats

SECURE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
LEAKS = re.compile(
    rf"Traceback|File \"|\.py\b|line \d|site-packages|0x[0-9a-f]{{6}}|{re.escape(str(ROOT))}|/tmp/"
    r"|\b(dash|flask|werkzeug|numpy|(?<!\.)keras|tensorflow|diskcache|sqlite3?|dashboard|gunicorn)\b|[A-Z]\w+(Error|Exception)\b",
)


def require_headers(response: TestResponse) -> None:
    """Fail unless an answer carries what protects the page, a request id, and how long it may be kept."""
    for name, value in SECURE.items():
        assert response.headers.get(name) == value, (name, response.headers)
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-ID"])
    assert response.headers["Cache-Control"]
    policy = directives(response)
    scripts = policy.pop("script-src").split()
    assert policy == POLICY
    assert scripts[0] == "'self'"
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", each) for each in scripts[1:])


def directives(response: TestResponse) -> dict[str, str]:
    """Return the content security policy, by directive."""
    parts = [part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";")]
    return {name: value.strip() for name, value in parts}


def require_error(response: TestResponse, status: int, *, body: bool = True) -> str:
    """Fail unless an answer is a refusal in the one shape; return its sentence.

    Args:
        response: The answer.
        status: What it must be.
        body: Whether there is one; HEAD gets none.
    """
    assert response.status_code == status, (response.status_code, response.get_data()[:300])
    require_headers(response)
    assert response.headers["Cache-Control"] == "no-store"
    if not body:
        assert response.get_data() == b""
        return ""
    assert response.mimetype == "application/json"
    plain = response.get_json()
    assert plain.keys() == {"error"}
    error = plain["error"]
    assert error.keys() == {"code", "message", "request_id"}
    assert re.fullmatch("[a-z_]+", error["code"])
    assert error["request_id"] == response.headers["X-Request-ID"]
    assert LEAKS.search(response.get_data(as_text=True)) is None, error
    message = error["message"]
    assert isinstance(message, str)
    assert re.fullmatch(r"\S.*[.!?]", message)
    return message


def require_waking(response: TestResponse) -> None:
    """Fail unless an answer says that the networks are still asleep, and when to ask again."""
    assert "waking" in require_error(response, 503)
    assert response.headers["Retry-After"] == "1"


def require_revalidated(client: FlaskClient, path: str) -> None:
    """Fail unless an address, asked again with its tag, costs no bytes."""
    first = client.get(path)
    assert first.status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")


def json_of(client: FlaskClient, path: str) -> Any:
    """Return what an address tells, or fail unless it is JSON with all that every answer carries."""
    response = client.get(path)
    require_headers(response)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    return response.get_json()


def array_of(client: FlaskClient, path: str) -> Floats:
    """Return the array at an address, or fail unless it is float32 with all that every answer carries."""
    response = client.get(path)
    require_headers(response)
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    values: Floats = np.load(io.BytesIO(response.get_data()), allow_pickle=False)
    assert values.dtype == np.dtype("<f4")
    return values


NOT_DIGITS = [
    "-1",
    "10000",
    "10001",
    "1.5",
    "1e3",
    "0x7",
    "+7",
    "7_0",
    "007%3F",
    "%207",
    "7%20",
    "٣",
    "7%0A",
    "%00",
    "7%00",
    "true",
    "null",
    "NaN",
    "[7]",
    "%22%22",
    "9" * 3_000,
    "%ff",
]
NAMES = [
    "rnn",
    "CNN",
    "",
    "cnn%00",
    "../cnn",
    "%2e%2e",
    "c" * 3_000,
    "٣",
    "cnn.keras",
    "__class__",
    "both",
    "0",
]


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Ask for an address; whatever comes has the headers that all answers have."""
    response = client.get(path, headers=headers)
    require_headers(response)
    return response


def body_of(client: FlaskClient, path: str) -> bytes:
    response = client.get(path)
    require_headers(response)
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    content = response.get_data()
    return gzip.decompress(content) if response.headers.get("Content-Encoding") == "gzip" else content


def answers_of(client: FlaskClient, path: str) -> NDArray[np.uint8]:
    """Return the classes that an address answers with."""
    return np.frombuffer(body_of(client, path), np.uint8)
