"""A process is followed line by line, and ended when it is not to go on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

from models.remedy import ROOT

STACK = "Traceback (most recent call last):"  # an error that nobody foresaw: its words are for the log
POLL = 0.3  # seconds between two looks at whether it is to go on


@dataclass(frozen=True)
class Ending:
    """How a process came to its end.

    Attributes:
        status: 0 where all went well.
        fault: The last that it said of what is in the way, "" where all went well, or where it said nothing
            that is meant for whoever looks at the page.
    """

    status: int
    fault: str = ""


def followed(
    command: Sequence[str], given: str, hear: Callable[[str], None], goes_on: Callable[[], bool]
) -> Ending:
    """Run a program to its end; what it did not foresee stands among this one's own errors.

    Args:
        command: The program and its words.
        given: What it reads.
        hear: Is told each line that it writes, without its end.
        goes_on: Is asked several times a second whether it is to go on.
    """
    with TemporaryFile("w+") as source, TemporaryFile("w+") as faults:
        source.write(given)
        source.seek(0)
        with subprocess.Popen(
            command, cwd=ROOT, stdin=source, stdout=subprocess.PIPE, stderr=faults, text=True
        ) as process:
            lines = SimpleQueue[str | None]()
            Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
            while (line := _next(lines)) is not None:
                if line:
                    hear(line.rstrip("\n"))
                if not goes_on():
                    process.terminate()
        faults.seek(0)
        said = faults.read().strip()
    if process.returncode and STACK in said:
        sys.stderr.write(f"{said}\n")
        return Ending(process.returncode)
    return Ending(process.returncode, said.splitlines()[-1] if process.returncode and said else "")


def _read(source: IO[str], lines: SimpleQueue[str | None]) -> None:
    for line in source:
        lines.put(line)
    lines.put(None)


def _next(lines: SimpleQueue[str | None]) -> str | None:
    """Return the next line, "" where there is none yet, None once there will be none."""
    try:
        return lines.get(timeout=POLL)
    except Empty:
        return ""
