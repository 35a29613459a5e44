"""Back, Forward and a reload lead to where the page was scrolled; where all is on one screen nothing is."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright import sync_api as playwright
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def scroll(page: Page, top: int, turns: int = 8) -> None:
    """Scroll the window as far as this, as somebody does: by the wheel, again where a turn of it was lost.

    A turn is lost where the browser is busy just then; that is not ours to mend.
    """
    page.mouse.move(380, 400)
    there = "(top) => Math.abs(scrollY - top) < 2"
    for _ in range(turns - 1):
        page.mouse.wheel(0, top - height(page))
        with suppress(playwright.TimeoutError):
            page.wait_for_function(there, arg=top, timeout=8_000)
            return
    page.mouse.wheel(0, top - height(page))
    page.wait_for_function(there, arg=top)


def press(element: Locator) -> None:
    """Press something by a script: Playwright scrolls to what it presses."""
    element.evaluate("(element) => element.click()")


def height(page: Page) -> int:
    """Return how far the window is scrolled."""
    top: int = at_rest.told(page, "() => Math.round(scrollY)")
    return top


def came(page: Page, top: int) -> None:
    """Wait until the window is scrolled as far as this, and see that it stays there."""
    page.wait_for_function("(top) => Math.abs(scrollY - top) < 2", arg=top)
    assert abs(height(page) - top) < 2


def test_back_and_forward_lead_to_the_same_place(visit: Visit) -> None:
    """Each step has a place of its own, on both pages; a new page begins at its top."""
    visitor = visit(viewport=PHONE)
    page = visitor.open("/?digit=7")
    scroll(page, 900)
    press(visitor.cell("cnn", "conv1", "conv1 map 4"))
    visitor.at("/?digit=7&layer=cnn.conv1&filter=4")
    at_rest.wait(page)
    scroll(page, 1500)
    press(page.get_by_role("link", name="Compare"))
    visitor.at("/compare")
    visitor.shown()
    came(page, 0)
    expect(page.locator("#compare section[aria-busy]")).to_have_count(0)
    scroll(page, 700)

    page.go_back()
    visitor.at("/?digit=7&layer=cnn.conv1&filter=4")
    came(page, 1500)
    page.go_back()
    visitor.at("/?digit=7")
    came(page, 900)
    page.go_forward()
    came(page, 1500)
    page.go_forward()
    visitor.at("/compare")
    came(page, 700)
    press(page.get_by_role("link", name="Explore"))
    visitor.at("/?digit=7&layer=cnn.conv1&filter=4")
    came(page, 0)
    page.go_back()
    visitor.at("/compare")
    came(page, 700)


def test_a_reload_leads_to_the_same_place(visit: Visit) -> None:
    """On Explore, and after it the steps before are still known."""
    visitor = visit(viewport=PHONE)
    page = visitor.open("/?digit=7")
    scroll(page, 400)
    visitor.turn("Stage", "before activation")
    visitor.at("/?digit=7&stage=pre")
    at_rest.wait(page)
    scroll(page, 1200)

    page.reload()

    visitor.shown()
    came(page, 1200)
    page.go_back()
    visitor.at("/?digit=7")
    came(page, 400)


def test_somebody_who_scrolls_is_not_brought_back(visit: Visit) -> None:
    """Once the wheel is turned the page is where that leads."""
    visitor = visit(viewport=PHONE)
    page = visitor.open("/?digit=7")
    scroll(page, 900)
    page.reload()
    visitor.shown()
    came(page, 900)

    scroll(page, 300, turns=1)
    page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('p'), {textContent: 'x'}))"
    )
    came(page, 300)
