from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.whole import fill_whole_folder


def fill(folder: Path) -> None:
    """Write two files."""
    (folder / "deep").mkdir()
    (folder / "deep" / "weights").write_bytes(b"new")
    (folder / "manifest").write_bytes(b"of it")


def test_a_folder_takes_the_place_of_what_was_left(tmp_path: Path) -> None:
    """Nothing of an earlier try is in it, nor beside it."""
    for left in ("world", ".world.tmp"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "half").write_bytes(b"ol")

    fill_whole_folder(tmp_path / "world", fill)

    assert [each.name for each in tmp_path.iterdir()] == ["world"]
    assert sorted(each.name for each in (tmp_path / "world").rglob("*")) == ["deep", "manifest", "weights"]


def test_a_folder_that_cannot_be_filled_is_not_there(tmp_path: Path) -> None:
    """Nor is a part of it."""

    def fail(folder: Path) -> None:
        fill(folder)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        fill_whole_folder(tmp_path / "world", fail)

    assert not list(tmp_path.iterdir())


def test_a_folder_is_synced_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its files: a power cut leaves all of them or no folder."""
    steps = []
    monkeypatch.setattr(os, "fsync", lambda _: steps.append((tmp_path / "world").exists()))

    fill_whole_folder(tmp_path / "world", fill)

    assert steps == [False, False]
