"""The page of trainings, asked as its browser asks it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from dashboard import security, unavailable
from dashboard.callback_request import PATH, check_callbacks
from dashboard.pages.train_app import train_app
from dashboard.pages.train_form import FIELDS, form, preset, settings_of, written
from dashboard.runs.before import Before, before
from dashboard.runs.following import SOON
from dashboard.runs.runs import NOT_HERE, Run, Runs
from dashboard.runs.visitor import COOKIE
from dashboard.runs.worlds import KIND, REST
from jobs.engine import Jobs
from jobs.job import State
from jobs.where import Where
from models.analysis import collection
from models.datasets import fashion_mnist
from models.datasets.shipped import SOURCES, Source
from models.store.artefact import CHECKPOINTS
from models.training.moments import Moments
from models.training.order import SEEDS, START, Order, OrderError, ordered, seeded
from models.training.snapshots import SnapshotError
from tests.dashboard.runs.conftest import SMALL, STEPS, Trainings, batch, epoch
from tests.dashboard.runs.conftest import trainings as trainings  # noqa: PLC0414 - a fixture of theirs, too


def server_of(runs: Runs, known: Before | None = None) -> Any:
    """Return a page's server, guarded as that in front guards it."""
    app = train_app(runs, known)
    security.protect(app.server, (), app.csp_hashes())
    unavailable.say_so(app.server, str)
    check_callbacks(app.server, app.callback_map)
    return app


class Asking:
    """One browser."""

    def __init__(self, app: Any) -> None:
        """Open the page."""
        self.app, self.client = app, FlaskClient(app.server)
        self.page = self.client.get("/")
        self.dependencies: list[dict[str, Any]] = json.loads(self.client.get("/_dash-dependencies").data)

    def ask(self, filling: str, cause: str, values: dict[str, Any]) -> TestResponse:
        """Send what the page sends for the callback that fills a property."""
        known = next(each for each in self.dependencies if filling in each["output"])
        sent = {
            part: [{**each, "value": values.get(f"{each['id']}.{each['property']}")} for each in known[part]]
            for part in ("inputs", "state")
        }
        names = known["output"].strip(".").split("...")
        outputs: Any = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
        body = {
            "output": known["output"],
            "outputs": outputs if known["output"].startswith("..") else outputs[0],
            "changedPropIds": cause.split(),
            **sent,
        }
        return self.client.post(PATH, json=body)

    def answers(self, filling: str, cause: str = "", **values: Any) -> dict[str, Any]:
        """Return what it answers, by component and property."""
        given = {name.replace("__", ".").replace("_", "-"): value for name, value in values.items()}
        answer = self.ask(filling, cause, given)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        found = json.loads(answer.get_data())["response"]
        return {f"{each}.{name}": value for each, part in found.items() for name, value in part.items()}

    def fields(self, **settings: Any) -> dict[str, Any]:
        """Return what stands in the form."""
        chosen = {**Order().settings, SEEDS: 1, **SMALL, **settings}
        chosen["widths"] = written(chosen["widths"])
        return {f"order-{name}__value": chosen[name] for name in FIELDS}

    def start(self, **settings: Any) -> str:
        """Begin a training, and return the address that leads to it."""
        found = self.answers("address.search", "start.n_clicks", start__n_clicks=1, **self.fields(**settings))
        return str(found["address.search"])


@pytest.fixture
def browser(trainings: Trainings) -> Asking:
    return Asking(server_of(trainings.runs))


def test_a_browser_gets_a_name_that_no_script_reads(browser: Asking) -> None:
    """Once; and it is sent to this page alone, wherever a proxy puts it."""
    given = browser.page.headers["Set-Cookie"]

    assert given.startswith(f"{COOKIE}=")
    assert "HttpOnly" in given
    assert "SameSite=Strict" in given
    assert "Path" not in given
    assert "Set-Cookie" not in browser.client.get("/").headers


def test_the_form_says_at_once_what_it_comes_to(browser: Asking) -> None:
    """Parameters, cost and steps; or in a sentence what makes no sense."""
    found = browser.answers("order-said", "order-widths.value", **browser.fields())
    assert found["order-said.children"] == (
        "6,370 parameters, 6,352 multiply-accumulates for one image; 2 epochs of 22 steps over 1,100 images."
    )
    found = browser.answers("order-said", "order-epochs.value", **browser.fields(epochs=None))
    assert found["order-said.children"] == "Epochs must be a whole number from 1 to 100."


def test_images_that_are_not_here_are_said_when_they_are_chosen(
    browser: Asking, trainings: Trainings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that brings them, and Start is not offered; who sends it is refused."""
    monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path)
    shipped = {**SOURCES, "fashion-mnist": without_training(tmp_path / "data")}
    monkeypatch.setattr("models.training.order.SOURCES", shipped)
    fields = browser.fields(dataset="fashion-mnist")
    found = browser.answers("order-said", "order-dataset.value", **fields)
    sentence = found["order-said.children"]

    assert sentence.startswith("Fashion-MNIST cannot be learned here. ")
    assert sentence.endswith(
        "is missing. It does not come with ConvLens, as only training and measuring need "
        "it. Bring it: apt-get install dataset-fashion-mnist"
    )
    assert found["start.disabled"] is True
    sent = {name.replace("__", ".").replace("_", "-"): value for name, value in fields.items()}
    refused = browser.ask("address.search", "start.n_clicks", sent)
    assert refused.status_code == 409
    assert refused.json
    assert refused.json["error"]["message"] == sentence
    assert browser.answers("order-said", "order-dataset.value", **browser.fields())["start.disabled"] is False
    elsewhere = Runs(Jobs(tmp_path / "jobs", Where(address="tcp://127.0.0.1:8786")))
    assert elsewhere.lack(ordered({"dataset": "fashion-mnist"})) == ""


def without_training(folder: Path) -> Source:
    """Return Fashion-MNIST in a folder that has what comes with ConvLens alone."""
    folder.mkdir()
    for each in ("CHECKSUMS", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        (folder / each).symlink_to(fashion_mnist.DATA / each)
    return replace(SOURCES["fashion-mnist"], folder=folder)


@pytest.mark.parametrize("value", [None, {}, "x" * 100, [[]], 1e400])
def test_a_form_of_nonsense_is_an_order_of_nonsense(value: Any) -> None:
    """It is refused in a sentence, whatever was sent."""
    with pytest.raises(OrderError, match="must be"):
        seeded(settings_of([value] * len(FIELDS)))


def test_what_belongs_to_an_architecture_comes_with_it() -> None:
    """What the fields begin with is what the shipped recipes are; an FCN has no kernels."""
    assert preset("fcn") == ["512, 256", 0.002, 64, 8, True, True]
    assert preset("resnet")[-2:] == [False, True]
    assert preset({}) == preset("cnn")
    assert {*START} == {"fcn", "cnn", "resnet"}
    assert str(form()).count("order-") > len(FIELDS)


def test_a_training_is_begun_followed_and_ended(browser: Asking, trainings: Trainings) -> None:
    """Start leads to its address; every look adds what is new; cancel, and delete, are done."""
    search = browser.start()
    run = trainings.runs.own(browser.client.get_cookie(COOKIE).value)[0]  # type: ignore[union-attr]
    assert search == f"?run={run.job.id}"

    first = browser.answers("runs.children", "tick.n_intervals", address__search=search, paper__data="dark")
    assert first["loss.figure"]["data"]
    assert first["cancel.disabled"] is False
    assert "Waits for its turn" in first["state.children"]
    trainings.tell(run.job.id, batch(1), batch(STEPS), epoch(1))
    then = browser.answers(
        "runs.children",
        "tick.n_intervals",
        address__search=search,
        paper__data="dark",
        seen__data=first["seen.data"],
    )
    assert "loss.figure" not in then
    assert then["loss.extendData"][0]["x"] == [[1, STEPS], [STEPS]]

    gone = browser.answers("runs.children", "cancel.n_clicks", address__search=search, cancel__n_clicks=1)
    assert gone["delete.disabled"] is False
    assert "cancelled" in gone["state.children"].lower()
    found = browser.answers("address.search", "delete.n_clicks", address__search=search, delete__n_clicks=1)
    assert found["address.search"] == ""
    assert found["run.hidden"] is True


def test_several_seeds_are_one_group_of_the_list(browser: Asking) -> None:
    """Which says what they come to together, and opens each; the form says with which seeds."""
    found = browser.answers("order-said", "order-seeds.value", **browser.fields(seeds=3))
    assert "1,100 images. 3 trainings, seeds 7 to 9." in found["order-said.children"]
    search = browser.start(seeds=3)
    listed = json.dumps(browser.answers("runs.children", address__search=search)["runs.children"])

    assert "FCN 8 on MNIST, 3 seeds" in listed
    assert "3 still run or wait." in listed
    assert [listed.count(f'"seed {seed}"') for seed in (7, 8, 9)] == [1, 1, 1]
    assert listed.count("./?run=") == 3


def test_two_trainings_stand_side_by_side(browser: Asking) -> None:
    """What differs is marked, in words too; and the address keeps both."""
    one, other = browser.start(), browser.start(epochs=3)
    chosen = other.removeprefix("?run=")
    found = browser.answers("address.search", "with.value", address__search=one, with__value=chosen)
    assert found["address.search"] == f"{one}&with={chosen}"

    live = browser.answers("runs.children", "address.search", address__search=found["address.search"])
    rows = live["settings.children"]["props"]["children"][1]["props"]["children"]
    marked = [
        row["props"]["children"][0]["props"]["children"]
        for row in rows
        if row["props"]["className"] == "differs"
    ]
    assert marked == ["Epochs"]
    assert len(live["loss.figure"]["data"]) == 4
    assert live["both.hidden"]  # nothing is measured of them


def test_a_button_that_is_pressed_while_the_page_looks_is_not_lost(
    browser: Asking, trainings: Trainings
) -> None:
    """Dash sends both at once then, what was first first."""
    search = browser.start()
    browser.answers("runs.children", "tick.n_intervals cancel.n_clicks", address__search=search)

    assert trainings.runs.get(search.removeprefix("?run=")).job.state == "cancelled"


def test_somebody_elses_training_can_be_seen_and_not_changed(trainings: Trainings, browser: Asking) -> None:
    """By its link: the buttons are off, and what is sent nevertheless is refused in a sentence."""
    search, guest = browser.start(), Asking(browser.app)
    found = guest.answers("runs.children", "tick.n_intervals", address__search=search)

    assert all(found[f"{name}.disabled"] for name in ("pause", "cancel", "delete", "name"))
    refused = guest.ask("runs.children", "cancel.n_clicks", {"address.search": search})
    assert refused.status_code == 403
    assert refused.json
    assert "somebody else's" in refused.json["error"]["message"]

    other = browser.start(epochs=3).removeprefix("?run=")
    compared = guest.answers("address.search", address__search=f"{search}&with={other}")
    assert compared["with.value"] == other
    assert [choice["value"] for choice in compared["with.options"]] == ["none", other]


def test_what_was_known_before_is_drawn_while_none_is_chosen(trainings: Trainings) -> None:
    """On the paper of the page; where a training is chosen it costs nothing."""
    known = before(collection.read(), CHECKPOINTS)
    browser = Asking(server_of(trainings.runs, known))
    figures = [
        part["props"]["children"][1]["props"]["figure"]
        for part in browser.answers("known", "paper.data", paper__data="dark")["known.children"]
    ]
    assert [trace["name"] for trace in figures[0]["data"][:2]] == ["FCN training", "FCN held-out"]
    search = browser.start()
    answer = browser.ask("known", "address.search", {"address.search": search})
    assert "data" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "search", [None, 7, [], {}, "?run=", "?with=../../etc", "?digit=99999999999", "x" * 9000]
)
def test_a_link_of_nonsense_opens_the_page_at_its_defaults(browser: Asking, search: Any) -> None:
    """Whatever stands there."""
    assert browser.answers("address.search", address__search=search)["run.hidden"] is True
    assert browser.answers("runs.children", address__search=search)["state.children"] == ""


@pytest.mark.parametrize(
    ("run", "words"),
    [("0" * 32, "may have been deleted"), ("../../etc", "no such training"), ("x" * 900, "no such training")],
)
def test_a_training_that_is_not_there_is_said(browser: Asking, run: str, words: str) -> None:
    """As something that is not found."""
    answer = browser.ask("runs.children", "tick.n_intervals", {"address.search": f"?run={run}"})

    assert answer.status_code == 404
    assert answer.json
    assert words in answer.json["error"]["message"]


def written_down(run: Run, kept: Sequence[tuple[str, int, int]]) -> None:
    """Let a training have snapshots of a kind, after so many steps and epochs, without their files."""
    moments = [
        {"file": f"{step:06}.weights.h5", "kind": kind, "step": step, "epoch": number}
        for kind, step, number in kept
    ]
    folder = run.folder / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    index = {"format": 1, "dtype": "float16", "moments": moments}
    (folder / "index.json").write_text(json.dumps(index))


def test_the_address_names_a_snapshot(browser: Asking, trainings: Trainings) -> None:
    """Without a step it is the newest; one that is named stays as more come."""
    own = browser.start()
    run = trainings.runs.get(own.removeprefix("?run="))
    kept = [("start", 0, 0), ("step", 4, 0), ("epoch", STEPS, 1)]

    def shown(search: str) -> tuple[list[int], int | None]:
        told = browser.answers("runs.children", address__search=search)
        return told["moment.data"]["steps"], told["moment.data"]["step"]

    assert browser.answers("runs.children", address__search=own)["moment.data"] is None
    written_down(run, kept)
    assert shown(own) == ([0, 4, STEPS], None)
    assert shown(f"{own}&step=4") == ([0, 4, STEPS], 4)
    assert shown(f"{own}&step=0") == ([0, 4, STEPS], 0)
    kept.append(("epoch", 2 * STEPS, 2))
    written_down(run, kept)
    assert shown(f"{own}&step=4") == ([0, 4, STEPS, 2 * STEPS], 4)
    assert shown(f"{own}&step=5") == ([0, 4, STEPS, 2 * STEPS], None)  # of which there is none
    before = browser.answers("runs.children", address__search=own)["moment.data"]
    asked = {"address__search": own, "moment__data": before}
    assert "moment.data" not in browser.answers("runs.children", "tick.n_intervals", **asked)
    assert browser.answers("runs.children", "address.search", **asked)["moment.data"] == before


def test_a_moment_that_is_not_to_be_had_is_said(
    browser: Asking, trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot or an image that there is not is not found; one that cannot be read is not to be had now."""
    run = trainings.runs.get(browser.start().removeprefix("?run="))
    monkeypatch.setattr(Moments, "seen", broken)

    def status(place: str) -> int:
        answer = browser.client.get(f"/api/runs/{run.job.id}/moments/{place}.bin")
        assert answer.json
        assert answer.json["error"]["message"]
        return answer.status_code

    assert status("1/0") == 404
    written_down(run, [("step", 1, 0)])
    assert status("1/0") == 503
    for place in ("1/10000", "1/-1", "1/x", "2/0", "01/0", "x/0", "-1/0"):
        assert status(place) == 404


@pytest.mark.keras
def test_a_moment_is_what_its_network_says(browser: Asking, trainings: Trainings) -> None:
    """Its answer, its maps and the kernels of its first layer, on the test image that was asked for."""
    from models.training.built import built

    run = trainings.runs.get(browser.start(architecture="cnn", widths=[3], units=4).removeprefix("?run="))
    network = built(run.order)
    written_down(run, [("start", 0, 0)])
    network.save_weights(run.folder / "snapshots" / "000000.weights.h5")
    answer = browser.client.get(f"/api/runs/{run.job.id}/moments/0/12.bin")
    body = gzip.decompress(answer.get_data())
    length = int.from_bytes(body[:4], "little")
    told = json.loads(body[4 : 4 + length])
    images = run.order.source.part("test")
    kernel = network.layers[0].kernel.numpy()

    assert answer.headers["Cache-Control"] == "no-store"
    said = int(network(images.inputs[12:13]).numpy().argmax())
    assert told["said"].startswith(f"with random weights, it says {said} (")
    assert told["image"] == f"test image 12, labelled {images.labels[12]}"
    assert [(each["maps"], each["rows"]) for each in told["pictures"]] == [(3, 3), (3, 26), (3, 13)]
    assert told["pictures"][0]["ends"][1] == pytest.approx(abs(kernel).max())
    pixels = np.frombuffer(body, np.uint8, 784, 4 + length)
    assert np.array_equal(pixels, images.images[12].ravel())
    assert len(body) == 4 + length + 784 + 3 * (9 + 26 * 26 + 13 * 13)


def broken(*_: object) -> None:
    """Be a snapshot that cannot be read."""
    raise SnapshotError("The snapshot 000001.weights.h5 cannot be read.")


def test_the_page_says_that_nothing_is_trained_here(trainings: Trainings) -> None:
    """And starts nothing."""
    browser = Asking(server_of(Runs(trainings.runs.jobs, is_on=False)))

    layout = browser.client.get("/_dash-layout").get_data(as_text=True)
    assert json.dumps(NOT_HERE)[1:-1] in layout
    fields = {name.replace("__", ".").replace("_", "-"): value for name, value in browser.fields().items()}
    assert browser.ask("address.search", "start.n_clicks", fields).status_code == 403


@pytest.mark.parametrize(("step", "state"), [(0, "failed"), (STEPS, "failed"), (STEPS, "cut-off")])
def test_a_measuring_that_broke_says_why(
    browser: Asking, trainings: Trainings, step: int, state: State
) -> None:
    """Beside the button, which asks for it again, until it is; what was cut off goes on, as is said of it."""
    search = browser.start()
    run = trainings.runs.get(search.removeprefix("?run="))
    written_down(run, [("epoch", step, 1)])
    (run.folder / "model.keras").write_bytes(b"PK")
    trainings.put(run.job.id, state="cancelled")
    asked = browser.answers("runs.children", "measure.n_clicks", address__search=search)
    assert (asked["measure.children"], asked["tick.interval"]) == ("Being measured …", SOON)
    *_, job = trainings.runs.jobs.list()
    trainings.put(job.id, state=state, sentence="It was killed twice.")

    found = browser.answers("runs.children", address__search=search)
    how = "has failed" if state == "failed" else "was cut off"
    assert found["state.children"].endswith(f"Measuring its network {how}. It was killed twice.")
    assert found["measure.children"] == "Measure for Explore and Compare"
    assert (found["measure.disabled"], found["opened.hidden"], found["stop.hidden"]) == (False, True, True)
    again = browser.answers("runs.children", "measure.n_clicks", address__search=search)
    assert "killed" not in again["state.children"]
    assert again["measure.children"] == "Being measured …"
    *_, then = trainings.runs.jobs.list()
    assert (then.id == job.id) == (state == "cut-off")
    assert len(trainings.runs.jobs.list()) == 2


def test_the_rest_that_broke_says_why(browser: Asking, trainings: Trainings) -> None:
    """What can be opened stays; once more is measured, or it was stopped, nothing is said of it."""
    search = browser.start()
    run = trainings.runs.get(search.removeprefix("?run="))
    written_down(run, [("epoch", STEPS, 1)])
    asked = {"run": run.job.id, "step": STEPS}
    first, rest = (trainings.runs.submit(kind, asked, run.job.owner) for kind in (KIND, REST))
    trainings.put(first, state="finished")
    trainings.put(rest, state="failed", sentence="The disk is full.")
    found = browser.answers("runs.children", address__search=search)

    assert found["state.children"].endswith("Measuring its network has failed. The disk is full.")
    assert found["measure.children"] == "Measure the rest, which takes minutes"
    assert (found["measure.disabled"], found["opened.hidden"]) == (False, False)
    states: tuple[State, ...] = ("finished", "cancelled")
    for state in states:
        trainings.put(rest, state=state)
        then = browser.answers("runs.children", address__search=search)
        assert "Measuring" not in then["state.children"]


def test_files_of_a_training_have_addresses(browser: Asking, trainings: Trainings, tmp_path: Path) -> None:
    """Its network, once something is written down; until then that is said. And what it told."""
    search = browser.start()
    run = trainings.runs.get(search.removeprefix("?run="))
    network = f"/api/runs/{run.job.id}/network.keras"
    assert browser.client.get(network).status_code == 404

    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / "model.keras").write_bytes(b"PK")
    answer = browser.client.get(network)
    assert answer.get_data() == b"PK"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    trainings.tell(run.job.id, batch(1))
    events = Client(browser.app.server).get(f"/api/runs/{run.job.id}/events")
    assert events.json
    assert events.json["events"][0]["step"] == 1
