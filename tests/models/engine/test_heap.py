from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dashboard.settings import ROOT
from models.engine.heap import HEAPS, unchanged

THREADED = """
import ctypes, os, re, sys, tempfile, threading
from models.engine import heap

c = ctypes.CDLL(None)
c.malloc.restype = c.fdopen.restype = ctypes.c_void_p
if sys.argv[1] == "shared":
    heap.share(os.environ)
together = threading.Barrier(16)

def work():
    together.wait()
    blocks = [c.malloc(50_000) for _ in range(200)]
    together.wait()
    for block in blocks:
        c.free(ctypes.c_void_p(block))

threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
heap.give_back()
with tempfile.TemporaryFile("w+b") as file:
    stream = ctypes.c_void_p(c.fdopen(os.dup(file.fileno()), b"w"))
    c.malloc_info(0, stream)
    c.fclose(stream)
    file.seek(0)
    print(len(re.findall(rb"<heap nr", file.read())))
"""


def heaps(how: str, **env: str) -> int:
    """Return how many heaps a process of sixteen busy threads has."""
    command = [sys.executable, "-c", THREADED, how]
    environment = {"PATH": os.defpath, **env}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="The heaps are glibc's.")
def test_threads_share_a_few_heaps() -> None:
    """Sixteen threads that have memory at the same time have few heaps; without a word from us more."""
    assert heaps("shared") == HEAPS
    assert heaps("own") > HEAPS


@pytest.mark.skipif(sys.platform != "linux", reason="The heaps are glibc's.")
def test_whoever_starts_the_process_may_say_otherwise() -> None:
    """By the variable of glibc's own."""
    assert heaps("shared", MALLOC_ARENA_MAX="1") == 1


def test_where_the_library_is_another_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, where there are no such functions."""
    from models.engine import heap

    monkeypatch.setattr("ctypes.CDLL", lambda _: object())

    heap.share()
    heap.give_back()


SMAPS = """\
7f0000000000-7f0000004000 r-xp 00000000 08:01 12  /lib/code.so
Rss:                  16 kB
Anonymous:             0 kB
VmFlags: rd ex
7f0000004000-7f0000005000 r--p 00004000 08:01 12  /lib/code.so
Rss:                   4 kB
Anonymous:             4 kB
7f0000005000-7f0000006000 rw-p 00005000 08:01 12  /lib/code.so
Anonymous:             0 kB
7f0000006000-7f0000008000 r--p 00000000 00:00 0
Anonymous:             0 kB
7f0000008000-7f000000a000 r--p 00000000 08:01 13  /data/some file (deleted)
Anonymous:             0 kB
7f000000a000-7f000000b000 ---p 00000000 08:01 13  /data/some file
Anonymous:             0 kB
"""


def test_only_files_are_let_go_of_that_have_all_that_is_there() -> None:
    """Not what was changed, may be changed, cannot be read, or lies in no file."""
    assert [*unchanged(SMAPS)] == [(0x7F0000000000, 0x4000), (0x7F0000008000, 0x2000)]


LETTING_GO = """
import re, sys
from pathlib import Path
import numpy, scipy.linalg, h5py
from models.engine import heap

def held():
    return int(re.search(r"RssFile:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = held()
heap.give_back()
after = held()
solved = scipy.linalg.solve(numpy.eye(3) * 2, numpy.ones(3)).tolist()
print(before > 2 * after, solved)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Reads /proc.")
def test_libraries_go_on_working_when_their_pages_were_given_back() -> None:
    """Less than half of their files stays in memory, and what they compute is as before."""
    command = [sys.executable, "-c", LETTING_GO]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True [0.5, 0.5, 0.5]\n"
