"""When something goes wrong the page says so, keeps what it shows, and goes on working."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SOON = 2000  # milliseconds
REFUSAL = json.dumps(
    {"error": {"code": "busy", "message": "Too many at once; try again.", "request_id": "1"}}
)


def answer(status: int, body: str, kind: str = "application/json") -> dict[str, object]:
    return {"status": status, "body": body, "content_type": kind}


FAULTS = {
    "our own words": (answer(500, REFUSAL), "Too many at once; try again."),
    "a proxy's page": (
        answer(502, "<html>Bad gateway</html>", "text/html"),
        "The server answered with an error (502)",
    ),
    "too large": (answer(413, ""), "The server answered with an error (413)"),
    "overload": (answer(429, REFUSAL), "Too many at once; try again."),
    "no server": (None, "The server does not answer."),
}


def test_a_fault_is_said_and_the_next_click_works(visitor: Visitor) -> None:
    """Errors of every kind: said within two seconds, the picture stays, and a good click takes it away."""
    visitor.allow(r"^Failed to load resource")
    page = visitor.open("/?digit=600")
    verdict = at_rest.text(page.locator("#verdicts"))

    for digit, (fault, said) in enumerate(FAULTS.values(), start=601):
        page.route(
            f"**/pictures/*/*/{digit}/*",
            lambda route, _: route.fulfill(**fault) if fault else route.abort("connectionrefused"),  # noqa: B023
        )
        visitor.thumb(digit).click()
        expect(visitor.alert).to_contain_text(said, timeout=SOON)
        expect(page.locator("body")).to_have_attribute("data-painted", "600")
        expect(page.locator("#verdicts")).to_have_text(verdict, use_inner_text=True)
        visitor.at("/?digit=600")

        page.unroute_all()
        visitor.pick(digit)
        expect(visitor.alert).to_be_empty()
        visitor.pick(600)


def test_a_server_that_says_nothing_is_reported(visit: Visit) -> None:
    """Where an answer does not come, the page says within two seconds that it waits; an answer ends that.

    Nothing moves away under the pointer meanwhile. With the cable out it is said within two seconds, too;
    with the cable in again the same click works.
    """
    visitor = visit(anew=True)
    page = visitor.open("/?digit=610")
    visitor.thumb(612).hover()  # by which it is in view
    place = at_rest.box(visitor.thumb(611))

    with visitor.held("**/pictures/**"):
        visitor.thumb(611).click()
        expect(visitor.alert).not_to_be_empty(timeout=SOON)
        assert at_rest.box(visitor.thumb(611)) == place
        expect(page.locator("body")).to_have_attribute("data-painted", "610")

    visitor.painted(611)
    expect(visitor.alert).to_be_empty()

    visitor.allow(r"^Failed to load resource")
    page.context.set_offline(True)
    visitor.thumb(613).click()
    expect(visitor.alert).to_contain_text("The server does not answer.", timeout=SOON)

    page.context.set_offline(False)
    visitor.pick(613)
    expect(visitor.alert).to_be_empty()


def test_a_fault_of_the_inspector_is_said(visitor: Visitor) -> None:
    """Exact values that cannot be had: said, and the map is shown all the same.

    A message is text, whatever it quotes, and can be closed by a button that says what it does.
    """
    visitor.allow(r"^Failed to load resource")
    page = visitor.open("/?digit=630&model=cnn&scale=%3Cimg%20src=x%3E")
    expect(visitor.alert).to_contain_text("scale=“<img src=x>” must be one of")
    page.get_by_role("button", name="Close this message").click()
    expect(visitor.alert).to_be_empty()
    page.route("**/api/**", lambda route, _: route.fulfill(**answer(500, REFUSAL)))

    visitor.cell("cnn", "conv2", "conv2 map 3").click()

    expect(visitor.alert).to_contain_text("Too many at once", timeout=SOON)
    expect(page.locator("#dock h3")).to_have_text("CNN conv2 · map 3")
    page.unroute_all()
    visitor.cell("cnn", "conv2", "conv2 map 4").click()
    visitor.tab("Slices")
    expect(page.locator("#inspector .slice-rows button")).to_have_count(32)
    expect(page.locator(".part-slices .reading").last).to_contain_text("differ by at most")


def test_a_fault_of_the_comparison_is_said(visitor: Visitor) -> None:
    """Dash by itself shows nothing when a request of its own fails; here it is said until it is answered."""
    visitor.allow(r"^Failed to load resource|Callback error updating|Callback failed")
    page = visitor.open("/compare")
    for fault, said in ((answer(500, REFUSAL), "Too many at once"), (None, "The server does not answer.")):
        page.route(
            "**/_dash-update-component*",
            lambda route, _: route.fulfill(**fault) if fault else route.abort(),  # noqa: B023
        )
        visitor.turn("Networks shown", "CNN alone")
        expect(visitor.alert).to_contain_text(said, timeout=SOON)
        expect(page.locator("#compare-accuracy thead .hue").first).to_have_text("FCN")

        page.unroute_all()
        visitor.turn("Networks shown", "FCN alone")
        expect(page.locator("#compare-accuracy thead .hue")).to_have_text(["FCN"])
        expect(visitor.alert).to_be_empty()
        visitor.turn("Networks shown", "both")
        expect(page.locator("#compare-accuracy thead .hue")).to_have_text(["FCN", "CNN"])
