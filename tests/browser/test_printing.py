from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from dashboard.colours import PAPERS, hues
from dashboard.palettes import SEQUENTIAL
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known, Visit
from tests.browser.paper import Sheet, sheets, sizes
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PAPER = (("A4", False), ("Letter", True))  # each size, and each way to turn it
SIDE = 12  # millimetres that the page leaves on each side
MARGIN = 30  # points: less than that
SELECTED = "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7"
BUTTON = (
    "button:not(.cells button, .answer-row, .digit-button, .slice-row,"
    " :is(.terms, .numbers, .part-cell, .read) button)"
)

INKS = """() => {
  const words = [...document.querySelectorAll(".plot text")];
  return [...new Set(words.map((text) => getComputedStyle(text).fill))];
}"""
# What is measured as the page is laid out for paper, of which a script hears while it is printed.
MEASURE = """() => matchMedia("print").addEventListener("change", ({ matches }) => {
  if (!matches) return;
  const { clientWidth } = document.documentElement;
  const rights = [...document.querySelectorAll("#compare .main-svg, #compare table, #compare canvas")]
    .map((part) => part.getBoundingClientRect().right);
  const inks = [...document.querySelectorAll(".plot text")].map((text) => getComputedStyle(text).fill);
  const lines = [...document.querySelectorAll("#compare-moves .js-line")]
    .map((line) => getComputedStyle(line).stroke);
  window.measured = { clientWidth, rights, inks: [...new Set(inks)], lines: [...new Set(lines)] };
}, { once: true })"""


def dark(visit: Visit) -> Visitor:
    """A tab on dark paper, in a browser that has seen nothing yet."""
    return visit(color_scheme="dark", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")


def printed(page: Page, name: str = "A4", *, landscape: bool = False) -> list[Sheet]:
    """Print a page, without the backgrounds that a browser leaves out unless it is asked for them."""
    return sheets(page.pdf(format=name, landscape=landscape, print_background=False))


def expected(page: Page) -> Counter[tuple[int, int]]:
    """Return how many pictures of each size in the networks' sheets there must be: those on the screen."""
    sides = at_rest.of_all(
        page.locator(".network:not([hidden]) .sheet:visible .cells button"),
        "(all) => all.map(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])",
    )
    return Counter((wide, high) for wide, high in sides)


def rgb(colour: str) -> str:
    """Return `#rrggbb` as a browser writes it."""
    return f"rgb({', '.join(map(str, parts(colour)))})"


def parts(colour: str) -> NDArray[np.int64]:
    """Return red, green and blue of `#rrggbb`, (3,)."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def test_all_is_on_light_paper_and_the_screen_is_afterwards_as_it_was(visit: Visit, known: Known) -> None:
    """What has never been in sight too; nothing is left behind: page and maps are dark, sheets one canvas."""
    page = dark(visit).open("/?digit=4271")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    before = at_rest.told(page, ground)
    maps = canvas.read(page.locator("#panel-cnn-conv1 .maps"))
    wanted = expected(page)
    assert wanted.total() > 1000
    for name, landscape in PAPER:
        paper = printed(page, name, landscape=landscape)
        assert_none_is_cut(paper, wanted, landscape)
    assert_light_with_scales(paper, known)

    expect(page.locator(".cells canvas")).to_have_count(0)
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")
    assert at_rest.told(page, ground) == before
    assert np.array_equal(canvas.read(page.locator("#panel-cnn-conv1 .maps")), maps)
    page.emulate_media(media="print")
    expect(page.locator(".cells canvas").first).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.locator(".cells canvas")).to_have_count(0)


def assert_none_is_cut(paper: list[Sheet], wanted: Counter[tuple[int, int]], landscape: bool) -> None:
    """Each picture that is wanted is whole, on one sheet, with its weights or values."""
    found = sizes(paper)
    assert {size: found[size] for size in wanted} == wanted
    for sheet in paper:
        wide, high = sheet.size
        assert (wide > high) == landscape
        for left, bottom, right, top in (picture.bounds for picture in sheet.pictures):
            assert left >= MARGIN
            assert bottom >= MARGIN
            assert right <= wide - MARGIN
            assert top <= high - MARGIN
    whole = {picture.size for sheet in paper for picture in sheet.pictures if not picture.is_blank}
    assert {size for size in wanted if min(size) > 24} <= whole


def assert_light_with_scales(paper: list[Sheet], known: Known) -> None:
    """Of a dark page: dark words on white paper, every colour of the scale, the bars of both verdicts."""
    pixels = np.concatenate([sheet.bare.reshape(-1, 3) for sheet in paper])
    packed, counts = np.unique(pixels @ np.array([65536, 256, 1]), return_counts=True)
    colours = packed[:, None] >> np.array([16, 8, 0]) & 255
    assert colours[counts.argmax()].tolist() == [255, 255, 255]
    assert colours.min(axis=0).max() < 60
    for stop in SEQUENTIAL[1:-1]:
        assert np.abs(colours - parts(stop)).max(axis=1).min() <= 6
    for hue in hues(known.pair).values():
        bar = 255 - 0.35 * (255 - parts(hue.light))
        assert counts[np.abs(colours - bar).max(axis=1) <= 2].sum() > 200


def test_zero_is_light_on_paper(visit: Visit) -> None:
    """The weights of a dark page are printed in the colours of a light one."""
    page = dark(visit).open("/?digit=4271&flip=all")
    expect(page.locator("#panel-cnn-conv2 .legend")).to_contain_text("weights")
    (size,) = {size for size in expected(page) if size[0] > 50}

    found = [picture for sheet in printed(page) for picture in sheet.pictures if picture.size == size]

    assert len(found) == 32
    assert np.median([picture.pixels.mean() for picture in found]) > 150


def test_what_only_a_screen_needs_is_not_on_paper(visit: Visit) -> None:
    """No field, no slider, no button that does something, nothing that sticks; what is selected is there."""
    visitor = dark(visit)
    page = visitor.open(f"{SELECTED}&part=slices")
    expect(page.locator(".slice-row").nth(32)).to_contain_text(":")
    page.emulate_media(media="print")
    for part in (".header", ".tools", ".stepper", "#wall"):
        expect(page.locator(part)).to_be_hidden()
    for part in ("#digit-title", "#panel-fcn-output", "#panel-fcn-dense1", "#panel-cnn-conv2", "#dock h3"):
        expect(page.locator(part)).to_be_visible()

    for part in (
        "input",
        BUTTON,
        ".moving",
        ".wall-frame",
        ".part-links",
        ".part-taking",
        "details:not([open])",
    ):
        expect(page.locator(f":is({part}):visible")).to_have_count(0)
    sticking = """() => [...document.querySelectorAll("body *")].filter((part) => {
      const { position } = getComputedStyle(part);
      return part.offsetParent && (position === "sticky" || position === "fixed");
    }).length"""
    assert at_rest.told(page, sticking) == 0
    hidden = """() => [...document.querySelectorAll("#explore *")].filter((part) =>
      getComputedStyle(part).overflowY !== "visible" && part.scrollHeight > part.clientHeight + 1
      && part.clientHeight > 1).length"""
    assert at_rest.told(page, hidden) == 0
    page.emulate_media(media="screen")
    visitor.tab("Weights")
    expect(page.locator("#inspector .part-weights .slice")).to_have_count(32)
    page.emulate_media(media="print")
    assert at_rest.told(page, hidden) == 0


def test_compare_fits_the_paper(visit: Visit, known: Known) -> None:
    """Nothing is wider than the page or made smaller for it; charts are in light inks, planes painted."""
    visitor = dark(visit)
    page = visitor.open("/compare")
    expect(page.locator(".drawings:empty")).to_have_count(0)
    expect(page.locator(".plot:not(:has(.main-svg))")).to_have_count(0)
    for name, landscape in PAPER:
        page.evaluate(MEASURE)
        paper = printed(page, name, landscape=landscape)
        assert_compare_fits(page, paper, known)
        visitor.eventually(lambda: at_rest.told(page, INKS) == [rgb(PAPERS["dark"].text)])


def assert_compare_fits(page: Page, paper: list[Sheet], known: Known) -> None:
    """What was measured while it was printed, and every plane, lies within the margins."""
    measured = at_rest.told(page, "() => window.measured")
    inside = paper[0].size[0] * 96 / 72 - 2 * SIDE * 96 / 25.4  # screen pixels, where nothing is made smaller
    assert measured["clientWidth"] == pytest.approx(inside, abs=2)
    assert max(measured["rights"]) <= measured["clientWidth"] + 1
    assert measured["inks"] == [rgb(PAPERS["light"].text)]
    named = hues(known.pair)
    assert set(measured["lines"]) == {rgb(hue.light) for hue in named.values()}
    planes = [picture for sheet in paper for picture in sheet.pictures if min(picture.size) > 500]
    assert len(planes) == at_rest.count(page.locator(".plane"))
    assert not any(picture.is_blank for picture in planes)
    for sheet in paper:
        for _, bottom, right, top in (picture.bounds for picture in sheet.pictures):
            assert bottom >= MARGIN
            assert right <= sheet.size[0] - MARGIN
            assert top <= sheet.size[1] - MARGIN
    digit = at_rest.text(page.locator(".live .digit-title"))
    assert any(digit in sheet.words for sheet in paper)
