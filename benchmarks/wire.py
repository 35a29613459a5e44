"""How many bytes travel: per click, for the first visit, and for the files of the second."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.figures import Row, at_most
from benchmarks.pages import VIEWPORT
from benchmarks.servers import Server, version

DIGITS = range(120, 10_000, 247)  # 40 of them, everywhere in the test set
KILO, MEGA = 1_000, 1_000_000
STATIC = ("/assets/", "/_dash-component-suites/")


def measure(browser: Browser, convlens: Server) -> list[Row]:
    """Weigh pictures before and after activation, then two visits in one browser."""
    rows = []
    for stage, words in (("post", "after activation"), ("pre", "before activation")):
        sizes = [picture_bytes(convlens, digit, stage) / KILO for digit in DIGITS]
        most = f"{max(sizes):.1f} kB at most ({len(sizes)} digits)"
        rows.append(at_most(f"a click {words}, median; {most}", median(sizes), 30, " kB", 1))
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    first, _ = visit(context, convlens.address)
    _, files = visit(context, convlens.address)
    context.close()
    return [
        *rows,
        at_most("first visit, all of it", first / MEGA, 0.8, " MB"),
        at_most("second visit, static files", files, 0, " bytes", 0),
    ]


def picture_bytes(server: Server, digit: int, stage: str) -> int:
    """Return the compressed size of one picture, with its headers."""
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", f"/pictures/{version(server)}/{digit}/{stage}.bin")
    answer = connection.getresponse()
    size = len(answer.read()) + len(str(answer.headers))
    connection.close()
    return size


def visit(context: BrowserContext, address: str) -> tuple[int, int]:
    """Open the page until it is painted and quiet; return all bytes received, and those of static files."""
    page = context.new_page()
    read = _weigh(page)
    page.goto(address)
    page.locator("body[data-painted]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    sizes = read()
    page.close()
    static = sum(size for url, size in sizes.items() if any(part in url for part in STATIC))
    return sum(sizes.values()), static


def _weigh(page: Page) -> Callable[[], dict[str, int]]:
    """Listen to what comes over the wire; the answer counts headers and compressed bodies by address."""
    session = page.context.new_cdp_session(page)
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def asked(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        url = urls.get(event["requestId"], "")
        sizes[url] = sizes.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    return lambda: sizes
