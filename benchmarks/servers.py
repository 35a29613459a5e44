"""Starts what is measured in processes of its own, and stops it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.settings import ROOT

PATIENCE = 300.0  # seconds
CONVLENS = [sys.executable, str(ROOT / "app.py")]
BARE = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "benchmarks.bare:server()"]
PROBES = 24  # questions at once, on connections of their own, so that every worker is asked


@dataclass(frozen=True)
class Server:
    """A server that listens.

    Attributes:
        address: "http://127.0.0.1:50321".
        process: Its first process; the workers are its children.
        started: time.time() when it was started.
        log: What it wrote to standard error.
    """

    address: str
    process: subprocess.Popen[str]
    started: float
    log: Path

    @property
    def host(self) -> str:
        """Host and port."""
        return self.address.removeprefix("http://")

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def wait_until_awake(self) -> float:
        """Wait until every worker has its networks; return the seconds since the start."""
        with ThreadPoolExecutor(PROBES) as pool:
            while (seconds := time.time() - self.started) < PATIENCE and self.process.poll() is None:
                first = status(self.host, "/readyz")  # one alone: many would slow down what is awaited
                if first == 200 and set(pool.map(lambda _: status(self.host, "/readyz"), range(PROBES))) == {
                    200
                }:
                    return seconds
                time.sleep(0.1)
        raise RuntimeError(
            f"{self.address} is not ready after {seconds:.0f} s: {self.log.read_text()[-2000:]}"
        )


@contextmanager
def served(command: list[str], folder: Path) -> Iterator[Server]:
    """Serve on a free port, with `folder` for the cache and the log, until the block ends."""
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": "0", "CACHE_DIR": str(folder / "cache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever starts it a second time has what was compiled
    log = folder / "log"
    with log.open("w") as errors:
        started = time.time()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        said = (line.partition(": ")[2].strip() for line in process.stdout or ())
        address = next((each for each in said if each.startswith("http")), "")
        if not address:
            raise RuntimeError(f"{' '.join(command)} did not start: {log.read_text()[-2000:]}")
        yield Server(address, process, started, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def both() -> Iterator[tuple[Server, Server]]:
    """Serve ConvLens, with an empty cache, and the bare page; both awake."""
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        served(CONVLENS, Path(one)) as convlens,
        served(BARE, Path(two)) as bare,
    ):
        for server in (convlens, bare):
            server.wait_until_awake()
        yield convlens, bare


def status(host: str, path: str) -> int:
    """Return the status of one request on a connection of its own, 0 where nobody answers."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def version(server: Server) -> str:
    """Return the name of ConvLens' checkpoints and pictures, as its page says it."""
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", "/")
    page = connection.getresponse().read().decode()
    connection.close()
    named: str = json.loads(page.split('id="facts">')[1].split("</script>")[0])["version"]
    return named
