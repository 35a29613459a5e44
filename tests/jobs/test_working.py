"""What a job's process does before, and instead of, its work."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import scratch
from jobs.job import fresh_id
from jobs.working import Order, done
from models.datasets import mnist
from models.datasets.same import fingerprint
from models.datasets.shipped import SOURCES
from tests.jobs.works import WORKS


def order(home: Path, work: str = "counted", **images: str) -> Order:
    """Return an order for a job in a folder of its own."""
    name = fresh_id()
    scratch.begin(str(home), name)
    return Order(scratch.place(str(home), name), WORKS[work], {"to": 1}, images, mild=False)


def test_other_images_are_refused(tmp_path: Path) -> None:
    """Rather than trained on; the same are not."""
    assert done(order(tmp_path, **{mnist.KEY: fingerprint(SOURCES[mnist.KEY])})).state == "finished"

    ending = done(order(tmp_path, **{mnist.KEY: "0" * 64}))

    assert ending.state == "failed"
    assert "MNIST is not the same on the machine" in ending.sentence


def test_a_work_that_is_not_there(tmp_path: Path) -> None:
    """Another version has it: the job has failed, and whoever runs the server is told why."""
    given = order(tmp_path)
    lacking = Order(given.place, "models.nowhere:work", {}, {}, mild=False)

    ending = done(lacking)

    assert ending.state == "failed"
    assert "No module named" in ending.fault
    assert "No module named" not in ending.sentence


@pytest.mark.parametrize("sha256", ["0" * 64, "../job.json", ""])
def test_a_file_that_was_not_given(tmp_path: Path, sha256: str) -> None:
    """Is said to be missing, whatever it is called."""
    given = order(tmp_path, "handed")
    named = Order(given.place, given.work, {"file": sha256}, {}, mild=False)

    assert "did not come with the job" in done(named).sentence
