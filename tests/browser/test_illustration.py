from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest, canvas
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MAP = "/?digit=4271&layer=cnn.conv2&filter=21&part=fires"
UNIT = "/?digit=4271&layer=fcn.output&filter=4&part=fires"


def asked(visitor: Visitor) -> list[str]:
    return visitor.asked("/illustration")


def told(server: Server, path: str, seed: int = 7) -> Any:
    return server.json(f"/api/models/{path}/illustration?seed={seed}")


def numbers(page: Page) -> list[float]:
    """Return what is said of the illustration, of the strongest digit and of the noise."""
    words = at_rest.text(page.locator(".illustration .told")).replace("−", "-")
    found = re.search(
        r"is (-?[\d.]+) on the illustration; (-?[\d.]+) on the strongest.*; (-?[\d.]+) on", words
    )
    assert found
    return [float(each) for each in found.groups()]


def shown(page: Page, name: str) -> Locator:
    return page.locator(".illustration").get_by_role("img", name=name)


def test_it_is_shown_beside_the_strongest_digit_when_asked(visitor: Visitor, server: Server) -> None:
    """Closed it costs nothing; opened by keyboard, it shows the server's pixels, numbers, seed and recipe.

    Fed in the place of the digit, the inspector's own number is what was told, before activation.
    """
    page = visitor.open(MAP)
    expect(page.locator(".part-firing .nine figure")).to_have_count(9)
    visitor.quiet()
    visitor.pick(4272)
    assert asked(visitor) == []

    page.locator(".illustration > summary").focus()
    page.keyboard.press("Enter")

    picture = shown(page, "Illustration of conv2 map 21, seed 7")
    expect(picture).to_be_visible()
    assert len(asked(visitor)) == 1
    found = told(server, "cnn/layers/conv2/filters/21")
    top, left, bottom, right = found["sight"]
    levels = np.array(found["levels"], np.uint8)[top:bottom, left:right]
    assert np.array_equal(canvas.read(picture)[..., 0], levels)
    assert at_rest.box(picture)["width"] > 100  # the cell sees 5×5 pixels
    best = found["strongest"]
    assert numbers(page) == pytest.approx([found["value"], best["value"], found["noise"]], rel=5e-3)
    expect(shown(page, f"Test digit {best['digit']}")).to_be_visible()
    expect(page.locator(".illustration")).to_contain_text("An illustration, not a digit")
    expect(page.locator(".illustration")).to_contain_text("total variation, weight 2")
    expect(page.locator(".illustration .legend .high").first).to_have_text("1")

    page.get_by_role("button", name="Let the networks read it").click()
    expect(page).to_have_url(re.compile(r"stage=pre&perturb=pixels:.*&cell=12,12"))
    number = page.locator("#dock .value")
    expect(number).to_contain_text("conv2[12, 12, 21] = 1")
    value = float(at_rest.text(number).split("= ")[1].replace("−", "-"))
    assert value == pytest.approx(found["value"], abs=1e-6)


def test_it_follows_the_filter_and_the_seed(visitor: Visitor, server: Server) -> None:
    """Left open, it follows to another unit, one request at a time; another seed gives another picture."""
    page = visitor.open(UNIT)
    page.locator(".illustration > summary").click()
    expect(shown(page, "Illustration of output unit 4, seed 7")).to_be_visible()

    with visitor.held("**/illustration*") as held:
        for unit in (5, 6, 8):
            visitor.cell("fcn", "output", f"output unit {unit}").click()
            expect(page.locator("#dock h3")).to_contain_text(f"unit {unit}")
        visitor.eventually(lambda: held)
        assert len(held) == 1
    expect(shown(page, "Illustration of output unit 8, seed 7")).to_be_visible()
    assert not any("filters/6/" in path for path in asked(visitor))
    before = canvas.read(shown(page, "Illustration of output unit 8, seed 7"))

    button = page.get_by_role("button", name="Another seed")
    button.press("Enter")

    after = shown(page, "Illustration of output unit 8, seed 8")
    expect(after).to_be_visible()
    expect(button).to_be_focused()
    assert not np.array_equal(canvas.read(after), before)
    assert numbers(page)[0] == pytest.approx(
        told(server, "fcn/layers/output/filters/8", 8)["value"], rel=5e-3
    )
