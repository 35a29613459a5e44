from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dashboard.settings import ROOT
from models.heap import HEAPS

THREADED = """
import ctypes, os, re, sys, tempfile, threading
from models import heap

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
    from models import heap

    monkeypatch.setattr("ctypes.CDLL", lambda _: object())

    heap.share()
    heap.give_back()
