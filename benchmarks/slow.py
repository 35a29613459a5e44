"""A good visitor's clicks while hundreds of sockets are slow: `python -m benchmarks slow`.

`python -m benchmarks.slow HOST PATH` measures any server that listens there; PATH has "{}" for the digit.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.figures import Row, at_most, p95
from benchmarks.servers import Server, version
from dashboard.settings import ROOT

SOCKETS = 500
BREATH = 5.0  # seconds between two bytes of a socket that drips
SECONDS = 10.0  # of clicking, beside each kind
PAUSE = 0.1  # seconds between two clicks
GIVE_UP = 20.0  # seconds for one click
FIRST = 7000  # the digits before are other measurements'
KINDS = {
    "": "",
    "idle": "that say nothing",
    "head": "that drip a header, a byte every five seconds",
    "body": "that drip a body, a byte every five seconds",
    "deaf": "that do not read their answers",
}
DRIP = ("head", "body")
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
SENT = {
    "idle": b"",
    "head": HEAD + b"X-Slow: ",
    "body": b"POST /_dash-update-component HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n",
}


def measure(convlens: Server) -> list[Row]:
    """Click on unseen digits beside every kind of slow socket."""
    return list(beside(convlens.host, f"/pictures/{version(convlens)}/fcn,cnn/{{}}/post.bin"))


def beside(host: str, path: str) -> Iterator[Row]:
    """Yield a row for every kind of slow socket."""
    digits = itertools.count(FIRST)
    for kind, what in KINDS.items():
        with _held(host, kind, path.format(FIRST)):
            kept, fresh = _click(host, path, digits)
        words = f"a click beside {SOCKETS} sockets {what}" if kind else "a click beside no slow sockets"
        yield at_most(f"{words}, p95", p95(kept + fresh), 100, " ms", 1)
        yield Row(
            f"… on a kept connection, on a new one: median ({len(kept) + len(fresh)} clicks)",
            f"{median(kept):.1f}, {median(fresh):.1f} ms; longest {max(kept + fresh):.0f} ms",
        )


def _click(host: str, path: str, digits: Iterator[int]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of clicks in turn on a kept connection and on a new one."""
    kept = http.client.HTTPConnection(host, timeout=GIVE_UP)
    times: tuple[list[float], list[float]] = ([], [])
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or not times[1]:
        for which, connection in enumerate((kept, http.client.HTTPConnection(host, timeout=GIVE_UP))):
            began = time.perf_counter()
            try:
                connection.request("GET", path.format(next(digits)))
                status = connection.getresponse()
                status.read()
            except (OSError, http.client.HTTPException):
                connection.close()  # it counts with the time that it took, and is opened anew
            times[which].append(1000 * (time.perf_counter() - began))
            if connection is not kept:
                connection.close()
            time.sleep(PAUSE)
    kept.close()
    return times


@contextmanager
def _held(host: str, kind: str, path: str) -> Iterator[None]:
    """Hold the sockets, in a process of its own."""
    if not kind:
        yield
        return
    command = [sys.executable, "-m", "benchmarks.slow", "--hold", host, kind, path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            if not process.stdout or process.stdout.readline() != "held\n":
                raise RuntimeError(f"no socket was held that is {kind}")
            yield
        finally:
            process.kill()


async def hold(host: str, kind: str, path: str) -> None:
    """Open the sockets, say so, and keep them as slow as their kind is; one that is closed is opened anew."""
    name, _, port = host.rpartition(":")
    opened = asyncio.Semaphore(0)
    sent = SENT.get(kind, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    slow = [
        asyncio.create_task(_slow((name, int(port)), sent, b"1" if kind in DRIP else b"", opened))
        for _ in range(SOCKETS)
    ]
    try:
        async with asyncio.timeout(5):
            for _ in slow:
                await opened.acquire()
    except TimeoutError:
        pass  # it does not take them all
    print("held", flush=True)
    await asyncio.gather(*slow)


async def _slow(address: tuple[str, int], sent: bytes, drip: bytes, opened: asyncio.Semaphore) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as client:
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                await loop.sock_connect(client, address)
                await loop.sock_sendall(client, sent)
                opened.release()
                while True:
                    await asyncio.sleep(BREATH)
                    await loop.sock_sendall(client, drip)
            except OSError:
                await asyncio.sleep(1)


if __name__ == "__main__":
    if sys.argv[1] == "--hold":
        asyncio.run(hold(*sys.argv[2:5]))
    else:
        for row in beside(*sys.argv[1:3]):
            print(f"{row.what}: {row.measured}", flush=True)
