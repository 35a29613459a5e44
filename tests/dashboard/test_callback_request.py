from __future__ import annotations

import gc
import io
import json
import tracemalloc
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.callback_request import PATH, Request, require_known
from dashboard.errors import RefusedError
from dashboard.security import MAX_BODY
from tests.dashboard.sweeping import require_error


def post(client: FlaskClient, body: bytes, kind: str = "application/json") -> TestResponse:
    return client.post(PATH, data=body, content_type=kind)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b" " * (64 * 2**10 + 1), "application/json", 413),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe\x00", "application/json", 400),
        (b"9" * 60_000, "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"a":' * 10_000, "application/json", 400),
        (b"[" * 40 + b"]" * 40, "application/json", 400),
        (b"[" + b"0," * 30_000 + b"0]", "application/json", 400),
        (b'"' + b"x" * 60_000 + b'"', "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"null", "application/json", 400),
        (b'"\\ud800"', "application/json", 400),
        (b'{"output": "\\ud800"}', "application/json; charset=nonsense", 400),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_callback_is_refused(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    """Too large 413, not JSON 415, everything else 400; each says why."""
    require_error(post(client, body, content_type), status)


def test_a_body_that_does_not_tell_its_length_has_the_same_limit(client: FlaskClient) -> None:
    """Sent in chunks, without Content-Length, it is refused as too large rather than cut off and misread."""
    for length, status in ((MAX_BODY - 1, 400), (MAX_BODY + 1, 413), (2 * MAX_BODY, 413)):
        response = client.post(
            PATH,
            input_stream=io.BytesIO(b'"' + b"x" * (length - 2) + b'"'),
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
            content_type="application/json",
        )
        require_error(response, status)


@pytest.mark.parametrize("part", [b"[],", b"{},", b"0,"])
def test_many_small_things_take_little_memory(client: FlaskClient, part: bytes) -> None:
    """As many as there is room for are refused without making 35 times the memory of their brackets."""
    body = (
        json.dumps(BODY).encode().replace(b'"value": 1', b'"value": [%s0]' % (part * (60_000 // len(part))))
    )
    gc.collect()
    tracemalloc.start()
    try:
        require_error(post(client, body), 400)
        assert tracemalloc.get_traced_memory()[1] < 2e6
    finally:
        tracemalloc.stop()


BODY: dict[str, Any] = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "in", "property": "data", "value": 1}],
    "changedPropIds": ["in.data"],
    "state": [{"id": "st", "property": "value"}],
}
CALLBACKS: dict[str, dict[str, Any]] = {
    "out.children": {
        "inputs": [{"id": "in", "property": "data"}],
        "state": [{"id": "st", "property": "value"}],
        "callback": print,
    },
    "browser.children": {"inputs": [{"id": "in", "property": "data"}], "state": []},
}


KNOWN = {name: Request.of(name, each) for name, each in CALLBACKS.items() if "callback" in each}


def test_a_body_that_the_page_sends_is_let_through() -> None:
    """Whether or not it says what changed."""
    require_known(json.dumps(BODY).encode(), KNOWN)
    require_known(json.dumps({k: v for k, v in BODY.items() if k != "changedPropIds"}).encode(), KNOWN)


@pytest.mark.parametrize(
    "changed",
    [
        {"output": "other.children"},
        {"output": ["out.children"]},
        {"output": None},
        {"outputs": [{"id": "out", "property": "children"}]},
        {"outputs": {"id": "out", "property": "style"}},
        {"inputs": []},
        {"inputs": [BODY["inputs"]]},
        {"inputs": [{"id": {"type": "in"}, "property": "data"}]},
        {"inputs": [*BODY["inputs"], *BODY["inputs"]]},
        {"inputs": None},
        {"state": []},
        {"state": [{"id": "st", "property": "data"}]},
        {"changedPropIds": ["st.value"]},
        {"changedPropIds": [["in.data"]]},
        {"changedPropIds": "in.data"},
        {
            "output": "browser.children",
            "outputs": {"id": "browser", "property": "children"},
            "state": [],
        },
    ],
)
def test_a_body_that_the_page_would_not_send_is_refused(changed: dict[str, Any]) -> None:
    """One part is wrong, and that is a 400."""
    with pytest.raises(RefusedError) as refusal:
        require_known(json.dumps(BODY | changed).encode(), KNOWN)
    assert refusal.value.status == 400
