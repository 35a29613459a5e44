"""One job is followed from its beginning to its end, whatever happens to the process that does it."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from jobs.bounds import Bounds
from jobs.cluster import Cluster, LostError, Worker
from jobs.events import Told
from jobs.job import CANCELLED, CUT_OFF, PAUSED, Job, JobsError, UnknownJobError
from jobs.link import Far, Near
from jobs.table import ASKED, EVENTS, FAULT, RESULT, Table
from jobs.working import NO_ROOM, OWN_FAULT, Ending, Order, asked_of, done
from models.datasets.dataset import DataError
from models.datasets.same import fingerprint
from models.datasets.shipped import SOURCES
from models.whole import write_whole

log = logging.getLogger(__name__)
DATASET = "dataset"  # names, in settings, the data set that a work reads
TICK = 0.1  # seconds between two looks at whether all jobs are to end
LOOK = 0.3  # seconds between two looks at the process that does a job, and at what it takes
LATER = 1.0  # seconds until it is tried again to write down how a job ended
AGAIN = "begun again"  # what is told where a process was killed
KILLED = (
    "The process that did it was killed twice, perhaps for want of memory. What it had kept is still there, "
    "and it can go on."
)
LOST = "The cluster did not answer any more. What had been kept until then is here, and it can go on."
ENDINGS: Mapping[str, Ending] = MappingProxyType(
    {"cancel": Ending("cancelled", CANCELLED), "pause": Ending("paused", PAUSED)}
)


@dataclass(frozen=True)
class Means:
    """What a job is done with.

    Attributes:
        table: Of the jobs.
        cluster: That does them.
        bounds: Of what a job may take.
        leaving: Is set when all jobs are to be cut off.
        here: Whether that is on this machine, where the table lies and others come first.
    """

    table: Table
    cluster: Cluster
    bounds: Bounds
    leaving: threading.Event
    here: bool


def follow(job: Job, work: str, worker: Worker, means: Means) -> None:
    """Have a job done by a process, and by another one if it is killed; write down how it ended.

    Args:
        job: It runs from now on.
        work: Where its function stands.
        worker: The process.
        means: What it is done with.

    Raises:
        LostError: The cluster does not answer any more.
    """
    try:
        ending = Attempt(job, work, worker, means).ending()
        if ending is None:
            Told(means.table.place(job.id) / EVENTS).add({"what": AGAIN})
            worker = means.cluster.instead_of(worker)
            ending = Attempt(job, work, worker, means).ending() or Ending("failed", KILLED)
    except LostError:
        written(job, Ending("cut-off", LOST), means)
        raise
    except DataError as error:
        ending = Ending("failed", str(error))
    except OSError:
        ending = Ending("failed", NO_ROOM)
    written(job, ending, means)
    if ending.heavy:
        means.cluster.restart(worker)


class Attempt:
    """A job and one process that does it."""

    def __init__(self, job: Job, work: str, worker: Worker, means: Means) -> None:
        """Let the process begin.

        Raises:
            LostError: The cluster does not answer.
        """
        self._job, self._worker, self._means = job, worker, means
        self._place = means.table.place(job.id)
        most = means.bounds.job_bytes
        self._link = Near(self._place) if means.here else Far(self._place, means.cluster, worker, most)
        images = {} if means.here else _images(job)
        self._order = Order(self._link.there, work, job.settings, images, mild=means.here)
        self._verdict: Ending | None = None  # of the bounds
        self._asked_since: float | None = None

    def ending(self) -> Ending | None:
        """Return how it ended once it has, None where the process was killed.

        Raises:
            LostError: The cluster does not answer any more.
            OSError: It cannot be written what it is asked or what it told, for want of room.
        """
        try:
            return self._followed()
        except LostError:
            if self._means.cluster.keeps(self._worker):
                raise
            return None

    def _followed(self) -> Ending | None:
        self._link.send()
        future = self._means.cluster.begin(done, self._order, worker=self._worker)
        over = threading.Event()
        future.add_done_callback(lambda _: over.set())
        looked = time.monotonic()
        while not over.wait(TICK):
            if self._means.leaving.is_set():
                return self._cut_off()
            self._link.ask()
            if time.monotonic() - looked < LOOK:
                continue
            looked = time.monotonic()
            if self._worker not in self._means.cluster.workers():
                future.release()
                return None
            self._judge(self._link.bring())
            if forced := self._forced():
                return forced
        self._link.bring()
        self._link.forget()
        return self._told(future)

    def _cut_off(self) -> Ending:
        """Keep what there is of a job that is not to go on; a process of this machine ends with this one."""
        if not self._means.here:
            self._link.bring()
            self._means.cluster.restart(self._worker)
        return Ending("cut-off", CUT_OFF)

    def _judge(self, size: int) -> None:
        """Ask a job to end that takes too much."""
        sentence = self._means.bounds.beyond(self._job.ran(time.time()), size)
        if sentence and self._verdict is None:
            self._verdict = Ending("failed", sentence)
            write_whole(self._place / ASKED, b"cancel")

    def _forced(self) -> Ending | None:
        """Return the ending of a job that was asked to end and did not: its process is to end with it."""
        asked = asked_of(self._place)
        if not asked:
            return None
        self._asked_since = self._asked_since or time.monotonic()
        if time.monotonic() - self._asked_since < self._means.bounds.stubborn:
            return None
        return replace(self._verdict or ENDINGS[asked], heavy=True)

    def _told(self, future: Any) -> Ending:
        """Return how the process says that the job ended."""
        if future.status == "finished":
            ending: Ending = future.result()
            if self._verdict and ending.state != "finished":
                return replace(self._verdict, heavy=ending.heavy)
            return ending
        if future.status == "error":
            log.error("a job was not done", exc_info=future.exception())
            fault = "".join(traceback.format_exception(future.exception()))
            return Ending("failed", OWN_FAULT, fault=fault, heavy=True)
        raise LostError


def _images(job: Job) -> dict[str, str]:
    """Return what tells the images that a job is meant for: those of the data set that its settings name."""
    key = job.settings.get(DATASET)
    return {key: fingerprint(SOURCES[key])} if isinstance(key, str) and key in SOURCES else {}


def written(job: Job, ending: Ending, means: Means) -> None:
    """Write down how a job ended, as soon as the disk takes it; one that nobody wants is removed."""
    table = means.table
    while True:
        try:
            with table.changing():
                place = table.place(job.id)
                if ending.state == "finished":
                    write_whole(place / RESULT, ending.result)
                if ending.fault:
                    write_whole(place / FAULT, ending.fault.encode())
                (place / ASKED).unlink(missing_ok=True)
                known = table.read(job.id)  # it may be called something else by now
                table.end(replace(known, state=ending.state, ended=time.time(), sentence=ending.sentence))
        except UnknownJobError:
            return  # somebody removed its folder
        except (JobsError, OSError) as error:
            log.error("cannot write how %s ended: %s", job.id, error)
            if means.leaving.wait(LATER):
                return
        else:
            return
