"""The whole of both networks on one screen: what is measured of it is measured by rectangles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dashboard.picture import panels
from tests.browser import at_rest
from tests.browser.conftest import Known, Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SCREENS = [(1280, 720), (1440, 900), (1920, 1080)]
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


def laid(page: Page, selector: str) -> list[dict[str, Any]]:
    """Return the names and rectangles of what a selector finds."""
    found: list[dict[str, Any]] = at_rest.of_all(page.locator(selector), BOXES)
    return found


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_all_of_both_networks_is_in_sight(visit: Visit, known: Known, width: int, height: int) -> None:
    """Every map and unit of every layer, both answers, the digit and the wall, without scrolling."""
    visitor = visit(viewport={"width": width, "height": height})
    page = visitor.open("/?digit=4271")

    for model, entry in known.pair.items():
        for layer in panels(entry.layers):
            boxes = laid(page, f"#panel-{model}-{layer.name} .maps button")
            word = "map" if layer.has_maps else "unit"
            assert [box["name"] for box in boxes] == [
                f"{layer.name} {word} {i}" for i in range(layer.channels)
            ]
            assert all(inside(box, width, height) for box in boxes), (model, layer.name)
        (said,) = laid(page, f'.network[data-model="{model}"] .said')
        assert inside(said, width, height)
    for selector in ("#digit-canvas", "#wall", "#lens"):
        (box,) = laid(page, selector)
        assert inside(box, width, height), selector
    label = known.labels[4271]
    (shown,) = laid(page, '.thumb[data-digit="4271"]')
    assert shown["name"] == f"Test digit 4271, label {label}"
    assert inside(shown, width, height)
    assert at_rest.told(page, "() => [document.documentElement.scrollHeight, scrollY]") == [height, 0]


@pytest.mark.parametrize(("width", "zoom"), [(1280, 2), (1440, 2), (1920, 3)])
def test_maps_are_as_large_as_whole_numbers_allow(visit: Visit, width: int, zoom: int) -> None:
    """A cell of a convolution's map is two pixels wide on a projector, and three on a large screen."""
    visitor = visit(viewport={"width": width, "height": width * 9 // 16})
    page = visitor.open("/?digit=4271")
    for layer, side in (("conv1", 26), ("conv2", 24)):
        box = at_rest.box(page.get_by_label(f"{layer} map 3", exact=True))
        assert box["width"] == box["height"]
        assert box["width"] / side >= zoom
        assert box["width"] % side == 0


@pytest.mark.parametrize("ratio", [1, 1.25, 1.5, 2])
def test_a_cell_is_a_whole_number_of_the_screens_own_pixels(visit: Visit, ratio: float) -> None:
    """However many of these a pixel of the page has: no row of a map is thinner than another."""
    visitor = visit(viewport={"width": 1280, "height": 720}, device_scale_factor=ratio)
    page = visitor.open("/?digit=4271")
    for layer, side in (("conv1", 26), ("conv2", 24), ("pool", 12)):
        own = at_rest.box(page.get_by_label(f"{layer} map 3", exact=True))["width"] * ratio / side
        assert own == pytest.approx(round(own), abs=1e-3)
        assert own >= 1


def test_nothing_lies_over_another_layer(visitor: Visitor) -> None:
    """No panel, nor the lens, overlaps another one."""
    page = visitor.open("/?digit=4271")
    boxes = [*laid(page, ".boxes > .panel:visible"), *laid(page, "#lens")]
    assert len(boxes) == 9
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                one["right"] <= other["left"] + 1
                or other["right"] <= one["left"] + 1
                or one["bottom"] <= other["top"] + 1
                or other["bottom"] <= one["top"] + 1
            )
            assert apart, (one["name"], other["name"])


def test_there_are_few_controls(visit: Visit) -> None:
    """At most 24 besides maps, units, answers and the wall."""
    visitor = visit(viewport={"width": 1280, "height": 720})
    names = at_rest.told(visitor.open("/?digit=4271"), CONTROLS)
    assert len(names) <= 24, names


def test_the_first_map_is_within_ten_tab_stops(visitor: Visitor) -> None:
    """By keyboard alone one is soon at what the page is about."""
    page = visitor.open("/?digit=4271")
    names = []
    for _ in range(10):
        page.keyboard.press("Tab")
        names.append(at_rest.told(page, "() => document.activeElement.ariaLabel ?? ''"))
    assert "conv1 map 0" in names


def test_the_screen_is_used(visit: Visit) -> None:
    """At most a quarter of its 20×20 squares have nothing in them."""
    for width, height in ((1280, 720), (1440, 900)):
        visitor = visit(viewport={"width": width, "height": height}, color_scheme="light")
        page = visitor.open("/?digit=4271")
        visitor.flush()
        pixels = canvas_of(page)
        rows, columns = height // 20, width // 20
        squares = pixels[: rows * 20, : columns * 20].reshape(rows, 20, columns, 20, 3)
        spread = squares.max(axis=(1, 3)).astype(int) - squares.min(axis=(1, 3))
        assert (spread.max(axis=-1) == 0).mean() <= 0.25


def canvas_of(page: Page) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return what the page looks like: (rows, columns, 3)."""
    from io import BytesIO

    from PIL import Image

    return np.asarray(Image.open(BytesIO(at_rest.screenshot(page))).convert("RGB"))


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


def test_a_sort_starts_at_its_top(visitor: Visitor) -> None:
    """The least sure digits are seen first, wherever the current one stands among them; the chip says so."""
    page = visitor.open("/?digit=4271")

    visitor.choose("wall-sort", "cnn")

    expect(page.locator(".wall-chip summary")).to_contain_text("CNN least sure · 10,000 test digits")
    visitor.eventually(lambda: at_rest.told(page.locator("#wall"), "(wall) => wall.scrollTop") == 0)
    visitor.choose("wall-wrong", "only.fcn")
    expect(page.locator(".wall-chip summary")).to_contain_text("only FCN is wrong, CNN least sure · ")
