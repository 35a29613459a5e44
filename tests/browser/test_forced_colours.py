from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest
from tests.browser.canvas import Pixels
from tests.browser.conftest import Visit
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
  window.pen ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const { pen } = window;
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(element, part)[property];
  pen.fillRect(0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}"""


SYSTEM = f"""(names) => {{
  const probe = document.body.appendChild(document.createElement("i"));
  const found = names.map((name) => {{
    probe.style = `color: ${{name}}; forced-color-adjust: none`;
    return ({COLOUR})(probe, ["color", null]);
  }});
  probe.remove();
  return found;
}}"""

# Left, top, right and bottom of an element, in whole pixels; zeros where something else lies over it.
INSIDE = """(element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  if (!element.contains(over) && !over?.contains(element)) return [0, 0, 0, 0];
  return [Math.ceil(left), Math.ceil(top), Math.floor(right), Math.floor(bottom)];
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
    return [tuple(each) for each in at_rest.told(page, SYSTEM, names)]


def shown(place: Page | Locator) -> Pixels:
    """Return what the window, or an element, shows: (rows, columns, 3)."""
    pixels: Pixels = np.asarray(Image.open(BytesIO(at_rest.screenshot(place))).convert("RGB"))
    return pixels


def cut(window: Pixels, element: Locator) -> Pixels:
    """Return what an element shows, (rows, columns, 3): of the window, where all of it is in sight there."""
    left, top, right, bottom = at_rest.told(element, INSIDE)
    return window[top:bottom, left:right] if bottom > top else shown(element)


def colours(pixels: Pixels) -> set[tuple[int, ...]]:
    """Return the colours of all pixels."""
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
        highlights, window = system(page, "SelectedItem", "Highlight"), shown(page)
        for selected, other, name in CHOICES.values():
            expect(page.locator(selected)).to_be_visible()
            assert colour(page.locator(selected), name) in highlights, selected
            assert colour(page.locator(other).first, name) not in highlights, other
            if name == "background-color":
                words = colour(page.locator(selected), "color")
                assert contrast(words, colour(page.locator(selected))) >= READABLE
            found, against = (cut(window, page.locator(each).first) for each in (selected, other))
            assert colours(found) != colours(against), selected


def test_frames_tell_focus_selection_and_pictures(forced: Visitor) -> None:
    """The focus is a dashed one, what is selected a solid one, what is both a double one; maps have one."""
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

    assert_pictures_stand_off(forced)


def assert_pictures_stand_off(forced: Visitor) -> None:
    """Around every map runs a line that is neither as black as the map nor as white as the page."""
    page = forced.page
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


def test_every_scale_keeps_its_colours_in_a_frame_of_the_system(forced: Visitor) -> None:
    """The bar between "0" and "2.83" runs through its palette; a frame parts it from the page."""
    page = forced.open(INSPECTED)
    expect(page.locator("#inspector .slice-rows button")).to_have_count(32)
    assert keep_their_colours(page, ".network[data-model=cnn] .legend .bar, #dock .legend .bar") > 6
    forced.ask("why")
    assert keep_their_colours(page, "#dock .legend .bar") > 3
    page.locator("#dock").get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#dock")).to_be_hidden()
    assert keep_their_colours(page, ".network[data-model=fcn] .legend .bar") > 1


def keep_their_colours(page: Page, where: str) -> int:
    """Look at all bars of scales at a place, in each scheme; return how many there are."""
    bars = page.locator(f":is({where}):visible")
    expect(bars.first).to_be_visible()
    for _ in schemes(page):
        assert set(colours_of(bars, "outline-color")) == {*system(page, "CanvasText")}
        window = shown(page)
        for bar in at_rest.each(bars):
            assert len(colours(cut(window, bar))) > 10
    return at_rest.count(bars)


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
        painted = (cut(shown(page), most) != np.array(ground)).any(axis=-1)
        assert painted.any(axis=0).mean() > 0.4  # the bar, not only the number's few strokes


def test_coloured_numbers_keep_their_colours_and_can_be_read(forced: Visitor) -> None:
    """Weights as numbers: many colours, words readable on each."""
    page = forced.open(f"{INSPECTED}&part=weights")
    cells = page.locator(".part-weights .slice td")
    expect(cells).to_have_count(9 * 32)
    for _ in schemes(page):
        assert len(set(colours_of(cells))) > 20
        assert_readable(cells, cells)


def assert_readable(words: Locator, grounds: Locator) -> None:
    """Words stand out from what they are on."""
    for word, ground in zip(colours_of(words, "color"), colours_of(grounds), strict=True):
        assert contrast(word, ground) >= READABLE


def test_compare_has_the_systems_ink_beside_its_own_hues(forced: Visitor) -> None:
    """Charts have words in that ink and lines in their hues; of a shaded number's the words can be read.

    What was chosen as dark or light before counts for nothing; neither does the button that chooses.
    """
    page = forced.page
    page.add_init_script(
        "localStorage.setItem('theme', matchMedia('(prefers-color-scheme: dark)').matches ? 'light' : 'dark')"
    )
    place, shaded = page.locator("#compare-moves .plot"), page.locator("#compare-confusions td[style]")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        forced.open("/compare")
        expect(place.locator(".main-svg").first).to_be_visible()
        place.scroll_into_view_if_needed()
        ground, ink = system(page, "Canvas", "CanvasText")

        expect(page.locator("#theme")).to_be_hidden()
        assert set(colours_of(place.locator("text"), "fill")) == {ink}
        lines = set(colours_of(place.locator(".scatterlayer .js-line"), "stroke"))
        assert len(lines) == 2
        assert all(contrast(line, ground) >= 3 for line in lines)
        expect(shaded.first).to_be_visible()
        grounds = set(colours_of(shaded))
        assert len(grounds) > 5
        assert ground not in grounds
        assert_readable(page.locator("#compare-confusions td[style] a"), shaded)
