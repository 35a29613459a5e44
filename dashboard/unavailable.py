"""How it is said that something cannot be had now: it sleeps, is broken, or the machine is at fault."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response

from dashboard import security
from dashboard.errors import RefusedError
from jobs.job import JobsError
from models.datasets.dataset import DataError
from models.engine.networks import WakingError
from models.remedy import MachineError
from models.store.artefact import CheckpointError
from models.training.snapshots import SnapshotError

CODES = (
    (CheckpointError, "checkpoint"),
    (MachineError, "machine"),
    (JobsError, "jobs"),
    (SnapshotError, "snapshot"),
    (DataError, "data"),
)


def say_so(server: Flask, discreet: Callable[[str], str]) -> None:
    """Answer whoever asks for a network that cannot be asked with what is wrong, and what mends it.

    Args:
        server: Whose routes may need networks.
        discreet: Takes from a sentence what whoever asks need not know of this machine.
    """
    server.register_error_handler(WakingError, lambda _: security.refused(waking()))
    for kind, code in CODES:
        server.register_error_handler(kind, lambda error, code=code: _broken(code, discreet(str(error))))


def waking() -> RefusedError:
    """Return the refusal of what needs networks while they are being loaded."""
    message = "The networks are waking up; this takes some seconds."
    return RefusedError(503, "waking", message, retry_after=1)


def _broken(code: str, sentence: str) -> Response:
    return security.refused(RefusedError(503, code, sentence))
