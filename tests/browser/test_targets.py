from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from models.sketch.drawing import PAD, write_ink
from tests.browser import at_rest
from tests.browser.axe import complaints
from tests.browser.conftest import Visit
from tests.browser.targets import crowded
from tests.browser.test_upload import SEVEN, TWO, ZERO, beside, hand_over
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

VIEWS = {
    "a digit": "/?digit=4271",
    "a map": "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7&scale=map&off=cnn.conv2:3",
    "slices": "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7&part=slices",
    "a pooled map": "/?digit=4271&layer=cnn.pool&filter=3&cell=2,3",
    "a unit": "/?digit=4271&model=fcn&layer=dense1&filter=3&stage=pre",
    "a class": "/?digit=4271&layer=cnn.output&filter=5&against=3&reference=12",
    "a drawing": f"/?digit=4271&perturb=ink:{write_ink(np.tri(PAD))}",
    "an image": "/?digit=4271",
    "comparison": "/compare",
}
WIDTHS = (390, 1440)
RULES = ("label-content-name-mismatch", "target-size")  # neither is among those that axe runs unless asked to


def opened(visitor: Visitor, view: str) -> Page:
    """Open a view and all that it has folded up."""
    page = visitor.open(VIEWS[view])
    if view in ("a map", "a unit", "a class"):
        expect(page.locator("#inspector .part:visible :is(canvas, table)").first).to_be_visible()
    if view == "a pooled map":
        expect(page.locator(".part-cell .numbers")).to_be_visible()
    if view == "slices":
        expect(page.locator(".slice-row").nth(32)).to_contain_text(":")
    at_rest.of_all(page.locator("#inspector details"), "(all) => all.forEach((each) => (each.open = true))")
    for illustration in at_rest.each(page.locator("#inspector .illustration:visible")):
        expect(illustration.locator("canvas")).to_have_count(2)
    if view == "a digit":
        visitor.ask("why")
        visitor.ask("adversary")
    if view == "a drawing":
        expect(page.locator("#reading button")).to_contain_text("reads")
        page.get_by_role("button", name="Edit this digit's pixels").click()
        expect(page.get_by_label("Pad to edit pixels on")).to_be_visible()
    if view == "an image":
        hand_over(page, "drop", beside(SEVEN, TWO, ZERO))
        expect(page.get_by_role("button", name="digit 3 of 3")).to_be_visible()
    if view == "comparison":
        expect(page.locator("#compare-panels .js-plotly-plot .main-svg").first).to_be_visible()
        expect(page.locator(".plot:empty")).to_have_count(0)
    return page


@pytest.mark.parametrize("view", VIEWS)
def test_every_target_has_room_and_a_name_that_begins_with_what_is_seen(visitor: Visitor, view: str) -> None:
    """24 screen pixels, or as much from its middle to the next; and who says what is written reaches it."""
    page = opened(visitor, view)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert crowded(page) == []
        assert complaints(page, *RULES, but=".plot") == []


def test_small_targets_side_by_side_are_found(visitor: Visitor) -> None:
    """What is looked for is found: two small buttons without room between them, but not with it."""
    page = visitor.open("/?digit=4271")
    page.evaluate(
        """() => {
          const small = (name, left) => {
            const button = document.body.appendChild(document.createElement("button"));
            button.ariaLabel = name;
            button.style = `position: absolute; top: 5000px; left: ${left}px; width: 12px; height: 12px;
              min-height: 0; padding: 0; border: 0`;
          };
          [["one", 0], ["two", 20], ["far", 44]].forEach(([name, left]) => small(name, left));
        }"""
    )

    assert [each.split('"')[1] for each in crowded(page)] == ["one", "two"]


def test_the_tables_of_what_moves_them_fit_a_telephone(visit: Visit) -> None:
    """Nothing of them has to be scrolled sideways, and no number is broken in two."""
    page = visit(viewport={"width": 390, "height": 844}).open("/compare")
    tables = page.locator("#compare-moves .scroll-x")
    expect(tables).to_have_count(2)

    for table in at_rest.each(tables):
        assert at_rest.told(table, "(frame) => frame.scrollWidth - frame.clientWidth") <= 0
        cell = table.locator("td").first
        assert at_rest.told(cell, "(cell) => getComputedStyle(cell).whiteSpace") == "nowrap"
