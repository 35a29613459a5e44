"""The table of jobs: a folder, and in it one for each job, whose files are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from pydantic import ValidationError

from jobs.job import FORM, ID, Job, JobsError, UnknownJobError
from jobs.lock import held
from models.whole import write_whole

JOB, EVENTS, ASKED, RESULT, FAULT = "job.json", "events.jsonl", "asked", "result.json", "fault.txt"
DISCARDED = "discarded"  # a file that is there once nobody wants a job any more that still runs
KEPT, GIVEN = "kept", "given"  # folders in a job's: what its work writes, and the files that it was given
LOCK, NEW, GONE = ".lock", ".new-", ".gone-"
PATIENCE = 10.0  # seconds for others to end what they write
DAMAGED = "What is known of it can no longer be read: job.json in its folder is damaged. It can be deleted."
UNKNOWN = "There is no such job; it may have been deleted."


class Table:
    """All jobs, for whoever knows the folder: several processes read and change it at the same time."""

    def __init__(self, folder: Path) -> None:
        """Name the folder, which is made when the first job is added."""
        self.folder = folder

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else change anything meanwhile.

        Raises:
            JobsError: The folder cannot be used.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with held(self.folder / LOCK, PATIENCE):
                try:
                    yield
                finally:
                    now = time.time_ns()  # the file system's own clock stands still for milliseconds
                    os.utime(self.folder / LOCK, ns=(now, now))
        except OSError as error:
            raise JobsError(f"The folder of jobs, JOBS_DIR, cannot be used: {error.strerror}.") from error

    def stamp(self) -> int:
        """Return what is another number once anything was changed: when that was, in nanoseconds."""
        try:
            return (self.folder / LOCK).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def add(self, job: Job, given: Mapping[str, bytes]) -> None:
        """Add a job with the files that it was given, by their hashes."""
        unfinished = Path(mkdtemp(prefix=NEW, dir=self.folder))
        try:
            for name in (KEPT, GIVEN):
                (unfinished / name).mkdir()
            for sha256, content in given.items():
                write_whole(unfinished / GIVEN / sha256, content)
            write_whole(unfinished / JOB, FORM.dump_json(job))
            unfinished.rename(self.folder / job.id)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def add_all(self, jobs: Iterable[Job], given: Mapping[str, bytes]) -> None:
        """Add jobs that were given the same files, all or none."""
        added: list[str] = []
        try:
            for job in jobs:
                self.add(job, given)
                added.append(job.id)
        except OSError:
            for each in added:
                self.delete(each)
            raise

    def write(self, job: Job) -> None:
        """Write anew what is known of a job."""
        write_whole(self.place(job.id) / JOB, FORM.dump_json(job))

    def discard(self, job: str) -> None:
        """Let a job that runs be removed once it has ended."""
        write_whole(self.place(job) / DISCARDED, b"")

    def end(self, job: Job) -> None:
        """Write down how a job ended, or remove it where nobody wants it any more."""
        if (self.place(job.id) / DISCARDED).exists():
            self.delete(job.id)
        else:
            self.write(job)

    def place(self, job: str) -> Path:
        """Return the folder of a job.

        Raises:
            UnknownJobError: There is none.
        """
        place = self.folder / job
        if not ID.fullmatch(job) or not place.is_dir():
            raise UnknownJobError(UNKNOWN)
        return place

    def read(self, job: str) -> Job:
        """Return what is known of a job; of one that is damaged, that it is.

        Raises:
            UnknownJobError: There is none.
        """
        place = self.place(job)
        try:
            found = FORM.validate_json((place / JOB).read_bytes())
        except (OSError, ValidationError):
            found = None
        if found is None or found.id != job:
            created = self._created(place)
            return Job(job, "", {}, "", created, "failed", ended=created, sentence=DAMAGED)
        return found

    def all(self) -> list[Job]:
        """Return all jobs, the oldest first."""
        try:
            ids = [each.name for each in self.folder.iterdir() if ID.fullmatch(each.name)]
        except FileNotFoundError:
            return []
        return sorted(self._read(ids), key=lambda job: (job.created, job.id))

    def _read(self, ids: list[str]) -> Iterator[Job]:
        for each in ids:
            try:
                yield self.read(each)
            except UnknownJobError:
                continue  # it was deleted meanwhile

    def delete(self, job: str) -> None:
        """Remove a job and all that is kept of it."""
        gone = self.folder / f"{GONE}{job}"
        self.place(job).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what was left by processes that ended while they added or removed a job."""
        for prefix in (NEW, GONE):
            for left in self.folder.glob(f"{prefix}*"):
                shutil.rmtree(left, ignore_errors=True)

    @staticmethod
    def _created(place: Path) -> float:
        try:
            return place.stat().st_mtime
        except FileNotFoundError as error:
            raise UnknownJobError(UNKNOWN) from error
