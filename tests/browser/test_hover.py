from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Route, expect

from models.arrays import Floats
from models.datasets.mnist import SPEC
from models.graph.description import graph_of_layers
from models.graph.receptive_field import Window, receptive_field
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

POOL = Window(2, stride=2)
SIDES = {"conv1": 26, "conv2": 24, "pool": 12}  # rows and columns of a map
BEHIND = {"conv1": [Window(3)], "conv2": [Window(3), Window(3)], "pool": [Window(3), Window(3), POOL]}


def move_over(visitor: Visitor, cell: Locator, row: int, column: int, columns: int) -> None:
    """Move the pointer to the middle of one cell of a map, or of one weight of a kernel."""
    x, y = visitor.spot(cell, row, column, columns)
    cell.hover(position={"x": x, "y": y})


def maps(visitor: Visitor, layer: str) -> Locator:
    """The maps of a layer of the CNN."""
    return visitor.panel("cnn", layer).locator(".maps")


def assert_seen(visitor: Visitor, known: Known, layer: str, row: int, column: int) -> None:
    """On each layer before it what the cell sees is outlined, on its own and on those after it nothing."""
    layers = known.entries["cnn"].layers
    parts = {}
    for name, (rows, columns) in graph_of_layers(layers, SPEC.shape).sights(layer).items():
        (top, bottom), (left, right) = rows.span(row), columns.span(column)
        parts[name] = (top, left, bottom, right)
    visitor.flush()
    for name, side in SIDES.items():
        if name in parts:
            assert canvas.outlines(maps(visitor, name), parts[name], side), (layer, row, column, name)
        else:
            expect(maps(visitor, name).locator(".lines")).to_be_hidden()


def number(text: str) -> float:
    """Return a number that is written in full, as float32."""
    return float(np.float32(text.replace("−", "-")))


def sight(visitor: Visitor) -> tuple[int, ...]:
    """Return the box on the digit in pixels: top, left, height, width."""
    sides: list[str] = at_rest.told(
        visitor.page.locator("#sight"),
        "(box) => ['top', 'left', 'height', 'width'].map((side) => box.style[side])",
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
    tip, box = page.locator("#lens .lens-words"), page.locator("#sight")

    for layer, windows in BEHIND.items():
        values = server.tensor(f"/api/models/cnn/images/4271/layers/{layer}.npy")
        field = receptive_field(windows, 28)
        visitor.panel("cnn", layer).scroll_into_view_if_needed()
        visitor.forget()
        other = (some_cells(values)[0][0] + 1) % values.shape[-1]
        for channel, row, column in [*some_cells(values), (other, 5, 4)]:
            move_over(
                visitor, visitor.cell("cnn", layer, f"{layer} map {channel}"), row, column, values.shape[1]
            )
            expect(tip).to_have_text(
                re.compile(rf"^CNN {layer} map {channel}( \(\w+\))?, row {row}, column {column}: [^±]+$")
            )
            assert number(at_rest.text(tip).split(": ")[1]) == values[row, column, channel]
            (top, bottom), (left, right) = field.span(row), field.span(column)
            assert sight(visitor) == (top, left, bottom - top, right - left)
            expect(box).to_be_visible()
        asked = visitor.asked(but="kernel.npy")
        assert asked == [f"/api/models/cnn/images/4271/layers/{layer}.npy?stage=post"]

    page.mouse.move(2, 2)
    expect(box).to_be_hidden()


def test_hover_outlines_what_a_cell_sees_on_every_layer_before(visitor: Visitor, known: Known) -> None:
    """A cell of conv2 sees 3×3 cells of conv1; one of the pool 2×2 of conv2 and 4×4 of conv1; no request."""
    page = visitor.open("/?digit=4271&model=cnn")

    for layer in ("conv2", "pool", "conv1"):
        cell, last = visitor.cell("cnn", layer, f"{layer} map 1"), SIDES[layer] - 1
        move_over(visitor, cell, 1, 1, SIDES[layer])
        visitor.quiet()
        for row, column in ((0, 0), (5, 7), (last, last)):
            move_over(visitor, cell, row, column, SIDES[layer])
            assert_seen(visitor, known, layer, row, column)
        assert visitor.asked() == []

    page.mouse.move(2, 2)
    visitor.flush()
    expect(page.locator(".lines:visible")).to_have_count(0)
    assert_a_unit_outlines_nothing(visitor)


def assert_a_unit_outlines_nothing(visitor: Visitor) -> None:
    """It sees all of the maps: all of the digit is outlined, and the maps are left as they are."""
    page = visitor.page
    move_over(visitor, visitor.cell("cnn", "pool", "pool map 1"), 3, 3, 12)
    visitor.flush()
    expect(page.locator(".lines:visible")).to_have_count(2)  # conv1 and conv2

    visitor.cell("cnn", "dense", "dense unit 5").hover()

    assert sight(visitor) == (0, 0, 28, 28)
    visitor.flush()
    expect(page.locator(".lines:visible")).to_have_count(0)


def test_the_selected_cell_stays_outlined(visitor: Visitor, known: Known) -> None:
    """A cell in the address, and each that arrow keys lead to; what the pointer is on comes before it."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=21&cell=12,7")
    assert_seen(visitor, known, "conv2", 12, 7)

    page.get_by_label("conv2 map 21, enlarged").focus()
    page.keyboard.press("ArrowRight")
    visitor.at("/?digit=4271&model=cnn&layer=conv2&filter=21&cell=12,8")
    assert_seen(visitor, known, "conv2", 12, 8)

    move_over(visitor, visitor.cell("cnn", "pool", "pool map 3"), 2, 9, 12)
    assert_seen(visitor, known, "pool", 2, 9)
    page.mouse.move(2, 2)
    assert_seen(visitor, known, "conv2", 12, 8)

    page.set_viewport_size({"width": 700, "height": 900})  # fewer maps side by side
    visitor.flush()
    assert_seen(visitor, known, "conv2", 12, 8)


def test_a_field_that_reaches_outside_is_clipped(visitor: Visitor) -> None:
    """Where layers pad, a cell at the border sees zeros that are on no map: the outline ends there."""

    def pad(route: Route) -> None:
        page = route.fetch().text()
        own, rest = page.split('id="facts">')
        said, rest = rest.split("</script>", 1)
        facts = json.loads(said)
        for axis in facts["models"][1]["layers"][2]["sights"]["conv1"]:
            axis |= {"size": 6, "start": -1}
        route.fulfill(body=f'{own}id="facts">{json.dumps(facts)}</script>{rest}', content_type="text/html")

    visitor.page.route("**/?digit=4271&model=cnn", pad)
    visitor.open("/?digit=4271&model=cnn")
    move_over(visitor, visitor.cell("cnn", "pool", "pool map 1"), 0, 11, 12)
    visitor.flush()

    assert canvas.outlines(maps(visitor, "conv1"), (0, 21, 5, 26), 26)


def test_nothing_is_said_before_the_first_picture(visitor: Visitor) -> None:
    """The pointer may lie on a map that is on its way: nothing fails; it is told of once it moves there."""
    page = visitor.page
    with visitor.held("**/pictures/**") as held:
        page.goto(f"{visitor.url}/?digit=4271&model=cnn")
        visitor.eventually(lambda: held)
        box = at_rest.box(visitor.panel("cnn", "conv2").locator(".maps"))
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.move(box["x"] + 22, box["y"] + 22)
        visitor.flush()
        assert at_rest.text(page.locator("#lens .lens-words")) == ""
    visitor.painted(4271)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    expect(page.locator("#lens .lens-words")).to_contain_text("conv2")


def test_hover_names_a_weight(visitor: Visitor, server: Server) -> None:
    """Over a kernel: which filter, slice, row and column, and the weight; nothing between two slices."""
    page = visitor.open("/?digit=4271&model=cnn")
    tip = page.locator("#lens .lens-words")
    kernel = server.tensor("/api/models/cnn/layers/conv2/kernel.npy")
    page.keyboard.press("k")
    cell = visitor.cell("cnn", "conv2", "conv2 filter 21, 32 slices")
    box = at_rest.box(cell)
    side = int(box["width"] // 23)  # screen pixels of a weight, at one device pixel each

    def over(row: int, column: int) -> None:
        cell.hover(position={"x": side * (column + 0.5), "y": side * (row + 0.5)})

    for slice_, row, column in ((0, 0, 0), (7, 2, 1), (30, 1, 2)):
        over(4 * (slice_ // 6) + row, 4 * (slice_ % 6) + column)
        words = f"CNN conv2 filter 21, slice {slice_}, row {row}, column {column}: weight"
        expect(tip).to_have_text(re.compile(rf"^{words} [^±]+$"))
        assert number(at_rest.text(tip).split()[-1]) == kernel[row, column, slice_, 21]

    over(3, 0)
    expect(tip).to_have_text(re.compile("^CNN conv2 filter 21(, tuned to .+)?$"))


def test_the_lens_shows_what_a_unit_makes_of_maps_and_of_units(visitor: Visitor, server: Server) -> None:
    """Its value; of the map that adds most its weights, and these times its cells; of units all, in time."""
    page = visitor.open("/?digit=4271")
    cells = server.tensor("/api/models/cnn/images/4271/layers/pool.npy")
    units = server.tensor("/api/models/cnn/images/4271/layers/dense.npy")
    unit = int(units.argmax())
    weights = server.tensor(f"/api/models/cnn/layers/dense/kernel.npy?filter={unit}").reshape(cells.shape)
    added = (cells * weights).sum(axis=(0, 1))
    most = int(np.abs(added).argmax())

    visitor.cell("cnn", "dense", f"dense unit {unit}").hover()
    tip, figures = page.locator("#lens .lens-words"), page.locator("#lens figure")
    expect(tip).to_have_text(re.compile(rf"^CNN dense unit {unit} = "))
    assert number(at_rest.text(tip).split(" = ")[1]) == units[unit]
    expect(figures.first).to_contain_text(f"weights over pool map {most}, which weighs most, ±")
    told = re.search(r"× map, (\S+) in all", at_rest.text(figures.last))
    assert told
    assert number(told[1]) == pytest.approx(added[most], rel=0.02)  # the page knows 256 levels of each cell
    shown = canvas.read(figures.first.locator("canvas"))
    red = shown[..., 0].astype(int) - shown[..., 2]
    strong = np.abs(weights[..., most]) > 0.3 * np.abs(weights[..., most]).max()
    assert (np.sign(red)[strong] == np.sign(weights[..., most])[strong]).all()

    visitor.cell("fcn", "dense2", "dense2 unit 7").hover()
    expect(figures.first).to_contain_text("weights over dense1, row by row, ±")
    expect(figures.last).to_contain_text("× its units, ±")
    assert_weights_lie_over_the_image(visitor, server)


def assert_weights_lie_over_the_image(visitor: Visitor, server: Server) -> None:
    """Those of a unit that reads it, as its kernel has them, and times the image."""
    page = visitor.page
    kernel = server.tensor("/api/models/fcn/layers/dense1/kernel.npy").reshape(28, 28, 512)
    image = server.tensor("/api/images/4271.npy").reshape(28, 28)

    visitor.cell("fcn", "dense1", "dense1 unit 3").hover()
    figures = page.locator("#lens figure")
    expect(figures).to_have_text([re.compile(f"^{words}, ±") for words in ("weights", "× image")])
    weights, products = (canvas.read(figures.nth(place).locator("canvas")) for place in (0, 1))

    for picture, values in ((weights, kernel[..., 3]), (products, kernel[..., 3] * image)):
        red = picture[..., 0].astype(int) - picture[..., 2]
        strong = np.abs(values) > 0.3 * np.abs(values).max()
        assert (np.sign(red)[strong] == np.sign(values)[strong]).all()


def test_a_unit_that_was_passed_takes_nothing_from_what_is_pointed_at_now(visitor: Visitor) -> None:
    """Its weights are asked for once the pointer rests on it; by then the lens may show another."""
    page = visitor.open("/?digit=4271")
    visitor.cell("cnn", "dense", "dense unit 5").hover()
    visitor.cell("cnn", "conv1", "conv1 map 4").hover()
    kernel = page.locator("#lens .slice")
    expect(kernel).to_be_visible()
    at_rest.told(page, "() => new Promise((go) => setTimeout(go, 400))")  # longer than a pointer rests
    expect(kernel).to_be_visible()


def test_all_that_the_lens_says_is_in_sight(visitor: Visitor) -> None:
    """The map, its kernel with numbers, the scale, and the value under the pointer."""
    for address in ("/?digit=4271", "/?digit=4271&reference=3"):
        page = visitor.open(address)
        for width, height in ((1280, 720), (1440, 900), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            visitor.flush()
            for layer, place in (("conv1", 4), ("conv2", 17)):
                maps(visitor, layer).get_by_role("button").nth(place).hover()
                expect(page.locator("#lens .slice")).to_be_visible()
                expect(page.locator("#lens .lens-words")).to_contain_text("row ")
                lens = page.locator("#lens")
                assert at_rest.told(lens, "(lens) => lens.scrollHeight - lens.clientHeight") == 0, width


def test_focus_says_what_hover_says(visitor: Visitor) -> None:
    """A person without a pointer hears and sees what it is that that has the focus."""
    page = visitor.open("/?digit=4271&model=cnn")
    visitor.cell("cnn", "conv1", "conv1 map 0").focus()

    page.keyboard.press("ArrowRight")

    expect(page.locator(":focus")).to_have_attribute("aria-label", "conv1 map 1")
    expect(page.locator("#lens .lens-words")).to_have_text(
        re.compile(r"^CNN conv1 map 1: \S+ to \S+(\. It is tuned to .+)?$")
    )
    assert sight(visitor) == (0, 0, 28, 28)
    visitor.flush()
    expect(page.locator(".lines:visible")).to_have_count(0)

    page.keyboard.press("k")
    visitor.cell("cnn", "conv1", "conv1 kernel 0").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lens .lens-words")).to_have_text(re.compile("^CNN conv1 filter 1(, tuned to .+)?$"))
