from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Known, Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_two_visitors_do_not_disturb_each_other(visit: Visit, known: Known) -> None:
    """What one selects, on either page, changes nothing at the other's, nor what the other is answered."""
    one, other = visit(anew=True), visit(anew=True)
    one.open("/?digit=700&model=cnn&layer=conv2&filter=3")
    other.open("/?digit=710&scale=grey&stage=pre")
    expect(one.page.locator("#inspector .slice-rows button")).to_have_count(32)
    one.quiet()
    one.flush()

    def see(visitor: Visitor) -> tuple[list[str], list[canvas.Pixels]]:
        parts = visitor.page.locator("#digit-title, #verdicts, #inspector, .tensor, #wall-count")
        return at_rest.texts(parts), canvas.pictures(visitor.panel("cnn", "conv1").locator(".maps"))

    for mover, watcher, digit in ((one, other, 705), (other, one, 712)):
        texts, maps = see(watcher)
        address = at_rest.address(watcher.page)
        mover.pick(digit)
        mover.choose("scale", "data" if digit % 2 else "map")
        mover.choose("wall-wrong", "cnn" if digit % 2 else "any")
        mover.page.get_by_role("link", name="Compare").click()
        expect(mover.page.locator("#compare")).to_be_visible()
        mover.page.get_by_role("link", name="Explore").click()
        expect(mover.page.locator("#explore")).to_be_visible()
        mover.choose("wall-wrong", "any")
        label = known.labels[digit]
        expect(mover.page.locator("#digit-title")).to_have_text(f"Test digit {digit} · label {label}")
        texts_after, maps_after = see(watcher)
        assert texts_after == texts
        assert all(np.array_equal(*pair) for pair in zip(maps, maps_after, strict=True))
        assert at_rest.address(watcher.page) == address
