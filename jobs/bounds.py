"""How much long work there may be, and the sentences for what goes beyond."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jobs.job import BUSY, FullError, Job

MEGABYTE = 2**20


@dataclass(frozen=True)
class Bounds:
    """How much long work there may be.

    Attributes:
        waiting: Jobs that wait for their turn.
        owner_busy: Jobs of one owner that wait or run.
        owner_kept: Jobs of one owner, those that have ended among them.
        kept: Jobs in all.
        seconds: That one job may run.
        stubborn: Seconds that a job has to end once it is asked to; its process is ended then.
        job_bytes: On disk, of one job.
        bytes: On disk, of all.
    """

    waiting: int = 16
    owner_busy: int = 10
    owner_kept: int = 40
    kept: int = 200
    seconds: float = 6 * 3600.0
    stubborn: float = 10.0
    job_bytes: int = 512 * MEGABYTE
    bytes: int = 8192 * MEGABYTE

    def require_room(self, jobs: Iterable[Job], owner: str, more: int, used: int) -> None:
        """Refuse jobs for which there is no room.

        Args:
            jobs: All that there are.
            owner: Who asks for more of them.
            more: How many.
            used: Bytes that all together take.

        Raises:
            FullError: One of the numbers would be beyond its bound.
        """
        jobs = list(jobs)
        own = [job for job in jobs if job.owner == owner]
        self.require_turn(jobs, owner, more)
        if len(own) + more > self.owner_kept:
            raise FullError(
                f"You have {_counted(len(own))}, and {self.owner_kept} can be kept"
                f"{_room(self.owner_kept - len(own), more)}: delete some that you do not need."
            )
        if len(jobs) + more > self.kept:
            raise FullError(
                f"{_counted(len(jobs))} are kept here, and {self.kept} can be"
                f"{_room(self.kept - len(jobs), more)}: some have to be deleted first."
            )
        if used + more * self.job_bytes > self.bytes:
            raise FullError(
                f"All jobs take {_megabytes(used)} on the disk; {_counted(more)} may take "
                f"{_megabytes(more * self.job_bytes)} more, and all together may take "
                f"{_megabytes(self.bytes)}: some have to be deleted first."
            )

    def require_turn(self, jobs: Iterable[Job], owner: str, more: int = 1) -> None:
        """Refuse jobs that would have to wait behind too many.

        Args:
            jobs: All that there are beside those.
            owner: Who wants more of them to wait.
            more: How many.

        Raises:
            FullError: Too many wait or run already.
        """
        jobs = list(jobs)
        busy = sum(job.state in BUSY and job.owner == owner for job in jobs)
        if busy + more > self.owner_busy:
            raise FullError(
                f"{_counted(busy)} of yours wait or run, and {self.owner_busy} may at a time"
                f"{_room(self.owner_busy - busy, more)}: wait for one to end, or cancel one."
            )
        waiting = sum(job.state == "waiting" for job in jobs)
        if waiting + more > self.waiting:
            raise FullError(
                f"{_counted(waiting)} wait already, and {self.waiting} can"
                f"{_room(self.waiting - waiting, more)}: ask again later."
            )

    def beyond(self, seconds: float, used: int) -> str:
        """Return what a running job has taken too much of, in a sentence; "" where it has not."""
        if seconds > self.seconds:
            return f"It was ended after {seconds:,.0f} seconds: a job may run {self.seconds:,.0f}."
        if used > self.job_bytes:
            return (
                f"It was ended because it took {_megabytes(used)} on the disk: a job may take "
                f"{_megabytes(self.job_bytes)}."
            )
        return ""


def taken(folder: Path) -> int:
    """Return how many bytes the files of a folder take; one that vanishes meanwhile takes none."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  there may be many
            except FileNotFoundError:
                continue
    return size


def _counted(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"


def _room(left: int, more: int) -> str:
    """Return how much of what is asked for together there is room for; "" where one alone is."""
    return f", which leaves room for {max(left, 0)}, not for {more}" if more > 1 else ""


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"
