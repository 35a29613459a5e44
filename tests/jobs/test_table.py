"""The table is a folder: what is in it is there whole, and whoever looks knows when it has changed."""

from __future__ import annotations

from dataclasses import replace
from errno import ENOSPC
from pathlib import Path

import pytest

from jobs.job import Job, JobsError, UnknownJobError, fresh_id
from jobs.table import NEW, Table


def job(created: float = 0.0) -> Job:
    return Job(fresh_id(), "counted", {"to": 1, "of": [None, "é", 1.5]}, "somebody", created)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """An empty one, whose folder is not there yet."""
    return Table(tmp_path / "deep" / "jobs")


def test_what_was_written_is_read(table: Table) -> None:
    """All of it, the oldest first; only its owner reads the folder."""
    late, early = job(2.0), job(1.0)
    with table.changing():
        table.add_all([late, early], {"0" * 64: b"a file"})

    assert table.all() == [early, late]
    assert (table.place(late.id) / "given" / ("0" * 64)).read_bytes() == b"a file"
    assert table.folder.stat().st_mode & 0o077 == 0
    table.write(replace(late, title="new"))
    assert table.read(late.id).title == "new"
    table.delete(late.id)
    with pytest.raises(UnknownJobError):
        table.read(late.id)


def test_every_change_is_another_stamp(table: Table) -> None:
    """However soon one follows the other, and whether or not it went well."""
    stamps = [table.stamp()]
    for _ in range(5):
        with table.changing():
            pass
        stamps.append(table.stamp())
    with pytest.raises(JobsError), table.changing():
        raise OSError(ENOSPC, "No space left on device")

    assert len({*stamps, table.stamp()}) == 7


def test_all_or_none(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for the last, the first are not there, either."""
    add, times = table.add, iter(range(3))

    def full(*given: object) -> None:
        if next(times) == 2:
            raise OSError(ENOSPC, "No space left on device")
        add(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "add", full)
    with pytest.raises(JobsError, match="No space left"), table.changing():
        table.add_all([job(), job(), job()], {})

    assert table.all() == []


def test_what_was_begun_is_no_job(table: Table) -> None:
    """A process that ended while it added one leaves a folder that nobody sees, and that is removed."""
    with table.changing():
        (table.folder / f"{NEW}abc").mkdir()

    assert table.all() == []
    table.tidy()
    assert not list(table.folder.glob(f"{NEW}*"))
