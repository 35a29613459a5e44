"""Takes the README's pictures from the real page, in both themes: `make readme-picture`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from dashboard.settings import ROOT
from tests.browser import chromium
from tests.browser.serving import Server, served
from tests.browser.visitor import Visitor

FOLDER = ROOT / "docs"
WIDTH, HEIGHT = 1440, 900
LARGEST = 300_000  # bytes of a picture
SELECTED = "&layer=cnn.conv2&filter=21&cell=12,7"


def main() -> None:
    """Write docs/explore-light.png and docs/explore-dark.png."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as cache,
        served(Path(cache)) as server,
        sync_playwright() as playwright,
    ):
        server.wait_until_ready()
        with chromium.launch(playwright) as browser:
            take(browser, server, "light")
            take(browser, server, "dark")


def take(browser: Browser, server: Server, scheme: Literal["light", "dark"]) -> None:
    """Write one picture of Explore as it opens, with a map selected."""
    path = FOLDER / f"explore-{scheme}.png"
    size = ViewportSize(width=WIDTH, height=HEIGHT)
    with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:
        visitor = Visitor(context, server.url)
        page = visitor.open()
        opening = page.locator("body").get_attribute("data-painted")
        visitor.open(f"/?digit={opening}{SELECTED}")
        expect(page.locator("#inspector .slice")).to_have_count(32)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=path)
        if visitor.complaints:
            sys.exit("\n".join(visitor.complaints))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST:,} bytes; make the window smaller.")


if __name__ == "__main__":
    main()
