"""Measures what ConvLens promises: `python -m benchmarks`, or parts of it: `python -m benchmarks clicks`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import (
    adversary,
    beside,
    clicks,
    forward,
    illustrations,
    images,
    learning,
    load,
    machine,
    novelty,
    opening,
    own,
    people,
    promptness,
    slow,
    start,
    survey,
    sweep,
    updates,
    weight,
    why,
    wire,
    worth,
)
from benchmarks.figures import Row, table
from benchmarks.servers import Server, both
from models.store.artefact import CheckpointError
from tests.browser.chromium import launch

PARTS = {
    "start": "from the start of the process to a page that can be used",
    "own": "100,000 images of somebody's own, until the page stands and until all are open",
    "clicks": "from a click to the painted frame, against a bare page",
    "updates": "how often both networks answer while a digit is drawn, or a slider is dragged",
    "wire": "bytes of a click, of a first visit and of a second",
    "opening": "from a click on Compare to its words, and to its charts",
    "load": "many clicks at once, against the bare page's server",
    "people": "clicks of 30 to 1,000 people at once",
    "slow": "a click beside hundreds of sockets that are slow",
    "beside": "a click while 32 clients ask for what takes the processor longest",
    "weight": "memory of the workers when ready, and after rounds of everything",
    "learning": "clicks of 30 people while a network learns",
    "forward": "one digit through both networks",
    "survey": "all channels over all test digits, in one pass and layer by layer",
    "promptness": "how soon a job begins, and ends when it is cancelled",
    "sweep": "a sweep over seeds by one and by two workers",
    "adversary": "how little turns an answer, and how long it takes to find that",
    "why": "each explanation of an answer, and what it is worth",
    "worth": "how often an explanation is worth more than what knows nothing of the network",
    "images": "images that people bring: digits counted and read right, and turns advised",
    "novelty": "how well what is no digit is told from digits; with Debian's fonts and clothes, if installed",
    "illustrations": "a picture that would raise a channel most, and clicks while it is made",
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Measure, print, and write the results down where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words = "; ".join(f"{part}: {what}" for part, what in PARTS.items())
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{words}; all without one")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name} beside this file")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    parts = [part for part in PARTS if part in (asked.parts or PARTS)]
    with sync_playwright() as playwright, launch(playwright) as browser:
        rows = []
        for row in measure(parts, browser):
            print(f"{row.what}: {row.measured}", flush=True)
            rows.append(row)
        command = " ".join(["python -m benchmarks", *asked.parts])
        report = f"{machine.describe(command, browser.version)}\n\n{table(rows)}\n"
    print(f"\n{report}")
    if asked.write:
        RESULTS.write_text(f"# What was measured\n\n{report}")


def measure(parts: list[str], browser: Browser) -> Iterator[Row]:
    """Yield every row of the parts that were asked for."""
    for part, opens in (("start", start), ("own", own)):
        if part in parts:
            yield from opens.measure(browser)
    against: dict[str, Callable[[Server, Server], Iterable[Row]]] = {
        "clicks": lambda convlens, bare: clicks.measure(browser, convlens, bare),
        "updates": lambda convlens, bare: updates.measure(browser, convlens, bare),
        "wire": lambda convlens, _: wire.measure(browser, convlens),
        "opening": lambda convlens, _: opening.measure(browser, convlens),
        "load": load.measure,
        "people": lambda convlens, _: people.measure(convlens),
        "slow": lambda convlens, _: slow.measure(convlens),
    }  # what needs a server, and the bare page's beside it
    if set(against) & set(parts):
        with both() as servers:
            for part in (part for part in parts if part in against):
                yield from against[part](*servers)
    alone = {
        "beside": beside,
        "weight": weight,
        "forward": forward,
        "survey": survey,
        "promptness": promptness,
        "learning": learning,
        "sweep": sweep,
        "why": why,
        "worth": worth,
        "adversary": adversary,
        "images": images,
        "novelty": novelty,
        "illustrations": illustrations,
    }
    for part in (part for part in parts if part in alone):
        yield from alone[part].measure()


if __name__ == "__main__":
    try:
        main()
    except CheckpointError as error:
        sys.exit(str(error))
