"""The page on which networks are trained, with real trainings of a small network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard import security
from dashboard.callback_request import check_callbacks
from dashboard.pages.train_app import train_app
from dashboard.runs.runs import Runs
from jobs.engine import Jobs
from tests.browser import at_rest, axe
from tests.browser.conftest import Visit
from tests.browser.threaded import threaded
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]
MOST = 150_000  # milliseconds that a training takes to begin, and to end, on a busy machine
POINTS = "(plot) => plot.querySelector('.js-plotly-plot').data.map((trace) => trace.x.length)"
DRAWN = "(plot) => plot.querySelectorAll('.scatterlayer .trace').length"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served, without the rest of the server; what has jobs done ends with it."""
    jobs = Jobs(tmp_path_factory.mktemp("jobs"))
    app = train_app(Runs(jobs))
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


def test_a_training_is_watched_until_it_ends(visit: Visit, tmp_path: Path) -> None:
    """Its curve grows and is not drawn anew; it is paused and goes on; its link restores it."""
    visitor = visit(anew=True)
    page = opened(visitor)
    order(page, epochs=30)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/?run=*")
    loss = page.locator("#loss")
    expect(page.locator("#strip img").first).to_be_visible(timeout=MOST)
    page.evaluate("document.querySelector('#loss .js-plotly-plot').dataset.drawn = 'once'")
    before = at_rest.told(loss, POINTS)
    visitor.eventually(lambda: sum(at_rest.told(loss, POINTS)) > sum(before) + 4, seconds=60)
    expect(loss.locator("[data-drawn=once]")).to_have_count(1)
    expect(page.locator("#state")).to_contain_text("left")
    assert axe.complaints(page) == []

    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#state")).to_contain_text("paused")
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
    pictures = at_rest.attributes(page.locator("#strip img"), "src")
    page.get_by_label("Test image").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_url("**digit=3")
    expect(page.locator("#strip")).to_contain_text("test image 3")
    assert at_rest.attributes(page.locator("#strip img"), "src") != pictures
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("my first")
    expect(page.locator("#strip")).to_contain_text("test image 3")
    assert at_rest.told(loss, POINTS)[1] == 30


def test_a_training_outlives_its_page_and_is_cancelled_at_once(visit: Visit) -> None:
    """Whoever closed the browser finds it by its link; a guest sees it, and has no button that works."""
    visitor = visit(anew=True, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = opened(visitor)
    order(page, epochs=100, share="1")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/?run=*")
    link = at_rest.address(page)
    page.close()

    visitor.page = page = page.context.new_page()
    at_rest.watch(page)
    page.goto(link)
    guest = visit(anew=True)
    guest.page.goto(link)
    expect(guest.page.locator("#state")).not_to_be_empty()
    for name in ("Pause", "Cancel", "Delete"):
        expect(guest.page.get_by_role("button", name=name)).to_be_disabled()
    expect(guest.page.locator("#runs")).to_have_text("Nothing yet.")

    expect(page.locator("#state")).to_contain_text("left", timeout=MOST)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#state")).to_contain_text("Cancelled", timeout=5_000)
    assert axe.complaints(page) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#runs")).to_have_text("Nothing yet.")


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
