"""From the article's pair to another exhibit and back, and a kernel that is as deep as a coloured image."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from models.store import exhibits
from tests.browser import at_rest, axe, canvas
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]

CUT = "(all) => all.map((one) => one.scrollWidth - one.clientWidth)"
ASLEEP = 120_000  # milliseconds that opening an exhibit may take where all tests run


def test_the_list_leads_to_every_exhibit_and_back(visitor: Visitor) -> None:
    """It opens by a press, says which one is shown, and closes with Escape; each has its own address."""
    page = visitor.open()
    page.get_by_role("button", name="Exhibit: MNIST").click()
    listed = page.get_by_role("navigation", name="Exhibits")
    expect(listed.get_by_role("link")).to_have_text([each.title for each in exhibits.shipped()])
    expect(listed.locator("[aria-current]")).to_have_text("MNIST")
    assert axe.complaints(page) == []
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(page.get_by_role("button", name="Exhibit: MNIST")).to_be_focused()

    page.get_by_role("button", name="Exhibit: MNIST").click()
    listed.get_by_role("link", name="Fashion-MNIST").click()
    page.wait_for_url("**/fashion-mnist/**")
    page.locator("body[data-painted]").wait_for(timeout=ASLEEP)
    expect(page.locator("#digit-title")).to_contain_text("image")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/fashion-mnist/compare**")
    page.get_by_role("button", name="Exhibit: Fashion-MNIST").click()
    page.get_by_role("navigation", name="Exhibits").get_by_role("link", name="MNIST", exact=True).click()
    page.locator("body[data-painted]").wait_for()
    expect(page).to_have_url(re.compile(rf"^{re.escape(visitor.url)}/(\?.*)?$"))


def test_what_can_be_chosen_stands_in_one_row_on_a_projector(visit: Visit) -> None:
    """However long the exhibit's name is: a second row would be taken from the maps; so would class names."""
    visitor = visit(viewport={"width": 1280, "height": 720})
    page = visitor.page
    for key in (each.key for each in exhibits.shipped()):
        page.goto(f"{visitor.url}/{'' if key == exhibits.shipped()[0].key else f'{key}/'}?digit=5")
        page.locator("body[data-painted]").wait_for(timeout=ASLEEP)
        heights = [at_rest.box(page.locator(part))["height"] for part in (".header", ".tools")]
        assert max(heights) < 45, key
        chip = page.locator(".wall-chip > summary")
        assert at_rest.told(chip, "(one) => one.scrollWidth - one.clientWidth") == 0, key
        if key == "fashion-mnist":
            assert_names_take_no_room(page)


def assert_names_take_no_room(page: Page) -> None:
    """They stand above the bars where those are high enough; else they are cut, and whole in a title."""
    for layer, side in (("conv1", 26), ("conv2", 24)):
        assert at_rest.box(page.get_by_label(f"{layer} map 3", exact=True))["width"] == 2 * side
    row = page.locator('.network[data-model="cnn-fashion"] .answer-row').nth(1)
    row.hover()
    expect(row).to_have_attribute("title", re.compile(r"^Trouser: "))
    share, logit = row.locator(".share"), row.locator(".logit")
    assert at_rest.told(share, "(one) => one.scrollWidth - one.clientWidth") == 0
    assert at_rest.box(share)["x"] + at_rest.box(share)["width"] <= at_rest.box(logit)["x"]
    name = '.network[data-model="cnn-fashion"] .answer-row .class'
    assert at_rest.of_all(page.locator(name), CUT) == [0] * 10


def test_a_kernel_over_colours_is_three_slices_and_one_picture(visitor: Visitor) -> None:
    """Turned over, each filter of the first layer has a picture in colours behind its slices of one hue."""
    visitor.page.goto(f"{visitor.url}/coloured-mnist/?flip=all&digit=0")
    visitor.page.locator("body[data-painted]").wait_for(timeout=ASLEEP)
    panel = visitor.panel("cnn-coloured", "conv1")
    expect(panel.locator(".legend")).to_contain_text("red, green and blue")
    visitor.eventually(lambda: _saturated(canvas.read(panel.locator(".kernels > canvas"))))

    panel.locator(".kernels").get_by_role("button").first.click()
    visitor.page.get_by_role("tab", name="Weights").click()
    expect(visitor.page.locator(".slices .slice")).to_have_count(3)
    expect(visitor.page.locator(".in-colours")).to_contain_text("grey is 0")


def _saturated(pixels: canvas.Pixels) -> bool:
    """Return whether there is green, of which the scale of weights has none."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return bool(np.count_nonzero((green > red + 40) & (green > blue + 40)))
