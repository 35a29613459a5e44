from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.shared import made_once, running_once


def filled(folder: Path, words: str = "") -> None:
    (folder / "words").write_text(words)


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    """Whoever comes later finds what the first made."""
    folder = tmp_path / "folder"

    for words in ("first", "second"):
        made_once(folder, partial(filled, words=words))

    assert (folder / "words").read_text() == "first"


def test_a_folder_that_could_not_be_filled_is_not_there(tmp_path: Path) -> None:
    """What failed half-way is not taken for what was wanted, and does not keep others from making it."""
    folder = tmp_path / "folder"

    with pytest.raises(FileNotFoundError):
        made_once(folder, lambda unfinished: (unfinished / "a" / "b").touch())

    assert not folder.exists()
    assert (made_once(folder, filled) / "words").exists()


def test_what_runs_ends_with_its_last_user(tmp_path: Path) -> None:
    """The first of two users starts it, and leaves it to the other; who comes later starts it anew."""
    done: list[str] = []

    def start() -> str:
        done.append("start")
        return f"place {done.count('start')}"

    def used() -> AbstractContextManager[str]:
        return running_once(tmp_path / "it", start, lambda found: done.append(f"stop {found}"))

    with ExitStack() as second:
        with used() as found:
            assert second.enter_context(used()) == found == "place 1"
        assert done == ["start"]
    assert done == ["start", "stop place 1"]
    with used() as found:
        assert found == "place 2"
