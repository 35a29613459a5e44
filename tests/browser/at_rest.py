"""Reads the page once it is at rest: the only module that reads what is there now.

What should be there is waited for by Playwright's `expect`. Where a test does not know it, because it parses
a number, or compares what is there before and after, all that the last step set off has to be over first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import FloatRect, Locator, Page, Request

ROUNDS = 5000  # of two frames each, until which a page must be at rest: minutes, more on a busy machine
ROUND = """() => new Promise((done) => setTimeout(() =>
  requestAnimationFrame(() => requestAnimationFrame(() =>
    requestIdleCallback(() => done(window.asking ?? 0), { timeout: 1000 })))))"""
COUNT = """(() => {
  const plain = window.fetch;
  window.asking = 0;
  window.fetch = (...request) => {
    window.asking++;
    return plain(...request).finally(() => window.asking--);
  };
})()"""  # a request counts at once; that there is one is told later, on a busy machine frames later


@dataclass
class _Traffic:
    """What a page has asked for.

    Attributes:
        under_way: What is not answered yet.
        held: What a test holds back.
        events: How often what is under way changed.
    """

    under_way: set[Request] = field(default_factory=set)
    held: set[Request] = field(default_factory=set)
    events: int = 0

    def begin(self, request: Request) -> None:
        self.under_way.add(request)
        self.events += 1

    def end(self, request: Request) -> None:
        self.under_way.discard(request)
        self.events += 1


_traffic: WeakKeyDictionary[Page, _Traffic] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Follow what a page asks for from now on."""
    traffic = _traffic[page] = _Traffic()
    page.add_init_script(COUNT)
    page.on("request", traffic.begin)
    page.on("requestfinished", traffic.end)
    page.on("requestfailed", traffic.end)


def hold(page: Page, request: Request) -> None:
    """Do not wait for a request, which is held back."""
    _traffic[page].held.add(request)


def release(page: Page, request: Request) -> None:
    """Wait for a request that was held back, unless the page has given it up meanwhile."""
    _traffic[page].held.discard(request)


def frame(page: Page) -> None:
    """Wait until the page has done what it put off, the screen shows it, and nothing is left to do."""
    page.evaluate(ROUND)


def wait(page: Page) -> None:
    """Wait until the page is at rest: what it asked for is here, and what it made of that on the screen.

    Raises:
        AssertionError: It does not come to rest; the message says what it waits for.
    """
    traffic = _traffic.setdefault(page, _Traffic())
    for _ in range(ROUNDS):
        events = traffic.events
        asking = page.evaluate(ROUND)
        known = traffic.under_way <= traffic.held and asking <= len(traffic.held)
        if known and events == traffic.events:
            return
    late = traffic.under_way - traffic.held
    raise AssertionError(f"Still on their way: {[request.url for request in late]}")


def loaded(page: Page) -> None:
    """Wait until a page that was just opened has asked for nothing for half a second; it tells once."""
    page.wait_for_load_state("networkidle")
    wait(page)


def text(locator: Locator) -> str:
    """Return what can be read at a place."""
    wait(locator.page)
    return locator.inner_text()


def texts(locator: Locator) -> list[str]:
    """Return what can be read at each of several places."""
    wait(locator.page)
    return locator.all_inner_texts()


def count(locator: Locator) -> int:
    """Return how many there are."""
    wait(locator.page)
    return locator.count()


def each(locator: Locator) -> list[Locator]:
    """Return one locator for each that there is."""
    wait(locator.page)
    return locator.all()


def attribute(locator: Locator, name: str) -> str:
    """Return an attribute, "" where there is none."""
    wait(locator.page)
    return locator.get_attribute(name) or ""


def attributes(locator: Locator, name: str) -> list[str]:
    """Return an attribute of each of several elements, "" where there is none."""
    return list(of_all(locator, "(all, name) => all.map((one) => one.getAttribute(name) ?? '')", name))


def box(locator: Locator) -> FloatRect:
    """Return where something lies in the window, in CSS pixels."""
    wait(locator.page)
    found = locator.bounding_box()
    assert found, f"{locator} lies nowhere"
    return found


def told(place: Page | Locator, question: str, argument: Any = None) -> Any:
    """Return what the page answers to a question in JavaScript, which may be about one element."""
    wait(place.page if isinstance(place, Locator) else place)
    return place.evaluate(question, argument)


def of_all(locator: Locator, question: str, argument: Any = None) -> Any:
    """Return what the page answers to a question in JavaScript about all of several elements."""
    wait(locator.page)
    return locator.evaluate_all(question, argument)


def address(page: Page) -> str:
    """Return what stands in the address bar."""
    wait(page)
    return page.url


def screenshot(place: Page | Locator) -> bytes:
    """Return a PNG of the window, or of one element."""
    wait(place.page if isinstance(place, Locator) else place)
    return place.screenshot()
