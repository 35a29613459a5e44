"""What a piece of long work is given: a folder of its own, who hears how far it is, and what it is asked.

A work is a function of its settings and of a watcher, and knows nothing of who runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

Asked = Literal["", "cancel", "pause"]


class WorkError(Exception):
    """A piece of work cannot go on; the message is a sentence for whoever waits for it."""


class StoppedError(Exception):
    """A piece of work was asked to end, and did."""


class Watcher(Protocol):
    """Who looks after a piece of work."""

    @property
    def folder(self) -> Path:
        """A folder of the work's own, which is there; what lies in it is what the work goes on from.

        Others look into it at any time, so what is not written whole (models/whole.py) may be found in parts.
        """

    def tell(self, event: Mapping[str, Any]) -> None:
        """Say how far it is, in values that JSON has; what an event speaks of must lie in the folder by then.

        Where the process is killed, what was told last may be lost while what lies in the folder is not.

        Raises:
            OSError: It cannot be written down.
        """

    def asked(self) -> Asked:
        """Return what the work is asked to do; asked for often, for it answers in microseconds."""

    def given(self, sha256: str) -> Path:
        """Return the file of that content that came with the settings.

        Raises:
            WorkError: None did.
        """


Work = Callable[[Mapping[str, Any], Watcher], Mapping[str, Any]]


def heed(watcher: Watcher) -> None:
    """End a piece of work here if it is asked to.

    Raises:
        StoppedError: It is.
    """
    if watcher.asked():
        raise StoppedError
