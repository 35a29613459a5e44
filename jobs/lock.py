"""A file that one process holds, or several together; they let go of it when they end, however they do."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AGAIN = 0.02  # seconds between two attempts


class Lock:
    """Holds a file of a folder that is there. Each of these holds it for itself, in one process too."""

    def __init__(self, path: Path) -> None:
        """Name the file, which is made as soon as it is to be held."""
        self._path = path
        self._file = -1

    def take(self, *, shared: bool = False, patience: float = 0.0) -> bool:
        """Hold it, and return whether that was possible.

        Args:
            shared: Beside others that share it, too.
            patience: Seconds to wait for whoever holds it.

        Raises:
            OSError: The file cannot be opened.
        """
        if self._file >= 0:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    os.close(file)
                    return False
                time.sleep(AGAIN)
            else:
                self._file = file
                return True

    def let_go(self) -> None:
        """Hold it no longer."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def is_held(path: Path) -> bool:
    """Return whether somebody else holds a file."""
    probe = Lock(path)
    try:
        return not probe.take(shared=True)
    except OSError:
        return False  # where nothing can be opened, nobody holds anything
    finally:
        probe.let_go()


@contextmanager
def held(path: Path, patience: float) -> Iterator[None]:
    """Hold a file for a moment.

    Raises:
        TimeoutError: Somebody else holds it for too long.
        OSError: It cannot be opened.
    """
    lock = Lock(path)
    if not lock.take(patience=patience):
        raise TimeoutError(f"{path} is held for more than {patience:g} s.")
    try:
        yield
    finally:
        lock.let_go()
