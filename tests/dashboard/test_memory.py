from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import diskcache
import pytest

from dashboard.memory import WAITING, Memory

SMALL, LARGE = b"small", bytes(range(256)) * 400  # in the database; in a file of its own


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache folder that is not there yet."""
    return tmp_path / "cache" / "deep"


def filled(folder: Path) -> Memory:
    """Return a memory that remembers one small and one large answer."""
    memory = Memory(folder)
    memory.remember("small", SMALL)
    memory.remember("large", LARGE)
    memory.settle()
    return memory


def works(memory: Memory) -> bool:
    """Return whether it works now: a call, since the answer may change from line to line."""
    return memory.works


def forgets_in_peace(memory: Memory) -> bool:
    """Return whether a memory without a usable folder can be used all the same, from any thread."""

    def use(name: str) -> bytes | None:
        memory.remember(name, SMALL)
        memory.settle()
        return memory.recall(name)

    with ThreadPoolExecutor(2) as pool:
        return {use("here"), *pool.map(use, ["one", "other"])} <= {None, SMALL}


def test_memory_survives_a_restart(folder: Path) -> None:
    """A second memory on the same folder knows what the first one was told; other names are unknown."""
    first = filled(folder)
    assert (first.recall("small"), first.recall("large")) == (SMALL, LARGE)

    second = Memory(folder)

    assert second.works
    assert (second.recall("small"), second.recall("large")) == (SMALL, LARGE)
    assert second.recall("middle") is None


def test_the_latest_answer_counts(folder: Path) -> None:
    """A name that is remembered again means the new bytes; no bytes at all are bytes too."""
    memory = filled(folder)
    memory.remember("small", b"")
    memory.settle()

    assert memory.recall("small") == b""


@pytest.mark.parametrize("before", [None, 0o755])
def test_the_folder_is_its_owners_alone(folder: Path, before: int | None) -> None:
    """Nobody else may read or plant anything, even in a folder that was there before."""
    if before is not None:
        folder.mkdir(before, parents=True)

    Memory(folder)

    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "thing", [{"a": 1}, "text", 10**12, 1.5, [b"bytes"]], ids=["dict", "str", "int", "float", "list"]
)
def test_what_is_not_bytes_is_not_recalled(folder: Path, thing: object) -> None:
    """What something else put into the database is unknown, not an error and not turned into bytes."""
    memory = filled(folder)
    with diskcache.Cache(str(folder)) as planted:
        planted.set("planted", thing)

    assert memory.recall("planted") is None
    assert memory.recall("small") == SMALL


@pytest.mark.parametrize("size", [0, 100_000], ids=["in the database", "in a file"])
def test_a_planted_pickle_is_not_unpickled(folder: Path, tmp_path: Path, size: int) -> None:
    """A pickle that would leave a file behind is not opened by any use of the memory, nor by a restart."""
    with diskcache.Cache(str(folder)) as planted:
        planted.set("planted", [Trap(tmp_path / "sprung"), b"0" * size])
        planted.set(("a", Trap(tmp_path / "sprung")), b"under a pickled key")

    memory = filled(folder)

    assert memory.recall("planted") is None
    assert Memory(folder).recall("small") == SMALL
    assert not (tmp_path / "sprung").exists()
    with diskcache.Cache(str(folder)) as careless:
        assert careless.get("planted")
    assert (tmp_path / "sprung").exists(), "the trap is one"


def test_a_folder_deleted_at_run_time_loses_no_answer(folder: Path) -> None:
    """Without its folder the memory forgets, in every thread, says that it does not work, and goes on."""
    memory = filled(folder)
    assert works(memory)

    shutil.rmtree(folder)

    assert memory.recall("large") is None
    assert forgets_in_peace(memory)
    assert not works(memory)
    again = filled(folder)
    assert again.recall("large") == LARGE


def test_a_lost_file_is_forgotten(folder: Path) -> None:
    """A large answer whose file is gone is unknown; the rest is still there."""
    memory = filled(folder)
    for file in folder.rglob("*.val"):
        file.unlink()

    assert memory.recall("large") is None
    assert memory.recall("small") == SMALL


@pytest.mark.parametrize("moment", ["before", "during"])
def test_a_corrupt_database_loses_no_answer(folder: Path, moment: str) -> None:
    """Garbage where the database was, before the start or while running, makes the memory forget."""
    memory = filled(folder)
    for file in folder.glob("cache.db*"):
        file.write_bytes(b"garbage" * 2_000)
    if moment == "before":
        memory = Memory(folder)
        assert not works(memory)

    assert forgets_in_peace(memory)


CUT_SHORT = """
import sys
from pathlib import Path
from dashboard.memory import Memory

memory = Memory(Path(sys.argv[1]))
for index in range(400):
    memory.remember(str(index), b"answer" * 3_000)
memory.settle()
for file in Path(sys.argv[1]).rglob("*"):
    file.write_bytes(b"x" * int(sys.argv[2]))
print([memory.recall(str(index)) for index in range(400)].count(None))
"""


@pytest.mark.parametrize("size", [0, 8_000])
def test_files_cut_short_stop_no_process(folder: Path, size: int) -> None:
    """Truncated under the process that has them open, they are forgotten; mapped ones would be its end."""
    ended = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, str(folder), str(size)], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (0, "400\n")


def in_place_of_a_folder(tmp_path: Path) -> Path:
    (tmp_path / "cache").write_bytes(b"")
    return tmp_path / "cache"


def below_a_file(tmp_path: Path) -> Path:
    return in_place_of_a_folder(tmp_path) / "cache"


def with_a_folder_as_database(tmp_path: Path) -> Path:
    (tmp_path / "cache" / "cache.db").mkdir(parents=True)
    return tmp_path / "cache"


def where_nothing_can_be_made(tmp_path: Path) -> Path:
    return Path("/proc/cache")


@pytest.mark.parametrize(
    "place", [in_place_of_a_folder, below_a_file, with_a_folder_as_database, where_nothing_can_be_made]
)
def test_an_unusable_folder_is_reported_and_forgotten(
    tmp_path: Path, place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The app starts without memory, says so once in its log, and every answer is new every time."""
    memory = Memory(place(tmp_path))

    assert not works(memory)
    assert forgets_in_peace(memory)
    assert memory.recall("here") is None
    assert [record.message for record in caplog.records] == [
        "nothing is remembered: the cache folder cannot be used"
    ]


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), sqlite3.OperationalError("disk is full")]
)
def test_a_full_disk_is_survived(folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """What cannot be written is forgotten; once there is space again, new answers are remembered."""
    memory = filled(folder)

    def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as full:
        full.setattr(diskcache.Cache, "set", fail)
        memory.remember("more", SMALL)
        memory.settle()
        assert not works(memory)
    assert memory.recall("more") is None
    memory.remember("more", SMALL)
    memory.settle()
    assert memory.recall("more") == SMALL
    assert works(memory)


def test_a_slow_disk_holds_nobody_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk hangs, remembering returns at once, and no more than a bounded number waits."""
    memory, moves = filled(folder), threading.Event()
    write = diskcache.Cache.set

    def hang(cache: diskcache.Cache, name: str, content: bytes) -> None:
        moves.wait(60)
        write(cache, name, content)

    monkeypatch.setattr(diskcache.Cache, "set", hang)
    for number in range(3 * WAITING):
        memory.remember(f"{number}", SMALL)
    moves.set()
    memory.settle()

    known = sum(memory.recall(f"{number}") == SMALL for number in range(3 * WAITING))
    assert WAITING <= known <= WAITING + 1
