"""Many clicks at once: pictures per second against the bare endpoint, and the memory that it takes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.figures import Row, at_least
from benchmarks.servers import Server, version

CLIENTS = 8
SECONDS = 4.0
ROUNDS = 3  # of each, in turn
FIRST = 5_000  # digits from here on are asked for by nobody else


def measure(convlens: Server, bare: Server) -> list[Row]:
    """Ask both for ever new digits, in turn."""
    fresh = count(FIRST)
    path = f"/pictures/{version(convlens)}/{{}}/post.bin"
    lens: list[float] = []
    floor: list[float] = []
    wrong = 0
    for _ in range(ROUNDS):
        for server, address, rates in ((convlens, path, lens), (bare, "/digits/{}", floor)):
            answered, failed = _press(server, address, fresh)
            rates.append(answered / SECONDS)
            wrong += failed
    return [
        Row(f"clicks per second, {CLIENTS} clients, bare endpoint", f"{median(floor):.0f} /s"),
        Row(f"clicks per second, {CLIENTS} clients, uncached", f"{median(lens):.0f} /s"),
        at_least("… × the bare endpoint's", median(lens) / median(floor), 0.5, " ×"),
        Row("answers other than 200", str(wrong), "0", wrong == 0),
        Row("memory of each worker (proportional set size)", _megabytes(convlens.workers())),
    ]


def _press(server: Server, path: str, fresh: count[int]) -> tuple[int, int]:
    """Return how many answers came in time, and how many of them were not 200."""
    until = time.perf_counter() + SECONDS

    def client(_: int) -> list[int]:
        connection = http.client.HTTPConnection(server.host, timeout=30)
        statuses = []
        while time.perf_counter() < until:
            connection.request("GET", path.format(next(fresh) % 10_000))
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        return statuses

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = [status for each in pool.map(client, range(CLIENTS)) for status in each]
    return len(statuses), sum(status != 200 for status in statuses)


def _megabytes(processes: Sequence[int]) -> str:
    """Return what each process holds, shared pages counted in part."""
    sizes = []
    for process in processes:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        sizes.append(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1_000)
    return ", ".join(f"{size:.0f} MB" for size in sizes)
