"""The made-up world, served in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from dashboard.factory import create_app
from tests import worlds
from tests.dashboard import apps


@contextmanager
def serving(folder: Path, tmp_path_factory: pytest.TempPathFactory, **settings: str) -> Iterator[str]:
    """Serve the networks of a folder, and yield the address once they are awake.

    Args:
        folder: In which `worlds.publish` wrote.
        tmp_path_factory: Makes a folder for what is remembered.
        settings: Variables of the environment.
    """
    workspace = worlds.workspace(folder, tmp_path_factory.mktemp("cache"))
    app = create_app(workspace, apps.settings(tmp_path_factory.mktemp("unused"), **settings))
    workspace.networks.wake()
    assert workspace.networks.wait(300)
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
