"""A person at the page: what they do, what their browser asks for, and what it complains of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Request, Response, Route, expect

from tests.browser import at_rest

FOLLOW_DATA_PAINTED = """() => {
  window.seen = [document.body.dataset.painted ?? ""];
  new MutationObserver(() => window.seen.push(document.body.dataset.painted ?? "")).observe(
    document.body, { attributeFilter: ["data-painted"] });
}"""

# Others are served first, or networks wake: the page asks again, as often as the machine is slow.
LATER = r"^Failed to load resource: the server responded with a status of 503 \("
MOST = 120_000  # milliseconds for anything, on a machine that has much else to do
COME = """async (path) => {
  const page = await (await fetch(path)).text();
  const { selection } = JSON.parse(page.split('id="facts">')[1].split("</script>")[0]);
  history.pushState({ ...selection, step: `${performance.now()}` }, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}"""
PAUSE = "(pause) => new Promise((done) => setTimeout(done, pause))"
PAUSES = (16, 500)  # milliseconds between two looks, at first and at most: looking takes a core as well
SCROLL_THROUGH = """async (wall) => {
  const seen = new Set();
  let most = 0;
  for (let top = 0; top < wall.scrollHeight; top += wall.clientHeight) {
    wall.scrollTop = top;
    await new Promise(requestAnimationFrame);
    const thumbs = wall.querySelectorAll(".thumb");
    const frame = wall.getBoundingClientRect();
    most = Math.max(most, thumbs.length);
    for (const thumb of thumbs) {
      const box = thumb.getBoundingClientRect();
      if (box.bottom > frame.top && box.top < frame.bottom) seen.add(Number(thumb.dataset.digit));
    }
  }
  return { seen: [...seen], most };
}"""


class Visitor:
    """One tab of a browser, watched.

    Attributes:
        page: The tab.
        complaints: Errors and warnings in the console, exceptions, and requests that leave the server.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        """Open an empty tab that will visit the server at `url`."""
        self.url = url
        self.complaints: list[str] = []
        self._requests: list[str] = []
        self._allowed = [LATER]
        self.page: Page = context.new_page()
        self.page.set_default_timeout(MOST)
        at_rest.watch(self.page)
        self.page.on("request", self.note)
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))

    def note(self, request: Request) -> None:
        """Note a request."""
        if request.url.startswith(f"{self.url}/"):
            self._requests.append(request.url.removeprefix(self.url))
        elif urlsplit(request.url).scheme not in ("data", "blob"):
            self.complaints.append(f"foreign request: {request.url}")

    def asked(self, part: str = "", *, but: str | None = None) -> list[str]:
        """Return what was asked of the server since it was quiet, as paths with queries, oldest first.

        What the server put off is not among it: the page asks for that again.

        Args:
            part: Of the paths that are wanted.
            but: Part of the paths that are not.
        """
        at_rest.wait(self.page)
        return [path for path in self._requests if part in path and (but is None or but not in path)]

    def _said(self, kind: str, text: str) -> None:
        expected = any(re.search(pattern, text) for pattern in self._allowed)
        if kind in ("error", "warning") and not expected:
            self.complaints.append(f"console {kind}: {text}")

    def _answered(self, response: Response) -> None:
        if response.status != 503:
            return
        if "retry-after" not in response.headers:
            self._said("error", "Failed to load resource: a status of 503, but not when to ask again")
        put_off = response.url.removeprefix(self.url)
        if put_off in self._requests:
            self._requests.remove(put_off)

    def allow(self, pattern: str) -> None:
        """Expect words in the console that this story causes on purpose."""
        self._allowed.append(pattern)

    def open(self, path: str = "/") -> Page:
        """Go to an address and wait until it is shown."""
        self.page.goto(self.url + urljoin("/", path))
        self.shown()
        return self.page

    def come(self, path: str) -> Page:
        """Go to an address in the page that is there, as Back does, once the server has read it.

        It costs a fraction of `open`; what is no part of an address stays as it is.
        """
        self.page.evaluate(COME, self.url + path)
        at_rest.wait(self.page)
        return self.page

    def shown(self) -> None:
        """Wait until the page shows a digit, the comparison, or the table of filters."""
        self.page.locator(
            "body[data-page=explore][data-painted], body[data-page=compare] #compare-answer .words, "
            "body[data-page=filters][data-filters]"
        ).first.wait_for()

    def painted(self, digit: int) -> None:
        """Wait until a digit is painted."""
        self.page.locator(f'body[data-painted="{digit}"]').wait_for()
        self.flush()

    def flush(self) -> None:
        """Wait until the page has done what it put off, and the screen shows it."""
        at_rest.frame(self.page)

    def eventually(self, holds: Callable[[], object], seconds: float = MOST / 2000) -> None:
        """Look, ever more seldom, until something holds that no locator can wait for."""
        pause, most = PAUSES
        end = monotonic() + seconds
        while not holds():
            if monotonic() > end:
                raise AssertionError(f"It does not come to hold within {seconds:g} s.")
            self.page.evaluate(PAUSE, pause)
            pause = min(2 * pause, most)

    def quiet(self) -> None:
        """Wait until everything that the page asks for by itself is here, and forget what was asked."""
        at_rest.loaded(self.page)
        self._requests.clear()

    def forget(self) -> None:
        """Forget what was asked until the page came to rest."""
        at_rest.wait(self.page)
        self._requests.clear()

    @contextmanager
    def held(self, addresses: str) -> Iterator[list[Route]]:
        """Hold requests back; in the end let all of them go, for what is painted may need any of them."""
        held: list[Route] = []
        over = False

        def hold(route: Route) -> None:
            if over:
                route.continue_()
            else:
                at_rest.hold(self.page, route.request)
                held.append(route)

        self.page.route(addresses, hold)
        yield held
        over = True
        for route in held:
            at_rest.release(self.page, route.request)
            route.continue_()

    def follow_painting(self) -> None:
        """Begin to write down every value that `data-painted` takes."""
        self.page.evaluate(FOLLOW_DATA_PAINTED)

    def seen(self) -> list[str]:
        """Return the values of `data-painted` since `follow_painting`, "" where there was none."""
        values: list[str] = at_rest.told(self.page, "() => window.seen")
        return values

    def at(self, address: str) -> None:
        """Wait until this stands in the address bar, from the path on."""
        expect(self.page).to_have_url(self.url + address)

    @property
    def alert(self) -> Locator:
        """The one region for messages."""
        return self.page.get_by_role("alert")

    def thumb(self, digit: int) -> Locator:
        """A digit on the wall; it exists only while it is near what is visible."""
        return self.page.locator(f'#wall .thumb[data-digit="{digit}"]')

    def visible_thumbs(self) -> list[int]:
        """Return the digits of which all is visible on the wall, in reading order."""
        digits: list[int] = at_rest.told(
            self.page.locator("#wall"),
            """(wall) => {
              const box = wall.getBoundingClientRect();
              const inside = (thumb) => thumb.top >= box.top && thumb.bottom <= box.bottom;
              return [...wall.querySelectorAll(".thumb")]
                .map((thumb) => [thumb.getBoundingClientRect(), Number(thumb.dataset.digit)])
                .filter(([thumb]) => inside(thumb))
                .sort(([a], [b]) => a.top - b.top || a.left - b.left)
                .map(([, digit]) => digit);
            }""",
        )
        return digits

    def wall(self) -> tuple[list[int], int]:
        """Scroll the wall from top to bottom.

        Returns:
            The digits in the order in which they came into view, and how many existed at a time at most.
        """
        found = at_rest.told(self.page.locator("#wall"), SCROLL_THROUGH)
        return found["seen"], found["most"]

    def facts(self) -> dict[str, Any]:
        """Return what the server says in the page once."""
        known: dict[str, Any] = json.loads(
            at_rest.told(self.page.locator("#facts"), "(it) => it.textContent")
        )
        return known

    def count(self) -> int:
        """Return how many digits the page says there are on the wall."""
        first = at_rest.text(self.page.locator("#wall-count")).split()[0]
        return 0 if first == "No" else int(first.replace(",", ""))

    def go_to(self, digit: int) -> None:
        """Type a digit's number and wait until it is painted."""
        field = self.page.get_by_label("Go to digit")
        field.fill(str(digit))
        field.press("Enter")
        self.painted(digit)

    def pick(self, digit: int) -> None:
        """Click a thumb and wait until its digit is painted."""
        self.thumb(digit).click()
        self.painted(digit)

    def choose(self, field: str, value: str) -> None:
        """Choose from one of the lists; those of the wall open with its chip."""
        chip = self.page.locator(".wall-chip")
        if field.startswith("wall-") and not at_rest.told(chip, "(chip) => chip.open"):
            chip.locator("summary").click()
        self.page.locator(f"#{field}").select_option(value)
        expect(self.page.locator(f"#{field}")).to_have_value(value)

    def turn(self, group: str, choice: str) -> None:
        """Choose from the list of a name, such as "Networks shown", by what is seen."""
        lists = self.lists_of_networks() if "etwork" in group else self.page
        lists.get_by_label(group).select_option(label=choice)

    def lists_of_networks(self) -> Locator:
        """Open the lists in which networks are chosen, if they are not; return them."""
        lists = self.page.locator(".networks")
        if not at_rest.told(lists, "(lists) => lists.open"):
            lists.locator("summary").click()
        return lists

    def tab(self, name: str) -> None:
        """Open a tab of the dock."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def draw(self, *corners: tuple[float, float], steps: int = 5) -> None:
        """Draw a line on the pad with the mouse, through rows and columns from end to end of it."""
        box = at_rest.box(self.page.get_by_label("Pad to draw on"))
        places = [
            (box["x"] + right * box["width"], box["y"] + down * box["height"]) for down, right in corners
        ]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=steps)
        self.page.mouse.up()

    def ask(self, section: str) -> None:
        """Open a section that asks about the digit, and wait until both networks' charts are there."""
        self.page.locator(".lane-head .why:visible").first.click()
        if section == "adversary":
            self.tab("What would change its mind")
        expect(self.page.locator(f"#{section} .small-chart")).to_have_count(2)

    def value(self) -> float:
        """Return the exact value of the cell in the inspector, once it is there."""
        shown = self.page.locator("#dock .value")
        expect(shown).not_to_contain_text("…")
        return float(at_rest.text(shown).split("= ")[1].replace("−", "-"))

    def spot(self, cell: Locator, row: int, column: int, columns: int) -> tuple[float, float]:
        """Return where in a map's button, from its left and its top, the middle of one of its cells is.

        Args:
            cell: The button.
            row: Of the cell; cells are square.
            column: Of the cell.
            columns: That the map has.
        """
        cell.scroll_into_view_if_needed()
        zoom = at_rest.box(cell)["width"] / columns
        return zoom * (column + 0.5), zoom * (row + 0.5)

    def panel(self, model: str, layer: str) -> Locator:
        """The panel of a layer."""
        return self.page.locator(f"#panel-{model}-{layer}")

    def cell(self, model: str, layer: str, name: str) -> Locator:
        """The button over a map, kernel or unit of a layer."""
        return self.panel(model, layer).get_by_label(name, exact=True)
