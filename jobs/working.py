"""What runs in the process that does a job: its work, watched through the files of the job's folder."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jobs import events, scratch
from jobs.events import Told
from jobs.job import CANCELLED, PAUSED, State
from jobs.table import ASKED, EVENTS, GIVEN, KEPT
from jobs.works import found
from models.datasets.dataset import DataError
from models.datasets.same import require_same
from models.remedy import FULL
from models.watcher import Asked, StoppedError, WorkError

MILD = 15  # of 19: who clicks comes first
THREADS = "2"  # as in models.train: how a sum is split over threads changes its last bits
NO_ROOM = "The disk is full. What it had kept is still there, and it can go on once there is room."
OWN_FAULT = "It ended by a fault of its own, which stands in fault.txt in its folder."


@dataclass(frozen=True)
class Order:
    """A job as it comes to the process that does it.

    Attributes:
        place: The job's folder, as this process finds it.
        work: Where the function stands.
        settings: For the work.
        images: Fingerprints of the data sets that it names, where they could be others, by their keys.
        mild: Whether others on this machine come first.
    """

    place: Path
    work: str
    settings: Mapping[str, Any]
    images: Mapping[str, str]
    mild: bool


@dataclass(frozen=True)
class Ending:
    """How a job ended.

    Attributes:
        state: In which it is now.
        sentence: Why, in words for a person.
        result: As JSON, b"" where there is none.
        fault: Where a fault came from that the work has no words for.
        heavy: Whether the process holds what only its end lets go of.
    """

    state: State
    sentence: str = ""
    result: bytes = b""
    fault: str = ""
    heavy: bool = False


class FolderWatcher:
    """Looks after a work through the files of a job's folder."""

    def __init__(self, place: Path) -> None:
        """Take the job's folder."""
        self._place = place
        self._told = Told(place / EVENTS)

    @property
    def folder(self) -> Path:
        """The work's own folder."""
        return self._place / KEPT

    def tell(self, event: Mapping[str, Any]) -> None:
        """Write down how far it is."""
        self._told.add(event)

    def asked(self) -> Asked:
        """Return what the work is asked to do."""
        return "cancel" if scratch.is_forsaken(self._place) else asked_of(self._place)

    def given(self, sha256: str) -> Path:
        """Return a file that came with the settings."""
        path = self._place / GIVEN / Path(sha256).name
        try:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            known = None
        if known != sha256:
            raise WorkError(f"The file {sha256[:12]}… did not come with the job, or is damaged.")
        return path


def asked_of(place: Path) -> Asked:
    """Return what the work of a job is asked to do."""
    try:
        text = (place / ASKED).read_bytes()
    except FileNotFoundError:
        return ""
    return "pause" if text == b"pause" else "cancel"


def done(order: Order) -> Ending:
    """Do a job, and say how it ended; a work's faults end here."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if order.mild:
        os.nice(max(0, MILD - os.nice(0)))
    ending = _done(order)
    return replace(ending, heavy="tensorflow" in sys.modules)


def _done(order: Order) -> Ending:
    try:
        require_same(order.images)
        watcher = FolderWatcher(order.place)
        return Ending("finished", result=events.plain(found(order.work)(order.settings, watcher)))
    except StoppedError:
        paused = asked_of(order.place) == "pause"
        return Ending("paused", PAUSED) if paused else Ending("cancelled", CANCELLED)
    except (WorkError, DataError) as error:
        return Ending("failed", str(error))
    except Exception as error:  # whatever it is, the job has ended with it
        if isinstance(error, OSError) and error.errno in FULL:
            return Ending("failed", NO_ROOM)
        logging.getLogger(__name__).exception("a job failed")
        return Ending("failed", OWN_FAULT, fault=traceback.format_exc())
