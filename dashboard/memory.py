"""What was computed before, on disk: bytes under a name, disposable at any time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.store import FAULTS, ForeignError, Store, is_damage, opened

GRACE = 0.05  # seconds that an answer has to leave in before its writing takes the processor
WAITING = 256  # answers that may wait to be written; more are dropped
AGAIN = 1.0  # seconds after which a folder that could not be used is tried again
MENDING = 2.0  # seconds that who asks whether it works waits until what was lost is made anew

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    """An answer that waits to be written, and its name."""

    name: str
    content: bytes


@dataclass(frozen=True)
class _Fault:
    """What somebody met who wanted to read, or to see whether it works.

    It holds no exception, whose frames would keep the store and its files open until they are looked for.
    """

    store: Store
    told: str
    damaged: bool
    seen: threading.Event = field(default_factory=threading.Event)


class Memory:
    """Remembers bytes across restarts where it can; where it cannot, everything is new every time.

    One thread writes, and it alone looks after the folder: what is lost or damaged it makes anew, and where
    nothing can be written it tries again until it can. It says so once, and once more when it is over.
    """

    def __init__(self, folder: Path) -> None:
        """Open or make the folder, readable by its owner alone; a folder that cannot be used is reported."""
        self._folder = folder
        self._waiting: queue.Queue[_Answer | _Fault] = queue.Queue(WAITING)
        self._store: Store | None = None  # to read from, even while nothing can be written
        self._damaged: int | None = None  # the file that is to be removed
        self._fresh: dict[str, bytes] = {}  # answers that wait to be written, by name
        self._unwritten: _Answer | None = None  # all is well again once that is written
        self._ails = False
        self._next = 0.0  # when it is worth another try
        self._mend(None)
        threading.Thread(target=self._write_behind, name="memory-writer", daemon=True).start()

    @property
    def works(self) -> bool:
        """Whether something can be written to the folder now; what was lost is made anew before."""
        store = self._store
        if store is None or self._ails:
            return False
        try:
            store.try_out()
        except FAULTS as fault:
            met = _Fault(store, repr(fault), is_damage(fault))
            if self._put(met):
                met.seen.wait(MENDING)
            return self._store not in (None, store) and not self._ails
        return True

    def recall(self, name: str) -> bytes | None:
        """Return what was remembered under `name`, None where there is nothing to be had."""
        store = self._store
        if store is None:
            return None
        if (fresh := self._fresh.get(name)) is not None:
            return fresh
        try:
            return store.get(name)
        except ForeignError as fault:
            log.warning("forgotten", extra={"fault": repr(fault)})  # and written anew: it comes but once
        except FAULTS as fault:
            if not self._ails:
                self._put(_Fault(store, repr(fault), is_damage(fault)))
        return None

    def remember(self, name: str, content: bytes) -> None:
        """Keep `content` soon, from a thread of its own; drop it where too much is waiting."""
        self._fresh[name] = content
        if not self._put(_Answer(name, content)):
            self._fresh.pop(name, None)

    def settle(self) -> None:
        """Wait until all that was to be remembered is written, and every fault that was met seen to."""
        self._waiting.join()

    def _put(self, task: _Answer | _Fault) -> bool:
        try:
            self._waiting.put_nowait(task)
        except queue.Full:
            log.debug("not remembered: too much is waiting")
            return False
        return True

    def _write_behind(self) -> None:
        while True:
            rested = not self._waiting.empty()
            try:
                task = self._waiting.get(timeout=AGAIN if self._ails else None)
            except queue.Empty:
                self._mend(None)
                continue
            if not rested:
                time.sleep(GRACE)
            try:
                self._see_to(task)
            finally:
                self._waiting.task_done()

    def _see_to(self, task: _Answer | _Fault) -> None:
        if isinstance(task, _Fault):
            if task.store is self._store and not self._ails:  # else it has been seen to
                self._mend(task)
            task.seen.set()
        else:
            if self._store is not None:
                self._write(self._store, task)
            self._fresh.pop(task.name, None)
        if self._ails and time.monotonic() >= self._next:
            self._mend(None)

    def _write(self, store: Store, answer: _Answer) -> None:
        """Write an answer; while nothing could be written, that which could not first."""
        try:
            for each in (self._unwritten, answer):
                if each and not store.set(each.name, each.content):
                    log.debug("not remembered: another process is writing")
            self._be_well(store)
        except FAULTS as fault:
            self._unwritten = self._unwritten or answer
            if not self._ails:
                self._mend(_Fault(store, repr(fault), is_damage(fault)))

    def _mend(self, met: _Fault | None) -> None:
        """Open the folder, anew if need be, write what could not be written, and say what came of it.

        Args:
            met: Why that is needed, None at the start and where it has been said.
        """
        if met and met.damaged:
            self._damaged = met.store.file
        try:
            store, origin = opened(self._folder, self._damaged)
            if self._unwritten:
                store.set(self._unwritten.name, self._unwritten.content)
        except FAULTS as fault:
            if not self._ails:
                self._say("nothing is remembered: the cache folder cannot be used", repr(fault))
            self._ails, self._next = True, time.monotonic() + AGAIN
            return
        if not self._ails and (origin == "made anew" or (met and origin == "made")):
            self._say("the cache was lost or damaged, and was made anew", met.told if met else "")
        self._be_well(store)

    def _be_well(self, store: Store) -> None:
        if self._ails:
            self._say("it is remembered again: the cache folder can be used")
        self._store, self._damaged, self._unwritten, self._ails = store, None, None, False

    def _say(self, event: str, fault: str = "") -> None:
        known = {"folder": str(self._folder), "fault": fault}
        log.warning(event, extra={name: value for name, value in known.items() if value})


class Forgetful(Memory):
    """Remembers nothing: for what is quickly computed anew, and of which there is too much."""

    def __init__(self) -> None:
        """Open nothing."""

    def recall(self, name: str) -> bytes | None:  # noqa: ARG002 - as a memory is asked
        """Return None."""
        return None

    def remember(self, name: str, content: bytes) -> None:
        """Do nothing."""
