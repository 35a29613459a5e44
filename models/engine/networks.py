"""All trained networks of the manifest, woken in the background, since TensorFlow takes seconds to load."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from models.engine import heap
from models.gc_freeze import frozen
from models.remedy import MachineError, of_machine, place, require_temporary
from models.store import loading
from models.store.artefact import CheckpointError
from models.store.entry import Entry

if TYPE_CHECKING:
    from models.engine.fused import Joint
    from models.engine.probe import Probe

Built = TypeVar("Built")
AGAIN = 1.0  # seconds after which is looked again for what was missing
Fault = tuple[type[CheckpointError] | type[MachineError], str]  # what to raise, and its sentence

log = logging.getLogger(__name__)


class WakingError(Exception):
    """The networks are still being loaded; ask again in a second."""


class Networks:
    """Probes by key: none until woken, then one after another, in the manifest's order.

    Attributes:
        folder: Of the manifest.
    """

    def __init__(self, entries: Sequence[Entry], folder: Path) -> None:
        """Remember what is to be opened; nothing is loaded yet."""
        self._entries = {entry.key: entry for entry in entries}
        self.folder = folder
        self._opened: dict[str, Probe | Fault] = {}
        self._asked = ""  # for a network that is still asleep, last
        self._awake = threading.Event()
        self._started = threading.Lock()
        self._built: dict[tuple[str, Callable[[Probe], Any]], Any] = {}
        self._building = threading.Lock()
        self._joined: dict[tuple[tuple[str, ...], int], Joint | None] = {}  # None while it is being compiled
        self._joining = threading.Lock()

    def wake(self, pause: float = 0.0) -> None:
        """Begin to load TensorFlow and the checkpoints in a thread of its own; once is enough.

        Args:
            pause: Seconds to wait first. Loading keeps Python's lock for long, and others want it too.
        """
        if self._started.acquire(blocking=False):
            waking = threading.Timer(pause, self._open_all)
            waking.name, waking.daemon = "wake-networks", True
            waking.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Return whether everything has been opened, or found broken, within `timeout` seconds."""
        return self._awake.wait(timeout)

    def probe(self, key: str) -> Probe:
        """Return the opened network, as soon as it is open itself; one that is not comes next.

        Raises:
            WakingError: It is not loaded yet.
            CheckpointError: It cannot be; the message says what mends it.
            MachineError: None can be here; the message says why.
            KeyError: The manifest names no such network.
        """
        found = self._opened.get(key)
        if found is None:
            self._asked = self._entries[key].key
            raise WakingError
        if isinstance(found, tuple):
            kind, sentence = found
            raise kind(sentence)  # new: an old one would gather every caller's stack
        return found

    def built(self, key: str, make: Callable[[Probe], Built]) -> Built:
        """Return what is made of an opened network; it is made once, for all who ask.

        Args:
            key: Of the network.
            make: A function of a module, which makes it and is what it is known by.

        Raises:
            WakingError, CheckpointError, MachineError, KeyError: As `probe` does.
        """
        probe = self.probe(key)
        with self._building:
            if (key, make) not in self._built:
                self._built[key, make] = make(probe)
            made: Built = self._built[key, make]
            return made

    def joint(self, keys: tuple[str, ...], levels: int) -> Joint | None:
        """Return what runs networks together, with maps of so many levels; None while it is being compiled.

        Whoever asks first begins that, in a thread of its own.

        Raises:
            WakingError, CheckpointError, MachineError, KeyError: As `probe` does.
        """
        probes = [self.probe(key) for key in keys]
        with self._joining:
            if (keys, levels) not in self._joined:
                self._joined[keys, levels] = None
                join = partial(self._join, keys, levels, probes)
                threading.Thread(target=join, name="join-networks", daemon=True).start()
            return self._joined[keys, levels]

    def _join(self, keys: tuple[str, ...], levels: int, probes: Sequence[Probe]) -> None:
        from models.engine.fused import Joint  # noqa: PLC0415 - loads TensorFlow

        self._joined[keys, levels] = Joint(probes, levels)
        heap.give_back()

    def _open_all(self) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of one function traced five times
        asleep = dict(self._entries)
        try:
            self._await_machine()
            with frozen():
                while asleep:
                    entry = asleep.pop(self._asked if self._asked in asleep else next(iter(asleep)))
                    self._opened[entry.key] = self._probe_or_fault(entry)
        finally:
            self._awake.set()
            heap.give_back()  # what compiling took

    def _await_machine(self) -> None:
        """Go on once there is what no network can be opened without, and say meanwhile that there is not."""
        while fault := _missing():
            if not self._awake.is_set():
                log.error("no network can be opened", extra={"fault": fault[1]})
                self._opened.update(dict.fromkeys(self._entries, fault))
                self._awake.set()
            time.sleep(AGAIN)  # nothing tells when it will be there
        self._opened.clear()

    def _probe_or_fault(self, entry: Entry) -> Probe | Fault:
        told = {"model": entry.key}
        try:
            return _open(entry, self.folder)
        except (CheckpointError, MachineError) as error:
            stack = error if error.__cause__ else None
            log.error("not opened", exc_info=stack, extra=told | {"fault": str(error)})
            return type(error), str(error)
        except Exception as error:  # a fault of ours keeps no other network shut
            log.exception("not opened", extra=told)
            if lacking := of_machine(error):
                return MachineError, str(lacking)
            file = f"{place(self.folder)}/{entry.checkpoint.name}"
            return MachineError, f"{file} is whole, but cannot be run on this machine. The log says why."


def _missing() -> Fault | None:
    """Return what this machine lacks that every network needs, None where all is there."""
    try:
        require_temporary()
    except MachineError as error:
        return MachineError, str(error)
    return None


def _open(entry: Entry, folder: Path) -> Probe:
    """Load one network and run it once, which compiles it."""
    model = loading.load(entry, folder)
    import numpy as np  # noqa: PLC0415 - after the checks, which need none of it

    from models.engine.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    probe = Probe(model)
    probe.run(np.zeros(probe.image, np.float32))
    return probe
