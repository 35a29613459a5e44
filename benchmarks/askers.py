"""Clients that ask without a pause, and again after a refusal: `python -m benchmarks.askers HOST CLIENTS`.

They share what standard input names, one address a line; behind a tab a file may follow, which is posted
there. They stop at its end, or when they are told to by SIGTERM, and print what came of it.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PATIENCE = 120.0  # seconds
AGAIN = (429, 503)


class Asker:
    """One client, on one connection.

    Attributes:
        counts: By status how often it was got; "0" for what was given up, "-1" for no answer at all, and
            "refused" for what was to be asked again.
    """

    def __init__(self, host: str, over: threading.Event) -> None:
        """Ask a host until it is over."""
        self.counts: Counter[str] = Counter()
        self._connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        self._over = over

    def visit(self, lines: Iterator[str]) -> Counter[str]:
        """Ask for one line after another; return the counts."""
        for line in lines:
            if self._over.is_set():
                break
            path, _, file = line.rstrip("\n").partition("\t")
            try:
                status = self._ask(path, Path(file).read_bytes() if file else None)
            except (OSError, http.client.HTTPException):
                status = -1
                self._connection.close()
            self.counts[str(status)] += 1
        self._connection.close()
        return self.counts

    def _ask(self, path: str, body: bytes | None) -> int:
        """Return the status, asking again for as long as the server says when to; 0 where it is over."""
        while True:
            self._connection.request("GET" if body is None else "POST", path, body)
            response = self._connection.getresponse()
            response.read()
            again = response.headers["Retry-After"]
            if response.status not in AGAIN or again is None:
                return response.status
            self.counts["refused"] += 1
            if self._over.wait(float(again)):
                return 0


def _lines() -> Iterator[str]:
    """Yield the lines of standard input, to several threads."""
    lock = threading.Lock()

    class Lines(Iterator[str]):
        def __next__(self) -> str:
            with lock:
                return next(sys.stdin)

    return Lines()


def main(host: str, clients: int) -> None:
    """Ask for all that standard input names; print the counts and the seconds as JSON."""
    lines, over, started = _lines(), threading.Event(), time.perf_counter()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with ThreadPoolExecutor(clients) as pool:
        visits = [pool.submit(Asker(host, over).visit, lines) for _ in range(clients)]
        counts = sum((visit.result() for visit in visits), Counter[str]())
    print(json.dumps({**counts, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
