"""ConvLens as it really runs: `python app.py` in a process of its own, asked over real sockets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from dashboard.settings import ROOT

PATIENCE = 120.0  # seconds for anything at all, on a machine that has much else to do


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def sentence(self) -> str:
        """What a refusal says to a person."""
        message: str = self.json["error"]["message"]
        return message


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        process: Its master process.
        host: Where it listens: name and port.
        cache: The folder in which it remembers.
        log: The file that holds its standard error.
    """

    process: subprocess.Popen[str]
    host: str
    cache: Path
    log: Path

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, for a socket."""
        name, port = self.host.split(":")
        return name, int(port)

    def get(self, path: str) -> Answer:
        """Ask on a connection of its own."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: object = None) -> Answer:
        """Send a request, with a body where there is one: bytes as they are, anything else as JSON.

        Raises:
            OSError: It is not answered.
        """
        connection = HTTPConnection(self.host, timeout=PATIENCE)
        try:
            content = body if isinstance(body, bytes | None) else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def until(self, path: str, status: int) -> Answer:
        """Ask until the status is that one, and return that answer."""
        return self._ask(path, lambda answer: answer.status == status)

    def awake(self, path: str) -> Answer:
        """Ask until the networks are awake that the answer needs, or found broken, and return it."""
        return self._ask(path, lambda answer: answer.headers["Retry-After"] is None)

    def _ask(self, path: str, holds: Callable[[Answer], bool]) -> Answer:
        end = time.monotonic() + PATIENCE
        while not holds(answer := self.get(path)):
            assert time.monotonic() < end, (path, answer.status, answer.body[:300])
            time.sleep(0.1)  # nothing tells when it will be
        return answer

    def version(self) -> str:
        """Return what stands in the addresses of pictures."""
        facts = self.get("/").body.split(b'id="facts">')[1].split(b"</script>")[0]
        version: str = json.loads(facts)["version"]
        return version

    def workers(self) -> list[int]:
        """Return the ids of its worker processes."""
        main = self.process.pid
        return [int(word) for word in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def logged(self) -> list[dict[str, Any]]:
        """Return the lines of its log that ConvLens itself has written."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"time"')]


@contextmanager
def started(folder: Path, **env: str) -> Iterator[Server]:
    """Start a server with one worker on a port that the system chooses; end it, and whatever it started.

    Args:
        folder: Where it may leave its log and its cache.
        env: Settings, on top of those.
    """
    log, cache = folder / "log", folder / "cache"
    settings = {"HOST": "127.0.0.1", "PORT": "0", "WORKERS": "1", "CACHE_DIR": str(cache)} | env
    with log.open("w") as errors, run(folder, settings, errors) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("ConvLens: http://"), (line, log.read_text())
            yield Server(process, urlsplit(line.split()[1]).netloc, Path(settings["CACHE_DIR"]), log)
        finally:
            end(process)


def run(folder: Path, settings: dict[str, str], errors: IO[str] | int) -> subprocess.Popen[str]:
    """Run `python app.py` from another folder than its own, with nothing in the environment but settings."""
    environment = {"PATH": os.defpath, "HOME": str(folder)} | settings
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Ask a server to stop, and kill it and its workers where it does not."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
