"""A server of ConvLens in a process of its own, for as long as a story or a picture needs it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

import numpy as np

from dashboard.pages.compare import drawings_id, section_id
from dashboard.panels.panel import Panel
from dashboard.settings import ROOT
from models.arrays import Floats
from tests.shared import running_once

Headers = Mapping[str, str]
NONE: Headers = MappingProxyType({})
PATIENCE = 240.0  # seconds in which the networks must be awake, on a machine that has much else to do


@dataclass(frozen=True)
class Server:
    """One running server.

    Attributes:
        url: Where it listens, without a slash at the end.
    """

    url: str

    def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        return self._ask("GET", path)

    def json(self, path: str) -> Any:
        """Return what stands in a JSON answer."""
        return json.loads(self._body(path))

    def tensor(self, path: str) -> Floats:
        """Return the float32 array of an `.npy` answer."""
        values: Floats = np.load(io.BytesIO(self._body(path)), allow_pickle=False)
        assert values.dtype == np.float32
        return values

    def compared(self, panel: Panel, pair: Sequence[str], model: str) -> Any:
        """Return a panel's drawings, as JSON of components, for two networks and what the toggle says."""
        section, place = section_id(panel), drawings_id(panel)
        choice = {"pair": [*pair], "model": model, "theme": "light"}
        body = {
            "output": f"{place}.children",
            "outputs": {"id": place, "property": "children"},
            "inputs": [{"id": section, "property": "data-choice", "value": choice}],
            "changedPropIds": [f"{section}.data-choice"],
        }
        headers = {"Content-Type": "application/json"}
        status, answer = self._ask("POST", "/_dash-update-component", json.dumps(body), headers)
        assert status == 200, (status, answer[:300])
        return json.loads(answer)["response"][place]["children"]

    def wait_until_ready(self) -> None:
        """Return once the networks are awake."""
        end = time.monotonic() + PATIENCE
        while self.get("/readyz")[0] != 200:
            assert time.monotonic() < end, "The networks do not wake up."
            time.sleep(0.1)  # nothing tells when they do

    def _ask(self, method: str, path: str, body: str = "", headers: Headers = NONE) -> tuple[int, bytes]:
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE)
        try:
            connection.request(method, urljoin("/", path), body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _body(self, path: str) -> bytes:
        """Return the body of an answer; as the page does, ask again where the server has no time yet."""
        end = time.monotonic() + PATIENCE
        while (answer := self.get(path))[0] == 503 and time.monotonic() < end:
            time.sleep(1)
        status, body = answer
        assert status == 200, (path, status, body[:300])
        return body


@dataclass(frozen=True)
class OwnServer(Server):
    """A server that this process has started.

    Attributes:
        process: What serves.
        said: What it said before it did.
    """

    process: subprocess.Popen[str]
    said: tuple[str, ...] = ()


@contextmanager
def served(cache: Path, *words: str | Path, **settings: str) -> Iterator[OwnServer]:
    """Start a server on a port that the system chooses; stop it in the end.

    Args:
        cache: Folder in which it remembers its answers.
        words: Of its command line.
        settings: Other variables of its environment.
    """
    process = _started(cache, *words, **settings)
    with process:
        try:
            said = [*_said(process)]
            yield OwnServer(_address(said), process, tuple(said[:-1]))
        finally:
            process.terminate()


@contextmanager
def served_to_all(run: Path) -> Iterator[Server]:
    """Yield the one server, its networks awake, that all processes share whose run has this folder."""
    started: list[subprocess.Popen[str]] = []

    def start() -> str:
        started.append(_started(shared_cache(run)))
        return f"{_address([*_said(started[0])])} {started[0].pid}"

    def stop(found: str) -> None:
        os.kill(int(found.split()[1]), signal.SIGTERM)
        for process in started:
            process.wait()

    with running_once(run / "server", start, stop) as found:
        server = Server(found.split()[0])
        server.wait_until_ready()
        yield server


def shared_cache(run: Path) -> Path:
    """Return the folder in which the server that all share remembers its answers."""
    return run / "server-cache"


def _started(cache: Path, *words: str | Path, **settings: str) -> subprocess.Popen[str]:
    settings = {"HOST": "127.0.0.1", "PORT": "0", "WORKERS": "1", "LOG_LEVEL": "error"} | settings
    environment = os.environ | settings | {"CACHE_DIR": str(cache)}
    command = [sys.executable, str(ROOT / "app.py"), *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield the lines of a server until it says where it is."""
    assert process.stdout
    for line in process.stdout:
        yield line.strip()
        if line.startswith("ConvLens: http://"):
            return


def _address(said: Sequence[str]) -> str:
    assert said, "The server ended without a word."
    assert said[-1].startswith("ConvLens: http://"), said[-1]
    return said[-1].split()[1]
