"""How numbers come about that the page does not work out by itself, in a network that branches."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import at_rest
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]
IMAGE = 3
TENSORS = f"/api/models/branching/images/{IMAGE}/layers"


@pytest.fixture
def address(made_up_address: str) -> str:
    """Where all visitors of this module go."""
    return made_up_address


def steps_of(visitor: Visitor, layer: str, cell: str) -> Locator:
    """Open a cell of the first map of a layer, and return the part that explains it."""
    visitor.come(f"/?digit={IMAGE}&layer=branching.{layer}&filter=0{cell and f'&cell={cell}'}")
    part = visitor.page.locator("#inspector .part-steps")
    part.locator("dl").wait_for()
    return part


def told(address: str, layer: str, query: str) -> Any:
    """Return what the server tells of a number."""
    with urllib.request.urlopen(f"{address}{TENSORS}/{layer}/cell?filter=0{query}") as answer:  # noqa: S310
        return json.loads(answer.read())


def test_a_number_is_told_step_by_step(visitor: Visitor, address: str) -> None:
    """The steps of its own form by name; the last is the number that the server tells, then the network's."""
    visitor.open(f"/?digit={IMAGE}&model=branching")
    for layer, cell, names in (
        ("stem_norm", "4,7", ["mean", "variance", "value", "scale", "shift", "value × scale + shift"]),
        ("stem_relu", "4,7", ["value", "relu"]),
        ("residual", "4,7", ["stem_relu[4, 7, 0]", "inner_norm[4, 7, 0]", "sum"]),
        ("both", "2,3", ["wide[2, 3, 0]"]),
        ("mean", "", ["mean of the 60 cells"]),
    ):
        part = steps_of(visitor, layer, cell)

        expect(part.locator("dt")).to_have_text([*names, "the network's own", "difference"])
        numbers = at_rest.attributes(part.locator("dd span"), "title")
        found = float(numbers[len(names) - 1].replace("−", "-"))
        expected = told(address, layer, f"&cell={cell}" if cell else "")
        assert found == pytest.approx(expected["result"], rel=1e-6), layer
        own = float(numbers[-2].replace("−", "-"))
        assert own == pytest.approx(expected["network"]["pre"], rel=1e-6), layer


def test_the_cell_that_is_pointed_at_is_told(visitor: Visitor, address: str) -> None:
    """Over the enlarged map the steps are those of the cell under the pointer, the last one in the end.

    A button for each input of a sum opens it at that very cell.
    """
    visitor.open(f"/?digit={IMAGE}&model=branching")
    part = steps_of(visitor, "residual", "4,7")
    big = visitor.page.locator(".enlarged")

    for row, column in ((1, 2), (8, 3), (9, 14)):
        x, y = visitor.spot(big, row, column, columns=20)
        big.hover(position={"x": x, "y": y})

    expect(part.locator(".where")).to_contain_text("Row 9, column 14")
    expect(part.locator("dt").first).to_have_text("stem_relu[9, 14, 0]")
    numbers = at_rest.attributes(part.locator("dd span"), "title")
    expected = told(address, "residual", "&cell=9,14")["result"]
    assert float(numbers[2].replace("−", "-")) == pytest.approx(expected, rel=1e-6)

    visitor.page.mouse.move(2, 2)
    part.get_by_role("button", name="inner_norm[4, 7, 0]").click()
    expect(visitor.page.locator("#dock h3")).to_contain_text("inner_norm · map 0")
    expect(visitor.page.locator("#dock .value")).to_contain_text("inner_norm[4, 7, 0] = ")
