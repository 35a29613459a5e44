from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from dashboard.factory import Page, create_app
from dashboard.workspace import Workspace
from models.datasets import mnist
from models.datasets.dataset import Dataset
from tests.dashboard import apps


@pytest.fixture(autouse=True)
def unconfigured_logs() -> None:
    """Every test begins with logging as Python leaves it, whatever an app before it has configured."""
    for room in ("dashboard", "models"):
        log = logging.getLogger(room)
        log.handlers.clear()
        log.setLevel(logging.NOTSET)
        log.propagate = True


@pytest.fixture(scope="session")
def test_digits() -> Dataset:
    """The 10,000 test digits."""
    return mnist.load("test")


@pytest.fixture(scope="session")
def pretended(test_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two small networks that pretend to be awake."""
    return apps.workspace(test_digits, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def page(pretended: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The whole app, on top of them."""
    return create_app(pretended, apps.settings(tmp_path_factory.mktemp("unused")))


@pytest.fixture
def client(page: Page) -> FlaskClient:
    """A visitor of that app."""
    client: FlaskClient = page.server.test_client()
    return client
