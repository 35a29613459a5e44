"""Processes that do jobs: some of this machine's, or those of a Dask cluster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.certificates import made
from jobs.job import JobsError
from jobs.where import AUTHORITY, CERTIFICATE, KEY, Where

SCRATCH, TLS = ".scratch", ".tls"  # in the folder of jobs: what Dask's processes write, and show each other
REACHED = 15.0  # seconds for a scheduler to answer
AGAIN = 0.1  # seconds between two looks for one
SETTLED = 5.0  # seconds until a scheduler knows that a process has ended
BEGUN = 60.0  # seconds for a process to start anew
BACK = 10.0  # seconds for one of this machine to be back


class LostError(Exception):
    """The scheduler does not answer any more."""


@dataclass(frozen=True)
class Worker:
    """A process that does jobs.

    Attributes:
        address: Where Dask reaches it.
        identity: Of this very process: another one may come to have its address.
        name: That the one has, too, which takes its place when it is killed.
        home: The folder of its own.
    """

    address: str
    identity: str
    name: str
    home: str


class Cluster:
    """All processes that do jobs. Each does one at a time, and which one is for the caller to say."""

    def __init__(self, where: Where, folder: Path) -> None:
        """Start the processes, or reach those of a scheduler.

        Args:
            where: They are.
            folder: Of the jobs.

        Raises:
            LostError: The scheduler cannot be reached.
        """
        import distributed  # noqa: PLC0415 - takes half a second

        logging.getLogger("distributed").setLevel(logging.ERROR)
        self._local: Any = None
        if where.address:
            try:
                shown = security(where.certificates)
                self._client = distributed.Client(
                    where.address, security=shown, timeout=REACHED, set_as_default=False
                )
            except (OSError, TypeError, ValueError) as error:
                raise LostError from error
            return
        self._local = distributed.LocalCluster(
            n_workers=where.workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # or it takes a port that others look for
            security=security(_own(folder)),
            local_directory=str(folder / SCRATCH),
        )
        self._client = distributed.Client(self._local, set_as_default=False)

    def workers(self) -> set[Worker]:
        """Return the processes that are there.

        Raises:
            LostError: The scheduler does not answer.
        """
        with self._answering():
            # Not `scheduler_info`: Dask overwrites that every two seconds with none of them.
            found = self._client.sync(self._client.scheduler.identity, n_workers=-1)["workers"]
        return {
            Worker(address, str(each["id"]), str(each["name"]), str(each["local_directory"]))
            for address, each in found.items()
        }

    def keeps(self, worker: Worker) -> bool:
        """Return whether a process is there that did not answer, and stays.

        Raises:
            LostError: The scheduler does not answer, either.
        """
        end = time.monotonic() + SETTLED
        while time.monotonic() < end:
            if worker not in self.workers():
                return False
            time.sleep(AGAIN)
        return True

    def instead_of(self, worker: Worker) -> Worker:
        """Wait for the process that takes the place of one that was killed.

        Raises:
            LostError: The scheduler does not answer, or nobody comes.
        """
        end = time.monotonic() + BEGUN
        while time.monotonic() < end:
            for each in self.workers():
                if each.name == worker.name:
                    return each
            time.sleep(AGAIN)
        raise LostError

    def begin(self, function: Callable[..., Any], *given: Any, worker: Worker) -> Any:
        """Let a process call a function; return Dask's future of what comes of it.

        Raises:
            LostError: The scheduler does not answer.
        """
        with self._answering():
            return self._client.submit(
                function, *given, workers=[worker.address], allow_other_workers=False, pure=False
            )

    def ask(self, function: Callable[..., Any], *given: Any, worker: Worker) -> Any:
        """Have a function called at once by a process, beside whatever it works at; return what it says.

        Raises:
            LostError: The process, or the scheduler, does not answer.
        """
        with self._answering():
            return self._client.run(function, *given, workers=[worker.address])[worker.address]

    def restart(self, worker: Worker) -> None:
        """End a process, whatever it does; another one takes its place, if it has not ended by itself.

        Raises:
            LostError: The scheduler does not answer, or on this machine nobody came: Dask may take a process
                that it ends for one that wanted to end.
        """
        if worker in self.workers():
            patience = BACK if self._local else BEGUN
            with self._answering():
                self._client.restart_workers([worker.address], timeout=patience, raise_for_error=False)
            if self._local and not any(each.name == worker.name for each in self.workers()):
                raise LostError

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say that the scheduler, or a process, is lost where Dask says that in one of its many ways."""
        if self._client.status != "running":
            raise LostError  # it may be reached again, but has forgotten what it had to do
        try:
            yield
        except (OSError, TimeoutError, RuntimeError, KeyError, ValueError) as error:
            raise LostError from error

    def close(self) -> None:
        """End the processes of this machine; let those of a cluster be."""
        self._client.close(timeout=REACHED)
        if self._local is not None:
            self._local.close(timeout=REACHED)


def security(certificates: Path | None) -> Any:
    """Return what scheduler, workers and this process show each other, None where that is nothing."""
    if certificates is None:
        return None
    from distributed.security import Security  # noqa: PLC0415 - takes half a second

    certificate, key = str(certificates / CERTIFICATE), str(certificates / KEY)
    shown = {
        f"tls_{part}_{name}": path
        for part in ("scheduler", "worker", "client")
        for name, path in (("cert", certificate), ("key", key))
    }
    return Security(tls_ca_file=str(certificates / AUTHORITY), require_encryption=True, **shown)


def _own(folder: Path) -> Path | None:
    """Return the certificates of this machine's own processes: other people on it reach their ports, too."""
    try:
        made(folder / TLS)
    except JobsError as error:
        logging.getLogger(__name__).warning("%s Whoever else uses this machine can reach its jobs.", error)
        return None
    return folder / TLS
