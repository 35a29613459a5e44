"""Trainings of visitors: everybody begins, sees in a list and changes their own alone; a link shows any."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.errors import RefusedError, not_found
from dashboard.runs.curves import Event, newest, seconds_left
from dashboard.runs.wording import in_words
from jobs.engine import Jobs
from jobs.job import BUSY, CAN_GO_ON, ID, FitError, FullError, Job, JobsError, UnknownJobError
from models.training import snapshots, work
from models.training.order import Order, OrderError, ordered
from models.training.snapshots import SnapshotError, Snapshots

KIND = "training"
LONGEST = 60  # characters of a name
NOT_HERE = "Nothing is trained on this server: training is switched off. Start ConvLens on your own machine."
NO_COOKIE = "Your browser keeps no cookie for this page, so that nobody would know whose training it is."

Action = Literal["pause", "cancel", "go_on", "delete"]


@dataclass(frozen=True)
class Run:
    """One training as it is now.

    Attributes:
        job: What is known of it.
        order: What was ordered.
        events: All that it told.
        result: What came of it, None before it is finished.
        folder: Of its files.
    """

    job: Job
    order: Order
    events: Sequence[Event]
    result: Mapping[str, Any] | None
    folder: Path

    @property
    def name(self) -> str:
        """What it is called: by its owner, or by what is trained."""
        return self.job.title or in_words(self.order)

    @property
    def is_busy(self) -> bool:
        """Whether it waits or runs."""
        return self.job.state in BUSY

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.order.steps * self.order.epochs

    @property
    def left(self) -> float | None:
        """Seconds that it still takes, None where that is not known or it does not run."""
        return seconds_left(self.events, self.steps) if self.job.state == "running" else None

    @property
    def accuracy(self) -> float | None:
        """On held-out images: of the chosen epoch, or of the last one so far; None before the first."""
        if self.result:
            score = self.result["held_out"]
            return float(score["correct"] / score["digits"])
        last = newest(self.events, "epoch")
        return None if last is None else last.get("val_accuracy")

    @property
    def snapshots(self) -> Snapshots | None:
        """Its moments, None before the first is written."""
        try:
            return snapshots.read(self.folder / work.SNAPSHOTS)
        except SnapshotError:
            return None


@dataclass(frozen=True)
class Runs:
    """All trainings of a server.

    Attributes:
        jobs: Long work.
        is_on: Whether somebody may begin one.
    """

    jobs: Jobs
    is_on: bool = True

    def start(self, settings: Mapping[str, Any], visitor: str) -> str:
        """Begin a training and return its id.

        Raises:
            RefusedError: It makes no sense, or there is no room for it, or none is begun here.
        """
        owner = self._owner(visitor)
        try:
            return self.submit(KIND, ordered(settings).settings, owner)
        except OrderError as error:
            raise RefusedError(400, "order", str(error)) from error

    def submit(self, kind: str, settings: Mapping[str, Any], owner: str, network: bytes | None = None) -> str:
        """Ask for a piece of work and return its id; a network that is given goes with it, by its hash.

        Raises:
            RefusedError: There is no room for it, or nothing is done here.
        """
        if not self.is_on:
            raise RefusedError(403, "off", NOT_HERE)
        given = [] if network is None else [network]
        named = {"network": hashlib.sha256(network).hexdigest()} if network is not None else {}
        try:
            return self.jobs.submit(kind, {**settings, **named}, owner, given=given)
        except FullError as error:
            raise RefusedError(429, "full", str(error), retry_after=5) from error
        except JobsError as error:
            raise RefusedError(503, "jobs", str(error)) from error

    def own(self, visitor: str) -> list[Run]:
        """Return a visitor's trainings, the newest first; none of a visitor without a name."""
        if not visitor:
            return []
        owner = self._owner(visitor)
        found = [self._run(job) for job in self.jobs.list() if job.owner == owner and job.kind == KIND]
        return [each for each in reversed(found) if each]

    def get(self, run: str) -> Run:
        """Return a training; or refuse."""
        found = self._run(self.job(run, KIND))
        if found is None:
            raise not_found("There is no such training.")
        return found

    def job(self, job: str, kind: str) -> Job:
        """Return what is known of a job of some kind; or refuse."""
        try:
            found = self.jobs.get(job) if ID.fullmatch(job) else None
        except UnknownJobError as error:
            raise not_found("There is no such training; it may have been deleted.") from error
        if found is None or found.kind != kind:
            raise not_found("There is no such training.")
        return found

    def is_owner(self, run: Run, visitor: str) -> bool:
        """Return whether it is a visitor's own."""
        return bool(visitor) and run.job.owner == self._owner(visitor)

    def act(self, run: str, action: Action, visitor: str) -> None:
        """Do something with a training of one's own; or refuse."""
        self.require_own(run, visitor)
        try:
            getattr(self.jobs, action)(run)
            for job in self.jobs.list() if action == "delete" else ():
                if job.settings.get("run") == run and job.state != "running":
                    self.jobs.delete(job.id)
        except (FitError, FullError) as error:
            raise RefusedError(409, "state", str(error)) from error

    def rename(self, run: str, title: str, visitor: str) -> None:
        """Call a training of one's own something else, by default what is trained; or refuse."""
        self.require_own(run, visitor)
        if len(title) > LONGEST:
            raise RefusedError(400, "name", f"A name has at most {LONGEST} letters, not {len(title)}.")
        self.jobs.rename(run, " ".join(title.split()))

    def require_own(self, run: str, visitor: str) -> None:
        """Refuse whoever wants to do something with a training that is not their own."""
        if not self.is_owner(self.get(run), visitor):
            raise RefusedError(403, "foreign", "This training is somebody else's: only they can change it.")

    def _run(self, job: Job) -> Run | None:
        """Return a training, None of one whose settings this version does not know."""
        try:
            order = ordered(job.settings)
            result = self.jobs.result(job.id) if job.state == "finished" else None
            return Run(job, order, self.jobs.events(job.id), result, self.jobs.folder(job.id))
        except (OrderError, JobsError):
            return None

    @staticmethod
    def _owner(visitor: str) -> str:
        """Return what a visitor is called in the table: not what proves who they are."""
        if not visitor:
            raise RefusedError(403, "cookie", NO_COOKIE)
        return hashlib.sha256(visitor.encode()).hexdigest()[:32]


def state_words(run: Run, now: float | None = None) -> str:
    """Return what a training does, in words."""
    job, left = run.job, run.left
    if job.state == "running":
        if left is None:
            return "begins" if not run.events else "runs"
        return f"runs, {span(left)} left"
    if job.state == "finished":
        return f"finished in {span(job.ran(now or time.time()))}"
    return {"waiting": "waits for its turn", "cut-off": "cut off"}.get(job.state, job.state)


def span(seconds: float) -> str:
    """Return a time in words.

    >>> span(4.2), span(75), span(3700)
    ('4 s', '1 min 15 s', '1 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


__all__ = ["CAN_GO_ON", "Run", "Runs", "span", "state_words"]
