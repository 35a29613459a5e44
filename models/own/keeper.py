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
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.own import state
from models.own.following import POLL, Ending, followed
from models.own.state import WORLD, State
from models.own.wish import FOLDER, PLAIN, PROGRESS, Wish

SILENT = "It came to an end and did not say why."
SETTLED = 60.0  # seconds between two times that the server reads what was measured
Seen = Mapping[Path, tuple[int, int, int] | None]
PROGRAMS = tuple((sys.executable, "-m", f"models.own.{name}") for name in ("world", "rest"))


@dataclass(frozen=True)
class Server:
    """Who serves what is kept.

    Attributes:
        is_there: Whether it still does.
        reload: Has it read everything anew.
    """

    is_there: Callable[[], bool]
    reload: Callable[[], None]


class Keeper:
    """What one command opened, as long as its server lives."""

    def __init__(
        self,
        place: Path,
        cache: Path,
        wish: Wish,
        server: Server,
        programs: Sequence[Sequence[str]] = PROGRAMS,
    ) -> None:
        """Begin with what is served already.

        Args:
            place: Folder of the link, `world`, and of the state.
            cache: Folder for what may be lost.
            wish: What was opened.
            server: Who serves it.
            programs: What brings all of it, and what measures the rest.
        """
        self._place, self._cache, self._wish, self._server = place, cache, wish, server
        self._programs = programs
        self._state = state.read(place) or State()
        self._seen = seen(wish.networks)
        self._begun = self._told = self._reloaded = time.monotonic()
        self._before: int | None = None  # how much was done of the step when it was begun, or gone on with
        self._folder = ""
        self._fresh = False  # whether something was begun that the server has not read since
        self._again = False  # whether all of it is to be opened anew

    def run(self) -> None:
        """Bring and measure what is left, and look out for changes, until the server ends."""
        self.bring()
        while self._server.is_there():
            if self._again or self._asked() == "again":
                self._again = False
                self._seen = seen(self._wish.networks)
                self.bring()
            time.sleep(POLL)
        shutil.rmtree(self._place, ignore_errors=True)

    def bring(self) -> None:
        """Have all images opened, and all measured; or say what is in the way."""
        world, rest = self._programs
        self._say(fault="", cancelled=False, changed=(), doing="Starting …")
        self._folder = ""
        plain = PLAIN.dump_json(self._wish).decode()
        ending = self._follow([*world, str(self._cache)], plain)
        if not ending.status and self._folder:
            if Path(self._folder) != (self._place / WORLD).resolve():
                point(self._place, Path(self._folder))
                self._reload()
            self._say(opened=self._state.count)
            ending = self._follow([*rest, self._folder])
            if self._fresh:
                self._reload()
        ended = self._again or self._state.cancelled
        fault = (ending.fault or SILENT) if ending.status and not ended else ""
        self._say(doing="", share=None, left=None, fault=fault)

    def _follow(self, command: Sequence[str], given: str = "") -> Ending:
        return followed(command, given, self._hear, self._goes_on)

    def _goes_on(self) -> bool:
        request = self._asked()
        self._again |= request == "again"
        if request == "cancel":
            self._say(cancelled=True)
        return not (self._again or self._state.cancelled) and self._server.is_there()

    def _asked(self) -> state.Request | None:
        """Say which files are others by now, and take what is asked for."""
        self._say(changed=tuple(path.name for path in changed(self._seen)))
        return state.taken(self._place)

    def _hear(self, line: str) -> None:
        if line.startswith(FOLDER):
            self._folder = line.removeprefix(FOLDER)
        elif line.startswith(PROGRESS):
            done, _, of = line.removeprefix(PROGRESS).partition(" of ")
            self._progress(int(done), int(of))
        elif "…" in line:  # it begins with something, and is through with what came before
            self._begun, self._before = time.monotonic(), None
            self._say(doing=line, share=None, left=None)
            if self._folder and self._begun - self._reloaded > SETTLED:
                self._reload()
            self._fresh = True

    def _progress(self, done: int, of: int) -> None:
        now = time.monotonic()
        if self._before is None or now - self._begun < POLL:  # what was kept from before is read in a moment
            self._before, self._begun = done, now
        if now - self._told > POLL:
            self._told, new = now, done - self._before
            left = round((now - self._begun) * (of - done) / new, 1) if new else None
            self._say(share=done / of, left=left)

    def _say(self, **told: Any) -> None:
        said = replace(self._state, **told)
        if said != self._state:
            self._state = said
            state.write(said, self._place)

    def _reload(self) -> None:
        self._reloaded, self._fresh = time.monotonic(), False
        if self._server.is_there():
            self._server.reload()


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
    process = int(server)
    serving = Server(lambda: os.getppid() == process, lambda: os.kill(process, signal.SIGHUP))
    Keeper(Path(place), Path(cache), PLAIN.validate_json(sys.stdin.read()), serving).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
