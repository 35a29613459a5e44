"""`python -m benchmarks [part …]`: measures ConvLens against a bare page in the same run.

Parts: clicks, wire, load, start; all of them by default.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

from benchmarks import clicks, load, start, wire
from benchmarks.figures import Row, table
from benchmarks.machine import describe
from benchmarks.servers import both
from tests.browser.chromium import launch

PARTS = ("clicks", "wire", "load", "start")


def main(arguments: Sequence[str]) -> None:
    """Measure and print a table."""
    unknown = set(arguments) - set(PARTS)
    if unknown:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    parts = tuple(arguments) or PARTS
    rows: list[Row] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if set(parts) & {"clicks", "wire", "load"}:
            with both() as (convlens, bare):
                if "clicks" in parts:
                    rows += clicks.measure(browser, convlens, bare)
                if "wire" in parts:
                    rows += wire.measure(browser, convlens)
                if "load" in parts:
                    rows += load.measure(convlens, bare)
        if "start" in parts:
            rows += start.measure(browser)
        print(describe(f"python -m benchmarks {' '.join(arguments)}".strip(), browser.version))
        browser.close()
    print(f"\n{table(rows)}")


if __name__ == "__main__":
    main(sys.argv[1:])
