from __future__ import annotations

from itertools import product
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from models.arrays import Floats
from models.engine.forward_pass import Stage
from models.sketch.drawing import read_pixels
from tests.browser import at_rest, canvas
from tests.browser.canvas import Pixels
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CLEAR = 0.05  # part of the largest difference from which on a colour is no mixture with the middle


def signs(pictures: list[Pixels]) -> Floats:
    """Return by how much red outweighs blue, (rows, columns, maps): red is above zero, blue below."""
    return np.stack([picture[..., 0].astype(np.float32) - picture[..., 2] for picture in pictures], axis=-1)


def assert_shows(sheet: Locator, less: Floats) -> None:
    """What is more is red, what is less is blue, and what is the same has the colour of the middle."""
    shown, clear = signs(canvas.pictures(sheet)), np.abs(less) > CLEAR * np.abs(less).max()
    assert clear.any()
    assert np.array_equal(np.sign(shown[clear]), np.sign(less[clear]))
    assert np.abs(shown[less == 0]).max() <= 2


def difference(server: Server, query: str, layer: str, stage: Stage = "post") -> Floats:
    """Return how a layer of the CNN differs, channels last."""
    return server.tensor(
        f"/api/models/cnn/images/{query}&stage={stage}".replace("?", f"/layers/{layer}.npy?")
    )


def note(page: Page) -> Locator:
    return page.locator("#differing")


def test_any_two_digits_are_compared(visitor: Visitor, server: Server, known: Known) -> None:
    """A number is typed: all maps show this digit less that one, and say so; the verdict stays its own."""
    page = visitor.open("/?digit=12&stage=pre")
    field = page.get_by_label("Compare with test digit")
    said = at_rest.text(page.locator("#verdicts"))
    maps = visitor.panel("cnn", "conv1")
    expect(note(page)).to_be_hidden()

    expect(field).to_be_hidden()  # until there is something to compare with
    page.get_by_role("button", name="Compare with this digit, 12").click()
    field.fill("10000")
    field.press("Enter")
    expect(page.locator("#reference-field-error")).to_contain_text("There are 0 to 9999.")
    field.fill("4271")
    field.press("Enter")

    visitor.at("/?digit=12&stage=pre&reference=4271")
    expect(page.locator("#reference-field-error")).to_be_hidden()
    expect(note(page)).to_contain_text("digit 12 less test digit 4271 as it was written")
    visitor.flush()
    for layer in ("conv1", "conv2", "pool"):
        less = difference(server, "12?reference=4271", layer, "pre")
        assert_shows(visitor.panel("cnn", layer).locator(".maps"), less)
    expect(maps.locator(".tensor")).to_have_text("difference, before relu · 26×26×32")
    most = float(f"{np.abs(difference(server, '12?reference=4271', 'conv1', 'pre')).max():.3g}")
    expect(maps.locator(".panel-head .legend")).to_have_text(f"−{most}{most}difference to test digit 4271")
    expect(maps.get_by_label("conv1 map 3, difference to test digit 4271", exact=True)).to_have_count(1)
    assert at_rest.text(page.locator("#verdicts")) == said
    that = page.get_by_label(f"Test digit 4271, label {known.labels[4271]}")
    assert np.array_equal(canvas.read(that)[..., 0], np.rint(255 * server.tensor("/api/images/4271.npy")))
    expect(page.locator("#status")).to_contain_text("All layers show the difference to test digit 4271.")

    page.get_by_role("button", name="End the comparison").first.click()
    visitor.at("/?digit=12&stage=pre")
    expect(note(page)).to_be_hidden()
    expect(maps.locator(".tensor")).to_have_text("before relu · 26×26×32")
    expect(maps.get_by_label("conv1 map 3", exact=True)).to_have_count(1)


def test_a_link_compares_and_back_leaves(visitor: Visitor, server: Server) -> None:
    """Hover and inspector are exact; reset, it is pinned; another digit is compared with itself too."""
    query = "4271?perturb=rotation:15&reference=4271"
    page = visitor.open(f"/?digit={query.replace('?', '&')}&layer=cnn.conv2&filter=3&cell=5,9")
    less = difference(server, query, "conv2")

    value = page.locator("#dock .value")
    expect(value).to_contain_text("Δ conv2[5, 9, 3] = ")
    assert visitor.value() == pytest.approx(less[5, 9, 3], rel=1e-6)
    expect(page.locator("#inspector .tensor")).to_contain_text("difference to test digit 4271")
    expect(page.locator("#part-cell .of")).to_have_text("of test digit 4271 alone")
    channel, row, column = 21, 3, 12
    cell = visitor.cell("cnn", "conv2", f"conv2 map {channel}, difference to test digit 4271")
    x, y = visitor.spot(cell, row, column, 24)
    cell.hover(position={"x": x, "y": y})
    exact = float(less[row, column, channel])
    tip = page.locator("#lens .lens-words")
    visitor.eventually(
        lambda: (
            float(at_rest.text(tip).split(" by ")[1].split(" ")[0].replace("−", "-")) == pytest.approx(exact)
        )
    )
    expect(tip).to_contain_text(f"row {row}, column {column}: differs by")
    expect(page.locator("#lens h4")).to_have_text(f"CNN conv2 · map {channel}")

    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#reference .told")).to_contain_text("Test digit 4271 is pinned")
    visitor.flush()
    page.go_back()
    expect(page.locator("#reference .told")).to_contain_text("pixels differ")
    visitor.flush()
    assert_shows(visitor.panel("cnn", "conv1").locator(".maps"), difference(server, query, "conv1"))

    visitor.go_to(12)
    visitor.at("/?digit=12&perturb=rotation:15&reference=12&layer=cnn.conv2&filter=3&cell=5,9")


def test_an_unchanged_digit_is_pinned_and_waits(visitor: Visitor, server: Server) -> None:
    """All layers go on showing its values, and it is said that it waits; the next is compared with it."""
    page = visitor.open("/?digit=12")
    conv1 = visitor.panel("cnn", "conv1")
    values = canvas.pictures(conv1.locator(".maps"))
    told = page.locator("#reference .told")

    page.get_by_role("button", name="Compare with this digit, 12").click()

    visitor.at("/?digit=12&reference=12")
    sentence = "Test digit 12 is pinned; choose another to compare, or change this one."
    expect(told).to_have_text(sentence)
    expect(page.locator("#status")).to_contain_text(sentence)
    expect(note(page)).to_be_hidden()
    visitor.flush()
    assert np.array_equal(canvas.pictures(conv1.locator(".maps")), values)
    page.reload()
    visitor.shown()
    expect(told).to_have_text(sentence)
    assert np.array_equal(canvas.pictures(conv1.locator(".maps")), values)

    visitor.go_to(15)
    visitor.at("/?digit=15&reference=12")
    expect(note(page)).to_contain_text("digit 15 less test digit 12")
    visitor.flush()
    assert_shows(conv1.locator(".maps"), difference(server, "15?reference=12", "conv1"))
    page.go_back()
    expect(told).to_have_text(sentence)
    page.get_by_role("button", name="End the comparison").click()
    visitor.at("/?digit=12")


def test_a_drawing_ends_the_difference(visitor: Visitor, known: Known) -> None:
    """The maps of what is drawn show its values, and no ghost of the digit that it takes the place of.

    Where differences are shown none is called dead, but the same; its mark is back when values are.
    """
    page = visitor.open("/?digit=12&model=fcn&reference=7")
    dead = known.surveys["fcn"].dead("dense1")
    units = visitor.panel("fcn", "dense1").locator(".maps button")
    marks = "(all) => all.flatMap((one, i) => (one.dataset.mark ? [[one.dataset.mark, i]] : []))"
    assert at_rest.of_all(units, marks) == []

    page.get_by_role("button", name="End the comparison").first.click()
    visitor.at("/?digit=12&model=fcn")
    visitor.flush()
    assert at_rest.of_all(units, marks) == [["dead", i] for i in dead]

    visitor.come("/?digit=12&reference=15")
    expect(note(page)).to_be_visible()
    page.get_by_text("Draw, edit or upload").click()

    visitor.draw((0.2, 0.4), (0.5, 0.6), (0.8, 0.4))

    visitor.eventually(lambda: "perturb" in query(page))
    assert query(page).keys() == {"digit", "perturb"}
    expect(note(page)).to_be_hidden()
    expect(visitor.panel("cnn", "conv1").locator(".tensor")).to_have_text("after relu · 26×26×32")
    expect(visitor.cell("cnn", "conv1", "conv1 map 3")).to_have_count(1)


def edited(visitor: Visitor, pixels: Pixels) -> str:
    """Wait until the address has just these pixels; return its text of them."""

    def there() -> bool:
        text = query(visitor.page).get("perturb", "").removeprefix("pixels:")
        return bool(text) and np.array_equal(read_pixels(text), pixels)

    visitor.eventually(there)
    visitor.flush()
    return query(visitor.page)["perturb"]


def query(page: Page) -> dict[str, str]:
    """Return the parts of the address."""
    return dict(parse_qsl(urlsplit(at_rest.address(page)).query))


def test_one_pixel_is_edited(visitor: Visitor, server: Server) -> None:
    """By pointer or key: the address has just those pixels, each layer what that changes, a link both."""
    page = visitor.open("/?digit=4271")
    written = np.rint(255 * server.tensor("/api/images/4271.npy")).astype(np.uint8)
    page.get_by_text("Draw, edit or upload").click()
    page.get_by_role("button", name="Edit this digit's pixels").click()
    pad, count = page.get_by_label("Pad to edit pixels on"), page.locator("#pad .count")
    visitor.eventually(lambda: np.array_equal(canvas.read(pad)[..., 0], written))
    expect(count).to_have_text("No pixel differs from test digit 4271.")
    visitor.at("/?digit=4271")

    x, y = visitor.spot(pad, 4, 20, 28)
    place = at_rest.box(pad)
    pad.click(position={"x": x, "y": y})
    expected = written.copy()
    expected[4, 20] = 255
    text = edited(visitor, expected)
    assert query(page)["reference"] == "4271"
    assert at_rest.box(pad) == place, "the pad moved away under the pen"
    expect(count).to_have_text(f"1 pixel differs from test digit 4271, by at most {255 - written[4, 20]}.")
    less = difference(server, f"4271?perturb={text}&reference=4271", "conv1")
    assert {*zip(*np.nonzero(less.any(axis=-1)), strict=True)} <= {*product((2, 3, 4), (18, 19, 20))}
    assert_shows(visitor.panel("cnn", "conv1").locator(".maps"), less)

    page.get_by_role("slider", name="Grey").fill("100")
    for key in ("ArrowRight", " "):
        pad.press(key)
    expected[14, 15] = 100
    edited(visitor, expected)
    told = f"row 14, column 15: grey 100, was {written[14, 15]}"
    expect(page.locator("#pad [aria-live]")).to_have_text(told)

    page.reload()
    visitor.shown()
    visitor.eventually(lambda: np.array_equal(canvas.read(pad)[..., 0], expected))
    expect(count).to_contain_text("2 pixels differ from test digit 4271")
    page.get_by_label("Show what that changes").uncheck()
    expect(note(page)).to_be_hidden()
    page.get_by_role("button", name="Restore").click()
    visitor.at("/?digit=4271")
    page.go_back()
    edited(visitor, expected)
    visitor.eventually(lambda: np.array_equal(canvas.read(pad)[..., 0], expected))
