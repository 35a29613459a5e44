from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.workspace import Workspace
from tests import checkpoints
from tests.dashboard import apps

if TYPE_CHECKING:
    import keras


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Path:
    """A folder with small checkpoints."""
    return small_folder


@pytest.fixture(scope="session")
def awake(small: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of an app that has loaded them."""
    cache = tmp_path_factory.mktemp("cache")
    settings = apps.settings(cache, CHECKPOINTS_DIR=str(small))
    workspace = Workspace.open(settings)
    app = create_app(workspace, settings)
    workspace.networks.wake()
    assert workspace.networks.wait(120)
    client: FlaskClient = app.server.test_client()
    return client


@pytest.fixture(scope="session")
def models(small: Path) -> Mapping[str, keras.Model]:
    """The same checkpoints as Keras itself opens them."""
    import keras

    return {key: keras.saving.load_model(small / f"{key}.keras") for key in checkpoints.LAYERS}
