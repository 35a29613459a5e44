from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from models.arrays import Floats
from tests.browser import at_rest
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

EDGE = 8  # screen pixels around the points

pytestmark = pytest.mark.browser


class Plane:
    """One plane on the page, and where its points are."""

    def __init__(self, page: Page, server: Server, model: str, method: str) -> None:
        """Wait until it can be seen."""
        address = f"api/models/{model}/arrangement/{method}.npy"
        self.places: Floats = server.tensor(address)
        self.root = page.locator(f'.points[data-address="{address}"]')
        self.over: Locator = self.root.locator("[tabindex]")
        self.wait()

    def wait(self) -> None:
        """Bring it into view and wait until it is painted."""
        self.root.scroll_into_view_if_needed()
        expect(self.root).to_have_attribute("data-painted", "true")

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the page a place of the plane, in [0, 1], lies."""
        box = at_rest.box(self.over)
        room = box["width"] - 2 * EDGE
        return box["x"] + EDGE + x * room, box["y"] + EDGE + y * room

    def alone(self) -> int:
        """Return the one of the first digits that has the most room around it."""
        far = [np.partition(np.linalg.norm(self.places - each, axis=1), 1)[1] for each in self.places[:300]]
        return int(np.argmax(far))


@pytest.fixture
def plane(visitor: Visitor, server: Server) -> Plane:
    """The CNN's t-SNE, on Compare."""
    page = visitor.open("/compare")
    return Plane(page, server, "cnn", "tsne")


def test_one_points_at_a_digit_clicks_it_and_draws_a_line(
    visitor: Visitor, plane: Plane, known: Known
) -> None:
    """The card beside the pointer says label and answers, without a request; the click leads to Explore."""
    digit = plane.alone()
    spot = plane.spot(*plane.places[digit].tolist())
    visitor.page.mouse.move(*spot)
    card = visitor.page.locator(".plane-tip")
    expect(card).to_have_text(re.compile(rf"^Test digit {digit}, label {known.labels[digit]}: "))
    visitor.quiet()
    visitor.page.mouse.move(spot[0] + 1, spot[1])
    visitor.flush()

    expect(card).to_contain_text(f"CNN says {known.answers('cnn')[digit]}")
    assert visitor.asked() == []
    visitor.page.mouse.click(*spot)
    visitor.painted(digit)
    visitor.page.go_back()
    plane.wait()
    assert_a_line_puts_those_within_on_the_wall(visitor, plane)


def assert_a_line_puts_those_within_on_the_wall(visitor: Visitor, plane: Plane) -> None:
    """Exactly those inside are on it; reload keeps them, and the chip takes the line back."""
    corners = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.6), (0.1, 0.6)]
    mouse = visitor.page.mouse
    mouse.move(*plane.spot(*corners[0]))
    mouse.down()
    for corner in corners[1:]:
        mouse.move(*plane.spot(*corner))
    mouse.up()
    visitor.page.locator("body[data-page=explore][data-painted]").wait_for()
    chip = visitor.page.locator("#wall-answer")
    expect(chip).to_have_text("within your line in the picture of CNN's t-SNE ×")

    inside = ((plane.places > 0.1) & (plane.places < 0.6)).all(axis=1).sum()
    assert visitor.count() == pytest.approx(inside, rel=0.03)  # corners are rounded, and to whole pixels
    count = visitor.count()
    visitor.page.reload()
    visitor.shown()
    expect(visitor.page.locator("#wall-count")).to_have_text(re.compile(rf"^{count:,} "))
    chip.click()
    expect(visitor.page.locator("#wall-count")).to_have_text(re.compile("^10,000 "))


def test_planes_are_walked_by_key(visitor: Visitor, plane: Plane) -> None:
    """Arrows go to the next digit that way and say which; Enter opens it, a button what is nearest to it."""
    plane.over.focus()
    plane.over.press("ArrowRight")
    status = visitor.page.locator("#status")
    expect(status).to_have_text(re.compile("^Test digit"))
    first = digit_of(status)
    plane.over.press("ArrowRight")
    expect(status).not_to_have_text(re.compile(rf"^Test digit {first},"))
    second = digit_of(status)
    assert plane.places[second, 0] > plane.places[first, 0]

    plane.root.get_by_role("button", name="Put its 50 nearest in dense on the wall").click()
    visitor.painted(second)
    expect(visitor.page.locator("#wall-answer")).to_contain_text(f"nearest to digit {second} in CNN's dense")
    visitor.page.go_back()
    again = visitor.page.locator("#compare-arrangement .plane-canvases [tabindex]").nth(1)
    again.scroll_into_view_if_needed()
    again.press("ArrowLeft")
    expect(status).to_have_text(re.compile(r"^Test digit \d+, label \d: FCN says"))
    again.press("Enter")
    visitor.painted(digit_of(status))


def test_the_neighbours_are_those_in_the_layer(visitor: Visitor, server: Server) -> None:
    """Exactly the 50 with the smallest distance in the last hidden layer, nearest first, not the picture's.

    Of the nearest few the order is checked against the layer's own values; a link restores all of it.
    """
    digit = 77
    near = server.json(f"/api/models/cnn/images/{digit}/neighbours")["neighbours"]
    page = visitor.open(f"/?digit={digit}&within=cnn.near:{digit}")
    chip, count = page.locator("#wall-answer"), page.locator("#wall-count")
    expect(chip).to_have_text(f"the 50 nearest to digit {digit} in CNN's dense, nearest first ×")
    expect(count).to_have_text("50 test digits")
    assert visitor.wall()[0] == near
    order = page.locator("#wall-sort option:checked")
    expect(order).to_have_text("nearest first")

    own, *others = (
        server.tensor(f"/api/models/cnn/images/{each}/layers/dense.npy") for each in [digit, *near[:8]]
    )
    distances = [np.linalg.norm(own - other) for other in others]
    assert (np.diff(distances) >= -1e-4).all()
    places = server.tensor("/api/models/cnn/arrangement/tsne.npy")
    pictured = np.linalg.norm(places - places[digit], axis=1).argsort()[1:51]
    assert {*pictured.tolist()} != {*near}

    visitor.choose("wall-sort", "cnn")
    expect(chip).to_have_text(f"the 50 nearest to digit {digit} in CNN's dense ×")
    visitor.flush()
    resorted = visitor.wall()[0]
    assert resorted != near
    assert sorted(resorted) == sorted(near)
    visitor.choose("wall-sort", "index")
    expect(order).to_have_text("nearest first")
    chip.click()
    expect(count).to_have_text("10,000 test digits")
    expect(order).to_have_text("by index")


def digit_of(status: Locator) -> int:
    """Return the digit that a sentence names."""
    found = re.match(r"Test digit (\d+)", at_rest.text(status))
    assert found
    return int(found[1])
