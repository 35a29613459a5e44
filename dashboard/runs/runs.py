"""Trainings of visitors: everybody begins, sees in a list and changes their own alone; a link shows any."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from dashboard.errors import RefusedError, not_found
from dashboard.runs.curves import Event, newest, seconds_left
from dashboard.runs.wording import in_words
from jobs.engine import Jobs
from jobs.job import BUSY, CAN_GO_ON, ID, FitError, FullError, Job, JobsError, UnknownJobError
from models.training import snapshots, work
from models.training.order import Order, OrderError, ordered, seeded
from models.training.snapshots import SnapshotError, Snapshots

KIND = "training"
LONGEST = 60  # characters of a name
NOT_HERE = "Nothing is trained on this server: training is switched off. Start ConvLens on your own machine."
NO_COOKIE = "Your browser keeps no cookie for this page, so that nobody would know whose training it is."

T = TypeVar("T")
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
        """What it is called: by its owner, or by what is trained, of several seeds with its own."""
        seed = f", seed {self.order.seed}" if self.job.group else ""
        return self.job.title or f"{in_words(self.order)}{seed}"

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
    def resumes(self) -> str:
        """Where it would go on, in a sentence, "" where it cannot: what is kept of it are whole epochs."""
        if self.job.state not in CAN_GO_ON:
            return ""
        last = newest(self.events, "epoch")
        return f"That is after epoch {last['epoch']}." if last else "That is its beginning: no epoch is over."

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
        """Begin a training, or one with each of several seeds, all or none; return the id of the first.

        Raises:
            RefusedError: It makes no sense, or there is no room for all, or none is begun here.
        """
        owner = self._owner(visitor)
        try:
            orders = seeded(settings)
        except OrderError as error:
            raise RefusedError(400, "order", str(error)) from error
        if lack := self.lack(orders[0]):
            raise RefusedError(409, "data", lack)
        if len(orders) == 1:
            return self.submit(KIND, orders[0].settings, owner)
        asked = [each.settings for each in orders]
        return self._asked(lambda: self.jobs.sweep(KIND, asked, owner))[0]

    def lack(self, order: Order) -> str:
        """Return which images are not here that would be learned, and what brings them; "" where all are."""
        lack = order.source.lack("train") if self.jobs.is_here else ""
        return lack and f"{order.source.title} cannot be learned here. {lack}"

    def submit(self, kind: str, settings: Mapping[str, Any], owner: str, network: bytes | None = None) -> str:
        """Ask for a piece of work and return its id; a network that is given goes with it, by its hash.

        Raises:
            RefusedError: There is no room for it, or nothing is done here.
        """
        given = [] if network is None else [network]
        named = {"network": hashlib.sha256(network).hexdigest()} if network is not None else {}
        return self._asked(lambda: self.jobs.submit(kind, {**settings, **named}, owner, given=given))

    def go_on(self, job: str) -> None:
        """Let a piece of work go on that was cut off.

        Raises:
            RefusedError: There is no room for it, or nothing is done here, or it goes on already.
        """
        self._asked(lambda: self.jobs.go_on(job))

    def _asked(self, ask: Callable[[], T]) -> T:
        """Return what the jobs answer to who asks for work, or refuse."""
        if not self.is_on:
            raise RefusedError(403, "off", NOT_HERE)
        try:
            return ask()
        except FullError as error:
            raise RefusedError(429, "full", str(error), retry_after=5) from error
        except FitError as error:
            raise RefusedError(409, "state", str(error)) from error
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

    def job(self, job: str, *kinds: str) -> Job:
        """Return what is known of a job of one of some kinds; or refuse."""
        try:
            found = self.jobs.get(job) if ID.fullmatch(job) else None
        except UnknownJobError as error:
            raise not_found("There is no such training; it may have been deleted.") from error
        if found is None or found.kind not in kinds:
            raise not_found("There is no such training.")
        return found

    def is_owner(self, run: Run, visitor: str) -> bool:
        """Return whether it is a visitor's own."""
        return bool(visitor) and run.job.owner == self._owner(visitor)

    def act(self, run: str, action: Action, visitor: str) -> None:
        """Do something with a training of one's own; or refuse. What is deleted takes along its measuring."""
        self.require_own(run, visitor)
        try:
            if action == "delete" and self.jobs.get(run).state != "running":  # one that runs is refused
                self.forget(self.measurings(run))
            getattr(self.jobs, action)(run)
        except (FitError, FullError) as error:
            raise RefusedError(409, "state", str(error)) from error

    def measurings(self, run: str) -> list[Job]:
        """Return the jobs that measure a training's network or did, the oldest first."""
        return [job for job in self.jobs.list() if job.settings.get("run") == run]

    def forget(self, jobs: Sequence[Job]) -> None:
        """Remove jobs; those that run are asked to end, and removed once they have."""
        for job in jobs:
            with suppress(UnknownJobError):  # somebody was faster
                self.jobs.discard(job.id)

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
        return f"runs, {span(left)} left" if left else "has learned, and is measured"
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
