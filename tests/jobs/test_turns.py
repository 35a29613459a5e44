"""Nobody's jobs are behind all those of somebody else."""

from __future__ import annotations

from jobs.job import Job, State, fresh_id
from jobs.turns import in_turn


def job(owner: str, created: float, state: State = "waiting") -> Job:
    return Job(fresh_id(), "counted", {}, owner, created, state)


def test_one_after_the_other() -> None:
    """Of two visitors in turn, of one in the order in which they asked."""
    jobs = [job("a", 1), job("a", 2), job("a", 3), job("b", 4), job("b", 5)]

    assert [(each.owner, each.created) for each in in_turn(jobs)] == [
        ("a", 1),
        ("b", 4),
        ("a", 2),
        ("b", 5),
        ("a", 3),
    ]


def test_whoever_has_none_that_runs_comes_first() -> None:
    """Whatever has ended does not count."""
    jobs = [job("a", 0, "running"), job("b", 0, "finished"), job("a", 1), job("b", 2)]

    assert [each.owner for each in in_turn(jobs)] == ["b", "a"]
    assert in_turn(jobs[:2]) == []
