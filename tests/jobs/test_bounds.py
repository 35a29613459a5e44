"""What is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.bounds import Bounds, taken
from jobs.job import FullError, Job, State, fresh_id

BOUNDS = Bounds(waiting=3, owner_busy=2, owner_kept=4, kept=6, seconds=60, job_bytes=2**20, bytes=2**23)


def jobs(count: int, owner: str, state: State = "finished") -> list[Job]:
    return [Job(fresh_id(), "counted", {}, owner, 0.0, state) for _ in range(count)]


@pytest.mark.parametrize(
    ("there", "more", "used", "sentence"),
    [
        (jobs(1, "me", "running"), 2, 0, "1 job of yours wait or run, and 2 may at a time"),
        (jobs(3, "others", "waiting"), 1, 0, "3 jobs wait already, and 3 can"),
        (jobs(4, "me"), 1, 0, "You have 4 jobs, and 4 can be kept"),
        (jobs(6, "others"), 1, 0, "6 jobs are kept here, and 6 can be"),
        ([], 2, 7 * 2**20, "All jobs take 7 MB on the disk; 2 jobs may take 2 MB more, and .* 8 MB"),
    ],
)
def test_there_is_no_room(there: list[Job], more: int, used: int, sentence: str) -> None:
    """Both numbers are said: what there is, and what there may be."""
    with pytest.raises(FullError, match=sentence):
        BOUNDS.require_room(there, "me", more, used)


@pytest.mark.parametrize(
    ("there", "room"),
    [
        (jobs(1, "me", "running"), "leaves room for 1, not for 2: wait"),
        (jobs(2, "others", "waiting"), "leaves room for 1, not for 2: ask"),
        (jobs(3, "me"), "leaves room for 1, not for 2: delete"),
        (jobs(5, "others"), "leaves room for 1, not for 2: some"),
    ],
)
def test_several_are_refused_with_how_many_there_is_room_for(there: list[Job], room: str) -> None:
    """And with how many were asked for; of one that is plain."""
    with pytest.raises(FullError, match=room):
        BOUNDS.require_room(there, "me", 2, 0)
    BOUNDS.require_room(there, "me", 1, 0)


def test_there_is_room() -> None:
    """Up to each bound, which others do not take away."""
    BOUNDS.require_room(
        [*jobs(3, "me"), *jobs(1, "others", "running"), *jobs(1, "others", "waiting")], "me", 1, 7 * 2**20
    )


def test_what_a_running_job_takes() -> None:
    """Time and room."""
    assert BOUNDS.beyond(60, 2**20) == ""
    assert BOUNDS.beyond(61, 0) == "It was ended after 61 seconds: a job may run 60."
    assert "took 2 MB on the disk: a job may take 1 MB" in BOUNDS.beyond(0, 2**21)


def test_time_is_counted_over_all_times_that_it_ran() -> None:
    """A job that was paused has no more time than another."""
    job = replace(jobs(1, "me", "running")[0], begun=100.0, spent=30.0)

    assert job.ran(now=110.0) == 40.0
    assert replace(job, ended=105.0).ran(now=200.0) == 35.0


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    """All files below it count."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(bytes(1000))
    (tmp_path / "d").write_bytes(bytes(24))

    assert taken(tmp_path) == 1024
    assert taken(tmp_path / "nowhere") == 0
