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
from dashboard.pages.train_view import beside
from dashboard.panels.controls import differences
from dashboard.runs import worlds
from dashboard.runs.worlds import KIND, REST, assembled, opening_of
from dashboard.workspace import Workspace
from jobs.presence import Presence
from jobs.table import Table
from jobs.working import asked_of
from models.store import exhibits, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry
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
    assert found == worlds.Opening(None, job, "Being measured …")
    trainings.tell(job.id, {"event": "measured", "images": 250, "of": 1000})
    assert opening_of(runs, run) == worlds.Opening(None, job, "Being measured … 25 %")
    assert job.settings["network"] == hashlib.sha256(b"PK").hexdigest()
    assert [each.job.id for each in runs.own(ADA)] == [run.job.id]
    over = replace(run, result={"chosen_epoch": 1})
    assert (worlds.now(run), worlds.now(over)) == (STEP, STEP // 2)
    with pytest.raises(RefusedError, match="not measured yet"):
        assembled(runs, job.id, Path("nowhere"))
    runs.act(run.job.id, "cancel", ADA)
    runs.act(run.job.id, "delete", ADA)
    assert not runs.jobs.list()


def test_what_is_being_measured_goes_with_its_training(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked to end, and is gone once it has; where the training itself runs, neither is deleted."""
    monkeypatch.setattr(Presence, "has_runner", lambda _: True)
    runs = trainings.runs
    run = runs.get(with_snapshot(trainings))
    worlds.ask(runs, run, ADA)
    (job,) = [each for each in runs.jobs.list() if each.kind == KIND]
    trainings.put(job.id, state="running", begun=1.0)
    trainings.put(run.job.id, state="running", begun=1.0)
    with pytest.raises(RefusedError, match="cancel it before"):
        runs.act(run.job.id, "delete", ADA)
    table = Table(trainings.folder)
    assert asked_of(table.place(job.id)) == ""

    trainings.put(run.job.id, state="cancelled")
    runs.act(run.job.id, "delete", ADA)

    assert [each.id for each in runs.jobs.list()] == [job.id]
    assert asked_of(table.place(job.id)) == "cancel"
    with table.changing():
        table.end(replace(table.read(job.id), state="cancelled"))
    assert not runs.jobs.list()


@pytest.mark.parametrize("state", ["paused", "cancelled", "failed"])
def test_what_was_measured_in_vain_does_not_count(trainings: Trainings, state: str) -> None:
    """Who stops and asks again, however often, has two jobs: the training and its newest measuring."""
    runs = trainings.runs
    run = runs.get(with_snapshot(trainings))
    for _ in range(50):
        worlds.ask(runs, run, ADA)
        *_, job = runs.jobs.list()
        trainings.put(job.id, state=state)
    assert [each.kind for each in runs.jobs.list()] == ["training", KIND]


def test_what_was_cut_off_goes_on_once_at_its_own_moment_alone(trainings: Trainings) -> None:
    """Of a later moment it is measured anew; who asks for one that goes on already is refused."""
    runs = trainings.runs
    run = runs.get(with_snapshot(trainings))
    worlds.ask(runs, run, ADA)
    *_, job = runs.jobs.list()
    trainings.put(job.id, state="cut-off", sentence="It was cut off.")
    found = opening_of(runs, run)
    assert found == worlds.Opening(None, None, broken=runs.jobs.get(job.id))
    worlds.ask(runs, run, ADA)
    assert [each.id for each in runs.jobs.list()] == [run.job.id, job.id]
    with pytest.raises(RefusedError) as caught:
        runs.go_on(job.id)
    assert caught.value.status == 409

    trainings.put(job.id, state="cut-off", settings={**job.settings, "step": STEP - 1})
    worlds.ask(runs, run, ADA)
    (_, anew) = runs.jobs.list()
    assert (anew.id != job.id, anew.settings["step"]) == (True, STEP)


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


def measured(trainings: Trainings, job: str, key: str) -> tuple[Entry, Path]:
    """Let a measuring end with a shipped network; return it, and the folder in which it is found."""
    entry, world = manifest.find(key), trainings.runs.jobs.folder(job) / opening.WORLD
    world.mkdir(parents=True)
    for file in entry.files:
        (world / file.name).symlink_to(CHECKPOINTS / file.name)
    manifest.write(entry, world)
    trainings.put(job, state="finished")
    return entry, world


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


def test_the_rest_is_measured_once_it_is_asked_for_again(trainings: Trainings, tmp_path: Path) -> None:
    """What is there is opened meanwhile; then what has more is, at an address of its own."""
    runs = trainings.runs
    run = runs.get(with_snapshot(trainings))
    worlds.ask(runs, run, ADA)
    (first,) = [each for each in runs.jobs.list() if each.kind == KIND]
    own, world = measured(trainings, first.id, "fcn-matched")
    assert opening_of(runs, run) == worlds.Opening(runs.jobs.get(first.id), None)

    for _ in range(2):
        worlds.ask(runs, run, ADA)
    (rest,) = [each for each in runs.jobs.list() if each.kind == REST]
    trainings.tell(rest.id, {"event": "measured", "images": 1, "of": 2})
    trainings.tell(rest.id, {"event": "measuring", "what": "Measuring how much … (2 of 3)"})
    found = opening_of(runs, run)
    assert found
    assert (found.shown and found.shown.id, found.words) == (first.id, "Measuring how much … (2 of 3)")
    assert (found.step, found.is_whole) == (STEP, False)
    assert assembled(runs, first.id, tmp_path / "cache").is_dir()

    with pytest.raises(RefusedError, match="somebody else's"):
        worlds.stop(runs, run, BOB)
    worlds.stop(runs, run, ADA)
    worlds.stop(runs, run, ADA)  # nothing is there to be stopped
    assert runs.jobs.get(rest.id).state == "paused"
    assert opening_of(runs, run) == worlds.Opening(runs.jobs.get(first.id), None)
    worlds.ask(runs, run, ADA)
    assert runs.jobs.get(rest.id).state == "waiting"  # it goes on from what it had kept

    world.rename(runs.jobs.folder(rest.id) / opening.WORLD)
    trainings.put(rest.id, state="finished")
    worlds.ask(runs, run, ADA)  # all is measured
    assert opening_of(runs, run) == worlds.Opening(runs.jobs.get(rest.id), None)
    assert manifest.read(assembled(runs, rest.id, tmp_path / "cache"))[0] == own
    assert len(runs.jobs.list()) == 3


def test_two_networks_stand_beside_each_other(trainings: Trainings, tmp_path: Path) -> None:
    """In the order of their link, before the shipped pair; where they read different images, they do not."""
    runs, keys, cache = trainings.runs, ("fcn-matched", "fcn-augmented"), tmp_path / "cache"
    jobs, openings = list[str](), []
    for key in keys:
        run = runs.get(with_snapshot(trainings))
        worlds.ask(runs, run, ADA)
        jobs.append(next(each for each in runs.jobs.list() if each.kind == KIND and each.id not in jobs).id)
        measured(trainings, jobs[-1], key)
        openings.append(opening_of(runs, run))
    assert beside(*openings) == [False, f"runs/{'.'.join(jobs)}/"]

    pair = [each.key for each in manifest.read(exhibits.folder_of("mnist"))[:2]]
    for name, first in ((jobs, keys), (jobs[::-1], keys[::-1])):
        entries = manifest.read(assembled(runs, ".".join(name), cache))
        assert [entry.key for entry in entries] == [*first, *pair[::-1]]
    assert assembled(runs, f"{jobs[0]}.{jobs[0]}", cache) == assembled(runs, jobs[0], cache)

    settings = {**runs.jobs.get(jobs[1]).settings, "dataset": "fashion-mnist"}
    trainings.put(jobs[1], settings=settings)
    with pytest.raises(RefusedError, match="read different images"):
        assembled(runs, ".".join(jobs), tmp_path / "other")
    with pytest.raises(RefusedError, match="no such training"):
        assembled(runs, f"{jobs[0]}.00", cache)


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
