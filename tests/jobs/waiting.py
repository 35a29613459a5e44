"""Waiting for what jobs come to."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from jobs.engine import Jobs
from jobs.job import Job, State

PATIENCE = 120.0  # seconds for anything at all, on a machine that has much else to do
LONG = {"to": 100_000}  # of what counts: longer than any test waits


def until(holds: Callable[[], bool]) -> None:
    """Wait for a state; nothing tells when it will be."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.03)


def become(jobs: Jobs, job: str, *states: State) -> Job:
    """Wait for a job to be in one of these states."""
    until(lambda: jobs.get(job).state in states)
    return jobs.get(job)


def holders(path: Path) -> list[int]:
    """Return the processes that hold a file."""
    inode = path.stat().st_ino
    held = (line.split() for line in Path("/proc/locks").read_text().splitlines())
    return [int(words[4]) for words in held if words[1] == "FLOCK" and words[5].endswith(f":{inode}")]


def children(process: int) -> list[int]:
    """Return the processes that one started."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(word) for thread in threads for word in thread.read_text().split()]


def answered(address: tuple[str, int], context: ssl.SSLContext, patience: float = 60) -> None:
    """Wait for a server to say something to whoever shows that.

    Raises:
        OSError: It is refused.
    """
    with (
        socket.create_connection(address, timeout=patience) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.recv(1)  # TLS 1.3 refuses a client after its handshake
