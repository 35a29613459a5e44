"""How many bytes come over the wire, headers included, as the browser counts them."""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.figures import Row, at_most
from benchmarks.pages import VIEWPORT, ConvLens
from benchmarks.servers import Server

ROUNDS = 3
CLICKS = 12  # in a round, of each stage
BEHIND = {"post": 300, "pre": 400}  # rows of the wall, far from those of other measurements
STATIC = ("/assets/", "/_dash-component-suites/")


class Wire:
    """Counts what a page receives."""

    def __init__(self, page: Page) -> None:
        """Listen from now on."""
        self.received: dict[str, tuple[str, int]] = {}  # by request: address, bytes
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self.received[event["requestId"]] = (event["request"]["url"], 0)

    def _finished(self, event: dict[str, Any]) -> None:
        address, _ = self.received.get(event["requestId"], ("", 0))
        self.received[event["requestId"]] = (address, int(event["encodedDataLength"]))

    def total(self, *parts: str) -> int:
        """Return the bytes from addresses that contain one of `parts`; of all without any."""
        return sum(
            size
            for address, size in self.received.values()
            if not parts or any(part in address for part in parts)
        )


def measure(browser: Browser, convlens: Server) -> list[Row]:
    """Count the bytes of clicks, of a first visit and of a second."""
    rows = []
    for stage, words in (("post", "after"), ("pre", "before")):
        sizes = [size / 1000 for size in _clicks(browser, convlens, stage)]
        what = (
            f"bytes of a click, {words} activation: median, {median(sizes):.1f} kB; largest of {len(sizes)}"
        )
        rows.append(at_most(what, max(sizes), 30, " kB", 1))
    return rows + _visits(browser, convlens)


def _clicks(browser: Browser, convlens: Server, stage: str) -> list[int]:
    lens = ConvLens(browser, f"{convlens.address}/?stage={stage}", first=BEHIND[stage])
    wire = Wire(lens.page)
    sizes = []
    for _ in range(ROUNDS):
        places = lens.fresh(CLICKS)
        lens.page.wait_for_timeout(1000)  # for what scrolling asks for
        for place in places:
            wire.received.clear()
            lens.click(*place)
            sizes.append(wire.total())
    lens.close()
    return sizes


def _visits(browser: Browser, convlens: Server) -> list[Row]:
    context = browser.new_context(viewport=VIEWPORT)
    first, second = (_visit(context, convlens.address) for _ in range(2))
    context.close()
    words = f"{len(first.received)} requests, static files {first.total(*STATIC) / 1e6:.2f} MB"
    return [
        at_most(f"first visit, all of it; {words}", first.total() / 1e6, 0.8, " MB"),
        at_most("second visit, static files", second.total(*STATIC), 0, " bytes", 0),
        Row("second visit, everything", f"{second.total() / 1000:.1f} kB"),
    ]


def _visit(context: BrowserContext, address: str) -> Wire:
    page = context.new_page()
    wire = Wire(page)
    page.goto(address)
    page.locator("body[data-painted]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.close()
    return wire
