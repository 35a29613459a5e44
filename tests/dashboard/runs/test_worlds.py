from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import security
from dashboard.errors import RefusedError, not_found
from dashboard.factory import create_app
from dashboard.mounted import mount_each
from dashboard.panels.controls import differences
from dashboard.runs import worlds
from dashboard.runs.worlds import KIND, assembled, opening_of
from dashboard.workspace import Workspace
from models.store import exhibits, manifest
from models.training import opening, work
from models.training.snapshots import INDEX
from models.watcher import Asked
from tests.dashboard import apps
from tests.dashboard.runs.conftest import ADA, BOB, SMALL, Trainings, epoch

STEP = 44


def with_snapshot(trainings: Trainings, step: int = STEP) -> str:
    """Begin a training of which something is written down."""
    run = trainings.started(epochs=2, share=0.02, batch=50)
    folder = trainings.runs.get(run).folder
    (folder / work.SNAPSHOTS).mkdir(parents=True)
    moment = {"file": f"{step:06}.weights.h5", "kind": "epoch", "step": step, "epoch": 2}
    index = {"format": 1, "dtype": "float16", "moments": [moment]}
    (folder / work.SNAPSHOTS / INDEX).write_text(json.dumps(index))
    (folder / work.MODEL).write_bytes(b"PK")
    return run


def test_a_network_is_measured_once_a_moment(trainings: Trainings) -> None:
    """By its owner alone; it is said how far that is; and what is deleted takes it along."""
    runs = trainings.runs
    run = runs.get(with_snapshot(trainings))
    with pytest.raises(RefusedError, match="somebody else's"):
        worlds.ask(runs, run, BOB)
    for _ in range(3):
        worlds.ask(runs, run, ADA)
    (job,) = [each for each in runs.jobs.list() if each.kind == KIND]

    found = opening_of(runs, run)
    assert found
    assert (found.is_busy, found.step, found.share) == (True, STEP, 0.0)
    trainings.tell(job.id, {"event": "measured", "images": 250, "of": 1000})
    assert opening_of(runs, run) == worlds.Opening(job, STEP, 0.25)
    assert job.settings["network"] == hashlib.sha256(b"PK").hexdigest()
    assert [each.job.id for each in runs.own(ADA)] == [run.job.id]
    over = replace(run, result={"chosen_epoch": 1})
    assert (worlds.now(run), worlds.now(over)) == (STEP, STEP // 2)
    with pytest.raises(RefusedError, match="not measured yet"):
        assembled(runs, job.id, Path("nowhere"))
    runs.act(run.job.id, "cancel", ADA)
    runs.act(run.job.id, "delete", ADA)
    assert not runs.jobs.list()


@dataclass
class Silent:
    """Who looks after a measuring."""

    folder: Path
    network: Path
    told: list[Mapping[str, Any]] = field(default_factory=list)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Hear it."""
        self.told.append(event)

    def asked(self) -> Asked:
        """Ask nothing."""
        return ""

    def given(self, sha256: str) -> Path:
        """Return the network."""
        assert sha256
        return self.network


@pytest.mark.keras
def test_what_was_measured_stands_beside_the_shipped_pair(trainings: Trainings, tmp_path: Path) -> None:
    """On the same images, with how it was trained; the page of all three opens."""
    from models.training.built import built
    from models.training.order import ordered
    from models.training.publication import packed

    runs = trainings.runs
    run = with_snapshot(trainings)
    trainings.tell(run, epoch(1) | {"learning_rate": 0.1}, epoch(2) | {"learning_rate": 0.05})
    network = packed(built(ordered({**SMALL, "optimizer": "sgd"})))
    (runs.get(run).folder / work.MODEL).write_bytes(network)
    worlds.ask(runs, runs.get(run), ADA)
    (job,) = [each for each in runs.jobs.list() if each.kind == KIND]
    given, folder = tmp_path / "given", runs.jobs.folder(job.id)
    given.write_bytes(network)
    folder.mkdir(parents=True, exist_ok=True)
    score = {"digits": 5000, "correct": 4000, "loss": 0.5}
    result = {"chosen_epoch": 2, "parameters": 1, "held_out": score, "test": score}
    told = [dict(each) for each in runs.get(run).events]
    order = {**SMALL, "optimizer": "sgd"}
    silent = Silent(folder, given)
    opening.measure({**job.settings, "order": order, "result": result, "epochs": told}, silent)
    assert silent.told[0]["event"] == "measured"
    trainings.put(job.id, state="finished")

    place = assembled(runs, job.id, tmp_path / "cache")
    entries = manifest.read(place)
    shipped = manifest.read(exhibits.folder_of("mnist"))
    assert [entry.key for entry in entries] == [f"run-{run[:6]}", shipped[1].key, shipped[0].key]
    training = entries[0].training
    assert training
    assert training.history["val_accuracy"] == [0.75, 0.75]
    assert training.recipe["optimizer"] == "sgd"
    plain = {**training.recipe, "optimizer": "adam"}
    assert "SGD with momentum 0.9 instead of Adam" in differences(training.recipe, plain)
    assert assembled(runs, job.id, tmp_path / "cache") == place

    settings = apps.settings(tmp_path / "unused", CHECKPOINTS_DIR=str(place))
    page = create_app(Workspace.open(settings), settings, train="../../")
    answer = page.server.test_client().get("/")
    assert answer.status_code == 200
    assert b'href="../../"' in answer.data


def test_each_server_is_made_when_it_is_asked_for() -> None:
    """Below a path of its own, to which its bare name leads; few stay, and what there is not is refused."""
    made: list[str] = []

    def other(name: str) -> Flask:
        if name == "bad":
            raise not_found("There is no such training.")
        made.append(name)
        server = Flask(name, static_folder=None)
        server.add_url_rule("/x", "x", lambda: name)
        return server

    front = Flask("front", static_folder=None)
    front.add_url_rule("/runs", "runs", lambda: "front")
    security.protect(front, ())
    mount_each(front, "runs", other, most=2)
    client = FlaskClient(front)

    for name in ("a1", "b2", "a1", "c3", "a1", "b2"):
        assert client.get(f"/runs/{name}/x").text == name
    assert made == ["a1", "b2", "c3", "b2"]
    assert client.get("/runs/a1?digit=3").headers["Location"] == "a1/?digit=3"
    assert client.get("/runs").text == "front"
    assert client.get("/runs/../x").status_code == 404
    refused = client.get("/runs/bad/x")
    assert refused.status_code == 404
    assert refused.json
    assert refused.json["error"]["message"] == "There is no such training."
