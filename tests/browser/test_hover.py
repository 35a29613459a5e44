from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from models.convolution import Window, receptive_field
from models.forward_pass import Floats
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

POOL = Window(2, stride=2)
BEHIND = {"conv1": [Window(3)], "conv2": [Window(3), Window(3)], "pool": [Window(3), Window(3), POOL]}


def move_over(visitor: Visitor, cell: Locator, row: int, column: int, columns: int) -> None:
    """Move the pointer to the middle of one cell of a map, or of one weight of a kernel."""
    x, y = visitor.spot(cell, row, column, columns)
    cell.hover(position={"x": x, "y": y})


def number(text: str) -> float:
    """Return a number that is written in full, as float32."""
    return float(np.float32(text.replace("−", "-")))


def sight(visitor: Visitor) -> tuple[int, ...]:
    """Return the box on the digit in pixels: top, left, height, width."""
    sides: list[str] = visitor.page.locator("#sight").evaluate(
        "(box) => ['top', 'left', 'height', 'width'].map((side) => box.style[side])"
    )
    return tuple(round(28 * float(side.removesuffix("%")) / 100) for side in sides)


def some_cells(values: Floats) -> list[tuple[int, int, int]]:
    """Return the corners of the map with the widest range, and its largest cell: channel, row, column."""
    rows, columns, _ = values.shape
    channel = int(np.ptp(values, axis=(0, 1)).argmax())
    largest = np.unravel_index(values[..., channel].argmax(), (rows, columns))
    corners = [(0, 0), (0, columns - 1), (rows - 1, 0), (int(largest[0]), int(largest[1]))]
    return [(channel, row, column) for row, column in corners]


def test_hover_says_the_exact_value_and_what_it_sees(visitor: Visitor, server: Server) -> None:
    """Network, layer, channel, row, column, the float32 in full, and its receptive field on the digit.

    The values of a layer are asked for once per digit, when the pointer first comes by; never per move.
    """
    page = visitor.open("/?digit=4271&model=cnn")
    tip, box = page.locator(".tip"), page.locator("#sight")

    for layer, windows in BEHIND.items():
        values = server.tensor(f"/api/models/cnn/digits/4271/layers/{layer}.npy")
        field = receptive_field(windows, 28)
        visitor.panel("cnn", layer).scroll_into_view_if_needed()
        visitor.page.wait_for_load_state("networkidle")
        visitor.requests.clear()
        other = (some_cells(values)[0][0] + 1) % values.shape[-1]
        for channel, row, column in [*some_cells(values), (other, 1, 2), (other, 5, 4)]:
            move_over(
                visitor, visitor.cell("cnn", layer, f"{layer} map {channel}"), row, column, values.shape[1]
            )
            expect(tip).to_have_text(
                re.compile(rf"^CNN {layer} map {channel}( \(\w+\))?, row {row}, column {column}: [^±]+$")
            )
            assert number(tip.inner_text().split(": ")[1]) == values[row, column, channel]
            (top, bottom), (left, right) = field.span(row), field.span(column)
            assert sight(visitor) == (top, left, bottom - top, right - left)
            expect(box).to_be_visible()
        asked = [path for path in visitor.requests if "/kernels/" not in path]
        assert asked == [f"/api/models/cnn/digits/4271/layers/{layer}.npy?stage=post"]

    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()
    expect(box).to_be_hidden()


def test_hover_names_a_weight(visitor: Visitor, server: Server) -> None:
    """Over a kernel: which filter, slice, row and column, and the weight; nothing between two slices."""
    page = visitor.open("/?digit=4271&model=cnn")
    tip = page.locator(".tip")
    kernel = server.tensor("/api/models/cnn/layers/conv2/kernel.npy")
    cell = visitor.cell("cnn", "conv2", "conv2 filter 21, 32 slices")
    cell.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    for slice_, row, column in ((0, 0, 0), (7, 2, 1), (30, 1, 2)):
        move_over(visitor, cell, 4 * (slice_ // 6) + row, 4 * (slice_ % 6) + column, columns=23)
        words = f"CNN conv2 filter 21, slice {slice_}, row {row}, column {column}: weight"
        expect(tip).to_have_text(re.compile(rf"^{words} [^±]+$"))
        assert number(tip.inner_text().split()[-1]) == kernel[row, column, slice_, 21]

    move_over(visitor, cell, 3, 0, columns=23)
    expect(tip).to_have_text("CNN conv2 filter 21")


def test_hover_names_a_unit(visitor: Visitor, server: Server) -> None:
    """Over a unit its value in full; over the picture of its weights the weight of that pixel."""
    page = visitor.open("/?digit=4271")
    tip = page.locator(".tip")
    values = server.tensor("/api/models/cnn/digits/4271/layers/dense.npy")
    unit = int(values.argmax())

    visitor.cell("cnn", "dense", f"dense unit {unit}").hover()
    expect(tip).to_have_text(re.compile(rf"^CNN dense unit {unit} = "))
    assert number(tip.inner_text().split(" = ")[1]) == values[unit]

    kernel = server.tensor("/api/models/fcn/layers/dense1/kernel.npy").reshape(28, 28, 512)
    move_over(visitor, visitor.cell("fcn", "dense1", "dense1 unit 3"), 11, 17, columns=28)
    expect(tip).to_contain_text("FCN dense1 unit 3, row 11, column 17: weight")
    value, error = (number(part) for part in tip.inner_text().split("weight ")[1].split(" ± "))
    assert abs(value - kernel[11, 17, 3]) <= error + 0.005 * abs(value)  # three digits are shown


def test_focus_says_what_hover_says(visitor: Visitor) -> None:
    """A person without a pointer hears and sees what it is that that has the focus."""
    page = visitor.open("/?digit=4271&model=cnn")
    visitor.cell("cnn", "conv1", "conv1 map 0").focus()

    page.keyboard.press("ArrowRight")

    expect(page.locator(":focus")).to_have_attribute("aria-label", "conv1 map 1")
    expect(page.locator(".tip")).to_have_text(re.compile(r"^CNN conv1 map 1: \S+ to \S+$"))

    visitor.cell("cnn", "conv1", "conv1 kernel 0").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tip")).to_have_text("CNN conv1 filter 1")
