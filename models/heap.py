"""How much of what is freed the C library keeps for itself: without a word from us, two fifths of a worker.

Glibc gives threads heaps of their own, up to eight for each processor, and keeps what was freed in each. A
worker has forty threads, ours and TensorFlow's, and each of them computes something large now and then: what
all of them once had is kept many times over.

Source: mallopt(3) and malloc_trim(3), Linux manual pages.
"""

from __future__ import annotations

import ctypes
import os

HEAPS = 2  # a thread that finds one locked takes the other
ARENA_MAX = -8  # the number of that parameter in malloc.h


def share() -> None:
    """Let all threads of this process, and of those that it forks, share a few heaps.

    To be called before there are threads. Whoever starts the process may say otherwise by MALLOC_ARENA_MAX;
    where the C library is another it has its own ways, and nothing is done.
    """
    mallopt = _of_c("mallopt")
    if mallopt and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(ARENA_MAX, HEAPS)


def give_back() -> None:
    """Return what was freed to the system, where the C library can: takes some hundredths of a second."""
    trim = _of_c("malloc_trim")
    if trim:
        trim(0)


def _of_c(name: str) -> ctypes._NamedFuncPointer | None:
    """Return a function of the C library, None where there is none of that name."""
    return getattr(ctypes.CDLL(None), name, None)
