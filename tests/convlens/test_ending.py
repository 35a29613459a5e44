"""What `show` starts ends with who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convlens import ending

PARENT = """
import subprocess, sys
command = [sys.executable, sys.argv[1], sys.argv[2], sys.executable, "-c", sys.argv[3]]
with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
    if sys.argv[4] == "closes":
        sys.stdin.readline()
        process.stdin.close()
    process.wait()
"""
SERVER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.parametrize("way", ["closes", "is killed", "is killed with its group"])
def test_all_ends_with_the_parent(tmp_path: Path, way: str) -> None:
    """Whether it closes the pipe or is killed: what the command started too, and the folder is gone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    command = [sys.executable, "-c", PARENT, ending.__file__, str(folder), SERVER, way]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as parent:
        assert parent.stdin
        assert parent.stdout
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        if way == "closes":
            parent.stdin.write("now\n")
            parent.stdin.flush()
        elif way == "is killed":
            parent.send_signal(signal.SIGKILL)
        else:  # as Jupyter does with a kernel
            os.killpg(parent.pid, signal.SIGKILL)
        assert parent.stdout.read() == ""  # whoever could write to it has ended
    _ended(child)
    end = time.monotonic() + 30
    while folder.exists():  # it goes last
        assert time.monotonic() < end
        os.sched_yield()


def test_what_it_wrote_can_be_read_once_it_has_ended(tmp_path: Path) -> None:
    """A command that ends by itself is said to have ended; the folder goes when the parent lets go of it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "faults.log").write_text("It is broken.")
    command = [sys.executable, ending.__file__, str(folder), sys.executable, "-c", "print('begun')"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.read() == "begun\n"  # to its end
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4 * ending.LOOK)
        assert (folder / "faults.log").read_text() == "It is broken."
        process.stdin.close()
        process.wait()
    assert not folder.exists()


def _ended(process: int) -> None:
    """Return once a process is gone, or only its name is left for whoever waits for it."""
    for _ in range(10_000):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        os.sched_yield()
    raise AssertionError(f"{process} goes on.")
