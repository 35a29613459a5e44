"""What the workers weigh when they are ready, and after round upon round of everything.

`python -m benchmarks.weight 60` goes on for an hour, and says after each round what they weigh.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.everything import Models, models_of, whole
from benchmarks.figures import Row, at_most
from benchmarks.servers import CONVLENS, Server, served
from dashboard.settings import ROOT
from models.datasets import mnist
from tests.models.photographs import photograph

MINUTES = 9.0
DIGITS = 3  # of a round, with an image each
CLIENTS = 6
LIMIT = 1300.0  # MiB, all workers together
SEED = 1998


def measure(minutes: float = MINUTES) -> Iterator[Row]:
    """Start ConvLens with an empty cache, and ask it for everything in one round after another."""
    end = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as name, served(CONVLENS, Path(name)) as server:
        folder = Path(name)
        server.wait_until_awake()
        models = models_of(server)
        weights, errors = [_proportional(server)], 0
        while time.monotonic() < end:
            errors += _round(server, models, len(weights) - 1, folder)
            weights.append(_proportional(server))
            print(f"… after {len(weights) - 1} rounds {_said(weights[-1])}", flush=True)
        sums = [sum(each) for each in weights]
        rounds = len(sums) - 1
        half = rounds // 2
        yield Row("proportional set size of each worker when ready", _said(weights[0]))
        yield Row("… after a round of everything", _said(weights[1]))
        yield Row(f"… after {rounds} rounds, {minutes:g} minutes", _said(weights[-1]))
        yield at_most("… all workers together, at most", max(sums), LIMIT, " MiB", 0)
        yield Row("… as if no other process had the same files open", f"{_alone(server)} MiB")
        yield Row(
            f"… more a round, over the last {rounds - half}",
            f"{(sums[-1] - sums[half]) / (rounds - half):.1f} MiB",
        )
        yield at_most("… errors", errors, 0, "", 0)


def _photographs(digits: range, folder: Path) -> list[Path]:
    """Return photographs of test digits, in files."""
    images = mnist.load("test").images
    paths = [folder / f"{digit}.jpg" for digit in digits]
    for digit, path in zip(digits, paths, strict=True):
        path.write_bytes(photograph(images[digit], np.random.default_rng((SEED, digit))))
    return paths


def _round(server: Server, models: Models, turn: int, folder: Path) -> int:
    """Ask for everything of some digits that nobody has seen; return how many answers were wrong."""
    digits = range(turn * DIGITS, (turn + 1) * DIGITS)
    lines = [path for digit in digits for path in whole(server, models, digit)]
    lines += [f"/api/drawings\t{path}" for path in _photographs(digits, folder)]
    command = [sys.executable, "-m", "benchmarks.askers", server.host, str(CLIENTS)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return len(lines) - int(told.get("200", 0)) - int(told.get("404", 0))  # nothing is found, or illustrated


def _proportional(server: Server) -> list[int]:
    """Return the MiB of each worker."""
    told = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in server.workers())
    return [
        int(found[1]) >> 10 for each in told if (found := re.search(r"^Pss: +(\d+) kB", each, re.MULTILINE))
    ]


def _alone(server: Server) -> int:
    """Return the MiB of all workers, what lies in files counted once."""
    own, files = [], []
    for pid in server.workers():
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        held = {name: int(size) >> 10 for name, size in re.findall(r"^(\w+): +(\d+) kB", told, re.MULTILINE)}
        own.append(held["Pss_Anon"])
        files.append(held["Rss"] - held["Anonymous"])
    return sum(own) + max(files)


def _said(weights: list[int]) -> str:
    return f"{', '.join(map(str, weights))} MiB"


if __name__ == "__main__":
    for row in measure(float(sys.argv[1])):
        print(row)
