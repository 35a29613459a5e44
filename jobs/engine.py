"""Long work for who asks: submit it, hear how far it is, cancel it, let it go on, take its result.

The jobs lie in a folder. One process of its own, `jobs.runner`, has them done, however many servers use that
folder: whoever asks first starts it, and it ends with the last of them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from jobs import bounds as limits
from jobs import events
from jobs.bounds import Bounds
from jobs.job import (
    CAN_GO_ON,
    CANCELLED,
    CUT_OFF,
    PAUSED,
    Event,
    FitError,
    FullError,
    Job,
    JobsError,
    fresh_id,
)
from jobs.presence import Presence
from jobs.table import ASKED, EVENTS, KEPT, RESULT, Table
from jobs.where import Errand, Where
from jobs.works import WORKS
from models.watcher import Asked
from models.whole import write_whole


class Jobs:
    """The jobs of a folder. Several of these, in several processes, may use the same."""

    def __init__(
        self,
        folder: Path,
        where: Where | None = None,
        bounds: Bounds | None = None,
        works: Mapping[str, str] = WORKS,
    ) -> None:
        """Name the folder; nothing is made, read or started until something is asked for.

        Args:
            folder: Of the table; made with the first job.
            where: Work is done; on this machine unless it says otherwise.
            bounds: How much of it there may be.
            works: Where the function of each kind of work stands.
        """
        self._bounds, self._works, self._where = bounds or Bounds(), works, where or Where()
        self._table = Table(folder)
        self._presence = Presence(Errand(folder, self._where, self._bounds, dict(works)))

    @property
    def is_here(self) -> bool:
        """Whether the work is done on this machine, with the files that lie here."""
        return not self._where.address

    def submit(
        self,
        kind: str,
        settings: Mapping[str, JsonValue],
        owner: str,
        *,
        title: str = "",
        given: Sequence[bytes] = (),
    ) -> str:
        """Ask for a piece of work and return the id of the job.

        Args:
            kind: One of the table of works.
            settings: For the work.
            owner: Whose job it is.
            title: What they call it.
            given: Files that come with the settings, which name them by their hash (SHA-256).

        Raises:
            FullError: There is no room for it.
            JobsError: There is no such work, or the job cannot be written down.
        """
        return self._add(kind, [(settings, title)], owner, given)[0]

    def sweep(
        self,
        kind: str,
        settings: Sequence[Mapping[str, JsonValue]],
        owner: str,
        *,
        title: str = "",
        given: Sequence[bytes] = (),
    ) -> tuple[str, ...]:
        """Ask for several pieces of work, all or none, and return their ids; they are of one group.

        Raises:
            FullError: There is no room for all of them.
            JobsError: There is no such work, or a job cannot be written down.
        """
        return self._add(kind, [(each, title) for each in settings], owner, given, group=fresh_id())

    def _add(
        self,
        kind: str,
        asked: Sequence[tuple[Mapping[str, JsonValue], str]],
        owner: str,
        given: Sequence[bytes],
        group: str = "",
    ) -> tuple[str, ...]:
        if not self._where.is_open:
            raise FullError("No long work is done here.")
        if kind not in self._works:
            raise JobsError(f"There is no work called {kind!r}; there is {', '.join(self._works) or 'none'}.")
        files = {hashlib.sha256(each).hexdigest(): each for each in given}
        now = time.time()
        jobs = [  # a microsecond apart, so that they are begun in this order
            Job(
                fresh_id(),
                kind,
                settings,
                owner,
                now + place / 1e6,
                title=title,
                group=group,
                given=tuple(files),
            )
            for place, (settings, title) in enumerate(asked)
        ]
        with self._table.changing():
            used = limits.taken(self._table.folder)
            self._bounds.require_room(self._shown(), owner, len(jobs), used)
            self._table.add_all(jobs, files)
        self._presence.require_runner()
        return tuple(job.id for job in jobs)

    def list(self) -> tuple[Job, ...]:
        """Return all jobs, the oldest first."""
        jobs = self._shown()
        if any(job.state == "waiting" for job in jobs):
            self._presence.require_runner()
        return jobs

    def get(self, job: str) -> Job:
        """Return what is known of a job.

        Raises:
            UnknownJobError: There is none.
        """
        found = self._table.read(job)
        if found.state == "waiting":
            self._presence.require_runner()
        return self._seen(found)

    def events(self, job: str, after: int = 0) -> tuple[Event, ...]:
        """Return what a job told behind its first so many events, each with its number, from 1.

        Raises:
            UnknownJobError: There is none.
        """
        return tuple(events.read(self._table.place(job) / EVENTS, after))

    def result(self, job: str) -> Mapping[str, Any]:
        """Return what a finished job has come to.

        Raises:
            FitError: It has not finished.
            UnknownJobError: There is none.
        """
        if self.get(job).state != "finished":
            raise FitError("It has not finished, so there is no result yet.")
        try:
            found: dict[str, Any] = json.loads((self._table.place(job) / RESULT).read_bytes())
        except (OSError, ValueError) as error:
            raise JobsError(
                f"Its result can no longer be read: {RESULT} in its folder is damaged."
            ) from error
        return found

    def folder(self, job: str) -> Path:
        """Return the folder in which a job's work keeps its files.

        Raises:
            UnknownJobError: There is none.
        """
        return self._table.place(job) / KEPT

    def cancel(self, job: str) -> None:
        """End a job for good; one that runs is asked to end, and is cancelled once it has.

        Raises:
            FitError: It has ended already.
            UnknownJobError: There is none.
        """
        self._stop(job, "cancel")

    def pause(self, job: str) -> None:
        """Let a job rest until it is to go on; one that runs is asked to end, and is paused once it has.

        Raises:
            FitError: It neither waits nor runs.
            UnknownJobError: There is none.
        """
        self._stop(job, "pause")

    def _stop(self, job: str, asked: Asked) -> None:
        with self._table.changing():
            found = self.get(job)
            if found.state == "running":
                write_whole(self._table.place(job) / ASKED, asked.encode())
                return
            if asked == "pause" and found.state != "waiting":
                raise FitError("It does not run, so it cannot be paused.")
            if found.state in ("finished", "cancelled", "failed"):
                raise FitError("It has ended already, so it cannot be cancelled.")
            now = time.time()
            cancelled = replace(found, state="cancelled", ended=now, sentence=CANCELLED)
            paused = replace(found, state="paused", ended=now, sentence=PAUSED)
            self._table.write(cancelled if asked == "cancel" else paused)

    def go_on(self, job: str) -> None:
        """Let a job wait for its turn again that was paused or cut off, or failed.

        Raises:
            FullError: Too many wait already.
            FitError: It is not one that can.
            UnknownJobError: There is none.
        """
        with self._table.changing():
            found = self.get(job)
            if found.state not in CAN_GO_ON or found.kind not in self._works:
                raise FitError(
                    "It cannot go on: it waits or runs, or there is nothing that it could go on from."
                )
            others = [each for each in self._shown() if each.id != job]
            self._bounds.require_turn(others, found.owner)
            (self._table.place(job) / ASKED).unlink(missing_ok=True)
            spent = found.ran(time.time())
            self._table.write(
                replace(found, state="waiting", begun=None, ended=None, spent=spent, sentence="")
            )
        self._presence.require_runner()

    def rename(self, job: str, title: str) -> None:
        """Call a job something else.

        Raises:
            UnknownJobError: There is none.
        """
        with self._table.changing():
            self._table.write(replace(self._table.read(job), title=title))

    def delete(self, job: str) -> None:
        """Remove a job and all that is kept of it.

        Raises:
            FitError: It runs.
            UnknownJobError: There is none.
        """
        with self._table.changing():
            if self.get(job).state == "running":
                raise FitError("It runs: cancel it before it is deleted.")
            self._table.delete(job)

    def discard(self, job: str) -> None:
        """Remove a job as `delete` does; one that runs is asked to end, and removed once it has.

        Raises:
            UnknownJobError: There is none.
        """
        with self._table.changing():
            if self.get(job).state == "running":
                self._table.discard(job)
                write_whole(self._table.place(job) / ASKED, b"cancel")
            else:
                self._table.delete(job)

    def close(self) -> None:
        """Use the jobs no longer; what has them done ends with the last who does."""
        self._presence.end()

    def _shown(self) -> tuple[Job, ...]:
        return tuple(self._seen(job) for job in self._table.all())

    def _seen(self, job: Job) -> Job:
        """Return a job as it is to be seen: one that runs although nobody has it done was cut off."""
        if job.state == "running" and not self._presence.has_runner():
            return replace(job, state="cut-off", ended=job.begun, sentence=CUT_OFF)
        return job
