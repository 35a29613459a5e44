"""The pages behind a proxy with a prefix, and in a frame of another page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import at_rest
from tests.browser.made_up import serving
from tests.browser.proxy import Proxied, proxied
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]
PREFIX = "/user/ada/proxy/8050"
FRAME = '<iframe src="{}/?digit=3" title="ConvLens" width="1400" height="850"></iframe>'


@pytest.fixture(scope="module")
def shipped_there(server: Server) -> Iterator[Proxied]:
    with proxied(server.url, PREFIX) as there:
        yield there


@pytest.fixture(scope="module")
def made_up_there(made_up_address: str) -> Iterator[Proxied]:
    with proxied(made_up_address, PREFIX) as there:
        yield there


def walk(visitor: Visitor, layer: str, fired: str) -> None:
    """Look at all pages, by clicks, as somebody does who has come by a link."""
    page = visitor.open("/?digit=3")
    visitor.pick(4)
    visitor.at("/?digit=4")
    key, name = layer.split(".")
    visitor.cell(key, name, f"{name} {fired}").click()
    expect(page.locator("#dock h3")).to_contain_text(f"{name} · ")
    visitor.tab("What fires it")
    expect(page.locator("#dock .fires canvas, #dock canvas").first).to_be_visible()
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.locator("#compare-answer .words").first).to_be_visible()
    expect(page.locator("#compare .js-plotly-plot").first).to_be_attached()
    page.get_by_role("link", name="Filters", exact=True).click()
    expect(page.locator("#filters-table tbody tr").first).to_be_visible()
    page.reload()
    visitor.shown()
    page.go_back()
    page.get_by_role("button", name="More", exact=True).click()
    page.locator("#help").click()
    expect(page.get_by_role("heading", name="Words", exact=True)).to_be_visible()
    page.get_by_role("link", name="Explore").click()
    visitor.shown()


def test_the_shipped_networks_behind_a_prefix(browser: Browser, shipped_there: Proxied) -> None:
    """Every page is painted and answers; nothing is asked outside the prefix, nothing is missing there."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        visitor = Visitor(context, shipped_there.url)
        walk(visitor, "cnn.conv1", "map 4")
        at_rest.wait(visitor.page)
        assert visitor.complaints == []
    assert (shipped_there.refused, shipped_there.missing) == ([], [])


def test_the_made_up_world_behind_a_prefix(browser: Browser, made_up_there: Proxied) -> None:
    """The same of networks and images that are others'."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        visitor = Visitor(context, made_up_there.url)
        walk(visitor, "branching.stem_relu", "map 1")
        at_rest.wait(visitor.page)
        assert visitor.complaints == []
    assert (made_up_there.refused, made_up_there.missing) == ([], [])


@pytest.mark.parametrize(("strips", "allowed"), [(True, True), (False, True), (True, False)])
def test_only_where_it_is_allowed_a_frame_paints(
    browser: Browser,
    made_up_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    strips: bool,
    allowed: bool,
) -> None:
    """A page of another origin frames it where its origin is named; else the browser shows nothing of it."""
    settings = {"BASE_PATH": f"{PREFIX}/"} if not strips else {}
    if allowed:
        settings["FRAME_ANCESTORS"] = "http://localhost:*"
    with (
        serving(made_up_folder, tmp_path_factory, **settings) as address,
        proxied(address, PREFIX, strips=strips) as there,
        proxied(address, "/none", around=FRAME.format(there.url)) as other,
        browser.new_context(viewport={"width": 1440, "height": 900}) as context,
    ):
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        with page.expect_console_message() if not allowed else page.expect_response("**/verdicts.bin"):
            page.goto(f"{other.origin.replace('127.0.0.1', 'localhost')}/around")
        shown = page.frame_locator("iframe").locator("body[data-painted='3']")
        if allowed:
            expect(shown).to_be_visible()
            assert said == []
        else:
            assert "frame-ancestors" in said[0]
            expect(shown).to_have_count(0)
        assert (there.refused, there.missing) == ([], [])
