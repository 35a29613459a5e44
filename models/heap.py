"""How much of what is freed the C library keeps for itself: without a word from us, a third of a worker.

Glibc gives threads heaps of their own, up to eight for each processor, and keeps what was freed in each. A
worker has forty threads, ours and TensorFlow's, and each of them computes something large now and then: what
all of them once had is kept many times over.

Source: mallopt(3) and malloc_trim(3), Linux manual pages.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection

HEAPS = 4  # with two, a click waits for those who compute with it, and takes a quarter longer
LARGE = 4 * 2**20  # bytes of a piece from which on it is apart, and goes back at once; a click has none
KEPT = 4 * LARGE  # bytes at the end of a heap that are kept, or every click would ask for them anew
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # the numbers of these parameters in malloc.h


def share(said: Collection[str] = ()) -> None:
    """Let all threads of this process, and of those that it forks, share a few heaps of small pieces.

    Glibc by itself puts ever larger pieces there, once one was freed: up to 32 MiB.

    To be called before there are threads. Where the C library is another it has its own ways, and nothing is
    done.

    Args:
        said: Names of the variables with which the process was started: MALLOC_ARENA_MAX and
            MALLOC_MMAP_THRESHOLD_, which glibc reads itself, come before what is said here.
    """
    mallopt = _of_c("mallopt")
    if mallopt and "MALLOC_ARENA_MAX" not in said:
        mallopt(ARENA_MAX, HEAPS)
    if mallopt and "MALLOC_MMAP_THRESHOLD_" not in said:
        mallopt(MMAP_THRESHOLD, LARGE)
        mallopt(TRIM_THRESHOLD, KEPT)


def give_back() -> None:
    """Return what was freed to the system, where the C library can: takes some hundredths of a second."""
    trim = _of_c("malloc_trim")
    if trim:
        trim(0)


def _of_c(name: str) -> ctypes._NamedFuncPointer | None:
    """Return a function of the C library, None where there is none of that name."""
    return getattr(ctypes.CDLL(None), name, None)
