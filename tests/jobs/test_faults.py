"""Whatever ends while a job runs: it has a state and a sentence, and nothing that was kept is lost."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jobs.bounds import Bounds
from jobs.engine import Jobs
from jobs.job import FitError, FullError, JobsError
from jobs.presence import RUNNER, SERVERS
from jobs.table import DAMAGED
from jobs.where import Where
from models.remedy import ROOT
from tests.jobs.waiting import LONG, answered, become, children, holders, until
from tests.jobs.works import WORKS

pytestmark = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="finds processes by /proc")
Opened = Callable[..., Jobs]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """What opens the jobs of one folder, as a server does; all are closed at the end."""
    all_ = []

    def more(workers: int = 1) -> Jobs:
        all_.append(Jobs(tmp_path / "jobs", Where(workers=workers), works=WORKS))
        return all_[-1]

    yield more
    for jobs in all_:
        jobs.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Jobs with narrow bounds, of one process that does them, which tests share."""
    bounds = Bounds(owner_busy=4, stubborn=0.5, job_bytes=2**20)
    jobs = Jobs(tmp_path_factory.mktemp("shared") / "jobs", Where(workers=1), bounds, WORKS)
    yield jobs
    jobs.close()


def counting(jobs: Jobs, to: int = LONG["to"]) -> str:
    """Submit a job that counts, and wait until it has told something."""
    job = jobs.submit("counted", {"to": to}, "somebody")
    until(lambda: len(jobs.events(job)) > 2)
    return job


def test_a_worker_that_is_killed(shared: Jobs) -> None:
    """Once: the job is begun again. Twice: it has failed, and says so; what was kept is there."""
    twice = shared.submit("killed", {"times": 2}, "somebody")

    assert "killed twice" in become(shared, twice, "finished", "failed").sentence
    told = [event["what"] for event in shared.events(twice)]
    assert told == ["about to be killed", "begun again", "about to be killed"]
    assert shared.folder(twice).joinpath("times").read_text() == "2"

    shared.go_on(twice)

    assert become(shared, twice, "finished", "failed").state == "finished"


def test_the_scheduler_is_killed(opened: Opened, tmp_path: Path) -> None:
    """What ran was cut off, and is shown so at once; no process is left; it goes on from what was kept.

    The next one removes a job that nobody wants, which had not ended.
    """
    jobs = opened(workers=2)
    unwanted = jobs.submit("deaf", {}, "somebody")
    until(lambda: bool(jobs.events(unwanted)))
    job = counting(jobs, 40)
    jobs.discard(unwanted)
    assert jobs.get(unwanted).state == "running"
    (runner,) = holders(tmp_path / "jobs" / RUNNER)
    workers = children(runner)
    assert workers

    os.kill(runner, signal.SIGKILL)
    until(lambda: jobs.get(job).state != "running")

    known = jobs.get(job)
    assert known.state == "cut-off"
    assert "can go on" in known.sentence
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    before = len(jobs.events(job))
    jobs.go_on(job)
    become(jobs, job, "finished")
    counts = [event["count"] for event in jobs.events(job)]
    assert 2 < before < 40
    assert counts == sorted(set(counts))
    assert (counts[:3], counts[-1]) == ([1, 2, 3], 40)
    until(lambda: unwanted not in {each.id for each in jobs.list()})


def test_servers_end(opened: Opened) -> None:
    """Jobs are of the folder: as long as one server uses it, nothing is cut off.

    After the last one, the next finds all jobs: what ran is cut off and can go on, what waited is done.
    """
    first, second = opened(), opened()
    ended, job = first.submit("unable", {}, "somebody"), counting(first, 100)
    second.submit("counted", {"to": 1}, "somebody")
    first.close()
    assert become(second, job, "finished", "cut-off").state == "finished"

    running, waiting = counting(second), second.submit("counted", {"to": 1}, "somebody")
    second.close()
    third = opened()

    assert become(third, running, "cut-off").sentence
    assert third.get(ended).state == "failed"
    become(third, waiting, "finished")
    assert third.events(running)
    third.cancel(running)
    assert third.get(running).state == "cancelled"


def test_a_full_disk(shared: Jobs) -> None:
    """The sentence says so, and what was kept before is there."""
    job = shared.submit("full", {}, "somebody")

    assert "disk is full" in become(shared, job, "failed").sentence
    assert shared.folder(job).joinpath("before").read_text() == "kept"


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """Nothing is begun, and that is said."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(JobsError, match="cannot be used: Not a directory"):
        Jobs(tmp_path / "file" / "jobs", works=WORKS).submit("counted", {"to": 1}, "somebody")


def test_a_job_whose_folder_is_damaged(shared: Jobs) -> None:
    """It is shown as that and can be deleted; the others are as before, and so are events that are whole."""
    job, other = (shared.submit("counted", {"to": 3}, "somebody") for _ in range(2))
    for each in (job, other):
        become(shared, each, "finished")
    place, others = shared.folder(job).parent, shared.folder(other).parent
    lines = (others / "events.jsonl").read_bytes().splitlines(keepends=True)
    (others / "events.jsonl").write_bytes(b"\x00\xff" + lines[0] + lines[1] + lines[2][:-4])
    (others / "result.json").write_bytes(b"{")
    (place / "job.json").write_bytes(b'{"id": 3}')

    assert [event["number"] for event in shared.events(other)] == [2]
    with pytest.raises(JobsError, match=r"result\.json in its folder is damaged"):
        shared.result(other)
    found = {each.id: each.sentence for each in shared.list()}
    assert (found[job], found[other]) == (DAMAGED, "")
    with pytest.raises(FitError):
        shared.go_on(job)
    shared.delete(job)
    assert job not in {each.id for each in shared.list()}


def test_cancelled_before_anything_has_begun(shared: Jobs) -> None:
    """In the first moment: it never runs, and leaves nothing that runs."""
    job = shared.submit("counted", LONG, "somebody")

    shared.cancel(job)

    assert shared.get(job).state in ("cancelled", "running")  # in which case it is asked to end
    become(shared, job, "cancelled")
    next_ = shared.submit("counted", {"to": 1}, "somebody")
    become(shared, next_, "finished")
    assert shared.get(job).state == "cancelled"


def test_forty_from_one_client(shared: Jobs) -> None:
    """As many as may, the others are refused with both numbers; whoever else comes is not."""
    refused, taken = [], []
    for _ in range(40):
        try:
            taken.append(shared.submit("counted", LONG, "greedy"))
        except FullError as error:
            refused.append(str(error))

    assert (len(taken), len(refused)) == (4, 36)
    assert set(refused) == {
        "4 jobs of yours wait or run, and 4 may at a time: wait for one to end, or cancel one."
    }
    other = shared.submit("counted", {"to": 1}, "somebody")
    for job in taken:
        shared.cancel(job)
    become(shared, other, "finished")


def test_a_job_that_takes_too_much(shared: Jobs) -> None:
    """It is ended, in a sentence with both numbers."""
    large = shared.submit("large", {"bytes": 2**19}, "somebody")

    assert "a job may take 1 MB" in become(shared, large, "failed").sentence


def test_a_job_that_does_not_listen(shared: Jobs) -> None:
    """Its process is ended, and the next job has another one."""
    job = shared.submit("deaf", {}, "somebody")
    until(lambda: bool(shared.events(job)))

    shared.cancel(job)

    become(shared, job, "cancelled")
    become(shared, shared.submit("counted", {"to": 1}, "somebody"), "finished")


SERVER = """
import sys
from pathlib import Path
from jobs.engine import Jobs
from jobs.where import Where
from tests.jobs.works import WORKS
folder, file = sys.argv[1:]
jobs = Jobs(Path(folder), Where(workers=2), works=WORKS)
for number in range(5):
    print(jobs.submit("once", {"file": file, "name": str(number)}, sys.argv[0]), flush=True)
sys.stdin.read()
"""


def test_nobody_else_on_this_machine_comes_in(shared: Jobs) -> None:
    """Whoever reaches a port of these processes without their certificate is not answered."""
    become(shared, shared.submit("counted", {"to": 1}, "somebody"), "finished")
    (runner,) = holders(shared.folder(shared.list()[0].id).parents[1] / RUNNER)
    listening = {
        each.laddr
        for process in (psutil.Process(runner), *psutil.Process(runner).children(recursive=True))
        for each in process.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    }
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    assert len(listening) >= 3
    for address in listening:
        assert address.ip == "127.0.0.1"
        with pytest.raises(OSError):  # noqa: PT011  refused, or not understood, each in its way
            answered((address.ip, address.port), context, patience=2)


def test_two_servers_on_one_folder(tmp_path: Path) -> None:
    """Both begin at the same time: one process has all jobs done, and each job is done once."""
    folder, file = tmp_path / "jobs", tmp_path / "lines"
    command = [sys.executable, "-c", SERVER, str(folder), str(file)]
    servers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    jobs = Jobs(folder, works=WORKS)
    until(lambda: len(jobs.list()) == 10)

    for job in jobs.list():
        become(jobs, job.id, "finished")

    assert sorted(file.read_text().split()) == sorted("01234" * 2)
    assert len(holders(folder / RUNNER)) == 1
    assert len(holders(folder / SERVERS)) == 3
    (runner,) = holders(folder / RUNNER)
    for server in servers:
        server.kill()
        server.communicate()
    jobs.close()
    until(lambda: not Path(f"/proc/{runner}").exists())
