"""The page on which networks are trained, with real trainings of a small network."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dashboard import security
from dashboard.callback_request import check_callbacks
from dashboard.pages.train_app import train_app
from dashboard.runs.before import before
from dashboard.runs.runs import Runs
from jobs.engine import Jobs
from jobs.job import Job, fresh_id
from jobs.table import KEPT, Table
from models.analysis import collection
from models.store.artefact import CHECKPOINTS
from models.training import work
from models.training.order import ordered
from tests.browser import at_rest, axe, canvas
from tests.browser.conftest import Visit
from tests.browser.threaded import threaded
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]
MOST = 150_000  # milliseconds that a training takes to begin, and to end, on a busy machine
POINTS = "(plot) => plot.querySelector('.js-plotly-plot').data.map((trace) => trace.x.length)"
DRAWN = "(plot) => plot.querySelectorAll('.scatterlayer .trace').length"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where the page is served, without the rest of the server; what has jobs done ends with it."""
    jobs = Jobs(folder)
    app = train_app(Runs(jobs), before(collection.read(), CHECKPOINTS))
    security.protect(app.server, (), app.csp_hashes())
    check_callbacks(app.server, app.callback_map)
    try:
        with threaded(app.server) as served:
            yield served
    finally:
        jobs.close()


def opened(visitor: Visitor, query: str = "") -> Page:
    """Open the page, and wait until the form says what it comes to."""
    visitor.page.goto(f"{visitor.url}/{query}")
    expect(visitor.page.locator("#order-said")).to_contain_text("parameters")
    return visitor.page


def order(page: Page, epochs: int, share: str = "0.05") -> None:
    """Fill the form with a small network, and wait until it says so."""
    page.get_by_label("Architecture").select_option("FCN")
    expect(page.get_by_label("Kernel side")).to_be_hidden()
    for name, value in (("Widths", "12"), ("Share", share), ("Epochs", str(epochs))):
        page.get_by_label(name).fill(value)
    expect(page.locator("#order-said")).to_contain_text("9,550 parameters")
    expect(page.locator("#order-said")).to_contain_text(f"{epochs} epoch")


def learning(visitor: Visitor, folder: Path, button: str) -> str:
    """Press a button, and return the training's link once it has one more snapshot.

    Meanwhile no page is open: it would look several times a second.
    """
    page = visitor.page
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/?run=*")
    link = at_rest.address(page)
    files = f"{link.split('run=')[1]}/{KEPT}/{work.SNAPSHOTS}/*.h5"
    page.goto("about:blank")
    before = len([*folder.rglob(files)])
    visitor.eventually(lambda: len([*folder.rglob(files)]) > before, MOST / 1000)
    return link


def test_a_training_is_watched_until_it_ends(visit: Visit, tmp_path: Path) -> None:
    """Its curve grows and is not drawn anew; it is paused and goes on; its link restores it."""
    visitor = visit(anew=True)
    page = opened(visitor)
    order(page, epochs=30)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/?run=*")
    loss = page.locator("#loss")
    expect(page.locator("#strip canvas").first).to_be_visible(timeout=MOST)
    page.evaluate("document.querySelector('#loss .js-plotly-plot').dataset.drawn = 'once'")
    before = at_rest.told(loss, POINTS)
    visitor.eventually(lambda: sum(at_rest.told(loss, POINTS)) > sum(before) + 4, seconds=60)
    expect(loss.locator("[data-drawn=once]")).to_have_count(1)
    expect(page.locator("#state")).to_contain_text("left")
    assert axe.complaints(page) == []

    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#state")).to_contain_text("Paused")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#state")).to_contain_text("Finished in", timeout=MOST)
    assert at_rest.told(loss, POINTS)[1] == 30
    assert at_rest.told(loss, DRAWN) == 2
    with page.expect_download() as taken:
        page.get_by_role("link", name="network as .keras").click()
    taken.value.save_as(tmp_path / "taken.keras")
    assert "model.weights.h5" in zipfile.ZipFile(tmp_path / "taken.keras").namelist()

    page.get_by_label("Name").fill("my first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="my first")).to_be_visible()
    image = page.locator("#strip canvas").first
    seven = canvas.read(image)
    page.get_by_role("spinbutton", name="Test image").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_url("**digit=3")
    expect(page.locator("#strip")).to_contain_text("test image 3")
    assert not np.array_equal(canvas.read(image), seven)
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("my first")
    expect(page.locator("#strip")).to_contain_text("test image 3")
    assert at_rest.told(loss, POINTS)[1] == 30


def paused(folder: Path) -> str:
    """Write down a training of a small CNN that rests after three snapshots; return its id."""
    import keras

    from models.training.built import built

    settings: dict[str, Any] = {"architecture": "cnn", "widths": [4], "units": 8}
    job = Job(fresh_id(), "training", settings, "nobody", 0.0, "paused")
    table, order = Table(folder), ordered(settings)
    with table.changing():
        table.add(job, {})
    snapshots = table.place(job.id) / KEPT / work.SNAPSHOTS
    snapshots.mkdir()
    moments = [
        {"file": f"{step:06}.weights.h5", "kind": "step", "step": step, "epoch": 0} for step in (0, 1, 4)
    ]
    for moment in moments:
        keras.utils.set_random_seed(moment["step"])
        built(order).save_weights(snapshots / str(moment["file"]))
    index = {"format": 1, "dtype": "float32", "moments": moments}
    (snapshots / "index.json").write_text(json.dumps(index))
    return job.id


def test_a_slider_goes_through_the_snapshots(visit: Visit, folder: Path) -> None:
    """Maps, kernels and answer follow; the address names the one at which it rests, and Back leads back."""
    visitor, run = visit(anew=True), paused(folder)
    page = visitor.page
    page.goto(f"{visitor.url}/?run={run}")
    told, slider = page.locator("#strip"), page.get_by_role("slider", name="Snapshot")
    kernels, maps = page.locator("#strip canvas").nth(1), page.locator("#strip canvas").nth(2)
    expect(told).to_contain_text("after 4 steps, it says")
    newest = canvas.read(kernels), canvas.read(maps)
    slider.press("Home")
    page.wait_for_url("**&step=0")
    expect(told).to_contain_text("with random weights, it says")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^with random weights, it says"))
    assert not np.array_equal(canvas.read(kernels), newest[0])
    assert not np.array_equal(canvas.read(maps), newest[1])
    assert axe.complaints(page) == []
    page.emulate_media(forced_colors="active")
    expect(slider).to_be_visible()
    assert axe.complaints(page) == []
    page.emulate_media(forced_colors="none")

    slider.press("ArrowRight")
    page.wait_for_url("**&step=1")
    expect(told).to_contain_text("after 1 step, it says")
    page.go_back()
    expect(told).to_contain_text("with random weights, it says")
    page.reload()
    expect(told).to_contain_text("with random weights, it says")
    slider.press("End")
    page.wait_for_url(f"**?run={run}")
    expect(told).to_contain_text("after 4 steps, it says")
    assert np.array_equal(canvas.read(kernels), newest[0])
    assert np.array_equal(canvas.read(maps), newest[1])
    light = canvas.read(kernels)
    page.emulate_media(color_scheme="dark")
    assert not np.array_equal(canvas.read(kernels), light)


def test_a_training_outlives_its_page_and_is_cancelled_at_once(visit: Visit, folder: Path) -> None:
    """Whoever closed the browser finds it by its link; a guest sees it, and has no button that works."""
    visitor = visit(anew=True, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = opened(visitor)
    order(page, epochs=100, share="1")
    link = learning(visitor, folder, "Start")
    page.close()

    guest = visit(anew=True)
    guest.page.goto(link)
    expect(guest.page.locator("#state")).not_to_be_empty()
    for name in ("Pause", "Cancel", "Delete"):
        expect(guest.page.get_by_role("button", name=name)).to_be_disabled()
    expect(guest.page.locator("#runs")).to_have_text("Nothing yet.")
    guest.page.goto("about:blank")

    visitor.page = page = page.context.new_page()
    at_rest.watch(page)
    page.goto(link)
    expect(page.locator("#state")).to_contain_text("left", timeout=MOST)
    expect(page.locator("#strip figure").first).to_be_visible(timeout=MOST)
    order(page, epochs=1)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(lambda url: url != link)
    expect(page.locator("#strip figure")).to_have_count(0)  # what the other one sees is not this one's
    expect(
        page.get_by_role("link", name="network as .keras")
    ).to_be_hidden()  # before anything is written down
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#state")).to_contain_text("Cancelled", timeout=5_000)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#nothing")).to_be_visible()
    page.goto(link)

    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#state")).to_contain_text("Cancelled", timeout=5_000)
    assert axe.complaints(page) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#runs")).to_have_text("Nothing yet.")


def test_the_first_look_needs_no_click(visit: Visit) -> None:
    """How the pair learned and what its kernels became, on light paper and on dark; the menu turns it."""
    visitor = visit(anew=True, color_scheme="light")
    page = opened(visitor)
    nothing, kernels = page.locator("#nothing"), page.locator("#became canvas")
    expect(nothing).to_contain_text("no training of yours")
    expect(page.locator("#known .js-plotly-plot")).to_have_count(2)
    expect(kernels).to_have_count(5)
    expect(page.locator("#run")).to_be_hidden()
    assert at_rest.box(page.locator("#known .js-plotly-plot").first)["width"] > 300
    first, last = canvas.read(kernels.first), canvas.read(kernels.last)
    assert not np.array_equal(first, last)
    link = page.locator("#became a").first
    expect(link).to_have_attribute("href", "../?epoch=0&flip=cnn.conv1")

    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="What the words mean")).to_be_visible()
    page.get_by_role("button", name="Switch between dark and light").click()
    expect(page.locator("#help")).to_have_attribute("href", "../words?theme=dark")
    assert not np.array_equal(canvas.read(kernels.first), first)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    assert axe.complaints(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    visitor.eventually(lambda: at_rest.told(page, "document.documentElement.scrollWidth") == 390)
    assert axe.complaints(page) == []
    page.emulate_media(media="print")
    expect(kernels.last).to_be_visible()
    for part in ("#start", "#order-said", "#order-seeds", "#more"):
        expect(page.locator(part)).to_be_hidden()


def test_what_makes_no_sense_is_said_and_not_begun(visit: Visit) -> None:
    """Beside the form while it is filled, and as a message where it was begun nevertheless."""
    visitor = visit(anew=True)
    visitor.allow(r"^Failed to load resource: the server responded with a status of 400")
    visitor.allow("Callback error|_dash-update-component")
    page = opened(visitor)
    page.get_by_label("Epochs").fill("1000")
    sentence = "Epochs must be a whole number from 1 to 100."
    expect(page.locator("#order-said")).to_have_text(sentence)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    assert axe.complaints(page) == []
