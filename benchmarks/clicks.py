"""From a click to the painted frame, on a digit and on a map, against the bare page."""

from __future__ import annotations

from collections.abc import Sequence
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
    measured = [_round(lens, floor) for _ in range(rounds)]
    lens.close()
    floor.close()
    kinds = ([click for each in measured for click in each[kind]] for kind in range(5))
    return _rows(*kinds)


def _round(lens: ConvLens, floor: Bare) -> tuple[list[Click], ...]:
    cold, base, joint, rested, selected = [], [], [], [], []
    places = lens.fresh(2 * CLICKS)
    for here, there in zip(places[::2], places[1::2], strict=True):
        cold.append(lens.click(*here))
        base.append(floor.ask(here[0], "images"))
        joint.append(floor.ask(here[0], "joint"))
        lens.rest(*there)
        rested.append(lens.click(*there))
    for channel in range(CLICKS):
        selected.append(lens.select(3 * channel))
    lens.close_inspector()
    return cold, base, joint, rested, selected


def _rows(
    cold: Sequence[Click],
    base: Sequence[Click],
    joint: Sequence[Click],
    rested: Sequence[Click],
    selected: Sequence[Click],
) -> list[Row]:
    rows = []
    for ends, end in (("`data-painted` is set", "painted"), ("the frame after that is drawn", "framed")):
        ours, floor, lower, known, maps = (
            [getattr(click, end) for click in clicks] for clicks in (cold, base, joint, rested, selected)
        )
        rows += [
            Row(f"click until {ends}, bare page", spread(floor, " ms")),
            Row("… bare page, by the function that makes ConvLens' pictures", spread(lower, " ms")),
            Row("… ConvLens, both networks", spread(ours, " ms")),
            at_most("… median, × the bare page's", median(ours) / median(floor), 1.3, " ×"),
            at_most("… median, × the bare page's by that function", median(ours) / median(lower), 1.3, " ×"),
            at_most("… p95, × the bare page's", p95(ours) / p95(floor), 2, " ×"),
            Row("… ConvLens, where the pointer had rested", spread(known, " ms")),
            at_most("… median, × the bare page's", median(known) / median(floor), 0.5, " ×"),
            Row("… ConvLens, on a map, until it is enlarged", spread(maps, " ms")),
            at_most("… median, × the bare page's", median(maps) / median(floor), 1.5, " ×"),
        ]
    return [
        *rows,
        Row("a click spends on answer + painting + frame, bare page", _parts(base)),
        Row("… bare page, by the function that makes ConvLens' pictures", _parts(joint)),
        Row("… ConvLens", _parts(cold)),
        Row("… ConvLens, where the pointer had rested", _parts(rested)),
    ]


def _parts(clicks: Sequence[Click]) -> str:
    """Return the medians of what happens one after another."""
    answer = median(max(0.0, click.answered) for click in clicks)
    painting = median(click.painted - max(0.0, click.answered) for click in clicks)
    frame = median(click.framed - click.painted for click in clicks)
    return f"{answer:.1f} + {painting:.1f} + {frame:.1f} ms"
