"""How often both networks answer while a digit is drawn, or a slider is dragged: updates per second."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import cycle
from time import monotonic

from playwright.sync_api import Browser, Locator, Page

from benchmarks.figures import Row, at_least
from benchmarks.pages import Bare, ConvLens
from benchmarks.servers import Server

SECONDS = 4.0  # of drawing, or sliding
LEAST = 20  # updates per second
COUNT = """() => {
  window.updates = 0;
  new MutationObserver(() => window.updates++).observe(document.body, { attributeFilter: ["data-painted"] });
}"""  # an update is a picture of both networks that was painted
WAKE = """async () => {
  for (let awake = 0; awake < 20;) {
    const { ok } = await fetch("at/0/api/models/cnn/images/0", { cache: "no-store" });
    awake = ok ? awake + 1 : 0;
    if (!ok) await new Promise((go) => setTimeout(go, 200));
  }
}"""  # until all of the server's processes have the networks of other moments
FETCH_ALL = """async ([first, seconds]) => {
  const end = performance.now() + 1000 * seconds;
  for (let digit = first; performance.now() < end; digit++) {
    document.body.dataset.next = digit;
    document.body.click();
    while (document.body.dataset.painted !== String(digit)) await new Promise((go) => setTimeout(go));
  }
}"""


def measure(browser: Browser, convlens: Server, bare: Server) -> list[Row]:
    """Draw and slide for some seconds each; the bare page asks for digit after digit without a pause."""
    floor, lens = Bare(browser, bare.address), ConvLens(browser, convlens.address)
    most = _rate(floor.page, lambda: floor.page.evaluate(FETCH_ALL, [5000, SECONDS]))
    drawn = _rate(lens.page, lambda: _draw(lens.page))
    slid = _rate(lens.page, lambda: _slide(lens.page))
    _open_training(lens.page)
    trained = _rate(lens.page, lambda: _train(lens.page))
    floor.close()
    lens.close()
    return [
        Row("updates per second, bare page, one digit after another", f"{most:.0f} /s"),
        at_least("… ConvLens, while a digit is drawn", drawn, LEAST, " /s", 0),
        Row("… × the bare page's", f"{drawn / most:.2f} ×"),
        at_least("… ConvLens, while a slider turns the digit", slid, LEAST, " /s", 0),
        Row("… × the bare page's", f"{slid / most:.2f} ×"),
        at_least("… ConvLens, while a slider goes through the training", trained, LEAST, " /s", 0),
        Row("… × the bare page's", f"{trained / most:.2f} ×"),
    ]


def _rate(page: Page, act: Callable[[], object]) -> float:
    """Return the updates per second while something is done."""
    page.evaluate(COUNT)
    started = monotonic()
    act()
    updates: int = page.evaluate("() => window.updates")
    return updates / (monotonic() - started)


def _draw(page: Page) -> None:
    """Draw with the mouse along a curve that never closes."""
    if not page.locator("#pad[open]").count():
        page.locator("#pad summary").click()
    pad = page.get_by_label("Pad to draw on")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    if box is None:
        raise RuntimeError("The pad is not on the screen.")
    places = _curve(box["x"], box["y"], box["width"], box["height"])
    page.mouse.move(*next(places))
    page.mouse.down()
    end = monotonic() + SECONDS
    while monotonic() < end:
        page.mouse.move(*next(places))
    page.mouse.up()


def _curve(left: float, top: float, width: float, height: float) -> Iterator[tuple[float, float]]:
    for step in range(1_000_000):
        down, across = math.sin(0.031 * step), math.sin(0.043 * step)
        yield left + width * (0.5 + 0.4 * across), top + height * (0.5 + 0.4 * down)


def _slide(page: Page) -> None:
    """Turn the digit to and fro by one degree at a time."""
    page.get_by_label("How to change the digit").first.select_option("rotation")
    slider = page.locator("#moving input[type=range]")
    slider.wait_for()
    degrees = cycle([*range(90), *range(90, -90, -1), *range(-90, 0)])
    end = monotonic() + SECONDS
    while monotonic() < end:
        slider.fill(str(next(degrees)))


def _open_training(page: Page) -> None:
    """Have the networks of all moments awake, and nothing done to the digit."""
    page.evaluate(WAKE)
    page.get_by_role("button", name="Reset").first.click()
    page.locator(".epochs summary").click()
    _moment(page).fill("0")
    page.locator("[data-moment]").wait_for()


def _train(page: Page) -> None:
    """Go to and fro through all moments, each time of another digit: no picture was seen before."""
    slider = _moment(page)
    last = int(slider.get_attribute("max") or 0)
    end = monotonic() + SECONDS
    for place in cycle([*range(last), *range(last, 0, -1)]):
        if monotonic() >= end:
            return
        if place in (0, last):
            page.locator("#next").click()
        slider.fill(str(place))


def _moment(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the training")
