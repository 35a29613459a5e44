"""As many people as a hall holds, each clicking in their own time: `python -m benchmarks people`.

`python -m benchmarks.people HOST PATH` measures any server that listens there; PATH has "{}" for the digit.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Row, at_most, p95
from benchmarks.servers import Server, version
from dashboard.settings import ROOT

SECONDS = 15.0  # of clicking
WARM = 3.0  # seconds before, in which all arrive
DIGITS = 10_000


@dataclass(frozen=True)
class Crowd:
    """Some people.

    Attributes:
        people: How many.
        pause: Seconds between two clicks of one of them, on average; exponentially distributed.
        connection: "kept" for all clicks; "fresh" for each; "late": hung up a second late.
        limit: Milliseconds that 95 of 100 clicks should not exceed.
    """

    people: int
    pause: float
    connection: str
    limit: float


CROWDS = (
    Crowd(30, 3, "kept", 30),
    Crowd(100, 3, "kept", 50),
    Crowd(100, 3, "fresh", 50),
    Crowd(100, 3, "late", 50),
    Crowd(300, 5, "kept", 100),
    Crowd(1000, 10, "kept", 300),
)


def measure(convlens: Server) -> list[Row]:
    """Let every crowd click on ConvLens."""
    return list(at(convlens.host, f"/pictures/{version(convlens)}/fcn,cnn/{{}}/post.bin"))


def at(host: str, path: str, crowds: Iterable[Crowd] = CROWDS) -> Iterator[Row]:
    """Yield two rows for every crowd."""
    for crowd in crowds:
        words = [str(crowd.people), str(crowd.pause), crowd.connection]
        command = [sys.executable, "-m", "benchmarks.people", host, path, *words]
        result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        milliseconds, errors = json.loads(result.stdout)
        who = f"{crowd.people} people, {crowd.pause:g} s apart, connections {crowd.connection}"
        yield at_most(f"{who}: a click's p95", p95(milliseconds), crowd.limit, " ms", 1)
        told = f"median {median(milliseconds):.1f} ms, longest {max(milliseconds):.0f} ms; {errors} errors"
        yield Row(f"… {len(milliseconds)} clicks", told, "0 errors", errors == 0)


async def click(host: str, path: str, crowd: Crowd) -> tuple[list[float], int]:
    """Return the milliseconds of all clicks, and how many failed."""
    visits = await asyncio.gather(*(_person(host, path, crowd, seed) for seed in range(crowd.people)))
    return [each for times, _ in visits for each in times], sum(errors for _, errors in visits)


async def _person(host: str, path: str, crowd: Crowd, seed: int) -> tuple[list[float], int]:
    times: list[float] = []
    began, chance = time.monotonic(), random.Random(seed)  # noqa: S311  not for secrets
    name, _, port = host.rpartition(":")
    await asyncio.sleep(chance.random() * WARM)
    reader, writer, errors = None, None, 0
    while True:
        left = began + WARM + SECONDS - time.monotonic()
        pause = chance.expovariate(1 / crowd.pause)
        await asyncio.sleep(min(pause, left))
        if pause > left:
            break
        started = time.perf_counter()
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection(name, int(port))
            asked = path.format(chance.randrange(DIGITS))
            ending = "" if crowd.connection == "kept" else "Connection: close\r\n"
            writer.write(f"GET {asked} HTTP/1.1\r\nHost: localhost\r\n{ending}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            errors += not head.startswith(b"HTTP/1.1 200 ")
        except (OSError, EOFError):
            errors += 1
            reader = None
        if time.monotonic() > began + WARM:
            times.append(1000 * (time.perf_counter() - started))
        if crowd.connection == "late":
            await asyncio.sleep(1)
        if crowd.connection != "kept" and writer:
            writer.close()
            reader = writer = None
    return times, errors


if __name__ == "__main__":
    if len(sys.argv) > 3:
        count, pause, connection = sys.argv[3:]
        crowd = Crowd(int(count), float(pause), connection, 0.0)
        print(json.dumps(asyncio.run(click(sys.argv[1], sys.argv[2], crowd))))
    else:
        for row in at(sys.argv[1], sys.argv[2]):
            print(f"{row.what}: {row.measured}", flush=True)
