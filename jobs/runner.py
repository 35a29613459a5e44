"""Has the jobs of a folder done, one process of a cluster each, as long as anybody uses the folder.

As a program, `python -m jobs.runner` reads an errand as JSON. It ends at once where another one does the
same, a moment after the last user of the folder ended (at once when it is asked to), and when there was
nothing to do for a while.
"""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from jobs.cluster import SCRATCH, Cluster, LostError, Worker
from jobs.following import LATER, Means, follow, written
from jobs.job import CUT_OFF, Job, JobsError
from jobs.lock import Lock
from jobs.presence import LOG, RUNNER, held_by_servers
from jobs.table import Table
from jobs.turns import in_turn
from jobs.where import PLAIN, Errand
from jobs.working import Ending

log = logging.getLogger(__name__)
PATIENCE = 1.0  # seconds for who only looks whether somebody is there
TICK = 0.1  # seconds between two looks for jobs that wait
GRACE = 2.0  # seconds without users: a server that is restarted comes back
IDLE = 300.0  # seconds without jobs
GONE = 60.0  # seconds without a process of this machine, while jobs wait, after which all are started anew
LARGEST_LOG = 2**20  # bytes, with which a new process begins anew
UNREACHED = (
    "The cluster at {} could not be reached. It can go on once its scheduler runs, and takes the "
    "certificates of this server."
)


class Runner:
    """Has the jobs of a folder done."""

    def __init__(self, errand: Errand) -> None:
        """Read what was left by whoever did it before."""
        self._errand, self._table = errand, Table(errand.folder)
        self._leaving, self._lost = threading.Event(), threading.Event()
        self._following: dict[str, tuple[threading.Thread, Worker]] = {}
        self._stamp, self._waiting = -1, list[Job]()
        self._used = self._busy = time.monotonic()  # when somebody last used the folder, and when a job ran
        self._seen = self._used  # when a process was last there, or nobody wanted one

    @property
    def is_lost(self) -> bool:
        """Whether it ended because the cluster did not answer, or lost a process for good."""
        return self._lost.is_set()

    def hurry(self) -> None:
        """Wait no longer for servers to come back, if there are none."""
        self._used = -GRACE

    def run(self) -> None:
        """Have jobs done until nobody uses them."""
        self._recover()
        try:
            cluster = Cluster(self._errand.where, self._errand.folder)
        except LostError:
            log.exception("cannot reach the cluster")
            self._refuse()
            return
        means = Means(
            self._table, cluster, self._errand.bounds, self._leaving, not self._errand.where.address
        )
        self._seen = time.monotonic()
        try:
            while self._goes_on():
                self._begin(means)
                time.sleep(TICK)
        finally:
            self._leaving.set()
            for thread, _ in self._following.values():
                thread.join()
            cluster.close()

    def _recover(self) -> None:
        """Write down of the jobs that ran that they were cut off; those that nobody wants are removed."""
        with self._table.changing():
            self._table.tidy()
            for job in self._table.all():
                if job.state == "running":
                    self._table.end(replace(job, state="cut-off", ended=time.time(), sentence=CUT_OFF))
        shutil.rmtree(self._errand.folder / SCRATCH, ignore_errors=True)

    def _refuse(self) -> None:
        """Write down of the jobs that wait that there is nobody to do them."""
        sentence = UNREACHED.format(self._errand.where.address)
        with self._table.changing():
            for job in self._table.all():
                if job.state == "waiting":
                    self._table.write(replace(job, state="failed", ended=time.time(), sentence=sentence))

    def _goes_on(self) -> bool:
        now = time.monotonic()
        if held_by_servers(self._errand.folder):
            self._used = now
        if self._following:
            self._busy = now
        return not self._lost.is_set() and now - self._used < GRACE and now - self._busy < IDLE

    def _begin(self, means: Means) -> None:
        """Let jobs begin that wait, as many as there are processes with nothing to do."""
        self._following = {job: each for job, each in self._following.items() if each[0].is_alive()}
        stamp = self._table.stamp()
        if stamp != self._stamp:
            self._waiting, self._stamp = in_turn(self._table.all()), stamp
        if not self._waiting:
            self._seen = time.monotonic()
            return
        try:
            there = means.cluster.workers()
        except LostError:
            self._lost.set()
            return
        if self._are_gone(there, means):
            log.warning("no process is there, and none comes back")
            self._lost.set()
        taken = {worker.name for _, worker in self._following.values()}
        free = [worker for worker in there if worker.name not in taken]
        for worker, job in zip(free, self._waiting, strict=False):
            self._start(job, worker, means)

    def _are_gone(self, there: Collection[Worker], means: Means) -> bool:
        """Return whether this machine's processes ended for good: Dask gives up what begins too late."""
        now = time.monotonic()
        if there or not means.here:
            self._seen = now
        return now - self._seen > GONE

    def _start(self, job: Job, worker: Worker, means: Means) -> None:
        try:
            with self._table.changing():
                found = self._table.read(job.id)
                if found.state != "waiting":
                    return
                running = replace(found, state="running", begun=time.time())
                self._table.write(running)
        except (JobsError, OSError):
            log.exception("cannot begin %s", job.id)
            time.sleep(LATER)
            return
        thread = threading.Thread(target=self._follow, args=(running, worker, means), name=job.id)
        self._following[job.id] = thread, worker
        thread.start()

    def _follow(self, job: Job, worker: Worker, means: Means) -> None:
        try:
            follow(job, self._errand.works[job.kind], worker, means)
        except LostError:
            self._lost.set()
        except Exception:  # nobody else would see to it that the job is not shown as running
            log.exception("cannot follow %s", job.id)
            written(job, Ending("cut-off", CUT_OFF), means)


def main() -> None:
    """Do what the errand that comes in says, unless somebody does already."""
    errand = PLAIN.validate_json(sys.stdin.buffer.read())
    here = Lock(errand.folder / RUNNER)
    if not here.take(patience=PATIENCE):
        return
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _shorten(errand.folder / LOG)
    while _ran(Runner(errand)).is_lost and not errand.where.address:
        log.warning("the processes of this machine are started anew")


def _ran(runner: Runner) -> Runner:
    signal.signal(signal.SIGTERM, lambda *_: runner.hurry())
    runner.run()
    return runner


def _shorten(path: Path) -> None:
    if path.stat().st_size > LARGEST_LOG:
        path.write_bytes(b"")


if __name__ == "__main__":
    main()
