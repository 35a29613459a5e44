"""A folder of bytes under names, open for as long as it is the same one; damaged, it is made anew."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any, Literal

import diskcache

SIZE_LIMIT = 512 * 2**20  # bytes on disk; the oldest are forgotten first
PATIENCE = 0.2  # seconds to wait for another process that holds the database
TRIAL = bytes(2**14)  # what is written to see whether anything can be: about as much as an answer
ATTEMPTS = 3  # at a file whose folder another process removes, empty, at that moment
DATABASE = tuple(diskcache.core.DBNAME + end for end in ("", "-journal", "-wal", "-shm"))
SHELF = re.compile(r"[0-9a-f]{2}")  # a folder of values that are too large for the database
NOT_MAPPED = {  # when a file that is mapped into memory is truncated, the process is killed (SIGBUS)
    "sqlite_mmap_size": 0,
    "sqlite_journal_mode": "truncate",  # "wal" maps its index
    "sqlite_synchronous": 0,  # what is lost with the power is computed again
}
FAULTS = (  # all that diskcache makes of a database in which anything may stand, and of a disk
    *(OSError, sqlite3.Error, diskcache.Timeout, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, AssertionError),
)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
PASSING = (  # the disk's or the moment's fault, and no reason to remove anything
    *(*BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT),
)


Origin = Literal["found", "made", "made anew"]


class DamagedError(ValueError):
    """There is no database where one should lie."""


class ForeignError(ValueError):
    """What was found under a name was not written by ConvLens; the rest of the database may be."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores bytes as they are and never unpickles what it finds (CVE-2025-69872)."""

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        """Write `value`, a large one to a file of its own, and never make the folder itself anew.

        Raises:
            TypeError: It is not bytes.
            OSError: It cannot be written; nothing of it is left behind.
        """
        if not isinstance(value, bytes):
            raise TypeError("Only bytes are remembered.")
        if len(value) < self.min_file_size:
            return super().store(value, read, key)
        name, path = self.filename(key, value)
        _write(Path(path), value)
        return len(value), diskcache.core.MODE_BINARY, name, None

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Read what `store` wrote.

        Raises:
            ForeignError: It was written by something else.
        """
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_BINARY):
            raise ForeignError("Not written by ConvLens.")
        if mode == diskcache.core.MODE_BINARY and not isinstance(filename, str):
            raise ForeignError("Not written by ConvLens.")
        found = super().fetch(mode, filename, value, read)
        if not isinstance(found, bytes):
            raise ForeignError("Not written by ConvLens.")  # bytes(found) of a number would be as many zeros
        return found


def _write(path: Path, content: bytes) -> None:
    """Write a file two folders below the store's own, which is not made here: it would be everybody's."""
    for left in reversed(range(ATTEMPTS)):
        try:
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
        except FileNotFoundError:
            if not left:
                raise
        except OSError:
            path.unlink(missing_ok=True)  # half of it may be there
            raise
        else:
            return


class Store:
    """Bytes in a folder, as long as its database is the file that was opened.

    Attributes:
        file: The number that the file system knows the database by; no other gets it while this one is open.
    """

    def __init__(self, folder: Path, damaged: int | None = None) -> None:
        """Open the database that lies in a folder, and see that something can be written.

        Args:
            folder: Where it lies.
            damaged: The file that was found damaged before, None where none was.

        Raises:
            DamagedError: There is none, or only that file.
            One of `FAULTS`: It cannot be used.
        """
        self._path = folder / diskcache.core.DBNAME
        found = _files(folder)
        if self._path not in found or found[self._path] == damaged:
            raise DamagedError("There is no database.")
        self._cache = diskcache.Cache(
            str(folder), disk=BytesDisk, timeout=PATIENCE, size_limit=SIZE_LIMIT, **NOT_MAPPED
        )
        self.file = self._path.stat().st_ino
        self.try_out()

    def get(self, name: str) -> bytes | None:
        """Return what lies under a name, None where nothing does, or another process holds the database.

        Raises:
            ForeignError: Something else has written it.
            One of `FAULTS`: It cannot be read.
        """
        self._require_same()
        try:
            found: bytes | None = self._cache.get(name)
        except sqlite3.OperationalError as fault:
            if _code(fault) not in BUSY:
                raise
            return None
        return found

    def set(self, name: str, content: bytes) -> bool:
        """Put bytes under a name; return False where another process holds the database for too long.

        Raises:
            One of `FAULTS`: They cannot be written.
        """
        self._require_same()
        try:
            self._cache.set(name, content)
        except (diskcache.Timeout, sqlite3.OperationalError) as fault:
            if _code(fault) not in BUSY:
                raise
            return False
        return True

    def try_out(self) -> None:
        """See that something can be written; another process that is writing shows that it can.

        Raises:
            One of `FAULTS`: It cannot be.
        """
        self.set("trial", TRIAL)

    def _require_same(self) -> None:
        """Refuse to go on with a file that is gone, which the system keeps for who has it open."""
        if self._path.lstat().st_ino != self.file:
            raise FileNotFoundError("Another file lies where the database was.")


def opened(folder: Path, damaged: int | None = None) -> tuple[Store, Origin]:
    """Return the store in a folder, readable by its owner alone, and whether it was found or made.

    Several processes may do so at once: one makes it, and the others find it.

    Args:
        folder: Where it lies, or is to lie.
        damaged: The file that was found damaged before, None where none was.

    Raises:
        One of `FAULTS`: The folder cannot be used now.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with suppress(*FAULTS):  # another process may be making it just now
        return Store(folder, damaged), "found"
    with _alone(folder):
        try:
            return Store(folder, damaged), "found"  # meanwhile another process has made it
        except FAULTS as fault:
            if not is_damage(fault):
                raise
        origin: Origin = "made anew" if _clear(folder) else "made"
        diskcache.Cache(str(folder), disk=BytesDisk, size_limit=SIZE_LIMIT, **NOT_MAPPED).close()
        return Store(folder), origin


def is_damage(fault: BaseException) -> bool:
    """Whether what lies in a folder is at fault, rather than the disk, the folder's rights or the moment."""
    if isinstance(fault, sqlite3.OperationalError | diskcache.Timeout):
        return _code(fault) not in (None, *PASSING)
    return not isinstance(fault, OSError)


def _files(folder: Path) -> dict[Path, int]:
    """Return the number of each file of a database that has something in it.

    Raises:
        DamagedError: In the place of one lies a folder, a link or the like.
    """
    found = {}
    for path in (folder / name for name in DATABASE):
        with suppress(FileNotFoundError):  # others may remove it meanwhile
            found[path] = path.lstat()
    if not all(S_ISREG(each.st_mode) for each in found.values()):
        raise DamagedError("Something else lies where the database should.")
    return {path: each.st_ino for path, each in found.items() if each.st_size}


def _code(fault: BaseException) -> int | None:
    """Return SQLite's primary code for a fault, which diskcache's Timeout hides; None where it has none."""
    cause = fault.__context__ if isinstance(fault, diskcache.Timeout) else fault
    code = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from doing the same meanwhile; the system ends it with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # where folders cannot be locked, as on some networks, it goes without
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> bool:
    """Remove a database and what belongs to it, and nothing else; return whether there was one.

    Raises:
        OSError: The folder cannot be changed; then all of it is as it was.
    """
    there = [path for path in (folder / name for name in DATABASE) if os.path.lexists(path)]
    for path in there:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in folder.iterdir():
        if SHELF.fullmatch(path.name) and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)  # a value that is left is never asked for
    return bool(there)
