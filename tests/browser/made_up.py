"""The made-up world, served in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import worlds
from tests.browser.threaded import threaded
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
    app = apps.awake(workspace, tmp_path_factory.mktemp("unused"), **settings)
    with threaded(app.server) as address:
        yield address
