"""The whole of both networks on one screen: what is measured of it is measured by rectangles."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.picture import panels
from tests.browser import at_rest
from tests.browser.canvas import Pixels
from tests.browser.conftest import Known, Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CUT = """(all) => all.flatMap((one) =>
  [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight])"""
SCREENS = [(1280, 720, 2), (1440, 900, 2), (1920, 1080, 3)]  # in pixels, and those of a cell at the least
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
  .filter((one) => !one.closest(".cells, .answers-rows, #wall, .skip"))
  .map((one) => one.ariaLabel || one.textContent.trim().slice(0, 20) || one.id)"""
BOXES = """(all) => all.map((one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  return { name: one.ariaLabel, left, top, right, bottom };
})"""


def inside(box: dict[str, Any], width: int, height: int) -> bool:
    """Whether a box lies inside the viewport as a whole."""
    return bool(box["left"] >= 0 and box["top"] >= 0 and box["right"] <= width and box["bottom"] <= height)


def are_apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether neither of two boxes overlaps the other by more than a pixel."""
    return any(
        first[end] <= second[begin] + 1
        for first, second in ((one, other), (other, one))
        for begin, end in (("left", "right"), ("top", "bottom"))
    )


def laid(page: Page, selector: str) -> list[dict[str, Any]]:
    """Return the names and rectangles of what a selector finds."""
    found: list[dict[str, Any]] = at_rest.of_all(page.locator(selector), BOXES)
    return found


def test_all_of_both_networks_is_in_sight(visitor: Visitor, known: Known) -> None:
    """Every map and unit of every layer, both answers, the digit and the wall, without scrolling.

    A cell of a convolution's map is two pixels wide on a projector, and three on a large screen; no panel
    lies over another one, nor over the lens; at most a quarter of the screen's 20×20 squares are empty.
    """
    page = visitor.open("/?digit=4271")
    for width, height, zoom in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        visitor.flush()
        assert_channels_are_seen(page, known, width, height)
        for selector in ("#digit-canvas", "#wall", "#lens", '.thumb[data-digit="4271"]'):
            (box,) = laid(page, selector)
            assert inside(box, width, height), (selector, width)
        assert box["name"] == f"Test digit 4271, label {known.labels[4271]}"
        assert at_rest.told(page, "() => [document.documentElement.scrollHeight, scrollY]") == [height, 0]
        for name, side in (("conv1", 26), ("conv2", 24)):
            cell = at_rest.box(page.get_by_label(f"{name} map 3", exact=True))
            assert cell["width"] == cell["height"], (name, width)
            assert cell["width"] / side >= zoom, (name, width)
            assert cell["width"] % side == 0, (name, width)
        boxes = [*laid(page, ".boxes > .panel:visible"), *laid(page, "#lens")]
        assert len(boxes) == 9
        for one, other in combinations(boxes, 2):
            assert are_apart(one, other), (one["name"], other["name"], width)
        if width < 1920:
            assert empty(page) <= 0.25, width


def assert_channels_are_seen(page: Page, known: Known, width: int, height: int) -> None:
    """All maps, units and answers of both networks lie in the window."""
    for model, entry in known.pair.items():
        for layer in panels(entry.layers):
            boxes = laid(page, f"#panel-{model}-{layer.name} .maps button")
            word = "map" if layer.has_maps else "unit"
            names = [f"{layer.name} {word} {i}" for i in range(layer.channels)]
            assert [box["name"] for box in boxes] == names
            assert all(inside(box, width, height) for box in boxes), (model, layer.name, width)
        (said,) = laid(page, f'.network[data-model="{model}"] .said')
        assert inside(said, width, height), (model, width)


def empty(page: Page) -> float:
    """Return the share of the 20×20 squares of a screen that have nothing in them."""
    pixels: Pixels = np.asarray(Image.open(BytesIO(at_rest.screenshot(page))).convert("RGB"))
    rows, columns = (side // 20 for side in pixels.shape[:2])
    squares = pixels[: rows * 20, : columns * 20].reshape(rows, 20, columns, 20, 3)
    spread = squares.max(axis=(1, 3)).astype(int) - squares.min(axis=(1, 3))
    return float((spread.max(axis=-1) == 0).mean())


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2])  # 1 is asked above
def test_a_cell_is_a_whole_number_of_the_screens_own_pixels(visit: Visit, ratio: float) -> None:
    """However many of these a pixel of the page has: no row of a map is thinner than another."""
    visitor = visit(viewport={"width": 1280, "height": 720}, device_scale_factor=ratio)
    page = visitor.open("/?digit=4271")
    for layer, side in (("conv1", 26), ("conv2", 24), ("pool", 12)):
        own = at_rest.box(page.get_by_label(f"{layer} map 3", exact=True))["width"] * ratio / side
        assert own == pytest.approx(round(own), abs=1e-3)
        assert own >= 1


def test_there_are_few_controls_and_the_first_map_is_within_ten_tab_stops(visit: Visit) -> None:
    """At most 22 besides maps, units, answers and the wall; by keyboard one is soon at what it is about."""
    page = visit(viewport={"width": 1280, "height": 720}).open("/?digit=4271")
    controls = at_rest.told(page, CONTROLS)
    assert len(controls) <= 22, controls

    names = []
    for _ in range(10):
        page.keyboard.press("Tab")
        names.append(at_rest.told(page, "() => document.activeElement.ariaLabel ?? ''"))
    assert "conv1 map 0" in names


def test_layers_turn_over_in_place(visitor: Visitor) -> None:
    """By the layer's name, or all by a key; kernels stand where the maps stood, and a link keeps them."""
    page = visitor.open("/?digit=4271")
    conv1, conv2 = (visitor.panel("cnn", name) for name in ("conv1", "conv2"))
    before = at_rest.box(visitor.cell("cnn", "conv1", "conv1 map 5"))

    conv1.get_by_role("button", name="conv1", exact=True).click()

    visitor.at("/?digit=4271&flip=cnn.conv1")
    expect(conv1.locator(".maps")).to_be_hidden()
    expect(conv2.locator(".maps")).to_be_visible()
    assert at_rest.box(visitor.cell("cnn", "conv1", "conv1 kernel 5")) == before
    page.keyboard.press("k")
    visitor.at("/?digit=4271")
    page.keyboard.press("K")
    visitor.at("/?digit=4271&flip=all")
    expect(conv2.locator(".kernels")).to_be_visible()
    page.reload()
    visitor.shown()
    expect(conv2.locator(".kernels")).to_be_visible()
    visitor.go_to(12)
    visitor.at("/?digit=12&flip=all")


def test_the_digit_becomes_the_pad(visit: Visit) -> None:
    """Larger, in the digit's place, while all maps and both answers stay in sight."""
    visitor = visit(viewport={"width": 1280, "height": 720})
    page = visitor.open("/?digit=4271")

    page.get_by_text("Draw, edit or upload").click()

    expect(page.get_by_label("Pad to draw on")).to_be_in_viewport(ratio=1)
    expect(page.locator("#digit-canvas")).to_be_hidden()
    visitor.eventually(
        lambda: all(inside(box, 1280, 720) for box in laid(page, ".boxes button:visible, .lane-head .said"))
    )


@pytest.mark.parametrize("part", ["layer=cnn.conv2&filter=5", "layer=fcn.dense1&filter=5"])
def test_the_dock_never_covers_the_lane_it_explains(visitor: Visitor, part: str) -> None:
    """Whichever tab is open: all of that lane's maps, units and answers stand above it."""
    page = visitor.open(f"/?digit=4271&{part}")
    lane = f".network[data-model={part[6:9]}]"

    for tab in at_rest.texts(page.locator("#dock [role=tab]:visible")):
        visitor.tab(tab)
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page.locator("#dock [aria-busy=true]")).to_have_count(0)
        for width, height in usual(page):
            (dock,), (lanes,) = (laid(page, place) for place in ("#dock", "#network"))
            boxes = laid(page, f"{lane} .boxes button:visible, {lane} .said:visible")
            hidden = [box for box in boxes if box["top"] < lanes["top"] or box["bottom"] > dock["top"] + 1]
            assert len(boxes) > 100
            assert hidden == [], (tab, dock["top"])
            assert inside(dock, width, height), (tab, width)
            assert at_rest.told(page, "() => document.documentElement.scrollHeight") <= height, (tab, width)


def usual(page: Page) -> Iterator[tuple[int, int]]:
    """Yield how wide and how high each usual screen is, while the page that is open is on it."""
    for width, height, _ in SCREENS[:2]:
        page.set_viewport_size({"width": width, "height": height})
        yield width, height


def test_what_the_dock_says_stands_whole(visitor: Visitor) -> None:
    """The number of a cell beside the tabs, of a difference too, both ends of the scale, words of weights."""
    cell = "?digit=4271&layer=cnn.conv2&filter=21&cell=12,7&part=weights&stage=pre"
    for address in (f"/{cell}", f"/{cell}&reference=3"):
        page = visitor.open(address)
        assert visitor.value()
        for width, _ in usual(page):
            for place in ("#dock .value", ".map-head .low", ".map-head .high", ".weight-words .told"):
                cut = at_rest.of_all(page.locator(f"{place}:visible"), CUT)
                assert all(value <= 0 for value in cut), (place, width)
            (end,) = laid(page, ".channel")
            assert laid(page, ".map-head .high")[0]["right"] <= end["right"], width


def test_the_fate_of_a_map_stands_whole_below_it(visitor: Visitor) -> None:
    """That it is dead, silent or switched off: the map covers neither these words nor its tensor's name."""
    dead = "layer=cnn.conv2&filter=18"
    off = "layer=cnn.conv2&filter=3&off=cnn.conv2:3"
    for address in (dead, f"{dead}&stage=pre", off):
        page = visitor.open(f"/?digit=4271&{address}")
        expect(page.locator(".channel .fate")).not_to_be_empty()
        for width, _ in usual(page):
            (channel,) = laid(page, ".channel")
            parts = [laid(page, f".channel {part}")[0] for part in (".enlarged", ".tensor", ".fate")]
            assert all(are_apart(*pair) for pair in combinations(parts, 2)), (address, width)
            assert all(part["bottom"] <= channel["bottom"] + 1 for part in parts), (address, width)


def test_a_sort_starts_at_its_top(visitor: Visitor) -> None:
    """The least sure digits are seen first, wherever the current one stands among them; the chip says so."""
    page = visitor.open("/?digit=4271")

    visitor.choose("wall-sort", "cnn")

    expect(page.locator(".wall-chip summary")).to_contain_text("CNN least sure · 10,000 test digits")
    visitor.eventually(lambda: at_rest.told(page.locator("#wall"), "(wall) => wall.scrollTop") == 0)
    visitor.choose("wall-wrong", "only.fcn")
    expect(page.locator(".wall-chip summary")).to_contain_text("only FCN is wrong, CNN least sure · ")
