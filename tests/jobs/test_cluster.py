"""Jobs on a cluster with certificates, as `make cluster` starts it: as here, by copies of what is kept."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import distributed
import pytest

from jobs.bounds import Bounds
from jobs.certificates import made
from jobs.cluster import Cluster
from jobs.engine import Jobs
from jobs.job import Job, JobsError, fresh_id
from jobs.presence import RUNNER
from jobs.runner import Runner
from jobs.table import Table
from jobs.where import AUTHORITY, Errand, Where
from models.remedy import ROOT
from tests.jobs.waiting import LONG, answered, become, children, holders, until
from tests.jobs.works import WORKS

pytestmark = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="finds processes by /proc")


@dataclass(frozen=True)
class Running:
    """A cluster that runs on this machine.

    Attributes:
        where: It is.
        process: That started it.
    """

    where: Where
    process: subprocess.Popen[bytes]

    @property
    def scheduler(self) -> int:
        """Return the process of its scheduler."""
        return next(each for each in children(self.process.pid) if b"scheduler" in _command(each))


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


@contextmanager
def started(folder: Path, count: int) -> Iterator[Running]:
    """Start a cluster of so many workers, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jobs.member", "cluster", str(folder / "tls")]
    command += ["--port", str(port), "--count", str(count)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
    try:
        assert process.stdout
        assert b"JOBS_ADDRESS=tls://" in process.stdout.readline(), (folder / "log").read_text()
        yield Running(Where(0, f"tls://127.0.0.1:{port}", folder / "tls"), process)
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The cluster that tests share; nobody harms its scheduler."""
    with started(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


@pytest.fixture
def jobs(cluster: Running, tmp_path: Path) -> Iterator[Jobs]:
    """Jobs that this cluster does."""
    jobs = Jobs(tmp_path / "jobs", cluster.where, works=WORKS)
    yield jobs
    jobs.close()


def test_a_process_that_is_there_is_always_found(
    cluster: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask's own list is overwritten every two seconds with none: a job would seem to be killed."""
    monkeypatch.setattr(distributed.Client, "scheduler_info", lambda *_, **__: {"workers": {}})
    reached = Cluster(cluster.where, tmp_path)
    try:
        until(lambda: len(reached.workers()) == 2)
    finally:
        reached.close()


def test_a_job_is_paused_and_goes_on(jobs: Jobs) -> None:
    """What its work keeps is here, and goes with it: no event is missing, and none is there twice."""
    job = jobs.submit("counted", {"to": 40}, "somebody")
    until(lambda: len(jobs.events(job)) > 2)
    jobs.pause(job)
    become(jobs, job, "paused")
    before = [event["count"] for event in jobs.events(job)]
    assert jobs.folder(job).joinpath("count").read_text() == str(before[-1])

    jobs.go_on(job)

    become(jobs, job, "finished")
    assert [event["count"] for event in jobs.events(job)] == list(range(1, 41))
    assert jobs.result(job) == {"count": 40}


def test_files_go_by_their_hash(jobs: Jobs) -> None:
    """The other machine has no path of this one."""
    content = b"a network"
    sha256 = hashlib.sha256(content).hexdigest()
    job = jobs.submit("handed", {"file": sha256}, "somebody", given=[content])

    become(jobs, job, "finished", "failed")

    assert jobs.result(job) == {"text": "a network"}


def test_its_worker_is_killed(jobs: Jobs) -> None:
    """The job goes on, in another process, from what had come here."""
    job = jobs.submit("counted", {"to": 60}, "somebody")
    until(lambda: len(jobs.events(job)) > 2)

    os.kill(jobs.events(job)[-1]["process"], signal.SIGKILL)

    become(jobs, job, "finished", "failed", "cut-off")
    assert jobs.result(job) == {"count": 60}
    told = jobs.events(job)
    assert [event["what"] for event in told].count("begun again") == 1
    assert len({event["process"] for event in told if "process" in event}) == 2


def test_who_has_the_jobs_done_is_killed(jobs: Jobs, tmp_path: Path) -> None:
    """The job was cut off and goes on from what had come here, beside the one that nobody waits for."""
    job = jobs.submit("counted", {"to": 60}, "somebody")
    until(lambda: len(jobs.events(job)) > 2)
    (runner,) = holders(tmp_path / "jobs" / RUNNER)

    os.kill(runner, signal.SIGKILL)

    become(jobs, job, "cut-off")
    jobs.go_on(job)
    become(jobs, job, "finished")
    counts = [event["count"] for event in jobs.events(job)]
    assert counts == sorted(set(counts))
    assert counts[:3] == [1, 2, 3]
    assert counts[-1] == 60


def test_the_scheduler_is_killed(tmp_path: Path) -> None:
    """The job was cut off, in a sentence, and what had come here is here."""
    with started(tmp_path, 1) as running:
        jobs = Jobs(tmp_path / "jobs", running.where, works=WORKS)
        job = jobs.submit("counted", LONG, "somebody")
        until(lambda: len(jobs.events(job)) > 2)
        os.kill(running.scheduler, signal.SIGKILL)

        assert "did not answer any more" in become(jobs, job, "cut-off").sentence
        assert jobs.folder(job).joinpath("count").exists()
        jobs.close()


def test_nobody_answers_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits has failed, in a sentence with the address, and can go on later."""
    made(tmp_path / "tls")
    job = Job(fresh_id(), "counted", dict(LONG), "somebody", 0.0)
    table = Table(tmp_path / "jobs")
    with table.changing():
        table.add(job, {})
    monkeypatch.setattr("jobs.cluster.REACHED", 0.2)

    Runner(Errand(table.folder, Where(0, "tls://127.0.0.1:1", tmp_path / "tls"), Bounds(), WORKS)).run()

    assert table.read(job.id).state == "failed"
    assert "tls://127.0.0.1:1 could not be reached" in table.read(job.id).sentence


def test_processes_that_do_not_come_back_are_waited_for_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had them begins anew then; what waits goes on waiting, and is done by the next ones."""
    job = Job(fresh_id(), "counted", {"to": 1}, "somebody", 0.0)
    table = Table(tmp_path / "jobs")
    with table.changing():
        table.add(job, {})
    monkeypatch.setattr("jobs.runner.GONE", 0.2)
    monkeypatch.setattr("jobs.runner.GRACE", 600.0)  # nobody uses the folder, and it would end for that
    none = Runner(Errand(table.folder, Where(0), Bounds(), WORKS))

    none.run()

    assert none.is_lost
    assert table.read(job.id).state == "waiting"
    jobs = Jobs(table.folder, Where(1), works=WORKS)
    assert become(jobs, job.id, "finished").state == "finished"
    jobs.close()


def test_nobody_comes_in_without_the_certificate(cluster: Running, tmp_path: Path) -> None:
    """Neither with none nor with another one: the scheduler says nothing at all."""
    host, port = cluster.where.address.removeprefix("tls://").split(":")
    assert cluster.where.certificates
    made(tmp_path / "other")
    contexts: list[Callable[[ssl.SSLContext], None]] = [
        lambda _: None,
        lambda context: context.load_cert_chain(tmp_path / "other/cert.pem", tmp_path / "other/key.pem"),
    ]
    for show in contexts:
        context = ssl.create_default_context(cafile=cluster.where.certificates / AUTHORITY)
        context.check_hostname = False
        show(context)
        with pytest.raises(ssl.SSLError):
            answered((host, int(port)), context)


def test_certificates_are_made_once(tmp_path: Path) -> None:
    """They stay what they are, and only their owner reads the key."""
    assert made(tmp_path / "tls")
    key = tmp_path / "tls" / "key.pem"
    before = key.read_bytes()

    assert not made(tmp_path / "tls")

    assert key.read_bytes() == before
    assert key.stat().st_mode & 0o077 == 0


def test_openssl_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(JobsError, match="openssl, which is not installed"):
        made(tmp_path / "tls")
