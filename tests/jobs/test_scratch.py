"""What another machine is asked for lies in the folder of the job, and nowhere else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobs import scratch
from jobs.job import fresh_id
from jobs.working import FolderWatcher


def test_what_was_put_is_found_and_taken(tmp_path: Path) -> None:
    """Files by their names, events from where they are known, what is not whole not at all."""
    home, job = str(tmp_path), fresh_id()
    scratch.begin(home, job)
    scratch.put(home, job, "kept/epochs/1", b"weights")
    (scratch.place(home, job) / "kept" / ".new.tmp").write_bytes(b"half")
    scratch.put(home, job, "kept/.world.tmp/weights", b"half of the world")
    watcher = FolderWatcher(scratch.place(home, job))
    watcher.tell({"what": "first"})
    known = len(scratch.look(home, job, 0).lines)
    watcher.tell({"what": "second"})

    look = scratch.look(home, job, known)

    assert b"second" in look.lines
    assert b"first" not in look.lines
    assert {name: size for name, (size, _) in look.files.items()} == {"epochs/1": 7}
    assert scratch.take(home, job, "epochs/1") == (b"weights", look.files["epochs/1"])
    assert scratch.take(home, job, "epochs/2") is None
    scratch.forget(home, job)
    assert not scratch.place(home, job).exists()


@pytest.mark.parametrize("name", ["../../out", "/etc/passwd", "", ".."])
def test_names_do_not_lead_out(tmp_path: Path, name: str) -> None:
    """Neither of a file nor of a job."""
    with pytest.raises(ValueError, match="no name of a file"):
        scratch.put(str(tmp_path), fresh_id(), name, b"")
    with pytest.raises(ValueError, match="no id of a job"):
        scratch.begin(str(tmp_path), name)


def test_a_job_that_nobody_looks_at_is_to_end(tmp_path: Path) -> None:
    """Whoever waited for it is gone; where it lies in the table itself, nobody has to look."""
    home, job = str(tmp_path), fresh_id()
    scratch.begin(home, job)
    watcher = FolderWatcher(scratch.place(home, job))
    assert watcher.asked() == ""
    scratch.ask(home, job, "pause")
    assert watcher.asked() == "pause"

    long_ago = time.time() - scratch.LEASE - 1
    os.utime(scratch.place(home, job) / scratch.SEEN, (long_ago, long_ago))

    assert watcher.asked() == "cancel"
    scratch.look(home, job, 0)
    assert watcher.asked() == "pause"
