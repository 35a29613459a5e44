"""How long it takes from the start of the process to a page that can be read and a wall that can be scrolled."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.figures import Row, at_most
from benchmarks.pages import VIEWPORT
from benchmarks.servers import CONVLENS, served


def measure(browser: Browser) -> list[Row]:
    """Start with an empty cache, then again with what the first start remembered."""
    with tempfile.TemporaryDirectory() as folder:
        empty = start(browser, Path(folder))
        filled = start(browser, Path(folder))
    return [
        at_most("start → wall readable, empty cache", empty[0], 2, " s"),
        at_most("start → wall readable, filled cache", filled[0], 2, " s"),
        Row("start → opening digit painted, empty cache", f"{empty[1]:.1f} s"),
        Row("start → opening digit painted, filled cache", f"{filled[1]:.1f} s"),
        Row("start → all networks awake", f"{empty[2]:.1f} s"),
    ]


def start(browser: Browser, folder: Path) -> tuple[float, float, float]:
    """Return the seconds from the process to the wall, to the opening digit, and to awake networks."""
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    page = context.new_page()
    with served(CONVLENS, folder) as server:
        page.goto(server.address)
        page.locator("body[data-wall=ready] .thumb").first.wait_for(state="attached")
        wall = time.time() - server.started
        page.locator("body[data-painted]").wait_for(state="attached")
        painted = time.time() - server.started
        awake = server.wait_until_awake()
        context.close()
    return wall, painted, awake
