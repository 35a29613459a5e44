from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.faults.processes import Server, started
from tests.faults.test_clients import GET, crowd

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds the workers by /proc"),
]
GRACE = 15.0  # seconds: the 8 that gunicorn.conf.py gives, and what a busy machine adds


def stop(server: Server) -> None:
    """Fail unless a server that is asked to stop does so, with all of its workers, and calls it no error."""
    workers = server.workers()
    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(GRACE) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in server.log.read_text()


def test_it_stops_under_load(small: Path, tmp_path: Path) -> None:
    """Whoever is being answered gets the whole answer; then nobody is listening any more.

    Half a request, or an answer that nobody reads, is not waited for longer than it is told to.
    """
    with started(tmp_path, CHECKPOINTS_DIR=str(small)) as server:
        server.until("/readyz", 200)
        version = server.version()
        many, statuses = threading.Semaphore(0), []

        def click(start: int) -> None:
            for digit in range(start, 10_000, 8):
                try:
                    statuses.append(server.get(f"/pictures/{version}/fcn,cnn/{digit}/post.bin").status)
                except (OSError, HTTPException):
                    return
                many.release()

        slow, idle = crowd(server, 50, GET + b"X-Slow: "), crowd(server, 50, b"")
        with slow, idle, ThreadPoolExecutor(8) as people:
            for start in range(8):
                people.submit(click, start)
            for _ in range(50):
                assert many.acquire(timeout=60)
            stop(server)

        assert set(statuses) == {200}


def test_it_stops_while_its_networks_wake(small: Path, tmp_path: Path) -> None:
    """Changing one's mind right after the start is no error either."""
    with started(tmp_path, CHECKPOINTS_DIR=str(small)) as server:
        assert server.get("/").status == 200
        stop(server)
