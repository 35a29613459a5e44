"""How long a click takes while many others ask for what takes the processor longest."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.everything import SLOW, Models, models_of
from benchmarks.figures import Row, at_most, p95, spread
from benchmarks.servers import CONVLENS, Server, served, version
from dashboard.settings import ROOT

OTHERS = 32  # clients
CLICKS = 100  # of each kind
REST = 0.05  # seconds between two
SETTLED = 3.0  # seconds that the others have asked for before
FIRST = 5_000  # image that is clicked: few others ask for those behind it
LIMIT = 100.0  # milliseconds, of the 95th percentile
ADDRESSES = 4000  # that others ask for, at most


def measure() -> Iterator[Row]:
    """Start ConvLens with an empty cache, and click without and with each kind of others."""
    with tempfile.TemporaryDirectory() as folder, served(CONVLENS, Path(folder)) as server:
        server.wait_until_awake()
        models, of = models_of(server), version(server)
        pair = ",".join(model["key"] for model in models[:2])
        digits = itertools.count(FIRST)
        click = f"/pictures/{of}/{pair}/{{}}/post.bin"
        _clicks(server, click, digits)  # which compiles
        time.sleep(SETTLED)
        yield Row("click beside nobody", spread(_clicks(server, click, digits), " ms"))
        for kind in SLOW:
            with _others(server, models, kind) as told:
                taken = _clicks(server, click, digits)
            what = f"… beside {OTHERS} clients on {kind}"
            yield Row(what, f"{spread(taken, ' ms')}; {told['200'] / told['seconds']:.1f} answers a second")
            yield at_most("… … p95", p95(taken), LIMIT, " ms", 0)
            wrong = {
                name: count
                for name, count in told.items()
                if name not in ("200", "404", "0", "refused", "seconds")
            }
            yield at_most("… … errors", sum(wrong.values()), 0, "", 0)


def _clicks(server: Server, path: str, digits: Iterator[int]) -> list[float]:
    """Return the milliseconds of clicks on digits that nobody has seen."""
    connection = http.client.HTTPConnection(server.host, timeout=60)
    taken = []
    for digit in itertools.islice(digits, CLICKS):
        started = time.perf_counter()
        connection.request("GET", path.format(digit), headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise AssertionError(response.status)
        taken.append(1000 * (time.perf_counter() - started))
        time.sleep(REST)
    connection.close()
    return taken


@contextmanager
def _others(server: Server, models: Models, kind: str) -> Iterator[dict[str, Any]]:
    """Let others ask; what came of it is in the dictionary behind the block."""
    told: dict[str, Any] = {"200": 0}
    paths = itertools.islice(
        (path for digit in itertools.count() for path in SLOW[kind](models, digit)), ADDRESSES
    )
    with tempfile.TemporaryFile("w+") as lines:
        lines.writelines(f"{path}\n" for path in paths)
        lines.seek(0)
        command = [sys.executable, "-m", "benchmarks.askers", server.host, str(OTHERS)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=lines, stdout=subprocess.PIPE, text=True)
        time.sleep(SETTLED)
        try:
            yield told
        finally:
            process.terminate()
            told.update(json.loads(process.communicate()[0]))
