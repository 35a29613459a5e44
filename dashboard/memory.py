"""What was computed before, on disk: bytes under a name, disposable at any time."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import diskcache

SIZE_LIMIT = 512 * 2**20  # bytes on disk; the oldest are forgotten first
PATIENCE = 0.2  # seconds to wait for another process that holds the database
GRACE = 0.05  # seconds that an answer has to leave in before its writing takes the processor
WAITING = 256  # answers that may wait to be written; more are dropped
NOT_MAPPED = {  # when a file that is mapped into memory is truncated, the process is killed (SIGBUS)
    "sqlite_mmap_size": 0,
    "sqlite_journal_mode": "truncate",  # "wal" maps its index
    "sqlite_synchronous": 0,  # what is lost with the power is computed again
}
FAULTS = (OSError, sqlite3.Error, diskcache.Timeout, ValueError)

log = logging.getLogger(__name__)


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores bytes as they are and never unpickles what it finds (CVE-2025-69872)."""

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        """Write `value`.

        Raises:
            TypeError: It is not bytes.
        """
        if not isinstance(value, bytes):
            raise TypeError("Only bytes are remembered.")
        return super().store(value, read, key)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Read what `store` wrote.

        Raises:
            ValueError: It was written by something else.
        """
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY):
            raise ValueError("Not written by ConvLens.")
        found = super().fetch(mode, filename, value, read)
        if not isinstance(found, bytes):
            raise ValueError("Not written by ConvLens.")  # bytes(found) of a number would be as many zeros
        return found


class Memory:
    """Remembers bytes across restarts where it can; where it cannot, everything is new every time."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder, readable by its owner alone; a folder that cannot be used is reported."""
        self._waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(WAITING)
        self._cache: diskcache.Cache | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            self._cache = diskcache.Cache(
                str(folder), disk=BytesDisk, timeout=PATIENCE, size_limit=SIZE_LIMIT, **NOT_MAPPED
            )
        except FAULTS as fault:
            log.warning(
                "nothing is remembered: the cache folder cannot be used", extra={"fault": repr(fault)}
            )
            return
        threading.Thread(target=self._write_behind, name="memory-writer", daemon=True).start()

    @property
    def works(self) -> bool:
        """Whether something can be written to the folder now."""
        if self._cache is None:
            return False
        try:
            self._cache.set("works", b"")
        except diskcache.Timeout:
            log.debug("another process is writing, so it can be written")
        except FAULTS:
            return False
        return Path(self._cache.directory, diskcache.core.DBNAME).exists()

    def recall(self, name: str) -> bytes | None:
        """Return what was remembered under `name`, None where there is nothing to be had."""
        if self._cache is None:
            return None
        try:
            found: bytes | None = self._cache.get(name)
        except FAULTS as fault:
            log.warning("forgotten", extra={"fault": repr(fault)})
            return None
        return found

    def remember(self, name: str, content: bytes) -> None:
        """Keep `content` soon, from a thread of its own; drop it where too much is waiting."""
        if self._cache is None:
            return
        try:
            self._waiting.put_nowait((name, content))
        except queue.Full:
            log.debug("not remembered: too much is waiting")

    def settle(self) -> None:
        """Wait until everything that was to be remembered is written."""
        self._waiting.join()

    def _write_behind(self) -> None:
        while True:
            rested = not self._waiting.empty()
            name, content = self._waiting.get()
            if not rested:
                time.sleep(GRACE)
            try:
                if self._cache is not None:
                    self._cache.set(name, content)
            except FAULTS as fault:
                log.warning("not remembered", extra={"fault": repr(fault)})
            finally:
                self._waiting.task_done()
