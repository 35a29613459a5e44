from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.processes import Answer, Server, started


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Path:
    """A folder with small checkpoints."""
    return small_folder


@dataclass(frozen=True)
class Running:
    """A server, and what it answered in its first moment."""

    server: Server
    first: dict[str, Answer]


@pytest.fixture(scope="session")
def running(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The one server that tests share; whoever harms it sees to it that it recovers."""
    with started(tmp_path_factory.mktemp("shared"), CHECKPOINTS_DIR=str(small)) as server:
        version = server.version()
        paths = ("/", "/compare", "/healthz", "/api/models", "/api/models/cnn/images/3", "/readyz")
        pictures = (f"/wall/{version}/0.bin", f"/pictures/{version}/fcn,cnn/3/post.bin")
        yield Running(server, {path: server.get(path) for path in (*paths, *pictures)})


@pytest.fixture
def server(running: Running) -> Server:
    """The shared server, awake."""
    running.server.until("/readyz", 200)
    return running.server
