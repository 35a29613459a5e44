"""Which of the jobs that wait begins next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jobs.job import Job


def in_turn(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs that wait, the next one first: of whoever has fewest that run, then who asked first.

    Args:
        jobs: All that there are, the oldest first.
    """
    running = Counter(job.owner for job in jobs if job.state == "running")
    waiting = [job for job in jobs if job.state == "waiting"]
    turns = []
    while waiting:
        following = min(waiting, key=lambda job: running[job.owner])  # the first of those
        waiting.remove(following)
        turns.append(following)
        running[following.owner] += 1
    return turns
