"""What all processes of a run share: the first that needs it makes it, and the last that used it ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from filelock import FileLock


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder that one process fills, and that is there for the others only when it is full."""
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = Path(mkdtemp(dir=folder.parent))
            make(unfinished)
            unfinished.rename(folder)
    return folder


@contextmanager
def running_once(folder: Path, start: Callable[[], str], stop: Callable[[str], None]) -> Iterator[str]:
    """Yield what says how to find something that runs in a process of its own.

    Args:
        folder: Where it is written down, and who uses it.
        start: Starts it and says how it is found; it goes on when this process ends.
        stop: Ends what was found like that.
    """
    lock, place, user = FileLock(f"{folder}.lock"), folder / "place", folder / f"{uuid4()}.user"
    with lock:
        folder.mkdir(exist_ok=True)
        if not place.exists():
            place.write_text(start())
        user.touch()
        found = place.read_text()
    try:
        yield found
    finally:
        with lock:
            user.unlink()
            if not any(folder.glob("*.user")):
                place.unlink()
                stop(found)
