"""Who uses a folder of jobs, and the one process that has them done, which ends with the last of them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from jobs.job import JobsError
from jobs.lock import Lock, is_held
from jobs.where import PLAIN, Errand
from models.remedy import ROOT

SERVERS, RUNNER, LOG = ".servers", ".runner", ".log"  # in the folder: two that are held, and what is logged
PATIENCE = 2.0  # seconds for who only looks whether a file is held
AGAIN = 2.0  # seconds between two starts of a process that ends at once
LEAVING = 10.0  # seconds for it to end
PROGRAM = (sys.executable, "-m", "jobs.runner")


class Presence:
    """One user of a folder of jobs."""

    def __init__(self, errand: Errand) -> None:
        """Say what a process would be told that has the jobs done."""
        self._errand = errand
        self._here = Lock(errand.folder / SERVERS)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._starting = threading.Lock()

    def has_runner(self) -> bool:
        """Return whether somebody has the jobs done."""
        return is_held(self._errand.folder / RUNNER)

    def require_runner(self) -> None:
        """See to it that somebody has the jobs done, as long as this user is there.

        Raises:
            JobsError: The folder cannot be used, or no process be started.
        """
        try:
            with self._starting:
                self._here.take(shared=True, patience=PATIENCE)
                if not self._is_starting() and not self.has_runner():
                    self._start()
        except OSError as error:
            raise JobsError(f"What has jobs done cannot be started: {error.strerror}.") from error

    def end(self) -> None:
        """Be a user no longer, and wait for what was started to end if this was the last."""
        with self._starting:
            self._here.let_go()
            process, self._process = self._process, None
        if process and not is_held(self._errand.folder / SERVERS):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(LEAVING)

    def _is_starting(self) -> bool:
        """Return whether this user started somebody who lives, or ended a moment ago."""
        if self._process is None:
            return False
        return self._process.poll() is None or time.monotonic() - self._started < AGAIN

    def _start(self) -> None:
        with (self._errand.folder / LOG).open("ab") as log:
            process = subprocess.Popen(
                PROGRAM,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # who interrupts a server would interrupt it, too
            )
            assert process.stdin  # noqa: S101
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(PLAIN.dump_json(self._errand))
        self._process, self._started = process, time.monotonic()


def held_by_servers(folder: Path) -> bool:
    """Return whether anybody uses a folder of jobs."""
    probe = Lock(folder / SERVERS)
    try:
        return not probe.take()
    except FileNotFoundError:
        return False  # the folder itself is gone
    finally:
        probe.let_go()
