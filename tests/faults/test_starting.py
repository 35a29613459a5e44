from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from urllib.parse import urlsplit

import pytest

from dashboard.settings import ROOT
from models.store import manifest
from tests import networks
from tests.dashboard.test_factory import COMPARE, UPDATE
from tests.faults.processes import Server, end, run, started

TRUNCATED, MISSING, FOREIGN = "truncated", "missing", "foreign"


def test_missing_data_is_said_on_every_page(tmp_path: Path) -> None:
    """The server starts; every address but one answers 503 with the file and the command that mends it."""
    with started(tmp_path, DATA_DIR=str(tmp_path / "nowhere")) as server:
        for path in ("/api/models", "/readyz", "/assets/convlens.js", "/api/images/3"):
            answer = server.get(path)
            assert answer.status == 503
            assert "CHECKSUMS" in answer.sentence
            assert "git checkout -- models/data" in answer.sentence
            assert str(tmp_path) not in answer.sentence
        for path in ("/", "/compare"):
            answer = server.get(path)
            assert answer.status == 503
            assert b"git checkout -- models/data" in answer.body
            assert b"$DATA_DIR/CHECKSUMS is missing." in answer.body
        assert server.get("/healthz").json == {"status": "alive"}
        (line,) = [line for line in server.logged() if line["event"] == "cannot start"]
        assert line["fault"].startswith(f"{tmp_path}/nowhere/CHECKSUMS is missing.")


@pytest.mark.parametrize("content", [b'{"models": []}', b"[" * 100_000])
def test_a_damaged_manifest_is_a_page_and_a_line(tmp_path: Path, content: bytes) -> None:
    """Never a traceback: the page names the file and the command, the log the file in force."""
    (tmp_path / manifest.MANIFEST).write_bytes(content)
    with started(tmp_path, CHECKPOINTS_DIR=str(tmp_path)) as server:
        for path in ("/", "/compare"):
            answer = server.get(path)
            assert answer.status == 503
            assert b"$CHECKPOINTS_DIR/manifest.json is damaged: " in answer.body
            assert b"git checkout -- models/checkpoints" in answer.body
        assert server.get("/readyz").status == 503
        (line,) = [line for line in server.logged() if line["event"] == "cannot start"]
        assert line["fault"].startswith(f"{tmp_path}/manifest.json is damaged: ")
        assert "Traceback" not in server.log.read_text()


READ_ONLY = """
mount --make-rprivate /
for each in $(awk '{print $2}' /proc/mounts | sort -r); do
    case $each in /proc*|/sys*|"$KEPT") ;; *) mount -o remount,bind,ro "$each" 2>/dev/null ;; esac
done
mount -o remount,bind,ro / && ! touch /tmp/written /dev/shm/written 2>/dev/null
"""


def in_a_read_only_world(folder: Path, *command: str, **env: str) -> subprocess.Popen[str]:
    """Run a command where nothing at all can be written; skip where this user may not make that so."""
    script = f'set -e\n{READ_ONLY}\nexec "$@"'
    tried = subprocess.run(["unshare", "--mount", "sh", "-c", READ_ONLY], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this user may not make everything read-only")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "HOST": "127.0.0.1", "PORT": "0"} | env
    command = ("unshare", "--mount", "sh", "-c", script, "sh", *command)
    return subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=(folder / "log").open("w"), text=True
    )


@pytest.mark.keras
def test_where_nothing_can_be_written_the_page_says_so(small: Path, tmp_path: Path) -> None:
    """No temporary folder, no cache, no shared memory: no traceback, and no checkpoint is blamed for it."""
    command = (sys.executable, str(ROOT / "app.py"))
    with in_a_read_only_world(tmp_path, *command, CHECKPOINTS_DIR=str(small), WORKERS="1") as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("ConvLens: http://"), (tmp_path / "log").read_text()
            host = urlsplit(line.split()[1]).netloc
            server = Server(process, host, tmp_path / "cache", tmp_path / "log")
            assert server.get("/").status == 200
            for path in ("/readyz", "/api/models/cnn/images/3"):
                refusal = server.awake(path)
                assert (refusal.status, refusal.json["error"]["code"]) == (503, "machine")
                assert "No temporary folder can be written" in refusal.sentence
                assert "TMPDIR" in refusal.sentence
                assert "git checkout" not in refusal.sentence
            events = [line["event"] for line in server.logged() if line["event"] != "request"]
            assert events == [
                "nothing is remembered: the cache folder cannot be used",
                "no network can be opened",
            ]
            assert "Traceback" not in server.log.read_text()
        finally:
            end(process)


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """It says which port is taken and what to do, and ends with an error."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = {"HOST": "127.0.0.1", "PORT": str(port)}
        with run(tmp_path, settings, subprocess.PIPE) as process:
            output, errors = process.communicate()

    assert (process.returncode, output) == (1, "")
    assert errors.count("\n") == 1
    assert errors.startswith(f"ConvLens: port {port} of 127.0.0.1 is taken")


def test_a_bad_setting_is_one_sentence(tmp_path: Path) -> None:
    """It names the variable and what it may be, and ends with an error."""
    with run(tmp_path, {"PORT": "http"}, subprocess.PIPE) as process:
        output, errors = process.communicate()

    assert (process.returncode, output) == (1, "")
    assert errors == "ConvLens: PORT is 'http', but it must be a whole number from 0 to 65535.\n"


@pytest.fixture(scope="module")
def broken(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with good checkpoints and three that cannot be used."""
    folder = copytree(small, tmp_path_factory.mktemp("broken"), dirs_exist_ok=True)
    cnn = manifest.read(folder)[1]
    whole = (folder / cnn.checkpoint.name).read_bytes()
    (folder / f"{TRUNCATED}.keras").write_bytes(whole[:-100])
    with zipfile.ZipFile(folder / f"{FOREIGN}.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"module": "os", "class_name": "Harm", "config": {}}))
    foreign = networks.file_of(folder / f"{FOREIGN}.keras")
    claimed = {
        MISSING: replace(cnn.checkpoint, name=f"{MISSING}.keras"),
        TRUNCATED: replace(cnn.checkpoint, name=f"{TRUNCATED}.keras"),
        FOREIGN: foreign,
    }
    for key, file in claimed.items():
        manifest.write(replace(cnn, key=key, checkpoint=file), folder)
    with started(tmp_path_factory.mktemp("server"), CHECKPOINTS_DIR=str(folder)) as server:
        for key in ("fcn", *claimed):
            server.awake(f"/api/models/{key}/images/3")
        yield server


@pytest.mark.keras
@pytest.mark.parametrize("key", [MISSING, TRUNCATED, FOREIGN])
def test_a_broken_checkpoint_is_named(broken: Server, key: str) -> None:
    """What needs it is 503 with its file and the commands that mend it, and no time to ask again.

    The log has said so at the start, before anybody asked.
    """
    for path in (f"/api/models/{key}/images/3", f"/api/models/{key}/layers/conv1/kernel.npy"):
        answer = broken.get(path)
        assert answer.status == 503
        assert answer.sentence.startswith(f"$CHECKPOINTS_DIR/{key}.keras ")
        assert answer.sentence.endswith(f'python -m models.train {key} --folder "$CHECKPOINTS_DIR"')
        assert answer.headers["Retry-After"] is None
    (line,) = [line for line in broken.logged() if line.get("model") == key]
    assert (line["event"], line["level"]) == ("not opened", "error")
    assert f"/{key}.keras " in line["fault"]


@pytest.mark.keras
def test_what_does_not_need_a_broken_checkpoint_is_served(broken: Server) -> None:
    """The page, the wall, Compare and the good network."""
    version = broken.version()
    for path in ("/", "/compare", "/api/models", f"/wall/{version}/0.bin", f"/wall/{version}/verdicts.bin"):
        assert broken.get(path).status == 200
    assert broken.send("POST", UPDATE, COMPARE).status == 200
    assert broken.get("/api/models/fcn/images/3/layers/dense1.npy").status == 200
    assert broken.get("/healthz").status == 200


@pytest.mark.keras
def test_a_server_with_a_broken_checkpoint_is_not_ready(broken: Server) -> None:
    """It names the first of them."""
    answer = broken.get("/readyz")

    assert answer.status == 503
    assert f"{MISSING}.keras" in answer.sentence
