from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

GROUND = "() => getComputedStyle(document.body).backgroundColor"
COLOURED = """() => {
  const whole = "#panel-cnn-conv1 .kernels > canvas, #panel-cnn-conv2 .maps > canvas, #inspector canvas";
  const canvases = [...document.querySelectorAll(whole)].map((canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return 0;
    const copy = new OffscreenCanvas(width, height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    return data.reduce((sum, part, i) => (31 * sum + part + i) % 1e9, 7);
  });
  const styled = [...document.querySelectorAll(".legend .bar, #inspector .slice td")].map((element) => {
    const { backgroundColor, backgroundImage, color } = getComputedStyle(element);
    return [backgroundColor, backgroundImage, element.matches("td") && color].join();
  });
  return [canvases, styled];
}"""
WIDE = "() => document.scrollingElement.scrollWidth"
SELECTED = "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7"


def test_it_is_dark_or_light_as_the_system_is_until_one_chooses(visit: Visit) -> None:
    """The system's choice at first; the button turns it, and a reload keeps what was chosen."""
    visitor = visit(color_scheme="dark")
    page = visitor.open()
    dark = at_rest.told(page, GROUND)
    page.emulate_media(color_scheme="light")
    light = at_rest.told(page, GROUND)
    assert dark != light

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Switch between dark and light").click()
    assert at_rest.told(page, GROUND) == dark
    page.reload()
    visitor.shown()
    assert at_rest.told(page, GROUND) == dark

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Switch between dark and light").click()
    page.emulate_media(color_scheme="dark")
    assert at_rest.told(page, GROUND) == light


def test_zero_glares_on_no_paper(visit: Visit) -> None:
    """Around zero colours are dark on dark paper; turned to light, all is painted as if it had been so."""
    signed = f"{SELECTED}&flip=cnn.conv1&stage=pre&part=slices"
    lit, unlit = visit(color_scheme="light"), visit(color_scheme="dark")
    for each in (lit, unlit):
        each.open(signed)
        expect(each.page.locator("#inspector .slice-row canvas").first).to_be_visible()
        expect(each.page.locator("#panel-cnn-conv1 .legend")).to_contain_text("weights")
        each.quiet()
    kernels = [canvas.read(each.page.locator("#panel-cnn-conv1 .kernels")) for each in (lit, unlit)]
    light, dark = (shown[shown[..., 3] > 0][:, :3].mean() for shown in kernels)
    assert dark < 110
    assert light > 150

    turn = unlit.page.locator("#theme")
    press = "(button) => button.click()"  # by a script, for Playwright scrolls to what it clicks
    before = at_rest.told(unlit.page, COLOURED)
    turn.evaluate(press)
    assert at_rest.told(unlit.page, COLOURED) == at_rest.told(lit.page, COLOURED)
    turn.evaluate(press)
    assert at_rest.told(unlit.page, COLOURED) == before


def test_nothing_has_to_be_scrolled_sideways(visitor: Visitor) -> None:
    """On a telephone, a desk and a wide wall: with a map selected, with nothing selected, and on Compare.

    Wide windows have larger maps: the same 64, none lost, as large as fits.
    """
    page = visitor.open(SELECTED)
    visitor.tab("Files")
    page.get_by_text("All 24×24 numbers").click()
    assert_it_fits(visitor)

    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#dock")).to_be_hidden()
    assert_it_fits(visitor)
    assert sides_of_cells(visitor) == [1, 2, 3, 4]

    page.get_by_role("link", name="Compare").click()
    expect(page.locator("#compare-panels .js-plotly-plot .main-svg").first).to_be_visible()
    assert_it_fits(visitor)


def assert_it_fits(visitor: Visitor) -> None:
    """Make the window wider and narrower; what is drawn anew for that may take a moment."""
    for width in (1440, 2560, 768, 390):
        visitor.page.set_viewport_size({"width": width, "height": 844})
        visitor.eventually(lambda: at_rest.told(visitor.page, WIDE) <= width)  # noqa: B023  called now


def sides_of_cells(visitor: Visitor) -> list[float]:
    """Return how many screen pixels a cell of a map has on a telephone, a projector, a desk and a wall."""
    maps, found = visitor.panel("cnn", "conv2").locator(".maps button"), []
    for width in (390, 1280, 1920, 2560):
        height = 844 if width == 390 else width * 9 // 16
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.flush()
        expect(maps).to_have_count(64)
        found.append(at_rest.box(maps.first)["width"] / 24)
    return found


def test_on_a_telephone_all_is_one_column_and_a_verdict_shows_its_network_alone(visitor: Visitor) -> None:
    """Pressed once it shows that network, pressed again both; what the other says stays."""
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    page = visitor.open("/?digit=4271")
    assert_it_stands_in_reading_order(page)
    fcn, cnn = (page.locator(f'#verdicts [data-model="{key}"]') for key in ("fcn", "cnn"))
    lanes = page.locator(".network:visible h3")
    said = at_rest.text(cnn)

    fcn.click()
    expect(lanes).to_have_text(["FCN"])
    expect(fcn).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("model=fcn"))
    assert at_rest.text(cnn) == said
    page.get_by_label("Next digit on the wall").click()
    expect(page.locator("body")).not_to_have_attribute("data-painted", "4271")
    expect(cnn).not_to_have_text(said)

    fcn.click()
    expect(lanes).to_have_count(2)


def assert_it_stands_in_reading_order(page: Page) -> None:
    """One column: the digit with both verdicts, the wall, and the networks layer by layer."""
    parts = (".digit-now", "#verdicts", "#wall", "#panel-cnn-conv1", "#panel-cnn-dense", "#panel-fcn-dense1")

    tops = [at_rest.told(page.locator(part), "(part) => part.getBoundingClientRect().top") for part in parts]

    assert tops == sorted(tops)
    page.locator("#panel-fcn-dense2").scroll_into_view_if_needed()
    for part in ("#digit-canvas", "#verdicts"):  # they stay
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
