"""Any two of three small networks: chosen, shared, reloaded, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.serving import Server, served
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NAMED = """() => {
  const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent);
  const shown = [...document.querySelectorAll(".network")].filter((column) => !column.hidden);
  return {
    chosen: ["first", "second"].map((id) => document.getElementById(id).value),
    toggle: texts("#model option").filter(Boolean),
    columns: shown.map((column) => column.dataset.model).toSorted(),
    verdict: texts("#verdicts .said:not([hidden]) .hue"),
    marks: texts("#wall-marks .hue"),
    wrong: texts("#wall-wrong option").filter((text) => /^[A-Z]/.test(text)),
    sort: texts("#wall-sort option").filter((text) => text.endsWith("sure")),
  };
}"""


@pytest.fixture(scope="module")
def trio(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with FCN, CNN and FCN matched, all small."""
    with served(tmp_path_factory.mktemp("cache"), CHECKPOINTS_DIR=str(small_folder)) as server:
        server.wait_until_ready()
        yield server


@pytest.fixture
def address(trio: Server) -> str:
    """Where it is visited."""
    return trio.url


def named(keys: list[str], names: list[str]) -> dict[str, list[str]]:
    """Return what a page says everywhere that shows both networks of a pair."""
    return {
        "chosen": keys,
        "toggle": ["both", *(f"{name} alone" for name in names)],
        "columns": sorted(keys),
        "verdict": names,
        "marks": names,
        "wrong": [f"{name} is wrong" for name in names],
        "sort": [f"{name} least sure" for name in names],
    }


def says(visitor: Visitor, keys: list[str], names: list[str]) -> None:
    """Wait until the whole page names this pair."""
    visitor.eventually(lambda: at_rest.told(visitor.page, NAMED) == named(keys, names))


def test_another_pair_is_shown_everywhere_at_once(visitor: Visitor) -> None:
    """One request for its picture, and columns, verdict, wall and controls follow on the same page."""
    page = visitor.open("/?digit=3")
    says(visitor, ["fcn", "cnn"], ["FCN", "CNN"])
    page.evaluate("() => { window.same = true; }")
    visitor.quiet()

    visitor.lists_of_networks().get_by_label("Second network").select_option("fcn-matched")

    visitor.at("/?digit=3&pair=fcn,fcn-matched")
    says(visitor, ["fcn", "fcn-matched"], ["FCN", "FCN matched"])
    expect(visitor.cell("fcn-matched", "dense1", "dense1 unit 7")).to_be_visible()
    pictures = visitor.asked("/pictures/")
    assert [path.split("/")[3:] for path in pictures] == [["fcn,fcn-matched", "3", "post.bin"]]
    others = {path.split("/")[1] for path in visitor.asked()} - {"pictures", "kernels"}
    assert others == set()
    visitor.forget()

    visitor.pick(4)
    assert [path.split("/")[3] for path in visitor.asked()] == ["fcn,fcn-matched"]
    assert at_rest.told(page, "() => window.same")


def test_a_network_chosen_twice_changes_places(visitor: Visitor) -> None:
    """Choosing what is already there swaps the two, and nothing is asked twice of the reader."""
    visitor.open("/?digit=3&model=fcn")

    visitor.lists_of_networks().get_by_label("First network").select_option("cnn")

    visitor.at("/?digit=3&pair=cnn,fcn&model=fcn")
    visitor.turn("Networks shown", "both")
    says(visitor, ["cnn", "fcn"], ["CNN", "FCN"])


def test_what_named_a_network_names_the_one_in_its_place(visitor: Visitor) -> None:
    """Toggle and wall follow the place; a map, and what was off, are parts of a network and go with it."""
    off = "off=fcn.dense1:2,cnn.conv2:3"
    page = visitor.open(f"/?digit=3&model=cnn&layer=conv2&filter=1&{off}&wrong=only.cnn&sort=cnn")
    expect(page.locator("#dock h3")).to_have_text("CNN conv2 · map 1")

    visitor.lists_of_networks().get_by_label("Second network").select_option("fcn-matched")

    wall = "wrong=only.fcn-matched&sort=fcn-matched"
    visitor.at(f"/?digit=3&pair=fcn,fcn-matched&model=fcn-matched&off=fcn.dense1:2&{wall}")
    expect(page.locator("#dock")).to_be_hidden()
    expect(page.locator("#off")).to_contain_text("FCN dense1 2")
    expect(page.locator("#wall-wrong")).to_have_value("only.fcn-matched")


def test_reload_back_and_a_link_keep_the_pair(visitor: Visitor, visit: Visit) -> None:
    """The address holds it: in another tab, after a reload, and in every step of the history."""
    page = visitor.open("/?digit=3")
    visitor.lists_of_networks().get_by_label("First network").select_option("fcn-matched")
    visitor.at("/?digit=3&pair=fcn-matched,cnn")
    visitor.lists_of_networks().get_by_label("Second network").select_option("fcn")
    visitor.at("/?digit=3&pair=fcn-matched,fcn")
    both = ["fcn-matched", "fcn"], ["FCN matched", "FCN"]
    says(visitor, *both)

    page.reload()
    visitor.shown()
    says(visitor, *both)
    page.go_back()
    visitor.at("/?digit=3&pair=fcn-matched,cnn")
    says(visitor, ["fcn-matched", "cnn"], ["FCN matched", "CNN"])
    page.go_back()
    visitor.at("/?digit=3")
    says(visitor, ["fcn", "cnn"], ["FCN", "CNN"])
    page.go_forward()
    page.go_forward()
    visitor.at("/?digit=3&pair=fcn-matched,fcn")
    says(visitor, *both)

    other = visit()
    other.open("/?digit=3&pair=fcn-matched,fcn&layer=fcn.dense1&filter=2")
    says(other, *both)
    expect(other.page.locator("#dock h3")).to_have_text("FCN dense1 · unit 2")


def test_it_is_chosen_by_keyboard_on_a_small_screen(visitor: Visitor) -> None:
    """Both lists can be reached and turned by keys at 390 pixels, where nothing is wider than the screen.

    What holds them closes by Escape, and when the focus goes elsewhere.
    """
    visitor.page.set_viewport_size({"width": 390, "height": 900})
    page = visitor.open("/?digit=3")
    lists, opener = page.locator(".networks"), page.locator(".networks summary")
    for _ in range(40):
        page.keyboard.press("Tab")
        if at_rest.told(opener, "(opener) => opener === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Second network")).to_be_focused()

    page.keyboard.press("ArrowDown")

    visitor.at("/?digit=3&pair=fcn,fcn-matched")
    says(visitor, ["fcn", "fcn-matched"], ["FCN", "FCN matched"])
    expect(page.get_by_label("Second network")).to_be_focused()
    assert at_rest.told(page, "() => document.documentElement.scrollWidth") == 390
    page.keyboard.press("Escape")
    expect(lists).not_to_have_attribute("open", "")
    expect(opener).to_be_focused()
    expect(opener).to_have_text("Networks: FCN, FCN matched")
    page.keyboard.press("Enter")
    expect(lists).to_have_attribute("open", "")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(lists).not_to_have_attribute("open", "")


def test_a_pair_that_makes_no_sense_opens_the_default(visitor: Visitor) -> None:
    """It is said near the top, with what is allowed, and the rest of the link holds."""
    visitor.open("/?digit=3&pair=cnn,cnn&model=cnn")

    visitor.at("/?digit=3&model=cnn")
    expect(visitor.alert).to_contain_text("pair must be two different ones of fcn, cnn, fcn-matched")


def test_compare_follows_the_pair(visitor: Visitor) -> None:
    """Tables name the two that are chosen, and a number leads to its digits with the same pair."""
    page = visitor.open("/compare")
    heads = page.locator("#compare-accuracy thead .hue")
    expect(heads).to_have_text(["FCN", "CNN"])

    visitor.lists_of_networks().get_by_label("First network").select_option("fcn-matched")

    visitor.at("/compare?pair=fcn-matched,cnn")
    expect(heads).to_have_text(["FCN matched", "CNN"])
    link = page.locator("#compare-confusions a").first
    expect(link).to_have_attribute("href", re.compile("pair=fcn-matched,cnn"))  # drawn for them, too
    link.click()
    expect(page).to_have_url(re.compile("&pair=fcn-matched,cnn&"))
    says(visitor, ["fcn-matched", "cnn"], ["FCN matched", "CNN"])
