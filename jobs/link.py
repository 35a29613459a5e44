"""What lies between the table and the process that does a job: nothing on one machine, else copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from jobs import scratch
from jobs.bounds import taken
from jobs.cluster import Cluster, Worker
from jobs.events import Told
from jobs.job import fresh_id
from jobs.scratch import Look, Stamp
from jobs.table import EVENTS, GIVEN, KEPT
from jobs.working import asked_of
from models.whole import write_whole

PATIENCE = 3  # looks at files of which one is written at that moment; then they are taken as they are


class Link(Protocol):
    """Between a job's folder in the table and the process that does the job."""

    @property
    def there(self) -> Path:
        """The job's folder for the process: the table's own, or one on its machine."""

    def send(self) -> None:
        """Let the process have what the job goes on from, and what it was given."""

    def ask(self) -> None:
        """Let the process know what it is asked."""

    def bring(self) -> int:
        """Let the table have what is new; return the bytes that it takes."""

    def forget(self) -> None:
        """Remove what lies with the process."""


class Near:
    """Where both have one folder."""

    def __init__(self, place: Path) -> None:
        """Name the folder."""
        self.there = self._place = place

    def send(self) -> None:
        """Both have everything."""

    def ask(self) -> None:
        """Both know it."""

    def bring(self) -> int:
        """Return the bytes that it takes."""
        return taken(self._place)

    def forget(self) -> None:
        """It stays in the table."""


class Far:
    """Where the process is on another machine: all is copied, and an event after what it speaks of."""

    def __init__(self, place: Path, cluster: Cluster, worker: Worker, most: int) -> None:
        """Say what is linked.

        Args:
            place: The job's folder in the table.
            cluster: Of the process.
            worker: The process.
            most: Bytes that a job may take; of one that takes more nothing more is copied.
        """
        self._place, self._cluster, self._worker, self._most = place, cluster, worker, most
        # Its own each time: somebody who was cut off may still work at the same job in the same process.
        self._name = fresh_id()
        self.there = scratch.place(worker.home, self._name)
        self._known, self._patience = 0, PATIENCE
        self._asked = ""
        self._copied: dict[str, Stamp] = {}

    def send(self) -> None:
        """Copy what lies in the table: it is the process' own from then on."""
        self._ask(scratch.begin)
        for folder in (KEPT, GIVEN):
            for path in (each for each in (self._place / folder).rglob("*") if each.is_file()):
                self._ask(scratch.put, path.relative_to(self._place).as_posix(), path.read_bytes())
        self._copied = dict(self._look().files)

    def ask(self) -> None:
        """Copy what is asked, if that is something else than before."""
        asked = asked_of(self._place)
        if asked != self._asked:
            self._ask(scratch.ask, asked)
            self._asked = asked

    def bring(self) -> int:
        """Copy what is new."""
        look = self._look()
        size = sum(each for each, _ in look.files.values())
        if size <= self._most:
            self._copy(look)
        return size

    def forget(self) -> None:
        """Remove the copy."""
        self._ask(scratch.forget)

    def _copy(self, look: Look) -> None:
        """Copy files, then the events that may speak of them; what is written right now has some time."""
        new = {name: stamp for name, stamp in look.files.items() if self._copied.get(name) != stamp}
        fetched = {name: self._ask(scratch.take, name) for name in new}
        whole = all(found is None or found[1] == new[name] for name, found in fetched.items())
        if not whole and self._patience:
            self._patience -= 1
            return
        self._patience = PATIENCE
        for name, found in fetched.items():
            if found is not None:
                path = self._place / KEPT / scratch.safe(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, found[0])
                self._copied[name] = new[name]
        for name in self._copied.keys() - look.files.keys():
            (self._place / KEPT / scratch.safe(name)).unlink(missing_ok=True)
            del self._copied[name]
        Told(self._place / EVENTS).lines(look.lines)
        self._known += len(look.lines)

    def _look(self) -> Look:
        look: Look = self._ask(scratch.look, self._known)
        return look

    def _ask(self, function: Callable[..., Any], *given: object) -> Any:
        return self._cluster.ask(function, self._worker.home, self._name, *given, worker=self._worker)
