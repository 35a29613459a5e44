"""A program, `ending.py FOLDER COMMAND…`: runs a command for as long as its parent lives.

The parent holds the other end of its input. That end is closed when the parent ends, be it killed; a process
that the parent has forked may go on holding it, so the parent is looked at too. Then all that the command
has started is ended, and the folder removed. It imports nothing of ours.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys

LOOK = 0.5  # seconds between two looks at the parent
GRACE = 10  # seconds to end in


def lives(parent: int) -> bool:
    """Return once something is to be looked at again: whether the parent still wants this."""
    ready, _, _ = select.select([sys.stdin], [], [], LOOK)
    return os.getppid() == parent and not (ready and not os.read(sys.stdin.fileno(), 1))


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started, in peace if they will."""
    group = process.pid  # it began a session, so that its group has its number
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, number)
            process.wait(GRACE)
        except (ProcessLookupError, PermissionError):
            return
        except subprocess.TimeoutExpired:
            continue


def main(folder: str, *command: str) -> int:
    """Run it; return its exit status."""
    parent = os.getppid()
    if os.getpgrp() != os.getpid():
        os.setsid()  # Jupyter kills whole groups of processes, and this one must outlive its parent
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        while process.poll() is None and lives(parent):
            pass
    finally:
        end(process)
        os.close(
            1
        )  # who reads learns that it has ended, and may look into the folder until it closes its end
        while lives(parent):
            pass
        shutil.rmtree(folder, ignore_errors=True)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
