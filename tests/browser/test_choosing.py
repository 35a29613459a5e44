"""What somebody chooses in a control stands, whatever the page is doing at that moment."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser import at_rest
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CHOOSE_AT_ONCE = """new MutationObserver((_, observer) => {
  if (!document.body?.dataset.painted) return;
  observer.disconnect();
  const list = document.getElementById("stage");
  const chosen = () => list.value;
  list.value = "pre";
  list.dispatchEvent(new Event("change", { bubbles: true }));
  window.seen = [chosen()];
  requestAnimationFrame(function look() {
    if (chosen() !== window.seen.at(-1)) window.seen.push(chosen());
    requestAnimationFrame(look);
  });
}).observe(document, { attributeFilter: ["data-painted"], subtree: true });"""


def test_a_choice_made_at_once_stands(visitor: Visitor) -> None:
    """Whoever clicks in the moment in which the page is painted is not overruled by what it opened with."""
    page = visitor.page
    page.add_init_script(CHOOSE_AT_ONCE)
    with visitor.held("**/pre.bin") as held:
        visitor.open("/?digit=4271&scale=map")
        visitor.eventually(lambda: held)
        expect(page.locator("#scale")).to_have_value("map")
        visitor.flush()

    visitor.at("/?digit=4271&scale=map&stage=pre")
    visitor.quiet()
    visitor.flush()
    assert at_rest.told(page, "() => window.seen") == ["pre"]


def test_a_choice_made_before_the_wall_is_there_is_shown_with_it(visitor: Visitor) -> None:
    """Controls work as soon as they can be seen; what was chosen is what the page opens with."""
    with visitor.held("**/verdicts.bin") as held:
        visitor.page.goto(f"{visitor.url}/?digit=4271&model=cnn")
        visitor.turn("Stage", "before activation")
        visitor.eventually(lambda: held)

    visitor.shown()
    visitor.at("/?digit=4271&model=cnn&stage=pre")
    expect(visitor.panel("cnn", "conv2").locator(".tensor")).to_have_text("before relu · 24×24×64")


def test_a_choice_that_cannot_be_shown_is_taken_back(visitor: Visitor) -> None:
    """Where its picture does not come, the control says again what is shown, and can be chosen anew."""
    visitor.allow(r"^Failed to load resource")
    page = visitor.open("/?digit=4271")
    refusal = json.dumps({"error": {"code": "busy", "message": "Too many at once.", "request_id": "1"}})
    page.route("**/pre.bin", lambda route: route.fulfill(status=429, body=refusal))
    stage = page.get_by_label("Stage")

    stage.select_option("pre")
    expect(visitor.alert).to_contain_text("Too many at once.")
    expect(stage).to_have_value("post")
    visitor.at("/?digit=4271")

    page.unroute_all()
    stage.select_option("pre")
    visitor.at("/?digit=4271&stage=pre")
    expect(stage).to_have_value("pre")
    expect(visitor.alert).to_be_empty()


def test_what_has_nothing_to_work_with_is_not_offered(visitor: Visitor) -> None:
    """Answers change once something is off, a filter orders the wall once one is selected; not before."""
    page = visitor.open("/?digit=4271&pair=cnn,fcn")
    changes = page.locator("#wall-wrong option[value=changed]")
    excites = page.locator("#wall-sort option[value=filter]")
    for option in (changes, excites):
        expect(option).to_be_disabled()

    visitor.cell("cnn", "conv1", "conv1 map 4").click(position={"x": 9, "y": 9})
    expect(excites).to_be_enabled()
    expect(changes).to_be_disabled()
    visitor.choose("wall-sort", "filter")
    page.locator("#dock").get_by_role("button", name="Close").click()
    expect(page.locator("#wall-sort")).to_have_value("filter")
    expect(excites).to_be_enabled()
    visitor.choose("wall-sort", "index")
    expect(excites).to_be_disabled()

    visitor.open("/?digit=4271&off=cnn.conv1:4")
    expect(changes).to_be_enabled()
    visitor.choose("wall-wrong", "changed")
    page.locator("#off").get_by_role("button").click()
    expect(page.locator("#wall-wrong")).to_have_value("any")
    expect(changes).to_be_disabled()
