"""One at a time, for what takes the processor for long: a few may wait, the others come again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from dashboard.errors import RefusedError

PLACES = 4  # of a server's threads that may be taken so, the one whose turn it is among them

Part = TypeVar("Part")


class Turns:
    """Lets one piece of long work run at a time in this process, and a few others wait for it to end.

    It makes no difference what they work at: each would take the processors from the others.
    """

    def __init__(self, places: int = PLACES) -> None:
        """Begin with nobody; `places` are for the one whose turn it is and for those who wait."""
        self._doing = ""
        self._present = 0  # of the places, how many are taken
        self._places = threading.Semaphore(places)
        self._turn, self._counting = threading.Lock(), threading.Lock()

    @contextmanager
    def taken(self, doing: str) -> Iterator[None]:
        """Wait for a turn and have it, for what one is `doing`; refuse at once where too many wait.

        The refusal says what the one is doing whose turn it is.
        """
        if not self._places.acquire(blocking=False):
            sentence = f"Others are {self._doing or doing}; this goes on in a second."
            raise RefusedError(503, "busy", sentence, retry_after=1)
        self._count(1)
        try:
            with self._turn:
                self._doing = doing
                yield
        finally:
            self._count(-1)
            self._places.release()

    def paced(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield the parts of one turn's work; while others wait, rest after each for as long as it took.

        Who clicks then has the processors half of the time, however many wait.
        """
        for part in parts:
            began = time.perf_counter()
            yield part
            if self._present > 1:
                time.sleep(time.perf_counter() - began)

    def _count(self, more: int) -> None:
        with self._counting:
            self._present += more
