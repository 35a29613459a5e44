"""Clients that are slow, that linger, or that do not speak HTTP: real sockets against a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from dashboard import security
from dashboard.settings import ROOT
from tests.faults.processes import PATIENCE, Server, started

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds the workers by /proc"),
]
SOON = 10.0  # seconds: far less than any slow client takes, far more than an answer
REQUEST_SECONDS = 3
CONNECTIONS = 600
HOST = b"Host: localhost\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST /_dash-update-component HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def patient(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the limits of the settings."""
    folder = tmp_path_factory.mktemp("patient")
    with started(folder, CHECKPOINTS_DIR=str(small)) as server:
        server.until("/readyz", 200)
        yield server


@pytest.fixture(scope="module")
def strict(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives every request three seconds, and every address 20 connections."""
    limits = {"REQUEST_SECONDS": str(REQUEST_SECONDS), "CONNECTIONS": "20"}
    folder = tmp_path_factory.mktemp("strict")
    with started(folder, CHECKPOINTS_DIR=str(small), **limits) as server:
        server.until("/readyz", 200)
        yield server


def connect(server: Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=PATIENCE)


@contextmanager
def crowd(server: Server, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Hold as many sockets, each of which has sent this much."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(count)]
        for client in clients:
            client.sendall(sent)
        yield clients


def read_all(client: socket.socket) -> bytes:
    """Return what comes until the server hangs up."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def require_clicks(server: Server) -> None:
    """Fail unless clicks are answered soon, on a kept connection and on new ones."""
    kept = HTTPConnection(server.host, timeout=SOON)
    for digit in range(10):
        for connection in (kept, HTTPConnection(server.host, timeout=SOON)):
            connection.request("GET", f"/api/models/cnn/images/{digit}")
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["digit"]) == (200, digit)
            if connection is not kept:
                connection.close()
    kept.close()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(GET + b"Connection: close\r\n\r\n", id="close"),
        pytest.param(b"GET / HTTP/1.0\r\n" + HOST + b"\r\n", id="1.0"),
        pytest.param(b"nonsense\r\n\r\n", id="malformed"),
    ],
)
def test_a_client_that_lingers_keeps_nobody_waiting(patient: Server, sent: bytes) -> None:
    """Two hundred read their answer and do not hang up: a hundred clicks later they are still there."""
    with crowd(patient, 200, sent) as clients:
        for client in clients:
            assert read_all(client).startswith(b"HTTP/1.")
        began = time.monotonic()
        for _ in range(5):
            require_clicks(patient)
        assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        pytest.param(b"", b"", id="idle"),
        pytest.param(GET + b"X-Slow: ", b"1", id="header"),
        pytest.param(POST + b"Content-Length: 9000\r\n\r\n{", b"1", id="body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1", id="chunk"),
        pytest.param(b"GET /pictures/%b/fcn,cnn/3/post.bin HTTP/1.1\r\n" + HOST + b"\r\n", b"", id="deaf"),
    ],
)
def test_slow_clients_keep_nobody_waiting(patient: Server, sent: bytes, drip: bytes) -> None:
    """Five hundred that say nothing, drip a header or a body, or do not read their answer."""
    sent = sent.replace(b"%b", patient.version().encode())
    with crowd(patient, 500, sent) as clients:
        for _ in range(3):
            require_clicks(patient)
            for client in clients:
                client.sendall(drip)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(GET + b"X-Slow: ", id="header"),
        pytest.param(POST + b"Content-Length: 9000\r\n\r\n{", id="body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n9000\r\n{", id="chunk"),
    ],
)
def test_a_request_has_a_deadline(strict: Server, sent: bytes) -> None:
    """Whoever drips longer than a request may take is told so, in the one shape, and left."""
    with connect(strict) as client:
        client.sendall(sent)
        client.settimeout(0.2)
        answer, end = b"", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                client.sendall(b"1")
                if not (part := client.recv(65_536)):
                    break
                answer += part
            except TimeoutError:
                continue
            except OSError:
                break
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'{"error":{"code":"request_timeout"' in answer


def test_an_answer_has_a_deadline(strict: Server) -> None:
    """Whoever does not read is left, and what was kept for it is thrown away."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(strict.address)
        client.settimeout(PATIENCE)
        client.sendall(40 * (b"GET /assets/plotly-basic.min.js HTTP/1.1\r\n" + HOST + b"\r\n"))
        (worker,) = strict.workers()
        wait(lambda: connections(worker) >= 1)
        wait(lambda: connections(worker) == 0)


def connections(worker: int) -> int:
    """Return how many established TCP connections a process holds."""
    ours = {link.readlink().name for link in Path(f"/proc/{worker}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path(f"/proc/{worker}/net/tcp").read_text().splitlines()[1:]]
    return sum(row[3] in ("01", "08") and f"socket:[{row[9]}]" in ours for row in rows)


def wait(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except OSError:
            pass  # a file was closed while it was looked at
        assert time.monotonic() < end
        time.sleep(0.05)  # nothing tells when it will


def test_one_address_holds_a_bounded_number_of_connections(strict: Server) -> None:
    """With twenty allowed, of sixty the newest stay, and whoever clicks is answered."""
    (worker,) = strict.workers()
    with crowd(strict, 60, b"") as clients:
        wait(lambda: connections(worker) <= 20)
        for client in clients[:40]:
            assert client.recv(1) == b""
        require_clicks(strict)
        assert connections(worker) <= 20


def test_what_is_kept_for_clients_is_bounded(patient: Server) -> None:
    """Forty that send 11 of 12 MB and stop: most are left, memory stays, and who clicks is answered."""
    (worker,) = patient.workers()
    before = memory(worker)
    head = b"POST /api/drawings HTTP/1.1\r\n" + HOST + b"Content-Length: 12000000\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(40):
            client = stack.enter_context(connect(patient))
            with suppress(OSError):  # it may be left meanwhile
                client.sendall(head + bytes(11_000_000))
        require_clicks(patient)
        wait(lambda: connections(worker) <= 20)
        assert memory(worker) - before < 300 * 2**20


def memory(worker: int) -> int:
    """Return the bytes of memory that a process has."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())
    assert found
    return 1024 * int(found[1])


@pytest.mark.parametrize("path", [b"/_dash-update-component", b"/api/drawings"])
@pytest.mark.parametrize("chunk", [b"nonsense", b"-1", b"0x10", b"g", b"1;=\r\n1", b"5\r\nabcdefgh"])
def test_a_bad_chunk_is_the_clients_fault(patient: Server, path: bytes, chunk: bytes) -> None:
    """400 in the one shape; nothing of it is an error of ours in the log."""
    before = patient.log.read_text().count("Traceback")
    with connect(patient) as client:
        head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        client.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"\r\n\r\n")
        require_refusal(read_all(client), 400)
    assert patient.log.read_text().count("Traceback") == before


def require_refusal(answer: bytes, status: int) -> dict[str, Any]:
    """Fail unless an answer is a refusal in the one shape, with the headers of all; return its error."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    assert first.split()[1] == str(status), answer[:300]
    headers = {name.title(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert "Server" not in headers
    assert "Via" not in headers
    assert headers["Content-Type"] == "application/json"
    assert {name.title(): value for name, value in security.HEADERS.items()}.items() <= headers.items()
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    error: dict[str, Any] = json.loads(body)["error"]
    assert error["request_id"] == headers["X-Request-Id"]
    assert error["message"]
    return error


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"nonsense\r\n\r\n", 400, id="no request"),
        pytest.param(b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="small letters"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"a b: c\r\n\r\n", 400, id="header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"a\x00b: c\r\n\r\n", 400, id="zero"),
        pytest.param(b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="raw bytes"),
        pytest.param(b"GET /%ff%00 HTTP/1.1\r\n" + HOST + b"\r\n", 404, id="quoted bytes"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, id="no host"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404, id="HTTP/2"),
        pytest.param(b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"\r\n", 404, id="connect"),
        pytest.param(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="path"),
        pytest.param(b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="query"),
        pytest.param(GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431, id="large header"),
        pytest.param(GET + b"a: b\r\n" * 9_000 + b"\r\n", 431, id="many headers"),
        pytest.param(POST + b"Content-Length: -1\r\n\r\n", 400, id="length"),
        pytest.param(POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, id="lengths"),
        pytest.param(POST + b"Content-Length: 12582914\r\n\r\n", 413, id="large"),
        pytest.param(POST + b"Transfer-Encoding: gzip\r\n\r\n", 400, id="encoding"),
    ],
)
def test_what_is_no_request_is_refused_in_the_one_shape(patient: Server, sent: bytes, status: int) -> None:
    """With the headers of every answer, and traceable: its id is in the log."""
    with connect(patient) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        error = require_refusal(read_all(client), status)
    wait(lambda: any(line.get("request_id") == error["request_id"] for line in patient.logged()))


def test_an_expectation_that_is_not_known_is_not_needed(patient: Server) -> None:
    """What a client expects beside 100-continue does not change the answer."""
    with connect(patient) as client:
        client.sendall(GET + b"Expect: the-unexpected\r\nConnection: close\r\n\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 200 ")


def test_an_answer_without_a_body_leaves_the_connection_open(patient: Server) -> None:
    """What has not changed is said so, again and again, on one connection."""
    connection = HTTPConnection(patient.host, timeout=PATIENCE)
    connection.request("GET", "/api/models")
    first = connection.getresponse()
    assert (first.status, first.read()[:1]) == (200, b"{")
    opened = connection.sock
    for _ in range(3):
        connection.request("GET", "/api/models", headers={"If-None-Match": first.headers["ETag"]})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (304, b"")
        assert connection.sock is opened
    connection.close()


def test_who_asks_whether_to_continue_is_told(patient: Server) -> None:
    """A body that is announced first is asked for."""
    with connect(patient) as client:
        client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        assert client.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        require_refusal(read_all(client), 400)


def test_a_refusal_is_read_though_more_is_on_its_way(patient: Server) -> None:
    """Whoever goes on sending a body that is too large still gets to read why it is not wanted."""
    with connect(patient) as client:
        client.sendall(POST + b"Content-Length: 90000000\r\n\r\n")
        for _ in range(20):
            client.sendall(b"0" * 100_000)
            time.sleep(0.01)  # as a network would
        client.shutdown(socket.SHUT_WR)
        require_refusal(read_all(client), 413)


def test_it_is_reloaded_without_a_pause(strict: Server) -> None:
    """After SIGHUP other workers serve, on the same socket; every click meanwhile is answered."""
    (before,) = strict.workers()
    strict.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while before in strict.workers():
        assert strict.get("/").status == 200
        assert time.monotonic() < end
        time.sleep(0.05)  # as somebody would
    strict.until("/readyz", 200)
    require_clicks(strict)


INHERIT = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "app.py"])
"""


@contextmanager
def serving(command: list[str], small: Path, folder: Path, descriptor: int = 0) -> Iterator[None]:
    """Run a command that serves, in the project's folder, with a descriptor to inherit."""
    env = {"PATH": os.defpath, "HOME": str(folder), "WORKERS": "1", "CHECKPOINTS_DIR": str(small)}
    started = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, pass_fds=[descriptor]
    )
    with started as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith(b"ConvLens: ")
            yield
        finally:
            process.terminate()


def require_alive(client: socket.socket) -> None:
    """Fail unless the server at the other end answers."""
    client.settimeout(PATIENCE)
    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert read_all(client).startswith(b"HTTP/1.1 200 ")


def test_it_serves_a_unix_socket(small: Path, tmp_path: Path) -> None:
    """As a proxy on the same machine would ask it."""
    name = str(tmp_path / "socket")
    command = ["-m", "gunicorn", "--bind", f"unix:{name}", "app:server()"]
    with serving(command, small, tmp_path), socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        require_alive(client)


def test_it_serves_a_socket_that_it_inherits(small: Path, tmp_path: Path) -> None:
    """As systemd hands one over: listening already, as the descriptor after the standard ones."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = ["-c", INHERIT, str(listener.fileno())]
        with (
            serving(command, small, tmp_path, listener.fileno()),
            socket.create_connection(listener.getsockname()) as client,
        ):
            require_alive(client)
