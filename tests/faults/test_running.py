from __future__ import annotations

import gzip
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard import picture
from tests import checkpoints
from tests.faults.conftest import Running
from tests.faults.processes import PATIENCE, Server, started
from tests.models.photographs import encoded

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="counts memory and threads by /proc"),
]
MEGABYTE = 2**20


def require_picture(server: Server, digit: int) -> None:
    """Fail unless a digit is answered with its own picture."""
    answer = server.get(f"/pictures/{server.version()}/fcn,cnn/{digit}/post.bin")
    assert answer.status == 200
    body = gzip.decompress(answer.body)
    assert int.from_bytes(body[:4], "little") == digit
    shown = [layer for key in ("fcn", "cnn") for layer in picture.panels(checkpoints.LAYERS[key])]
    maps = [layer for layer in shown if layer.has_maps]
    exact = 4 + 2 * 80 + 4 * sum(layer.channels * (2 if layer in maps else 1) for layer in shown)
    cells = sum(rows * columns * channels for rows, columns, channels in (each.output_shape for each in maps))
    assert len(body) == exact + cells


def measure(worker: int) -> tuple[int, int, int]:
    """Return a process's memory in bytes, its threads and its open files."""
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    files = len(os.listdir(f"/proc/{worker}/fd"))  # noqa: PTH208  only the number
    return int(status["VmRSS"].split()[0]) * 1024, int(status["Threads"]), files


def test_the_page_is_there_before_the_networks(running: Running) -> None:
    """In the first moment the page, the wall and the list of networks are served; a click is told to wait."""
    waiting = ("/readyz", "/api/models/cnn/images/3", "/pictures/")
    for path, answer in running.first.items():
        if path.startswith(waiting):
            assert answer.status == 503
            assert "waking" in answer.sentence
            assert answer.headers["Retry-After"] == "1"
        else:
            assert answer.status == 200


def test_a_cache_that_cannot_be_written_costs_no_answer(running: Running) -> None:
    """Clicks are answered; the log says once what is wrong, and readiness which setting helps."""
    for first, second in running.forgetting:
        assert (second.status, second.body) == (200, first.body)
    assert running.unready.status == 503
    assert "CACHE_DIR" in running.unready.sentence
    assert [line["level"] for line in running.said] == ["warning"]


def test_they_wake_by_themselves(server: Server) -> None:
    """Asked again, what had to wait is answered."""
    assert server.get("/api/models/cnn/images/3").status == 200
    require_picture(server, 3)


def test_clicks_leave_nothing_behind(server: Server) -> None:
    """500 digits that nobody has asked for, by sixteen people: memory, threads and files stay as before."""
    (worker,) = server.workers()
    version = server.version()

    def click(digit: int) -> int:
        return server.get(f"/pictures/{version}/fcn,cnn/{digit}/{('pre', 'post')[digit % 2]}.bin").status

    with ThreadPoolExecutor(16) as people:
        assert set(people.map(click, range(1_000, 1_200))) == {200}
        memory, threads, files = measure(worker)
        assert set(people.map(click, range(2_000, 2_500))) == {200}

    later = measure(worker)
    assert server.workers() == [worker]
    assert later[0] - memory < 50 * MEGABYTE
    assert later[1] - threads <= 16  # as many as answer at once, of whom some may not have been needed before
    assert later[2] - files <= 100  # each of them opens the cache for itself


def test_images_leave_nothing_behind(server: Server) -> None:
    """Sixteen people send an image of 16 million pixels : memory stays as it was, and the process too."""
    (worker,) = server.workers()
    large = np.full((4096, 4096), 230, np.uint8)
    large[1000:3000, 2000:2200] = 20
    image = encoded(large, "JPEG")
    assert server.send("POST", "/api/drawings", encoded(large[::32, ::32])).status == 200
    memory, _, _ = measure(worker)

    with ThreadPoolExecutor(16) as people:
        answers = people.map(lambda _: server.send("POST", "/api/drawings", image).status, range(16))
        assert set(answers) <= {200, 503}  # who has waited too long is told to ask again

    assert server.workers() == [worker]
    assert measure(worker)[0] - memory < 100 * MEGABYTE


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_body_is_refused_over_the_wire(server: Server, *, chunked: bool) -> None:
    """413 in the one shape, whether or not the length is told; the next request is answered."""
    size = 5_000_000
    told = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    head = b"POST /_dash-update-component HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(server.address, timeout=PATIENCE) as client:
        client.sendall(head + told + b"\r\n\r\n" + (b"%x\r\n" % size if chunked else b""))
        with suppress(OSError):  # it may be refused before all of it has been sent
            client.sendall(b"0" * size + (b"\r\n0\r\n\r\n" if chunked else b""))
        answer = b""
        while not answer.endswith(b"}}\n") and (more := client.recv(65_536)):
            answer += more
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'{"error":{"code":"request_entity_too_large"' in answer
    require_picture(server, 4)


def test_a_request_can_be_traced(server: Server) -> None:
    """The id in the answer is that of one line in the log of the process, written when the answer is gone."""
    answer = server.get("/api/images/10000")
    asked = answer.headers["X-Request-ID"]

    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE
    while not found and time.monotonic() < deadline:
        found = [each for each in server.logged() if each.get("request_id") == asked]
    (line,) = found
    assert (line["event"], line["status"], line["path"]) == ("request", 404, "/api/images/10000")


def garbage(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged " * 1_000)


def a_folder_in_its_place(folder: Path) -> None:
    other = folder.with_name("other")
    (other / "cache.db").mkdir(parents=True)
    put(other, folder)


def put(other: Path, folder: Path) -> None:
    """Put something in the place of a folder, which a server may make anew at any moment."""
    while other.exists():
        delete(folder)
        with suppress(OSError):  # it is there again
            other.rename(folder)


def settle(folder: Path) -> None:
    """Wait until a server has written what it was to remember: nothing tells when it has."""
    file, before = folder / "cache.db", 0
    while before != (before := file.stat().st_mtime_ns):
        time.sleep(0.5)


def ask_until_both_say(event: str, server: Server, before: int) -> None:
    """Ask from many sides at once, so that both processes are asked, until each has said something."""
    end = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(8) as pool:
        while sum(line["event"].startswith(event) for line in server.logged()[before:]) < 2:
            assert time.monotonic() < end, event
            list(pool.map(partial(require_picture, server), range(20, 60)))


def delete(folder: Path) -> None:
    """Delete a folder at once: a server that makes it anew meanwhile would meet it half deleted."""
    gone = folder.rename(folder.with_name(f"{folder.name}-{time.monotonic_ns()}"))
    shutil.rmtree(gone, ignore_errors=True)


@pytest.fixture(scope="module")
def two_workers(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two processes, both awake."""
    folder = tmp_path_factory.mktemp("two")
    with started(folder, CHECKPOINTS_DIR=str(small), WORKERS="2", LOG_LEVEL="warning") as server:
        for _ in range(40):  # one of them is asked each time
            server.until("/readyz", 200)
        yield server


@pytest.mark.parametrize("damage", [garbage, a_folder_in_its_place, delete])
def test_the_cache_may_be_lost_at_any_time(two_workers: Server, damage: Callable[[Path], None]) -> None:
    """Under a running server: no answer is lost, it is made anew by itself, and the log says so once."""
    server = two_workers
    for digit in range(8):
        require_picture(server, digit)
    settle(server.cache)
    before = len(server.logged())

    damage(server.cache)

    for digit in range(16):  # seen before, and never
        require_picture(server, digit)
    for _ in range(20):
        assert server.until("/readyz", 200).json == {"status": "ready"}
    events = [line["event"] for line in server.logged()[before:]]
    assert events == ["the cache was lost or damaged, and was made anew"]
    assert server.cache.stat().st_mode & 0o777 == 0o700
    assert (server.cache / "cache.db").is_file()


def test_a_cache_folder_that_can_be_written_again_is_used(two_workers: Server) -> None:
    """Meanwhile clicks are answered and readiness says what is wrong; then it is well, without a restart.

    Each process says once that it fails and once that it is over, however many clicks there were.
    """
    server = two_workers
    before = len(server.logged())
    settle(server.cache)
    file = server.cache.with_name("file")
    file.write_text("in its place")
    put(file, server.cache)

    failed, well = "nothing is remembered: the cache folder cannot be used", "it is remembered again"
    ask_until_both_say(failed, server, before)
    refusal = server.until("/readyz", 503)
    assert refusal.json["error"]["code"] == "no_storage"
    assert "CACHE_DIR" in refusal.sentence
    assert str(server.cache) not in refusal.sentence

    server.cache.unlink()

    server.until("/readyz", 200)
    ask_until_both_say(well, server, before)
    events = [line["event"] for line in server.logged()[before:] if "cache" in line["event"]]
    assert events.count(failed) == 2
    assert sum(event.startswith(well) for event in events) == 2
    assert len(events) == 4
    assert server.cache.stat().st_mode & 0o777 == 0o700


def test_a_killed_worker_is_replaced(server: Server) -> None:
    """The next request is answered by another process, and so is a click once its networks are awake.

    It is killed as a machine without memory would. The other one begins on garbage, is ready, and remembers.
    """
    (before,) = server.workers()
    garbage(server.cache)

    os.kill(before, signal.SIGKILL)

    assert server.get("/").status == 200
    assert server.get("/compare").status == 200
    assert before not in server.workers()
    server.until("/readyz", 200)
    for digit in (3, 8):
        require_picture(server, digit)
