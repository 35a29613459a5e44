from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

import app
from dashboard.settings import ROOT
from dashboard.worker import Worker
from models import mnist, registry
from tests.dashboard.sweeping import require_headers

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
        *("dashboard", "models"),
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
    assert mnist.CHECKSUMS in message
    assert "git checkout -- models/data" in message
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"models": [{}]}', b'{"models": 7}', b"\xff"])
def test_a_missing_or_damaged_manifest_is_said_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    """Whatever is wrong with it, the server starts and names it."""
    if content is not None:
        (tmp_path / registry.MANIFEST).write_bytes(content)
    prepared(monkeypatch, tmp_path, CHECKPOINTS_DIR=str(tmp_path))

    response = app.server().test_client().get("/api/models")

    assert response.status_code == 503
    message = response.get_json()["error"]["message"]
    assert registry.MANIFEST in message
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
