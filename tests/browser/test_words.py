from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest
from tests.browser.axe import complaints
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MAP = "/?layer=cnn.conv2&filter=3&cell=5,5"
STOPS = """() => [...document.querySelectorAll("section, .network")]
  .filter((section) => section.checkVisibility())
  .map((section) => [...section.querySelectorAll(".dotted")]
    .filter((word) => (word.closest(".network") ?? word.closest("section")) === section))
  .filter((words) => words.length).map((words) => words.filter(({ tabIndex }) => tabIndex === 0).length)"""


def opened(page: Page) -> Page:
    """Wait until the inspector has its words."""
    expect(page.locator(".part-cell .dotted").first).to_be_visible()
    return page


def tip(page: Page) -> Locator:
    return page.get_by_role("tooltip")


def sentence_of(word: Locator) -> str:
    """Return what a screen reader is told of a word."""
    found: str = at_rest.told(
        word, "(word) => document.getElementById(word.getAttribute('aria-describedby')).textContent"
    )
    return found


def reading(page: Page) -> Locator:
    """The words of how one number comes about."""
    return page.locator(".part-cell .part-words .dotted")


def test_the_pointer_reads_a_word(visitor: Visitor) -> None:
    """Its sentence stays while the pointer is on it or on the word, and goes when it leaves, or on Esc."""
    page = opened(visitor.open(MAP))
    word = reading(page).first

    word.hover()
    expect(tip(page)).to_have_text(sentence_of(word))
    expect(page.get_by_role("button", name=at_rest.text(word), exact=True).first).to_be_visible()
    tip(page).hover()
    visitor.flush()
    expect(tip(page)).to_be_visible()
    page.locator("h1").hover()
    expect(tip(page)).to_be_hidden()

    word.hover()
    expect(tip(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()
    expect(page.locator("#dock h3")).to_contain_text("conv2 · map 3")  # Esc closed nothing else
    assert_there_is_one_box(page)


def assert_there_is_one_box(page: Page) -> None:
    """A picture's number takes a word's place, and the word that has the focus gets it back."""
    word = page.locator(".part-cell .dotted").first
    word.focus()
    expect(tip(page)).to_have_text(sentence_of(word))

    expect(page.locator(".part-sliding .where")).to_contain_text("Row")
    page.locator(".slide-input canvas").hover(position={"x": 5, "y": 80})
    expect(tip(page)).to_contain_text("conv1 map")
    page.locator("h1").hover()
    expect(tip(page)).to_have_text(sentence_of(word))
    expect(tip(page)).to_have_count(1)


def test_keys_read_words(visitor: Visitor) -> None:
    """The tab key stops once in a section, arrows go on, Enter shows again what Esc took away."""
    page = opened(visitor.open(MAP))
    words = reading(page)
    count = at_rest.count(words)
    assert count > 2

    words.first.focus()
    expect(tip(page)).to_have_text(sentence_of(words.first))
    page.keyboard.press("ArrowRight")
    expect(words.nth(1)).to_be_focused()
    expect(tip(page)).to_have_text(sentence_of(words.nth(1)))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(words.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()
    expect(words.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(tip(page)).to_have_text(sentence_of(words.first))
    sentence = sentence_of(words.first)
    expect(tip(page)).to_have_text(sentence)
    page.keyboard.press("Tab")
    expect(tip(page)).to_be_hidden()
    assert at_rest.told(page, "() => document.activeElement.matches('.part-cell .part-body')")
    assert_words_do_not_flood_the_tab_key(visitor)


def assert_words_do_not_flood_the_tab_key(visitor: Visitor) -> None:
    """One stop for all words of a section, on both pages, whatever was walked to."""
    page = visitor.page
    reading(page).first.focus()
    page.keyboard.press("ArrowRight")

    stops = at_rest.told(page, STOPS)
    assert len(stops) >= 4  # two lanes, and both parts of the dock
    assert {*stops} == {1}, stops
    visitor.open("/compare")
    expect(page.locator("#compare-accuracy .table .dotted").first).to_be_visible()
    assert {*at_rest.told(page, STOPS)} == {1}


def test_a_finger_reads_a_word(visit: Visit) -> None:
    """A tap shows its sentence within the screen, a tap elsewhere takes it away."""
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    page = opened(visitor.open(MAP))
    word = reading(page).last

    word.tap()
    expect(tip(page)).to_have_text(sentence_of(word))
    box = at_rest.box(tip(page))
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("#digit-title").tap()
    expect(tip(page)).to_be_hidden()


def test_axe_has_nothing_to_say_of_words(visitor: Visitor) -> None:
    """Nor of the page of all, which fits its screen and opens at a word: on a desk and on a telephone."""
    page = opened(visitor.open(MAP))
    reading(page).first.focus()
    expect(tip(page)).to_be_visible()
    for _ in papers(page):
        assert complaints(page) == []

    page.goto(f"{visitor.url}/words#softmax")
    expect(page.locator("#softmax")).to_be_in_viewport()
    for width in papers(page):
        assert complaints(page) == [], width
        assert at_rest.told(page, "() => document.documentElement.scrollWidth <= window.innerWidth"), width


def papers(page: Page) -> Iterator[int]:
    """Yield how wide the window is: on a telephone in dark, and on a desk in light."""
    for width, dark in ((390, True), (1440, False)):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 900})
        yield width


def test_a_list_leads_to_all_words(visitor: Visitor) -> None:
    """In the colours that were chosen; Back is the view that one came from."""
    page = opened(visitor.open(MAP))
    page.get_by_role("button", name="More", exact=True).click()
    page.locator("#theme").click()
    theme = at_rest.attribute(page.locator("html"), "data-theme")

    page.get_by_role("link", name="What the words mean").click()
    expect(page).to_have_url(f"{visitor.url}/words?theme={theme}")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.get_by_role("link", name="kernel", exact=True).first.click()
    expect(page).to_have_url(f"{visitor.url}/words?theme={theme}#kernel")
    page.go_back()
    page.go_back()
    visitor.shown()
    expect(page.locator("#dock h3")).to_contain_text("conv2 · map 3")
    page.evaluate("() => localStorage.clear()")  # others visit in this browser, too
