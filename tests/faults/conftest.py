from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Answer, Server, started


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Path:
    """A folder with small checkpoints."""
    return small_folder


@dataclass(frozen=True)
class Running:
    """A server that began where its cache could not be written, and what it answered then.

    Attributes:
        server: It.
        first: Its answers in its first moment.
        forgetting: Two answers each, once its networks were awake.
        unready: What it said of itself then.
        said: Of the cache in its log, by then.
    """

    server: Server
    first: dict[str, Answer]
    forgetting: list[tuple[Answer, Answer]]
    unready: Answer
    said: list[dict[str, Any]]


@pytest.fixture(scope="session")
def running(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The one server that tests share; whoever harms it sees to it that it recovers."""
    folder = tmp_path_factory.mktemp("shared")
    in_its_place = folder / "cache"
    in_its_place.write_text("")
    with started(folder, CHECKPOINTS_DIR=str(small)) as server:
        version = server.version()
        paths = ("/", "/compare", "/healthz", "/api/models", "/api/models/cnn/images/3", "/readyz")
        pictures = (f"/wall/{version}/0.bin", f"/pictures/{version}/fcn,cnn/3/post.bin")
        first = {path: server.get(path) for path in (*paths, *pictures)}
        clicks = (pictures[1], f"/kernels/{version}/cnn/conv1/0.bin")
        forgetting = [(server.until(path, 200), server.get(path)) for path in clicks]
        unready = server.awake("/readyz")
        said = [line for line in server.logged() if "cache folder" in line["event"]]
        in_its_place.unlink()
        yield Running(server, first, forgetting, unready, said)


@pytest.fixture
def server(running: Running) -> Server:
    """The shared server, awake."""
    running.server.until("/readyz", 200)
    return running.server
