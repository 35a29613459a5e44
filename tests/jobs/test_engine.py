"""Jobs from who asks to what comes of it, in real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.engine import Jobs
from jobs.job import FitError, FullError, JobsError, UnknownJobError
from jobs.where import Where
from tests.jobs.waiting import LONG, become, until
from tests.jobs.works import WORKS


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Jobs of two processes."""
    jobs = Jobs(tmp_path_factory.mktemp("jobs") / "jobs", Where(workers=2), works=WORKS)
    yield jobs
    jobs.close()


def test_a_job_from_its_beginning_to_its_end(jobs: Jobs) -> None:
    """It waits, tells its events in order, ends, and has a result; its settings and its owner are kept."""
    job = jobs.submit("counted", {"to": 3}, "somebody", title="three")
    assert jobs.get(job).state in ("waiting", "running")

    known = become(jobs, job, "finished")

    assert [(event["number"], event["count"]) for event in jobs.events(job)] == [(1, 1), (2, 2), (3, 3)]
    assert [event["count"] for event in jobs.events(job, after=2)] == [3]
    assert jobs.result(job) == {"count": 3}
    assert (known.kind, known.settings, known.owner, known.title) == (
        "counted",
        {"to": 3},
        "somebody",
        "three",
    )
    assert known.begun
    assert known.ended
    assert known.created <= known.begun <= known.ended
    assert jobs.folder(job).joinpath("count").read_text() == "3"


def test_a_running_job_is_cancelled_at_once(jobs: Jobs) -> None:
    """In less than a second, on any machine that is not overwhelmed; there is no result, and no way on."""
    job = jobs.submit("counted", LONG, "somebody")
    until(lambda: bool(jobs.events(job)))

    jobs.cancel(job)

    assert become(jobs, job, "cancelled").sentence == "It was cancelled."
    with pytest.raises(FitError, match="not finished"):
        jobs.result(job)
    with pytest.raises(FitError, match="ended already"):
        jobs.cancel(job)
    with pytest.raises(FitError, match="cannot go on"):
        jobs.go_on(job)


def test_a_paused_job_goes_on_from_what_it_had_kept(jobs: Jobs) -> None:
    """Its events go on, too: no number is there twice, and none is missing."""
    job = jobs.submit("counted", {"to": 60}, "somebody")
    until(lambda: len(jobs.events(job)) > 2)
    jobs.pause(job)
    become(jobs, job, "paused")
    before = len(jobs.events(job))

    jobs.go_on(job)

    known = become(jobs, job, "finished")
    counts = [event["count"] for event in jobs.events(job)]
    assert counts == list(range(1, 61))
    assert 2 < before < 60
    assert known.spent > 0
    assert known.sentence == ""


def test_what_a_work_says_of_its_end_is_what_is_said(jobs: Jobs) -> None:
    """The sentence is its own; a fault that it has no words for is in a file, and not in the sentence."""
    unable, broken = jobs.submit("unable", {}, "somebody"), jobs.submit("broken", {"of": 0}, "somebody")

    assert become(jobs, unable, "failed").sentence == "The loss was no number any more in epoch 2."
    sentence = become(jobs, broken, "failed").sentence
    assert "fault.txt" in sentence
    assert "Zero" not in sentence
    assert "ZeroDivisionError" in jobs.folder(broken).with_name("fault.txt").read_text()


def test_files_come_with_the_settings_by_their_hash(jobs: Jobs) -> None:
    """The settings name what is in a file, not where it lies."""
    content = b"a network"
    sha256 = "6dbb6ba2a2a0b7ca15ba4d5b9b0e3b0c9b9a2a3a"
    job = jobs.submit("handed", {"file": sha256}, "somebody", given=[content])
    assert "did not come" in become(jobs, job, "failed").sentence

    (known,) = jobs.get(job).given
    job = jobs.submit("handed", {"file": known}, "somebody", given=[content])
    become(jobs, job, "finished")
    assert jobs.result(job) == {"text": "a network"}


def test_a_sweep_is_of_one_group(jobs: Jobs) -> None:
    """All are submitted together, in their order, and each has an id of its own."""
    swept = jobs.sweep("counted", [{"to": 1}, {"to": 1}, {"to": 2}], "somebody")

    assert [job.id for job in jobs.list() if job.id in swept] == [*swept]
    assert len({jobs.get(job).group for job in swept}) == 1
    assert jobs.get(swept[0]).group
    for job in swept:
        become(jobs, job, "finished")
    assert [jobs.result(job)["count"] for job in swept] == [1, 1, 2]


def test_what_is_not_there_is_refused_in_a_sentence(jobs: Jobs) -> None:
    """An unknown work, an unknown id, a path as an id."""
    with pytest.raises(JobsError, match="no work called 'flying'"):
        jobs.submit("flying", {}, "somebody")
    for unknown in ("0" * 32, "../jobs", ""):
        with pytest.raises(UnknownJobError, match="no such job"):
            jobs.get(unknown)


def test_a_job_is_renamed_and_deleted(jobs: Jobs) -> None:
    """One that runs is not deleted; of one that has ended nothing is left."""
    job = jobs.submit("counted", LONG, "somebody")
    become(jobs, job, "running")
    with pytest.raises(FitError, match="cancel it"):
        jobs.delete(job)
    jobs.rename(job, "long")
    jobs.cancel(job)
    assert become(jobs, job, "cancelled").title == "long"
    place = jobs.folder(job).parent

    jobs.delete(job)

    assert job not in {each.id for each in jobs.list()}
    assert not place.exists()


def test_a_job_that_nobody_wants_any_more_is_gone_once_it_has_ended(jobs: Jobs) -> None:
    """One that runs is asked to end, and is in no state afterwards; one that has ended is gone at once."""
    running, ended = jobs.submit("counted", LONG, "somebody"), jobs.submit("counted", {"to": 1}, "somebody")
    until(lambda: bool(jobs.events(running)))
    become(jobs, ended, "finished")
    place = jobs.folder(running).parent

    jobs.discard(running)
    jobs.discard(ended)

    assert ended not in {job.id for job in jobs.list()}
    until(lambda: running not in {job.id for job in jobs.list()})
    assert not place.exists()
    with pytest.raises(UnknownJobError):
        jobs.discard(running)


def test_a_server_may_do_no_long_work(tmp_path: Path) -> None:
    """Without processes and without a cluster nothing is begun, and that is said."""
    with pytest.raises(FullError, match="No long work"):
        Jobs(tmp_path / "jobs", Where(workers=0), works=WORKS).submit("counted", {"to": 1}, "somebody")


def test_nothing_is_made_until_something_is_asked_for(tmp_path: Path) -> None:
    """To have jobs costs nothing: no folder, no process."""
    jobs = Jobs(tmp_path / "jobs")

    assert jobs.list() == ()
    jobs.close()
    assert not (tmp_path / "jobs").exists()
