"""Many clicks at once, none of them seen before, and what a process of the server weighs after them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.crowd import CLIENTS
from benchmarks.figures import Row, at_least, at_most, p95
from benchmarks.servers import Server, version
from dashboard.settings import ROOT

ROUNDS = 6
CLICKS = 150  # in a round, of each server
FIRST = 5000  # the digits before are other measurements'


def measure(convlens: Server, bare: Server) -> list[Row]:
    """Let the same crowd ask ConvLens and the bare page's server in turn."""
    paths = {convlens.host: f"/pictures/{version(convlens)}/fcn,cnn/{{}}/post.bin", bare.host: "/images/{}"}
    results: dict[str, list[dict[str, Any]]] = {host: [] for host in paths}
    for turn in range(ROUNDS + 1):
        for host, path in paths.items():
            results[host].append(_crowd(host, path, FIRST + turn * CLICKS))
    ours, theirs = (each[1:] for each in results.values())  # the first round warms both
    rates = [median(CLICKS / each["seconds"] for each in side) for side in (ours, theirs)]
    errors = sum(each["errors"] for side in results.values() for each in side)
    sizes = [size for each in ours for size in each["bytes"]]
    weight = f"median {median(sizes) / 1000:.1f} kB, largest {max(sizes) / 1000:.1f} kB"
    return [
        Row(
            f"clicks per second, {CLIENTS} clients, bare page's server", f"{rates[1]:.0f}; {_latency(theirs)}"
        ),
        Row("… ConvLens, nothing remembered", f"{rates[0]:.0f}; {_latency(ours)}"),
        at_least("… × the bare page's server", rates[0] / rates[1], 0.5, " ×"),
        at_most("… errors", errors, 0, "", 0),
        Row(f"… bodies of {len(sizes)} digits", weight),
        *(_memory(name, server) for name, server in (("ConvLens", convlens), ("bare page", bare))),
    ]


def _crowd(host: str, path: str, first: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.crowd", host, path, str(first), str(CLICKS)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def _latency(rounds: list[dict[str, Any]]) -> str:
    milliseconds = [each for one in rounds for each in one["milliseconds"]]
    return f"answers after median {median(milliseconds):.0f} ms, p95 {p95(milliseconds):.0f} ms"


def _memory(name: str, server: Server) -> Row:
    """Return the resident and the proportional set size of every worker."""
    sizes = []
    for pid in server.workers():
        held = dict(re.findall(r"(\w+): +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text()))
        sizes.append(f"{int(held['Rss']) >> 10} ({int(held['Pss']) >> 10})")
    return Row(f"memory of each worker, {name}: resident (proportional)", f"{', '.join(sizes)} MiB")
