"""Folders of jobs on a machine that does not have the table: what is written there is fetched.

These functions run in the process that does the job, beside its work.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jobs.job import ID
from jobs.table import ASKED, EVENTS, GIVEN, KEPT

SEEN = "seen"  # in the folder: touched whenever somebody looks
LEASE = 30.0  # seconds without a look, after which nobody waits for the job any more
UNFINISHED = ".tmp"  # ends the names of files and folders that are not whole yet
Stamp = tuple[int, int]  # of a file: bytes, and when it was written, in nanoseconds


@dataclass(frozen=True)
class Look:
    """What is there of a job.

    Attributes:
        lines: Whole lines of what the work told, behind those that are known.
        files: What the work keeps: names, and how a file that was written anew can be told.
    """

    lines: bytes
    files: Mapping[str, Stamp]


def place(home: str, job: str) -> Path:
    """Return the folder of a job in the folder of a process."""
    if not ID.fullmatch(job):
        raise ValueError("This is no id of a job.")
    return Path(home) / "jobs" / job


def begin(home: str, job: str) -> None:
    """Make the folder of a job, empty."""
    folder = place(home, job)
    shutil.rmtree(folder, ignore_errors=True)
    for name in (KEPT, GIVEN):
        (folder / name).mkdir(parents=True)
    (folder / SEEN).touch()


def put(home: str, job: str, name: str, content: bytes) -> None:
    """Write a file into the folder of a job, whose folders are made."""
    path = place(home, job) / safe(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def look(home: str, job: str, known: int) -> Look:
    """Return what there is of a job, and that somebody waits for it.

    Args:
        home: Folder of this process.
        job: What the folder is called.
        known: Bytes of what was told that are known.
    """
    folder = place(home, job)
    (folder / SEEN).touch()
    told = b""
    if (folder / EVENTS).exists():
        with (folder / EVENTS).open("rb") as file:
            file.seek(known)
            told = file.read()
    return Look(told[: told.rfind(b"\n") + 1], dict(_stamped(folder / KEPT)))


def take(home: str, job: str, name: str) -> tuple[bytes, Stamp] | None:
    """Return a file of the job's work, with its stamp afterwards, None where it is not there any more."""
    path = place(home, job) / KEPT / safe(name)
    try:
        content, stat = path.read_bytes(), path.stat()
    except FileNotFoundError:
        return None
    return content, (stat.st_size, stat.st_mtime_ns)


def ask(home: str, job: str, asked: str) -> None:
    """Ask a work for something."""
    (place(home, job) / ASKED).write_text(asked)


def forget(home: str, job: str) -> None:
    """Remove what there is of a job."""
    shutil.rmtree(place(home, job), ignore_errors=True)


def is_forsaken(folder: Path) -> bool:
    """Return whether nobody waits any more for the job of a folder that somebody has to look at."""
    try:
        return time.time() - (folder / SEEN).stat().st_mtime > LEASE
    except FileNotFoundError:
        return False  # it lies in the table itself


def safe(name: str) -> PurePosixPath:
    """Return a name as a path within a folder.

    Raises:
        ValueError: It leads out of it.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError("This is no name of a file in a folder.")
    return path


def _stamped(folder: Path) -> Iterable[tuple[str, Stamp]]:
    for path in folder.rglob("*"):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        name = path.relative_to(folder)
        if path.is_file() and not any(part.endswith(UNFINISHED) for part in name.parts):
            yield name.as_posix(), (stat.st_size, stat.st_mtime_ns)
