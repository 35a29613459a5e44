from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.runs.runs import Runs
from jobs.engine import Jobs
from jobs.events import Told
from jobs.presence import Presence
from jobs.table import EVENTS, Table

ADA, BOB = "a" * 32, "b" * 32
SMALL: dict[str, Any] = {"architecture": "fcn", "widths": [8], "epochs": 2, "share": 0.02, "batch": 50}
STEPS = 22  # of an epoch


@dataclass(frozen=True)
class Trainings:
    """Trainings that nobody does: what they tell, a test writes down."""

    runs: Runs
    folder: Path

    def started(self, visitor: str = ADA, **settings: Any) -> str:
        """Begin one."""
        return self.runs.start({**SMALL, **settings}, visitor)

    def tell(self, run: str, *events: Mapping[str, Any]) -> None:
        """Write down what it tells."""
        told = Told(Table(self.folder).place(run) / EVENTS)
        for event in events:
            told.add(event)

    def put(self, run: str, **changes: Any) -> None:
        """Let its job be otherwise."""
        table = Table(self.folder)
        with table.changing():
            table.write(replace(table.read(run), **changes))


@pytest.fixture
def trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainings:
    """No process is started."""
    monkeypatch.setattr(Presence, "require_runner", lambda _: None)
    return Trainings(Runs(Jobs(tmp_path / "jobs")), tmp_path / "jobs")


Asked = Callable[..., Any]


def batch(step: int, loss: float = 1.0, accuracy: float = 0.5) -> dict[str, Any]:
    """Return what is told of a batch."""
    return {"event": "batch", "step": step, "loss": loss, "accuracy": accuracy}


def epoch(number: int, accuracy: float = 0.75) -> dict[str, Any]:
    """Return what is told of an epoch."""
    told = {"loss": 0.9, "accuracy": 0.7, "val_loss": 0.8, "val_accuracy": accuracy}
    return {"event": "epoch", "step": STEPS * number, "epoch": number, **told}


BEGIN: dict[str, Any] = {"event": "begin", "step": 0, "epoch": 0}
