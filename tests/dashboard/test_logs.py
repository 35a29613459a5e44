from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard import logs
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from tests.dashboard import apps

Lines = Callable[[], list[dict[str, Any]]]
Visitor = Callable[[], FlaskClient]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Read what has been logged since the last time, line by line."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def visitor(pretended: Workspace, tmp_path: Path, lines: Lines) -> Visitor:
    """Return a visitor of a new app that logs every request; called by the test, whose output it is."""

    def visit() -> FlaskClient:
        logs.configure("info")
        app = create_app(pretended, apps.settings(tmp_path))
        lines()
        client: FlaskClient = app.server.test_client()
        return client

    return visit


def test_a_request_is_one_line(visitor: Visitor, lines: Lines) -> None:
    """With what was asked, what was answered, how long it took, and the id that the client was given."""
    response = visitor().get("/api/models/cnn/digits/7?perturb=rotation:15", buffered=True)

    (line,) = lines()
    assert line.pop("milliseconds") >= 0
    assert line.pop("time")
    assert line == {
        "level": "info",
        "event": "request",
        "request_id": response.headers["X-Request-ID"],
        "method": "GET",
        "path": "/api/models/cnn/digits/7",
        "status": 200,
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("/api/digits/-1", 404), ("/api/models/cnn/digits/1/layers/conv1.npy?stage=x", 400)],
)
def test_what_a_client_did_has_no_stack(visitor: Visitor, lines: Lines, path: str, status: int) -> None:
    """A refusal is an ordinary line, at an ordinary level, whose id is the one in the refusal."""
    response = visitor().get(path, buffered=True)

    (line,) = lines()
    assert (line["status"], line["level"]) == (status, "info")
    assert line["request_id"] == response.get_json()["error"]["request_id"]
    assert "stack" not in line


def test_a_refused_callback_has_no_stack(visitor: Visitor, lines: Lines) -> None:
    """Neither has a body that the page would not send, nor one from another site."""
    client = visitor()
    client.post("/_dash-update-component", data=b"{", content_type="application/json", buffered=True)
    client.post("/_dash-update-component", json={}, headers={"Sec-Fetch-Site": "cross-site"}, buffered=True)

    written = lines()
    assert [line["status"] for line in written if line["event"] == "request"] == [400, 403]
    assert not [line for line in written if "stack" in line]


def test_our_own_fault_has_its_stack(visitor: Visitor, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error with the stack and one line for the request, under the same id."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Workspace, "digit", fail)
    response = visitor().get("/api/digits/7.npy", buffered=True)

    fault, request = lines()
    assert (fault["level"], fault["path"]) == ("error", "/api/digits/7.npy")
    assert "ZeroDivisionError" in fault["stack"]
    assert request["status"] == 500
    assert fault["request_id"] == request["request_id"] == response.headers["X-Request-ID"]


def test_a_line_stays_a_line(visitor: Visitor, lines: Lines) -> None:
    """Nothing that a client sends begins a new line or a new field."""
    visitor().get("/a%0A%7B%22event%22%3A%22forged%22%7D%0D%1b[31m", buffered=True)

    (line,) = lines()
    assert line["event"] == "request"
    assert line["path"].startswith("/a\n{")


@pytest.mark.parametrize("name", ["dashboard.memory", "models.engine.networks"])
def test_both_rooms_log_in_the_same_form(lines: Lines, name: str) -> None:
    """What the networks and the page report is JSON, extra fields and stacks included."""
    logs.configure("warning")
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger(name).exception("not opened", extra={"model": "cnn", "path": Path("x")})

    (line,) = lines()
    assert (line["event"], line["level"], line["model"]) == ("not opened", "error", "cnn")
    assert "ValueError: odd" in line["stack"]


@pytest.mark.parametrize(("level", "written"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_chooses_what_is_written(lines: Lines, level: str, written: int) -> None:
    """That level and the graver ones."""
    logs.configure(level)
    log = logging.getLogger("dashboard.security")
    for say in (log.debug, log.info, log.warning, log.error):
        say("x")

    assert len(lines()) == written


def test_configuring_twice_writes_once(lines: Lines) -> None:
    """Two apps in one process do not double their lines."""
    logs.configure("info")
    logs.configure("info")

    logging.getLogger("dashboard").info("x")

    assert len(lines()) == 1
