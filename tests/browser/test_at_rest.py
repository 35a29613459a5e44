"""What all readings of the browser tests rely on: that they come after whatever the last step set off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser import at_rest
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

TIMES = 40
ASK = """(times) => {
  const late = Object.assign(document.createElement("p"), { id: "late", textContent: "before" });
  document.body.append(late);
  (async () => {
    for (let i = 0; i < times; i++) await (await fetch("/healthz")).text();
    setTimeout(() => requestAnimationFrame(() => (late.textContent = "after")));
  })();
}"""


def test_a_reading_waits_for_what_a_step_set_off(visitor: Visitor) -> None:
    """Requests, one after the other, and what the page puts off to the next frame, are over."""
    page = visitor.open()

    page.evaluate(ASK, TIMES)

    assert at_rest.text(page.locator("#late")) == "after"
    assert visitor.asked("/healthz") == ["/healthz"] * TIMES


def test_what_a_test_holds_back_is_not_waited_for(visitor: Visitor) -> None:
    """Until it is let go; then for what follows from it, too."""
    page = visitor.open()

    with visitor.held("**/healthz") as held:
        page.evaluate(ASK, TIMES)
        visitor.eventually(lambda: held)
        assert at_rest.text(page.locator("#late")) == "before"

    assert at_rest.text(page.locator("#late")) == "after"


def test_a_page_that_does_not_come_to_rest_is_a_failure(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it still waits for is named."""
    page, late = visitor.open(), list[Route]()
    at_rest.wait(page)
    page.route("**/healthz", lambda route, _: late.append(route))
    monkeypatch.setattr(at_rest, "ROUNDS", 3)

    page.evaluate(ASK, TIMES)
    visitor.eventually(lambda: late)

    with pytest.raises(AssertionError, match=r"Still on their way: \['http.*/healthz'\]"):
        at_rest.wait(page)
    for route in late:
        route.continue_()
