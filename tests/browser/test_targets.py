from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.targets import crowded
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


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
