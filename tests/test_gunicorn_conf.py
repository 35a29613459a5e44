import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from dashboard.settings import ROOT

STUB = """
import os, sys

before = [name for name in ("dashboard.factory", "tensorflow", "keras") if name in sys.modules]
collection = sys.modules["models.analysis.collection"]
collection.read()
reads = collection._read.cache_info().misses

def server():
    return answer

def answer(environ, start_response):
    if environ["PATH_INFO"] == "/imported":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{' '.join(before)}, {reads} reading".encode()]
    if environ["PATH_INFO"] == "/threads":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [os.environ["OPENBLAS_NUM_THREADS"].encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
"""


@contextmanager
def gunicorn(folder: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Start the project's gunicorn, with one worker, on a stub of the page."""
    (folder / "stub.py").write_text(STUB)
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "stub:server()"]
    env = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(ROOT), "WORKERS": "1"} | env
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def first_line(stream: IO[str] | None) -> str:
    assert stream
    return stream.readline()


def asked(address: str, path: str = "") -> str:
    """Return what is answered."""
    with urllib.request.urlopen(address + path) as answer:  # noqa: S310  http, to this machine
        assert answer.status == 200
        body: bytes = answer.read()
    return body.decode()


@pytest.mark.parametrize(
    ("host", "threads", "seen"),
    [("127.0.0.1", {}, "1"), ("0.0.0.0", {"OPENBLAS_NUM_THREADS": "2"}, "2")],
)
def test_it_prints_the_address_that_answers(
    tmp_path: Path, host: str, threads: dict[str, str], seen: str
) -> None:
    """One line of output: where to point a browser. It stops when asked to, without a word.

    Its workers are forked with the page and what it shows; nothing that does not survive a fork is among it.
    NumPy has one thread, as many requests share few processors, unless whoever runs the server knows better.
    """
    with gunicorn(tmp_path, HOST=host, PORT="0", **threads) as process:
        line = first_line(process.stdout)
        assert line.startswith("ConvLens: http://127.0.0.1:")
        address = line.split()[1].removesuffix("/")
        assert asked(address) == "here"
        assert asked(address, "/imported") == "dashboard.factory, 1 reading"
        assert asked(address, "/threads") == seen

        process.send_signal(signal.SIGTERM)
        assert process.communicate() == ("", "")
        assert process.returncode == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """Where another program listens, ConvLens says so at once and exits with an error."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with gunicorn(tmp_path, PORT=str(port)) as process:
            output, errors = process.communicate()
    assert (process.returncode, output) == (1, "")
    sentence = f"port {port} of 127.0.0.1 is taken by another program; stop it, or set PORT to another."
    assert errors == f"ConvLens: {sentence}\n"


def test_a_bad_setting_is_one_sentence(tmp_path: Path) -> None:
    """A setting that cannot be used is named, without a traceback."""
    with gunicorn(tmp_path, PORT="many") as process:
        output, errors = process.communicate()
    assert (process.returncode, output) == (1, "")
    assert errors == "ConvLens: PORT is 'many', but it must be a whole number from 0 to 65535.\n"
