from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import diskcache
import pytest

from dashboard.memory import WAITING, Memory
from dashboard.settings import ROOT

PATIENCE = 60.0  # seconds for what heals by itself, on a machine that has much else to do
LOST = "nothing is remembered: the cache folder cannot be used"
AGAIN = "it is remembered again: the cache folder can be used"
ANEW = "the cache was lost or damaged, and was made anew"
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


def test_a_lost_file_is_forgotten(folder: Path) -> None:
    """A large answer whose file is gone is unknown; the rest is still there."""
    memory = filled(folder)
    for file in folder.rglob("*.val"):
        file.unlink()

    assert memory.recall("large") is None
    assert memory.recall("small") == SMALL


def in_its_place(folder: Path, make: Callable[[Path], object]) -> None:
    (folder / "cache.db").unlink()
    make(folder / "cache.db")


def of_something_else(path: Path) -> None:
    """Make a database that is whole, but of another program, with a table that has the same name."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE Cache (name TEXT)")
        other.execute("CREATE TABLE Settings (key TEXT, value TEXT)")
    other.close()


def in_the_middle(folder: Path) -> None:
    with (folder / "cache.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"garbage" * 4_000)


def as_journal(folder: Path) -> None:
    (folder / "cache.db-journal").unlink()
    (folder / "cache.db-journal").mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "folder deleted": shutil.rmtree,
    "file deleted": lambda folder: (folder / "cache.db").unlink(),
    "garbage": lambda folder: (folder / "cache.db").write_bytes(b"garbage" * 2_000),
    "garbage in the middle": in_the_middle,
    "cut to nothing": lambda folder: (folder / "cache.db").write_bytes(b""),
    "cut short": lambda folder: os.truncate(folder / "cache.db", 5_000),
    "another file": lambda folder: in_its_place(folder, lambda path: path.write_bytes(b"garbage")),
    "a folder": lambda folder: in_its_place(folder, lambda path: (path / "deep").mkdir(parents=True)),
    "a dangling link": lambda folder: in_its_place(folder, lambda path: path.symlink_to("nowhere")),
    "a pipe": lambda folder: in_its_place(folder, os.mkfifo),
    "another program's": lambda folder: in_its_place(folder, of_something_else),
    "a folder as journal": as_journal,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_lost_or_damaged_cache_is_made_anew(
    folder: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    """While it runs, by itself and at once, for all threads: nobody gets a wrong answer; it is said once."""
    memory = filled(folder)
    for number in range(50):  # so that the database has a middle
        memory.remember(f"{number}", SMALL * 400)
    memory.settle()
    assert works(memory)

    damage(folder)

    with ThreadPoolExecutor(4) as people:
        assert set(people.map(memory.recall, ["small"] * 40)) <= {SMALL, None}
        assert set(people.map(memory.recall, ["49"] * 40)) <= {SMALL * 400, None}
        assert set(people.map(memory.recall, ["large"] * 40)) <= {LARGE, None}
    memory.remember("new", SMALL)
    memory.settle()
    assert works(memory)
    for name, content in {"later": SMALL, "larger": LARGE}.items():
        memory.remember(name, content)
    memory.settle()
    assert (memory.recall("later"), memory.recall("larger")) == (SMALL, LARGE)
    assert [record.message for record in caplog.records] == [ANEW]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Memory(folder).recall("later") == SMALL, "it lies on disk"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_it_is_made_anew_at_the_start_too(
    folder: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever was left there: it works from the first moment on; what was deleted is nothing to speak of."""
    memory = filled(folder)
    for number in range(50):
        memory.remember(f"{number}", SMALL * 400)
    memory.settle()
    damage(folder)

    memory = filled(folder)
    assert works(memory)
    for number in range(50):
        assert memory.recall(f"{number}") in (None, SMALL * 400)
    memory.settle()
    again = filled(folder)

    assert (again.recall("small"), again.recall("large")) == (SMALL, LARGE)
    assert {record.message for record in caplog.records} <= {ANEW}
    assert len(caplog.records) <= 1


def test_what_else_lies_in_the_folder_stays(folder: Path) -> None:
    """Only the database and its values are removed, of which none is left behind."""
    memory = filled(folder)
    for number in range(20):
        memory.remember(f"{number}", LARGE)
    memory.settle()
    (folder / "mine").mkdir()
    (folder / "mine" / "note").write_text("kept")
    (folder / "cache.db.copy").write_text("kept")
    (folder / "cache.db").write_bytes(b"garbage")

    assert memory.recall("small") is None
    memory.settle()

    assert works(memory)
    kept = {"mine", "note", "cache.db.copy"}
    assert {path.name for path in folder.rglob("*")} == kept | {"cache.db", "cache.db-journal"}


def test_nothing_grows_with_every_damage(folder: Path) -> None:
    """What was opened before is closed again, by all threads, and nobody waits for another try."""
    memory = filled(folder)
    opened = []
    with ThreadPoolExecutor(4) as people:
        for _ in range(12):
            shutil.rmtree(folder)
            assert works(memory)
            set(people.map(memory.recall, ["small"] * 16))
            gc.collect()  # a connection of Python's holds itself
            opened.append(sum(lost_files()))

    assert max(opened) <= 8, "one for each thread that has not asked since, and a journal"


def lost_files() -> Iterator[bool]:
    """Yield of each file of a cache that this process has open whether it is deleted."""
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # it was for reading that list
            yield "test_nothing_grows" in (name := str(each.readlink())) and name.endswith("(deleted)")


MANY = """
import json, logging, sys
from pathlib import Path
from dashboard import logs
from dashboard.memory import Memory

logs.configure("info")
memory = Memory(Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    name = line.strip()
    if name.startswith("keep "):
        memory.remember(name[5:], name.encode())
        memory.settle()
    known = memory.recall(name.removeprefix("keep "))
    memory.settle()
    print(json.dumps([memory.works, known and known.decode()]), flush=True)
"""


@pytest.fixture
def workers(folder: Path, tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Four processes that remember in one folder, as workers do."""
    with (tmp_path / "log").open("w") as log:
        command = [sys.executable, "-c", MANY, str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        started = [subprocess.Popen(command, cwd=ROOT, text=True, bufsize=1, **pipes) for _ in range(4)]  # type: ignore[call-overload]
        try:
            for each in started:
                assert each.stdout.readline() == "ready\n"
            yield started
        finally:
            for each in started:
                each.kill()
                each.communicate()


def ask(workers: list[subprocess.Popen[str]], name: str) -> list[list[Any]]:
    """Ask all of them at once, and return whether each works and what it knows."""
    for each in workers:
        assert each.stdin
        each.stdin.write(f"{name}\n")
    return [json.loads(each.stdout.readline()) for each in workers if each.stdout]


@pytest.mark.parametrize("damage", [DAMAGES[name] for name in ("folder deleted", "garbage", "a folder")])
def test_several_processes_heal_at_once(
    folder: Path, tmp_path: Path, workers: list[subprocess.Popen[str]], damage: Callable[[Path], object]
) -> None:
    """One of them makes it anew and says so; then all remember together again, time after time."""
    for turn in range(3):
        assert ask(workers, f"keep {turn}") == [[True, f"keep {turn}"]] * 4
        damage(folder)
        assert [works for works, _ in ask(workers, "unknown")] == [True] * 4
        assert ask(workers, f"keep more {turn}") == [[True, f"keep more {turn}"]] * 4
        told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        assert [line["event"] for line in told] == [ANEW] * (turn + 1)
    assert folder.stat().st_mode & 0o777 == 0o700


def until_it_works(memory: Memory) -> None:
    end = time.monotonic() + PATIENCE
    while not memory.works:
        assert time.monotonic() < end
        time.sleep(0.05)  # nothing tells when it will


@pytest.mark.parametrize("moment", ["before", "during"])
def test_a_folder_that_can_be_used_again_is_used(
    folder: Path, moment: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It heals without a restart and without a click; two lines say so, however many clicks there were."""
    if moment == "during":
        memory = filled(folder)
        shutil.rmtree(folder)
        folder.write_text("in its place")
    else:
        folder.parent.mkdir()
        folder.write_text("in its place")
        memory = Memory(folder)
    for number in range(100):
        assert memory.recall("small") is None
        memory.remember(f"{number}", SMALL)
    memory.settle()
    assert not works(memory)
    assert [record.message for record in caplog.records] == [LOST]

    folder.unlink()

    until_it_works(memory)
    assert [record.message for record in caplog.records] == [LOST, AGAIN]
    memory.remember("after", LARGE)
    memory.settle()
    assert memory.recall("after") == LARGE
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("size", [3_000, 60_000], ids=["in the database", "in a file"])
def test_a_disk_that_is_full_for_a_while(
    small_disk: Path, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What is known is still known, nothing half is left, and once there is space again it is remembered."""
    memory = filled(small_disk / "cache")
    free = os.statvfs(small_disk)
    (small_disk / "other").write_bytes(bytes(free.f_bavail * free.f_frsize - 4096))

    for number in range(40):
        memory.remember(f"{number}", bytes(size))
        memory.settle()
        assert memory.recall(f"{number}") in (None, bytes(size))
    assert not works(memory)
    assert (memory.recall("small"), memory.recall("large")) == (SMALL, LARGE)
    assert [record.message for record in caplog.records] == [LOST]
    assert len(list((small_disk / "cache").rglob("*.val"))) == 1, "no half of a file"

    (small_disk / "other").unlink()

    until_it_works(memory)
    memory.remember("after", bytes(size))
    memory.settle()
    assert memory.recall("after") == bytes(size)
    assert [record.message for record in caplog.records] == [LOST, AGAIN]


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


def where_nothing_can_be_made(tmp_path: Path) -> Path:
    return Path("/proc/cache")


@pytest.mark.parametrize("place", [in_place_of_a_folder, below_a_file, where_nothing_can_be_made])
def test_an_unusable_folder_is_reported_and_forgotten(
    tmp_path: Path, place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The app starts without memory, says so once in its log, and every answer is new every time."""
    memory = Memory(place(tmp_path))

    assert not works(memory)
    assert forgets_in_peace(memory)
    assert memory.recall("here") is None
    assert [record.message for record in caplog.records] == [LOST]


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
