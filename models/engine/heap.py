"""How much memory a process keeps that it does not need: without a word from us, half of a worker.

Glibc gives threads heaps of their own, up to eight for each processor, and keeps what was freed in each. A
worker has forty threads, ours and TensorFlow's, and each of them computes something large now and then: what
all of them once had is kept many times over.

And what it reads of its libraries as they start, which is most of them, stays mapped, though little of it is
run again.

Source: mallopt(3), malloc_trim(3), madvise(2) and proc_pid_smaps(5), Linux manual pages.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Collection, Iterator
from pathlib import Path

HEAPS = 4  # with two, a click waits for those who compute with it, and takes a quarter longer
LARGE = 4 * 2**20  # bytes of a piece from which on it is apart, and goes back at once; a click has none
KEPT = 4 * LARGE  # bytes at the end of a heap that are kept, or every click would ask for them anew
MAPPINGS = Path("/proc/self/smaps")
MAPPED = re.compile(
    r"^(?P<first>[0-9a-f]+)-(?P<last>[0-9a-f]+) (?P<rights>\S+) \S+ \S+ (?P<inode>\d+)", re.MULTILINE
)
UNTOUCHED = re.compile(r"^Anonymous: +0 kB$", re.MULTILINE)
DONT_NEED = 4  # the number of that advice in mman.h
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
    """Return to the system what was freed, and the pages of files that are mapped and unchanged.

    What of those is needed again comes back by itself, from the system's cache of files as long as it has
    room for them. Takes some hundredths of a second; where a system cannot do it, nothing is done.
    """
    trim, advise = _of_c("malloc_trim"), _of_c("madvise")
    if trim:
        trim(0)
    if advise and MAPPINGS.exists():
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for start, size in unchanged(MAPPINGS.read_text(errors="replace")):
            advise(start, size, DONT_NEED)


def unchanged(mappings: str) -> Iterator[tuple[int, int]]:
    """Yield where files are mapped that can only be read, and of which no page was changed before.

    Where one was, as in the tables of addresses that a library fills in when it is loaded, the file has not
    what is there.

    Args:
        mappings: What smaps says of a process.

    Yields:
        First address, and bytes.
    """
    found = [*MAPPED.finditer(mappings)]
    ends = [each.start() for each in found[1:]] + [len(mappings)]
    for each, end in zip(found, ends, strict=True):
        of_file = each["inode"] != "0" and "w" not in each["rights"] and "r" in each["rights"]
        if of_file and UNTOUCHED.search(mappings, each.end(), end):
            first = int(each["first"], 16)
            yield first, int(each["last"], 16) - first


def _of_c(name: str) -> ctypes._NamedFuncPointer | None:
    """Return a function of the C library, None where there is none of that name."""
    return getattr(ctypes.CDLL(None), name, None)
