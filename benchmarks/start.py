"""From the start of the process to a page that can be used, in a browser that is running already."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, expect

from benchmarks.figures import Row, at_most
from benchmarks.pages import VIEWPORT
from benchmarks.servers import CONVLENS, PATIENCE, Server, served

RUNS = 3
WATCH = Path(__file__).with_name("start.js")


@dataclass(frozen=True)
class Opening:
    """One start, in seconds from the start of the process.

    Attributes:
        usable: The page stands, and digits are on its wall.
        painted: The opening digit is painted.
        awake: Every worker has its networks; NaN where nobody waited for it.
    """

    usable: float
    painted: float
    awake: float


def measure(browser: Browser) -> list[Row]:
    """Start ConvLens several times with an empty cache, and each time once more with what it left."""
    empty, filled = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            empty.append(_open(browser, Path(folder), wait=True))
            filled.append(_open(browser, Path(folder), wait=False))
    usable = max(median(each.usable for each in runs) for runs in (empty, filled))
    every = ", ".join(f"{each.usable:.2f}" for each in empty + filled)
    return [
        at_most("start of the process → page readable, wall painted, cache empty or filled", usable, 2, " s"),
        Row(f"… {RUNS} runs with an empty cache, {RUNS} with a filled one", f"{every} s"),
        Row("start → opening digit painted, remembered", f"{median(each.painted for each in filled):.2f} s"),
        Row("start → opening digit painted, cache empty", f"{median(each.painted for each in empty):.1f} s"),
        Row("start → networks of all workers awake", f"{median(each.awake for each in empty):.1f} s"),
    ]


def _open(browser: Browser, folder: Path, *, wait: bool) -> Opening:
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.add_init_script(path=WATCH)
    with served(CONVLENS, folder) as server:
        page.goto(server.address, timeout=1000 * PATIENCE)
        page.locator("body[data-wall=ready]").wait_for(state="attached")
        _scroll(page)
        page.locator("body[data-painted]").wait_for(state="attached", timeout=1000 * PATIENCE)
        opening = _seconds(page, server, server.wait_until_awake() if wait else float("nan"))
        page.wait_for_load_state("networkidle")
    page.context.close()
    return opening


def _scroll(page: Page) -> None:
    """Turn the wheel over the wall and see it follow."""
    wall = page.locator("#wall")
    before = wall.evaluate("(wall) => wall.scrollTop")
    wall.hover()
    page.mouse.wheel(0, 3100)
    expect(wall).not_to_have_js_property("scrollTop", before)


def _seconds(page: Page, server: Server, awake: float) -> Opening:
    opened = {what: at / 1000 - server.started for what, at in page.evaluate("window.opened").items()}
    return Opening(usable=max(opened["wall"], opened["thumb"]), painted=opened["painted"], awake=awake)
