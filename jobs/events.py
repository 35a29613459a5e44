"""What a work told, as lines of JSON in a file that only grows; an event's number is its line's."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from errno import ENOSPC
from pathlib import Path
from typing import Any

from jobs.job import Event


class Told:
    """Writes events down, one after the other; what was written is there even if the process is killed."""

    def __init__(self, path: Path) -> None:
        """Go on where whoever wrote before ended; a line that was cut off is forgotten."""
        with path.open("ab") as file:
            file.truncate(_whole(path.read_bytes()))
        self._path = path

    def add(self, event: Mapping[str, Any]) -> None:
        """Write an event down; a number that is none, such as NaN, becomes null.

        Raises:
            OSError: It cannot be written; nothing of it is left then.
            TypeError: Something in it is no JSON.
        """
        self.lines(plain({**event, "at": round(time.time(), 3)}) + b"\n")

    def lines(self, lines: bytes) -> None:
        """Write events down that are lines already.

        Raises:
            OSError: They cannot be written; nothing of them is left then.
        """
        with self._path.open("ab", buffering=0) as file:
            before = file.tell()
            try:
                if file.write(lines) < len(lines):
                    raise OSError(ENOSPC, os.strerror(ENOSPC), str(self._path))  # a part fitted
            except OSError:
                file.truncate(before)
                raise


def plain(told: Mapping[str, Any]) -> bytes:
    """Return what was told as one line of JSON, null where a number is none.

    >>> plain({"loss": float("nan"), "epoch": 1})
    b'{"loss":null,"epoch":1}'

    Raises:
        TypeError: Something in it is no JSON.
    """
    known = json.loads(json.dumps(told), parse_constant=lambda _: None)
    return json.dumps(known, separators=(",", ":")).encode()


def read(path: Path, after: int = 0) -> list[Event]:
    """Return the events behind the first so many, each with its number; a damaged one is left out."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = content[: _whole(content)].split(b"\n")[:-1]
    numbered = ((number, _read(line)) for number, line in enumerate(lines[after:], after + 1))
    return [{**event, "number": number} for number, event in numbered if event is not None]


def _whole(content: bytes) -> int:
    """Return how many bytes there are up to the end of the last whole line."""
    return content.rfind(b"\n") + 1


def _read(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
