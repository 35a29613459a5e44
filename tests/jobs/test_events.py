"""Events are lines: whole, numbered, and never lost for what was written behind them."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from jobs.events import Told, read


def test_numbers_go_on_after_a_line_that_was_cut_off(tmp_path: Path) -> None:
    """Whoever writes next takes its place."""
    path = tmp_path / "events"
    Told(path).add({"what": "first"})
    with path.open("ab") as file:
        file.write(b'{"what": "cut o')

    assert [(event["number"], event["what"]) for event in read(path)] == [(1, "first")]
    Told(path).add({"what": "second"})

    assert [(event["number"], event["what"]) for event in read(path)] == [(1, "first"), (2, "second")]


def test_a_damaged_line_has_a_number_too(tmp_path: Path) -> None:
    """So that whoever asks for those behind a number gets them once."""
    path = tmp_path / "events"
    told = Told(path)
    told.add({"what": "first"})
    with path.open("ab") as file:
        file.write(b"\xff\n[1]\n")
    told.add({"what": "last"})

    assert [(event["number"], event["what"]) for event in read(path)] == [(1, "first"), (4, "last")]
    assert [event["number"] for event in read(path, after=3)] == [4]
    assert read(path, after=9) == read(tmp_path / "nowhere") == []


def test_a_number_that_is_none(tmp_path: Path) -> None:
    """JSON has no NaN, and whoever reads it in a browser would fail on all."""
    Told(tmp_path / "events").add({"loss": float("nan"), "curve": [1.0, float("inf")]})

    (event,) = read(tmp_path / "events")
    assert (event["loss"], event["curve"]) == (None, [1.0, None])


def test_what_is_no_json_is_a_fault(tmp_path: Path) -> None:
    """And nothing of it is written."""
    told = Told(tmp_path / "events")
    with pytest.raises(TypeError):
        told.add({"path": tmp_path})
    assert (tmp_path / "events").read_bytes() == b""


def test_no_room_for_a_line(tmp_path: Path) -> None:
    """Where only a part of it can be written nothing of it is left."""
    path = tmp_path / "events"
    told = Told(path)
    told.add({"what": "first"})
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 5, hard))
    try:
        with pytest.raises(OSError, match="No space left"):
            told.add({"what": "second"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
