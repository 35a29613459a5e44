from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.api import pictures
from dashboard.api.pictures import Asked
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from tests.dashboard import apps
from tests.dashboard.sweeping import json_of

if TYPE_CHECKING:
    pass

from dashboard.api import health
from dashboard.errors import RefusedError
from tests.dashboard.sweeping import get

PAIR = ("fcn", "cnn")


@pytest.fixture
def workspace(test_digits: Dataset, tmp_path: Path) -> Workspace:
    """Two awake networks and an empty memory."""
    return apps.workspace(test_digits, tmp_path / "cache")


def test_alive_and_ready(client: FlaskClient) -> None:
    """Two different questions, whose answers nobody keeps."""
    assert json_of(client, "/healthz") == {"status": "alive"}
    assert json_of(client, "/readyz") == {"status": "ready"}
    for path in ("/healthz", "/readyz"):
        assert get(client, path).headers["Cache-Control"] == "no-store"


@pytest.mark.keras
def test_the_networks_are_ready(awake: FlaskClient) -> None:
    """The loaded networks give the answers of their surveys."""
    assert json_of(awake, "/readyz") == {"status": "ready"}


def test_ready_means_the_known_answer(workspace: Workspace) -> None:
    """Readiness is the answer that was measured after training, within a thousandth, from every network."""
    health.require_ready(workspace)
    for key in ("fcn", "cnn"):
        logits = workspace.surveys[key].logits
        kept = logits[workspace.opening_digit].copy()
        for wrong in (kept + 0.01, np.full(10, np.nan, np.float32)):
            logits[workspace.opening_digit] = wrong
            with pytest.raises(RefusedError, match=key) as refusal:
                health.require_ready(workspace)
            assert (refusal.value.status, refusal.value.code) == (503, "wrong_answer")
        logits[workspace.opening_digit] = kept
    health.require_ready(workspace)


def test_ready_means_that_memory_can_be_written(test_digits: Dataset, tmp_path: Path) -> None:
    """Where it cannot, everything is still answered, but somebody should know, and what to set."""
    (tmp_path / "file").write_text("")
    workspace = apps.workspace(test_digits, tmp_path / "file" / "cache")

    with pytest.raises(RefusedError, match=r"CACHE_DIR") as refusal:
        health.require_ready(workspace)

    assert (refusal.value.status, refusal.value.code) == (503, "no_storage")
    assert pictures.paint(workspace, Asked(PAIR, 0, "post")) == pictures.paint(
        workspace, Asked(PAIR, 0, "post")
    )
