"""Keeps what a command opened: has the rest of it brought and measured, and sees when a file changes.

As a program, `python -m models.own.keeper PLACE CACHE SERVER` reads a wish as JSON and goes on as long as the
server that started it. It loads no network itself: other processes do, one after the other, and it says in
PLACE how far they are. PLACE holds a link to the folder that is served; when that is another, or has more in
it, the server reads it anew.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, Any

from models.own import state
from models.own.state import WORLD, State
from models.own.wish import FOLDER, PLAIN, PROGRESS, Wish
from models.remedy import ROOT

POLL = 0.3  # seconds
SETTLED = 60.0  # seconds between two times that the server reads what was measured
DONE = "could not be measured"
Seen = Mapping[Path, tuple[int, int, int] | None]


class Keeper:
    """What one command opened, as long as its server lives."""

    def __init__(self, place: Path, cache: Path, wish: Wish, server: int) -> None:
        """Begin with what is served already.

        Args:
            place: Folder of the link, `world`, and of the state.
            cache: Folder for what may be lost.
            wish: What was opened.
            server: Process that serves it, and that started this one.
        """
        self._place, self._cache, self._wish, self._server = place, cache, wish, server
        self._state = state.read(place) or State()
        self._seen = seen(wish.networks)
        self._begun = self._told = self._reloaded = time.monotonic()

    def run(self) -> None:
        """Bring and measure what is left, then look out for changes, until the server ends."""
        self._bring()
        while self._has_server():
            asked = state.taken(self._place)
            if asked == "again":
                self._seen = seen(self._wish.networks)
                self._bring()
            self._say(changed=tuple(path.name for path in changed(self._seen)))
            time.sleep(POLL)
        shutil.rmtree(self._place, ignore_errors=True)

    def _bring(self) -> None:
        """Have all images opened, and all measured; or say what is in the way."""
        self._say(fault="", cancelled=False, changed=())
        command = ["models.own.world", str(self._cache)]
        told = self._follow(command, PLAIN.dump_json(self._wish).decode())
        if told is None:
            return
        if (folder := Path(told)) != (self._place / WORLD).resolve():
            point(self._place, folder)
            self._reload()
        self._say(opened=self._state.count)
        if self._follow(["models.own.rest", str(folder)]) is not None:
            self._reload()

    def _follow(self, command: Iterable[str], given: str = "") -> str | None:
        """Run a process and say how far it is; return the folder that it names, None where it failed."""
        folder = ""
        with TemporaryFile("w+") as told, TemporaryFile("w+") as faults:
            told.write(given)
            told.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, stdin=told, stdout=subprocess.PIPE, stderr=faults, text=True,
            )  # fmt: skip
            lines = SimpleQueue[str | None]()
            Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
            while (line := self._next(lines, process)) is not None:
                if line.startswith(FOLDER):
                    folder = line.removeprefix(FOLDER).strip()
                else:
                    self._hear(line.strip())
            ended = process.wait()
            faults.seek(0)
            fault = (faults.read().strip() or DONE).splitlines()[-1]
        self._say(doing="", share=None, left=None, fault="" if not ended or self._state.cancelled else fault)
        return folder if not ended else None

    def _next(self, lines: SimpleQueue[str | None], process: subprocess.Popen[str]) -> str | None:
        """Return the next line of a process, "" for none yet; None once it has ended."""
        if state.taken(self._place) == "cancel":
            self._say(cancelled=True)
            process.terminate()
        if not self._has_server():
            process.terminate()
        try:
            return lines.get(timeout=POLL)
        except Empty:
            return ""

    def _hear(self, line: str) -> None:
        if line.startswith(PROGRESS):
            done, _, of = line.removeprefix(PROGRESS).partition(" of ")
            self._progress(int(done), int(of))
        elif "…" in line:
            self._begun = time.monotonic()
            self._say(doing=line, share=None, left=None)
            if self._begun - self._reloaded > SETTLED and "(" in line:
                self._reload()

    def _progress(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._told > POLL and done:
            self._told = now
            self._say(share=done / of, left=round((now - self._begun) * (of - done) / done, 1))

    def _say(self, **told: Any) -> None:
        said = replace(self._state, **told)
        if said != self._state:
            self._state = said
            state.write(said, self._place)

    def _has_server(self) -> bool:
        return os.getppid() == self._server

    def _reload(self) -> None:
        """Have the server read what it serves."""
        self._reloaded = time.monotonic()
        if self._has_server():
            os.kill(self._server, signal.SIGHUP)


def _read(source: IO[str], lines: SimpleQueue[str | None]) -> None:
    for line in source:
        lines.put(line)
    lines.put(None)


def point(place: Path, folder: Path) -> None:
    """Let the link in a keeper's folder lead to what is to be served; it leads somewhere at any time."""
    link = place / f".{WORLD}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    link.replace(place / WORLD)


def seen(paths: Iterable[Path]) -> Seen:
    """Return what differs once a file is written anew, None of one that is not there."""
    found: dict[Path, tuple[int, int, int] | None] = {}
    for path in paths:
        try:
            stat = path.stat()
            found[path] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        except OSError:
            found[path] = None
    return found


def changed(before: Seen) -> list[Path]:
    """Return the files that are there, and are others than before."""
    now = seen(before)
    return [path for path in before if now[path] and now[path] != before[path]]


def main(place: str, cache: str, server: str) -> None:
    """Keep what the wish that comes in asked for."""
    wish = PLAIN.validate_json(sys.stdin.read())
    Keeper(Path(place), Path(cache), wish, int(server)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
