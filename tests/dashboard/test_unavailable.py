from __future__ import annotations

import pytest
from flask import Flask

from dashboard import unavailable
from models.engine.networks import WakingError
from models.remedy import MachineError
from models.store.artefact import CheckpointError


@pytest.mark.parametrize(
    ("error", "code", "message", "retry_after"),
    [
        (WakingError(), "waking", "The networks are waking up; this takes some seconds.", "1"),
        (CheckpointError("/srv/cnn.keras is missing."), "checkpoint", "cnn.keras is missing.", None),
        (MachineError("Set /srv/TMPDIR."), "machine", "Set TMPDIR.", None),
    ],
)
def test_who_asks_a_network_that_cannot_be_asked_hears_why(
    error: Exception, code: str, message: str, retry_after: str | None
) -> None:
    """It is a 503 with one sentence, which names no folder, and with a time to ask again while they wake."""
    server = Flask("unavailable", static_folder=None)
    unavailable.say_so(server, lambda sentence: sentence.replace("/srv/", ""))

    @server.get("/")
    def ask() -> str:
        raise error

    response = server.test_client().get("/")

    assert response.status_code == 503
    told = response.get_json()["error"]
    assert (told["code"], told["message"]) == (code, message)
    assert response.headers.get("Retry-After") == retry_after
