"""A file that is held is let go of by whoever ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.lock import Lock, held, is_held
from models.remedy import ROOT

HOLDER = """
import sys
from pathlib import Path
from jobs.lock import Lock
lock = Lock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def test_one_holds_or_several_share(tmp_path: Path) -> None:
    """In one process, too."""
    path = tmp_path / "file"
    first, second = Lock(path), Lock(path)

    assert first.take(shared=True)
    assert second.take(shared=True)
    assert not Lock(path).take()
    first.let_go()
    second.let_go()
    assert first.take()
    assert first.take()  # it has it
    assert not second.take(shared=True)
    assert is_held(path)
    first.let_go()
    assert not is_held(path)


def test_whoever_waits_too_long_is_told(tmp_path: Path) -> None:
    """Rather than wait for ever."""
    with held(tmp_path / "file", 0.0), pytest.raises(TimeoutError), held(tmp_path / "file", 0.05):
        raise AssertionError("both hold it")


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    """However it ends."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "file")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"True\n"
        assert is_held(tmp_path / "file")
        process.kill()
    assert not is_held(tmp_path / "file")
