from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

import app
from dashboard.serving.worker import Worker
from dashboard.settings import ROOT
from models.datasets import idx, mnist
from models.engine.networks import Networks
from models.remedy import restored_all
from models.store import artefact, manifest
from tests import networks
from tests.dashboard.sweeping import require_headers
from tests.models.store.test_manifest import ANYTHING, places, put

WATCH = """
import json, sys, threading
sys.dont_write_bytecode = True
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
before = set(sys.modules)
import app
print(json.dumps({
    "opened": [name for name in opened if not name.startswith(sys.base_prefix)],
    "modules": sorted(set(sys.modules) - before),
    "threads": threading.active_count(),
}))
"""


def test_importing_it_does_nothing() -> None:
    """No framework, no room of the house, no file but its own and Python's, no thread."""
    command = [sys.executable, "-c", WATCH]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    seen = json.loads(result.stdout)
    assert not {name.split(".")[0] for name in seen["modules"]} & {
        *("tensorflow", "keras", "numpy", "dash", "flask", "plotly", "gunicorn", "diskcache"),
        *("dashboard", "jobs", "models"),
    }
    assert {Path(name).name.split(".")[0] for name in seen["opened"]} == {"app"}
    assert seen["threads"] == 1
    assert (result.stderr, result.returncode) == ("", 0)


def prepared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **env: str) -> None:
    """Set the environment that `server` reads."""
    for name, value in ({"CACHE_DIR": str(tmp_path / "cache"), "LOG_LEVEL": "error"} | env).items():
        monkeypatch.setenv(name, value)


def test_missing_data_is_said_by_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It starts all the same; what it answers names the file and the command that mends it."""
    prepared(monkeypatch, tmp_path, DATA_DIR=str(tmp_path))

    client = app.server().test_client()

    response = client.get("/readyz")
    assert response.status_code == 503
    require_headers(response)
    message = response.get_json()["error"]["message"]
    assert idx.CHECKSUMS in message
    assert "git checkout -- models/data" in message
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"models": [{}]}', b'{"models": 7}', b"\xff"])
def test_a_missing_or_damaged_manifest_is_said_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    """Whatever is wrong with it, the server starts and names it."""
    if content is not None:
        (tmp_path / manifest.MANIFEST).write_bytes(content)
    prepared(monkeypatch, tmp_path, CHECKPOINTS_DIR=str(tmp_path))

    response = app.server().test_client().get("/api/models")

    assert response.status_code == 503
    message = response.get_json()["error"]["message"]
    assert manifest.MANIFEST in message
    assert "git checkout -- models/checkpoints" in message


def test_it_serves_by_gunicorn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python app.py` is gunicorn on `app:server()` as gunicorn.conf.py says, from any folder."""
    ran: list[WSGIApplication] = []

    def run(self: WSGIApplication) -> None:
        ran.append(self)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["app.py", "--reload"])
    monkeypatch.setattr(WSGIApplication, "run", run)

    app.main()

    (served,) = ran
    assert served.app_uri == "app:server()"
    assert served.cfg.reload is False
    assert served.cfg.preload_app is False
    assert served.cfg.worker_class is Worker


def made(folder: Path) -> Path:
    """Write a manifest and all that it names but the checkpoints, which the start does not read."""
    test = mnist.load("test")
    for entry in networks.entries():
        survey = networks.survey(entry.layers, len(test)).to_bytes()
        file = artefact.write_whole(folder / f"{entry.key}.survey.npz", survey)
        manifest.write(replace(entry, survey=file), folder)
    return folder / manifest.MANIFEST


def test_no_manifest_ends_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever JSON stands wherever in it: the page is there, or says what is wrong, and so does the log."""
    path = made(tmp_path)
    prepared(monkeypatch, tmp_path, CHECKPOINTS_DIR=str(tmp_path))
    monkeypatch.setattr(Networks, "wake", lambda *_, **__: None)
    plain = json.loads(path.read_text())
    chances = random.Random(7)  # noqa: S311  to choose some of many
    changed = [put(plain, way, value) for way in places(plain) for value in ANYTHING]
    whole = 0

    for each in chances.sample(changed, 60):
        path.write_text(json.dumps(each))
        capsys.readouterr()
        response = app.server().test_client().get("/")
        logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        whole += response.status_code == 200
        if response.status_code == 503:
            assert b"manifest.json is damaged: " in response.data or b"is no survey" in response.data
            assert [line["event"] for line in logged] == ["cannot start"]
            assert str(path) in logged[0]["fault"] or str(tmp_path) in logged[0]["fault"]
            assert str(tmp_path).encode() not in response.data
        else:
            assert (response.status_code, logged) == (200, [])
    assert whole, "some changes do no harm"


def test_a_fault_that_nobody_thought_of_is_a_page_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names no file, since none is known to be at fault; the log has the stack."""
    prepared(monkeypatch, tmp_path)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("dashboard.factory.create_app", fail)
    client = app.server().test_client()

    response = client.get("/")
    assert response.status_code == 503
    assert app.UNKNOWN.format(restored_all()).encode() in response.data.replace(b"&amp;", b"&")
    assert b"secret" not in response.data
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["level"]) == ("cannot start", "error")
    assert "ZeroDivisionError: secret" in line["stack"]


def test_what_prevents_the_start_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever opens the page reads which setting it is, and the command with it; the log has the path."""
    prepared(monkeypatch, tmp_path, CHECKPOINTS_DIR=str(tmp_path / "my networks"))

    message = app.server().test_client().get("/api/models").get_json()["error"]["message"]

    assert message.startswith("$CHECKPOINTS_DIR/manifest.json is missing.")
    assert 'cp models/checkpoints/* "$CHECKPOINTS_DIR"' in message
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert line["fault"].startswith(f"{tmp_path}/my networks/manifest.json is missing.")
