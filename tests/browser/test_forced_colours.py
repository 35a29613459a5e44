from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest
from tests.browser.canvas import Pixels
from tests.browser.conftest import Visit
from tests.browser.picture import unpack
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
READABLE = 4.5  # contrast that WCAG 2.2 AA asks of text
INSPECTED = "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7"

# What is selected, something like it that is not, and the colour that tells.
MAPS = "#panel-cnn-conv2 .maps"
CHOICES = {
    "page": ("#nav-explore", "#nav-compare", "background-color"),
    "tab": (".part-links [aria-selected=true]", ".part-links [aria-selected=false]", "background-color"),
    "map": (f"{MAPS} [aria-pressed=true]", f"{MAPS} button", "outline-color"),
    "digit": ("#wall .thumb[aria-current]", "#wall .thumb", "outline-color"),
    "slice": (".slice-row[aria-pressed=true]", ".slice-row[aria-pressed=false]", "background-color"),
    "way to draw": ("#pad .row [aria-pressed=true]", "#pad .row [aria-pressed=false]", "background-color"),
}

# A style as it is used, [red, green, blue] in 0 to 255, laid on black where it lets anything through.
COLOUR = """(element, [property, part]) => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(element, part)[property];
  pen.fillRect(0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}"""


# How long the bar of each share is, of its cell.
WIDE = """(all) => all.map((cell) =>
  parseFloat(getComputedStyle(cell, "::before").width) / cell.offsetWidth)"""


@pytest.fixture
def forced(visit: Visit) -> Visitor:
    """A tab in whose system the colours are forced."""
    return visit(forced_colors="active", color_scheme=SCHEMES[0], reduced_motion="reduce")


def schemes(page: Page) -> Iterator[str]:
    """Yield each scheme of the system, while the page that is open is in it."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        yield scheme


def colour(element: Locator, name: str = "background-color", part: str | None = None) -> tuple[int, ...]:
    """Return a colour that an element, or a part of it such as `::before`, is drawn with."""
    return tuple(at_rest.told(element, COLOUR, [name, part]))


def colours_of(elements: Locator, name: str = "background-color") -> list[tuple[int, ...]]:
    """Return a colour that each of several elements is drawn with."""
    question = f"(all, how) => all.map((each) => ({COLOUR})(each, how))"
    return [tuple(each) for each in at_rest.of_all(elements, question, [name, None])]


def system(page: Page, *names: str) -> list[tuple[int, ...]]:
    """Return colours of the system by their names in CSS."""
    probe = page.locator("#probe")
    page.evaluate("() => document.body.append(Object.assign(document.createElement('i'), { id: 'probe' }))")
    found = []
    for name in names:
        probe.evaluate("(probe, name) => (probe.style = `color: ${name}; forced-color-adjust: none`)", name)
        found.append(colour(probe, "color"))
    probe.evaluate("(probe) => probe.remove()")
    return found


def colours(page: Page, element: Locator) -> set[tuple[int, ...]]:
    """Return the colours of all pixels of an element on the screen."""
    pixels: Pixels = unpack(page, at_rest.screenshot(element))
    page.evaluate("() => document.getElementById('unpacked').remove()")
    return {tuple(each) for each in np.unique(pixels.reshape(-1, 3), axis=0).tolist()}


def contrast(one: Iterable[int], other: Iterable[int]) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Iterable[int]) -> float:
    parts = np.asarray(list(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_what_is_selected_is_told_by_a_colour_of_the_system(forced: Visitor) -> None:
    """Selected pages, tabs, maps, digits, slices and ways to draw look unlike what is not."""
    page = forced.open(f"{INSPECTED}&slice=3&part=slices")
    page.locator("#pad summary").first.click()

    for _ in schemes(page):
        highlights = system(page, "SelectedItem", "Highlight")
        for selected, other, name in CHOICES.values():
            expect(page.locator(selected)).to_be_visible()
            assert colour(page.locator(selected), name) in highlights, selected
            assert colour(page.locator(other).first, name) not in highlights, other
            if name == "background-color":
                words = colour(page.locator(selected), "color")
                assert contrast(words, colour(page.locator(selected))) >= READABLE
            assert colours(page, page.locator(selected)) != colours(page, page.locator(other).first)


def test_what_has_the_focus_is_told_from_what_is_selected(forced: Visitor) -> None:
    """The focus is a dashed frame, what is selected a solid one, what is both a double one."""
    page = forced.open(INSPECTED)
    maps = page.locator("#panel-cnn-conv2 .maps button")
    style = "(map) => getComputedStyle(map).outlineStyle"
    assert at_rest.told(maps.nth(21), style) == "solid"

    maps.nth(20).focus()
    page.keyboard.press("ArrowRight")
    expect(maps.nth(21)).to_be_focused()
    assert at_rest.told(maps.nth(21), style) == "double"
    page.keyboard.press("ArrowRight")
    expect(maps.nth(22)).to_be_focused()
    assert at_rest.told(maps.nth(22), style) == "dashed"
    for _ in schemes(page):
        assert colour(maps.nth(22), "outline-color") == system(page, "Highlight")[0]


def test_every_scale_keeps_its_colours_in_a_frame_of_the_system(forced: Visitor) -> None:
    """The bar between "0" and "2.83" runs through its palette; a frame parts it from the page."""
    page = forced.open(INSPECTED)
    expect(page.locator("#inspector .slice-rows button")).to_have_count(32)
    bars, places = page.locator(".legend .bar:visible"), []
    for _ in range(2):
        expect(bars.first).to_be_visible()
        for _ in schemes(page):
            found = at_rest.each(bars)
            for bar in found:
                assert len(colours(page, bar)) > 10
                assert colour(bar, "outline-color") == system(page, "CanvasText")[0]
        places += found
        forced.ask("why")
    assert len(places) > 10


def test_a_verdict_keeps_its_bars(forced: Visitor) -> None:
    """A probability's bar is as long as it says, in another colour than the page, under a readable number."""
    page = forced.open("/?digit=4271")
    shares = page.locator(".answer-row .share:visible")
    expect(shares).to_have_count(20)

    said = at_rest.of_all(
        shares, "(all) => all.map((cell) => Number(cell.style.getPropertyValue('--share')))"
    )
    wide = at_rest.of_all(shares, WIDE)
    assert wide == pytest.approx(said, abs=0.01)
    most = shares.nth(said.index(max(said)))
    for _ in schemes(page):
        ground, ink = system(page, "Canvas", "CanvasText")
        assert set(colours_of(shares, "color")) == {ink}
        assert all(colour(share, part="::before") != ground for share in at_rest.each(shares))
        pixels = unpack(page, at_rest.screenshot(most))
        page.evaluate("() => document.getElementById('unpacked').remove()")
        painted = (pixels != np.array(ground)).any(axis=-1)
        assert painted.any(axis=0).mean() > 0.4  # the bar, not only the number's few strokes


def test_coloured_numbers_keep_their_colours_and_can_be_read(forced: Visitor) -> None:
    """Weights as numbers, and the numbers of the confusion matrices: many colours, words readable on each."""
    page = forced.open(f"{INSPECTED}&part=weights")
    cells = page.locator(".part-weights .slice td")
    expect(cells).to_have_count(9 * 32)
    for _ in schemes(page):
        assert len(set(colours_of(cells))) > 20
        assert_readable(cells, cells)

    page.locator("#nav-compare").click()
    shaded = page.locator("#compare-confusions td[style]")
    expect(shaded.first).to_be_visible()
    for _ in schemes(page):
        grounds = set(colours_of(shaded))
        assert len(grounds) > 5
        assert not grounds & set(system(page, "Canvas"))
        assert_readable(page.locator("#compare-confusions td[style] a"), shaded)


def assert_readable(words: Locator, grounds: Locator) -> None:
    """Words stand out from what they are on."""
    for word, ground in zip(colours_of(words, "color"), colours_of(grounds), strict=True):
        assert contrast(word, ground) >= READABLE


def test_pictures_stand_off_from_the_page(forced: Visitor) -> None:
    """Around every map runs a line that is neither as black as the map nor as white as the page."""
    page = forced.open(INSPECTED)
    for _ in schemes(page):
        ends = system(page, "Canvas", "CanvasText")
        for panel in ("conv2", "dense"):
            line = colour(forced.panel("cnn", panel).locator(".maps button").first, "outline-color")
            assert min(contrast(line, end) for end in ends) >= 3
    for picture in ("#digit-canvas", ".enlarged canvas", ".nine canvas"):
        if picture.startswith(".nine"):
            forced.tab("What fires it")
        expect(page.locator(picture).first).to_be_visible()
        for _ in schemes(page):
            assert colour(page.locator(picture).first, "outline-color") == system(page, "CanvasText")[0]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_charts_have_words_in_the_systems_ink_and_lines_in_their_hues(visit: Visit, scheme: str) -> None:
    """What was chosen as dark or light before counts for nothing; neither does the button that chooses."""
    visitor = visit(forced_colors="active", color_scheme=scheme, reduced_motion="reduce")
    other = next(each for each in SCHEMES if each != scheme)
    visitor.page.add_init_script(f"localStorage.setItem('theme', '{other}')")
    page = visitor.open("/compare")
    place = page.locator("#compare-moves .plot")
    expect(place.locator(".main-svg").first).to_be_visible()
    place.scroll_into_view_if_needed()
    ground, ink = system(page, "Canvas", "CanvasText")

    expect(page.locator("#theme")).to_be_hidden()
    assert set(colours_of(place.locator("text"), "fill")) == {ink}
    lines = set(colours_of(place.locator(".scatterlayer .js-line"), "stroke"))
    assert len(lines) == 2
    assert all(contrast(line, ground) >= 3 for line in lines)
