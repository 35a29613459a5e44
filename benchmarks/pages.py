"""Drives ConvLens and the bare page in the browser, each click timed by the page itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
WATCH = Path(__file__).with_name("watch.js")
CELL = 31  # pixels from one digit of the wall to the next
AFTERMATH = (
    700  # milliseconds that a page has to itself after a click, so that nothing of it falls into the next
)
FRESH = """async (top) => {
  document.getElementById("wall").scrollTop = top;
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame); // it has followed
  const box = document.getElementById("wall").getBoundingClientRect();
  const inside = ({ left, right, top, bottom }) => top >= box.top && bottom <= box.bottom;
  return [...document.querySelectorAll(".thumb")]
    .map((thumb) => [Number(thumb.dataset.digit), thumb.getBoundingClientRect()])
    .filter(([, place]) => inside(place))
    .map(([digit, { left, top, width, height }]) => [digit, left + width / 2, top + height / 2]);
}"""


@dataclass(frozen=True)
class Click:
    """One click, in milliseconds from its event.

    Attributes:
        pressed: When the button went down; negative.
        answered: When the picture had come whole; negative where it was there before.
        painted: When the page said that it had painted.
        framed: When the frame after that was drawn.
    """

    pressed: float
    answered: float
    painted: float
    framed: float


class Timed:
    """A page in a context of its own whose clicks are timed."""

    def __init__(self, browser: Browser, address: str) -> None:
        """Open it."""
        self.context = browser.new_context(viewport=VIEWPORT)
        self.page: Page = self.context.new_page()
        self.page.add_init_script(path=WATCH)
        self.page.goto(address)

    def close(self) -> None:
        """Leave."""
        self.context.close()

    def click(self, digit: int, x: float, y: float) -> Click:
        """Click at once where the pointer has not been; return when the digit was painted."""

        def said(message: ConsoleMessage) -> bool:
            return message.text.startswith("painted ") and json.loads(message.text[8:])["digit"] == digit

        with self.page.expect_console_message(said) as told:
            self.page.mouse.click(x, y)
        seen = json.loads(told.value.text[8:])
        self.page.wait_for_timeout(AFTERMATH)
        return Click(**{each.name: seen[each.name] - seen["clicked"] for each in fields(Click)})


class Bare(Timed):
    """The bare page."""

    def ask(self, digit: int, way: str) -> Click:
        """Click for a digit that comes by one of the ways of bare.py, "digits" or "joint"."""
        asked = {"next": digit, "way": way}
        self.page.evaluate("(asked) => void Object.assign(document.body.dataset, asked)", asked)
        return self.click(digit, 400, 300)


class ConvLens(Timed):
    """ConvLens, walked down its wall so that no digit is asked for twice."""

    def __init__(self, browser: Browser, address: str, first: int = 0) -> None:
        """Open it, painted and at rest; the walk begins at row `first` of the wall."""
        super().__init__(browser, address)
        self.page.locator("body[data-painted]").wait_for(state="attached")
        self.page.wait_for_load_state("networkidle")
        self.row = first

    def fresh(self, count: int) -> list[tuple[int, float, float]]:
        """Scroll to digits that were never under the pointer; return some with their places on the screen."""
        self.page.mouse.move(5, 5)
        places: list[tuple[int, float, float]] = self.page.evaluate(FRESH, self.row * CELL)
        self.page.wait_for_timeout(AFTERMATH)
        self.row += 8  # more rows than are visible
        step = len(places) // count
        return [(int(digit), x, y) for digit, x, y in places[::step][:count]]

    def select(self, channel: int) -> Click:
        """Click on one of the maps of the CNN's first layer, on the digit that is shown."""
        box = self.page.locator("#panel-cnn-conv1 .maps button").nth(channel).bounding_box()
        if box is None:
            raise RuntimeError("The map is not on the screen.")
        digit = int(self.page.locator("body").get_attribute("data-painted") or "")
        return self.click(digit, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def close_inspector(self) -> None:
        """Let go of what is selected."""
        self.page.get_by_role("button", name="Close", exact=True).click()
        self.page.wait_for_timeout(AFTERMATH)

    def rest(self, digit: int, x: float, y: float) -> None:
        """Let the pointer rest on a digit until its picture is there."""
        with self.page.expect_response(lambda response: f"/{digit}/" in response.url) as asked:
            self.page.mouse.move(x, y)
        asked.value.finished()
        self.page.wait_for_timeout(300)
