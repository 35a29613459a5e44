"""What a process takes from itself before it has a stranger's files in its hands."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping

LEAST_MEMORY = 16 * 2**30  # bytes of addresses of who reads images, where a machine has less
LARGEST_FILE = 64 * 2**30  # bytes


def limited(limits: Mapping[int, int]) -> None:
    """Limit this process, by the numbers of `resource`; what is limited further already stays so."""
    for limit, most in limits.items():
        hard = resource.getrlimit(limit)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))


def limited_to_this_machine() -> None:
    """Limit this process to the memory that there is, and to no very large files."""
    memory = max(LEAST_MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    limited({resource.RLIMIT_AS: memory, resource.RLIMIT_FSIZE: LARGEST_FILE})
