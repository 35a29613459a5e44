"""One at a time, for what takes the processor for long: a few may wait, the others come again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.errors import RefusedError

PLACES = 4  # of a server's threads that may be taken so, the one whose turn it is among them


class Turns:
    """Of all such work in this process, whatever it is."""

    def __init__(self, places: int = PLACES) -> None:
        """Begin with nobody; `places` are for the one whose turn it is and for those who wait."""
        self._doing = ""
        self._places = threading.Semaphore(places)
        self._turn = threading.Lock()

    @contextmanager
    def taken(self, doing: str) -> Iterator[None]:
        """Wait for a turn and have it, for what one is `doing`; refuse at once where too many wait.

        The refusal says what the one is doing whose turn it is.
        """
        if not self._places.acquire(blocking=False):
            sentence = f"Others are {self._doing or doing}; this goes on in a second."
            raise RefusedError(503, "busy", sentence, retry_after=1)
        try:
            with self._turn:
                self._doing = doing
                yield
        finally:
            self._places.release()
