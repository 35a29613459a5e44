"""What a click chooses is what was pointed at, however many screen pixels a CSS pixel has."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser import at_rest
from tests.browser.conftest import Known, Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

RATIOS = (1, 1.25, 1.5, 2, 3)
CLICKS = 5  # at each of these, elsewhere each time
POINTED = re.compile(r"map (\d+).*, row (\d+), column (\d+)")
CELL = re.compile(r"\[(\d+), (\d+), \d+\]")
CHOSEN = re.compile(r"filter=(\d+)&cell=(\d+),(\d+)")


def somewhere(pictures: Locator, rng: np.random.Generator, times: int) -> Iterator[tuple[float, float]]:
    """Yield odd places in pictures that are in sight, in fractions of CSS pixels."""
    boxes = [at_rest.box(picture) for picture in at_rest.each(pictures)]
    for box in rng.choice(np.array(boxes, dtype=object), times):
        right, down = rng.random(2)
        yield box["x"] + right * box["width"], box["y"] + down * box["height"]


def chosen(visitor: Visitor) -> tuple[str, ...]:
    """Return filter, row and column that the address names."""
    found = CHOSEN.search(at_rest.address(visitor.page))
    assert found
    return found.groups()


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_click_means_the_cell_that_is_pointed_at(visit: Visit, known: Known, ratio: float) -> None:
    """Map, row and column in the words of the lens are those in the address after the click.

    So are those of the value that the dock writes, over its enlarged map.
    """
    visitor = visit(device_scale_factor=ratio)
    page = visitor.open("/?digit=7&model=cnn")
    layer = next(each.name for each in known.entries["cnn"].layers if each.has_maps)
    maps = visitor.panel("cnn", layer).locator(".maps button")
    maps.first.scroll_into_view_if_needed()

    for x, y in somewhere(maps, np.random.default_rng([7, int(100 * ratio)]), CLICKS):
        page.mouse.move(x, y)
        pointed = POINTED.search(at_rest.text(page.locator("#lens .lens-words")))
        assert pointed, (x, y)
        page.mouse.click(x, y)
        assert chosen(visitor) == pointed.groups(), (x, y)
        page.keyboard.press("Escape")  # for the dock lies over some of the maps

    visitor.cell("cnn", "conv2", "conv2 map 5").focus()
    page.keyboard.press("Enter")
    enlarged = page.locator("#inspector .enlarged canvas")
    value = page.locator("#dock .value")
    expect(value).to_be_visible()

    for x, y in somewhere(enlarged, np.random.default_rng([7, int(100 * ratio)]), CLICKS):
        page.mouse.move(x, y)
        pointed = CELL.search(at_rest.text(value))
        assert pointed, (x, y)
        page.mouse.click(x, y)
        assert chosen(visitor)[1:] == pointed.groups(), (x, y)
