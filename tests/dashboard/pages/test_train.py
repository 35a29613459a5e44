"""The page of trainings, asked as its browser asks it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from dashboard import security, unavailable
from dashboard.callback_request import PATH, check_callbacks
from dashboard.pages.train_app import train_app
from dashboard.pages.train_form import FIELDS, form, preset, settings_of, written
from dashboard.runs.runs import NOT_HERE, Runs
from dashboard.runs.visitor import COOKIE
from models.training.moments import Moments
from models.training.order import START, Order, OrderError, ordered
from models.training.snapshots import SnapshotError
from tests.dashboard.runs.conftest import SMALL, STEPS, Trainings, batch, epoch
from tests.dashboard.runs.conftest import trainings as trainings  # noqa: PLC0414 - a fixture of theirs, too


def server_of(runs: Runs) -> Any:
    """Return a page's server, guarded as that in front guards it."""
    app = train_app(runs)
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
            "changedPropIds": [cause] if cause else [],
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
        chosen = {**Order().settings, **SMALL, **settings}
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


@pytest.mark.parametrize("values", [[None] * 14, [{}] * 14, ["x" * 100] * 14, [[[]]] * 14, [1e400] * 14])
def test_a_form_of_nonsense_is_an_order_of_nonsense(values: Sequence[Any]) -> None:
    """It is refused in a sentence, whatever was sent."""
    with pytest.raises(OrderError, match="must be"):
        ordered(settings_of(values))


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

    first = browser.answers("runs.children", "tick.n_intervals", address__search=search, theme__data="dark")
    assert first["loss.figure"]["data"]
    assert first["cancel.disabled"] is False
    assert "Waits for its turn" in first["state.children"]
    trainings.tell(run.job.id, batch(1), batch(STEPS), epoch(1))
    then = browser.answers(
        "runs.children",
        "tick.n_intervals",
        address__search=search,
        theme__data="dark",
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


def test_somebody_elses_training_can_be_seen_and_not_changed(trainings: Trainings, browser: Asking) -> None:
    """By its link: the buttons are off, and what is sent nevertheless is refused in a sentence."""
    search, guest = browser.start(), Asking(browser.app)
    found = guest.answers("runs.children", "tick.n_intervals", address__search=search)

    assert all(found[f"{name}.disabled"] for name in ("pause", "cancel", "delete", "name"))
    refused = guest.ask("runs.children", "cancel.n_clicks", {"address.search": search})
    assert refused.status_code == 403
    assert refused.json
    assert "somebody else's" in refused.json["error"]["message"]


@pytest.mark.parametrize(
    "search", [None, 7, [], {}, "?run=", "?run=../../etc", "?digit=99999999999", "x" * 9000]
)
def test_a_link_of_nonsense_opens_the_page_at_its_defaults(browser: Asking, search: Any) -> None:
    """Whatever stands there."""
    assert browser.answers("address.search", address__search=search)["run.hidden"] is True
    assert browser.answers("runs.children", address__search=search)["state.children"] == ""


def test_a_training_that_is_gone_is_said(browser: Asking) -> None:
    """As something that is not found."""
    answer = browser.ask("runs.children", "tick.n_intervals", {"address.search": f"?run={'0' * 32}"})

    assert answer.status_code == 404
    assert answer.json
    assert "may have been deleted" in answer.json["error"]["message"]


def test_a_slider_goes_through_the_snapshots(browser: Asking, trainings: Trainings) -> None:
    """At its end it follows the newest; elsewhere the step stands in the address, and stays as more come."""
    own = browser.start()
    run = own.removeprefix("?run=")
    kept = [("start", 0, 0), ("step", 4, 0), ("epoch", STEPS, 1)]

    def write() -> None:
        moments = [
            {"file": f"{step:06}.weights.h5", "kind": kind, "step": step, "epoch": number}
            for kind, step, number in kept
        ]
        folder = trainings.runs.get(run).folder / "snapshots"
        folder.mkdir(parents=True, exist_ok=True)
        index = {"format": 1, "dtype": "float16", "moments": moments}
        (folder / "index.json").write_text(json.dumps(index))

    def shown(search: str) -> tuple[int, int]:
        told = browser.answers("runs.children", address__search=search)
        return told["moment.data"]["step"], told["when.max"]

    write()
    assert shown(own) == (STEPS, 2)
    middle = browser.answers("address.search", "when.value", address__search=own, when__value=1)
    assert middle["address.search"] == f"{own}&step=4"
    assert middle["when.value"] == 1
    newest = browser.answers("address.search", "when.value", address__search=f"{own}&step=4", when__value=0)
    assert newest["address.search"] == own
    assert newest["when.value"] == 0
    first = browser.answers("address.search", "", address__search=f"{own}&step=0")
    assert first["when.value"] == 2
    kept.append(("epoch", 2 * STEPS, 2))
    write()
    assert shown(own) == (2 * STEPS, 3)
    assert shown(f"{own}&step=4") == (4, 3)
    assert shown(f"{own}&step=5") == (2 * STEPS, 3)  # of which there is none


def test_a_snapshot_that_cannot_be_read_is_said(
    browser: Asking, trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As what is not to be had now; and an image that there is not, as a mistake."""
    run = trainings.runs.get(browser.start().removeprefix("?run="))
    folder = run.folder / "snapshots"
    folder.mkdir(parents=True)
    moment = {"file": "000001.weights.h5", "kind": "step", "step": 1, "epoch": 0}
    index = {"format": 1, "dtype": "float16", "moments": [moment]}
    (folder / "index.json").write_text(json.dumps(index))
    monkeypatch.setattr(Moments, "seen", broken)

    for digit, status in ((0, 503), (10_000, 400)):
        seen = {"run": run.job.id, "step": 1, "digit": digit, "theme": "light"}
        answer = browser.ask("strip", "moment.data", {"moment.data": seen})
        assert answer.status_code == status
    nonsenses: list[Any] = [None, 1, [], {}, {"run": 7}]
    for nonsense in nonsenses:
        assert browser.answers("strip", "moment.data", moment__data=nonsense)["strip.children"] == []


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
