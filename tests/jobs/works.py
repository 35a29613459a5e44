"""Long work that takes no time but what it is asked to take."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.watcher import Watcher, WorkError, heed
from models.whole import write_whole

WORKS = {
    name: f"{__name__}:{name}"
    for name in ("counted", "killed", "unable", "broken", "deaf", "large", "full", "once", "handed")
}
PAUSE = 0.02  # seconds of a step


def counted(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Count to a number, and go on from where it had come to."""
    kept = watcher.folder / "count"
    count = int(kept.read_text()) if kept.exists() else 0
    while count < settings["to"]:
        heed(watcher)
        time.sleep(PAUSE)
        count += 1
        write_whole(kept, str(count).encode())
        watcher.tell({"what": "count", "count": count, "process": os.getpid()})
    return {"count": count}


def killed(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Be killed so many times, then end."""
    kept = watcher.folder / "times"
    times = int(kept.read_text()) if kept.exists() else 0
    if times < settings["times"]:
        kept.write_text(str(times + 1))
        watcher.tell({"what": "about to be killed"})
        os.kill(os.getpid(), signal.SIGKILL)
    return {"times": times}


def unable(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Say that it cannot be done."""
    raise WorkError("The loss was no number any more in epoch 2.")


def broken(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Fail as a program does that has a fault."""
    return {"share": 1 / settings["of"]}


def deaf(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Never look at what it is asked to do."""
    watcher.tell({"what": "deaf"})
    time.sleep(3600)
    return {}


def large(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Write more and more."""
    for number in range(10_000):
        heed(watcher)
        (watcher.folder / str(number)).write_bytes(bytes(settings["bytes"]))
        time.sleep(PAUSE)
    return {}


def full(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Write on where there is no room, after something was kept."""
    (watcher.folder / "before").write_text("kept")
    Path("/dev/full").write_bytes(b"more")
    return {}


def once(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Leave a line for each time that it is done."""
    with Path(settings["file"]).open("a") as file:
        file.write(f"{settings['name']}\n")
    time.sleep(PAUSE)
    return {}


def handed(settings: Mapping[str, Any], watcher: Watcher) -> Mapping[str, Any]:
    """Return what is in the file that came with the settings."""
    return {"text": watcher.given(settings["file"]).read_text()}
