"""From a click to the painted frame, against the bare page."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Browser

from benchmarks.figures import Row, at_most, p95, spread
from benchmarks.pages import Bare, Click, ConvLens
from benchmarks.servers import Server

ROUNDS = 10
CLICKS = 5  # in a round, of each kind


def measure(browser: Browser, convlens: Server, bare: Server, rounds: int = ROUNDS) -> list[Row]:
    """Click in turn on a digit of ConvLens, on the bare page, and on a digit where the pointer has rested."""
    lens, floor = ConvLens(browser, convlens.address), Bare(browser, bare.address)
    _round(lens, floor)  # warms both
    cold: list[Click] = []
    base: list[Click] = []
    rested: list[Click] = []
    for _ in range(rounds):
        for kind, clicks in zip((cold, base, rested), _round(lens, floor), strict=True):
            kind.extend(clicks)
    return _rows(
        [click.framed for click in cold], [click.framed for click in base], [click.framed for click in rested]
    )


def _round(lens: ConvLens, floor: Bare) -> tuple[list[Click], list[Click], list[Click]]:
    cold, base, rested = [], [], []
    places = lens.fresh(2 * CLICKS)
    for here, there in zip(places[::2], places[1::2], strict=True):
        cold.append(lens.click(*here))
        base.append(floor.ask(here[0]))
        lens.rest(*there)
        rested.append(lens.click(*there))
    return cold, base, rested


def _rows(cold: list[float], base: list[float], rested: list[float]) -> list[Row]:
    return [
        Row("click → painted, bare page", spread(base, " ms")),
        Row("click → painted, ConvLens, both networks", spread(cold, " ms")),
        at_most("… its median, × the bare page's", median(cold) / median(base), 1.3, " ×"),
        at_most("… its p95, × the bare page's", p95(cold) / p95(base), 2, " ×"),
        Row("click → painted where the pointer rested", spread(rested, " ms")),
        at_most("… its median, × the bare page's", median(rested) / median(base), 0.5, " ×"),
    ]
