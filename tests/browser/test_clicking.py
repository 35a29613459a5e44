from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_click_on_a_digit_and_everything_follows(visitor: Visitor, known: Known) -> None:
    """Digit, title, verdicts, maps, wall, address, tab and what a screen reader hears are the new one's."""
    page = visitor.open("/?digit=100")
    maps = visitor.panel("cnn", "conv2").locator(".maps")
    before = [canvas.read(page.locator("#digit-canvas")), *canvas.pictures(maps)]

    visitor.pick(102)

    after = [canvas.read(page.locator("#digit-canvas")), *canvas.pictures(maps)]
    assert not np.array_equal(before[0], after[0])
    assert sum(not np.array_equal(*pair) for pair in zip(before, after, strict=True)) > 32
    label = known.labels[102]
    expect(page.locator("#digit-title")).to_have_text(f"Test digit 102 · label {label}")
    for model in known.pair:
        answer = page.locator(f'.network[data-model="{model}"] .said .answer')
        expect(answer).to_have_text(str(known.answers(model)[102]))
    expect(page.locator("#wall [aria-current=true]")).to_have_attribute("data-digit", "102")
    expect(page.locator("#status")).to_contain_text(f"Test digit 102, label {label}. FCN says")
    expect(page).to_have_title("Test digit 102 · ConvLens")
    visitor.at("/?digit=102")


def test_a_click_costs_one_request_and_a_second_one_none(visitor: Visitor) -> None:
    """One request for a new digit and nothing besides; a digit seen before is painted without asking.

    A digit on which the pointer rests is fetched before the click, which then costs nothing.
    """
    page = visitor.open("/?digit=300")
    visitor.quiet()

    for digit in (305, 311, 303):
        visitor.pick(digit)
    assert [path.split("/")[4:] for path in visitor.asked()] == [
        [str(digit), "post.bin"] for digit in (305, 311, 303)
    ]

    visitor.forget()
    for digit in (311, 300, 305):
        visitor.pick(digit)
    assert visitor.asked() == []

    visitor.quiet()
    with page.expect_response("**/308/post.bin"):
        visitor.thumb(308).hover()
    at_rest.wait(page)
    expect(page.locator("body")).to_have_attribute("data-painted", "305")
    visitor.forget()
    visitor.pick(308)
    assert visitor.asked() == []


def test_the_previous_picture_stays_until_the_next_one_is_painted(visitor: Visitor) -> None:
    """While the server thinks, the screen shows the digit before: never nothing, never a mix."""
    page = visitor.open("/?digit=200")
    visitor.follow_painting()
    columns = page.locator(".column-network, #verdict, #digit-title, #wall")
    before = at_rest.texts(columns)
    maps = visitor.panel("cnn", "conv1").locator(".maps")
    painted = canvas.read(maps)

    with visitor.held("**/pictures/**") as held:
        visitor.thumb(207).click()
        visitor.eventually(lambda: held)
        visitor.flush()
        assert at_rest.texts(columns) == before
        assert np.array_equal(canvas.read(maps), painted)
        visitor.at("/?digit=200")

    visitor.painted(207)
    assert visitor.seen() == ["200", "207"]
    assert not np.array_equal(canvas.read(maps), painted)


def test_of_fast_clicks_the_last_one_wins(visitor: Visitor) -> None:
    """Answers may arrive in any order: the digit that was clicked last is painted, and no other after it."""
    page = visitor.open("/?digit=400")
    visitor.follow_painting()
    held: dict[int, Route] = {}
    page.route("**/pictures/**", lambda route: held.update({int(route.request.url.split("/")[-2]): route}))

    for digit in (403, 405, 409):
        visitor.thumb(digit).click()
    visitor.eventually(lambda: held.keys() >= {403, 405, 409})
    held[405].continue_()
    visitor.flush()
    held[409].continue_()
    visitor.painted(409)
    with page.expect_response("**/403/post.bin"):
        held[403].continue_()
    visitor.flush()

    assert visitor.seen() == ["400", "409"]
    expect(page.locator("#digit-title")).to_contain_text("Test digit 409")
    visitor.at("/?digit=409")
