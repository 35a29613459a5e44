from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from models.datasets.disputed import DISPUTES, SOURCE
from tests.browser import at_rest, canvas
from tests.browser.canvas import Pixels
from tests.browser.conftest import Known
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

AFTER_BOTH = "() => new Promise((done) => setTimeout(done, 200))"  # the page's own timers take half as long
LONG = "“12345678901234567890” is no test digit. There are 0 to 9999."


def test_all_digits_are_there_and_few_elements_exist(visitor: Visitor) -> None:
    """From top to bottom all 10,000 digits come by in order; never do many more exist than can be seen."""
    visitor.open("/?digit=0")

    digits, most = visitor.wall()

    assert digits == list(range(10_000))
    assert most < 200
    assert visitor.count() == 10_000


def test_the_wall_is_filtered(visitor: Visitor, known: Known) -> None:
    """By label and by who is wrong: exactly the digits that the networks' answers give, and how many."""
    page = visitor.open("/?digit=0")
    labels, fcn, cnn = known.labels, known.wrong("fcn"), known.wrong("cnn")
    differ = known.answers("fcn") != known.answers("cnn")
    chosen = {"any": labels >= 0, "fcn": fcn, "cnn": cnn, "both": fcn & cnn, "none": ~fcn & ~cnn}
    chosen |= {"disputed": np.isin(np.arange(len(labels)), list(DISPUTES))}
    chosen |= {"only.fcn": fcn & ~cnn, "only.cnn": cnn & ~fcn, "disagree": differ}

    for wrong, holds in chosen.items():
        visitor.choose("wall-wrong", wrong)
        for label in ("any", "7"):
            visitor.choose("wall-label", label)
            expected = np.flatnonzero(holds & ((labels == 7) | (label == "any")))
            visitor.eventually(lambda: visitor.count() == len(expected))  # noqa: B023  called now
            if len(expected) < 2000:
                assert visitor.wall()[0] == expected.tolist(), (wrong, label)

    visitor.at("/?digit=0&label=7&wrong=disagree")
    expect(page.locator("body")).to_have_attribute("data-painted", "0")


def test_a_disputed_label_is_marked(visitor: Visitor, known: Known) -> None:
    """A light mark in its corner, whoever is wrong; a tooltip, its name and its title say who disputes it."""
    page = visitor.open("/?digit=947&wrong=disputed")
    said = f"label {known.labels[947]}, disputed: 5 of 5 reviewers say 9, none says 8 (Northcutt et al. 2021)"
    assert visitor.wall()[0] == sorted(DISPUTES)

    for corner in corners(visitor):
        assert {*np.unique(corner)} == {0, 255}
        assert (corner == 255).mean() > 0.5
    thumb = page.locator('.thumb[data-digit="947"]')
    expect(thumb).to_have_attribute("aria-label", f"Test digit 947, {said}")
    expect(thumb).to_have_attribute("title", f"Test digit 947, {said}")
    expect(page.locator("#digit-title")).to_have_text(f"Test digit 947 · label {known.labels[947]}, disputed")
    expect(page.locator("#digit-note")).to_have_text(f"{said.partition('disputed: ')[2]}.")
    expect(page.locator("#status")).to_contain_text(said)
    expect(page.locator(".wall-frame")).to_contain_text(
        f"A question mark on it: its label is disputed ({SOURCE})"
    )
    visitor.go_to(max(DISPUTES, key=lambda digit: len(DISPUTES[digit].words)))
    below = at_rest.box(page.locator("#moving"))
    visitor.go_to(0)
    expect(page.locator("#digit-note")).to_be_empty()
    assert at_rest.box(page.locator("#moving")) == below  # nothing jumps

    visitor.choose("wall-wrong", "both")
    visitor.eventually(lambda: visitor.count() != len(DISPUTES))
    marked = [(corner == 255).mean() > 0.5 for corner in corners(visitor)]
    digits = [
        int(each)
        for each in at_rest.of_all(page.locator(".thumb"), "(all) => all.map((one) => one.dataset.digit)")
    ]
    assert [digit for digit, mark in zip(digits, marked, strict=True) if mark] == [
        digit for digit in digits if digit in DISPUTES
    ]


def corners(visitor: Visitor) -> list[Pixels]:
    """Return what is painted in the upper right of each digit of the wall that exists, (9, 7) of grey."""
    visitor.flush()
    return [picture[:9, -7:, 0] for picture in canvas.pictures(visitor.page.locator("#wall .wall-space"))]


def test_the_wall_is_sorted_by_doubt(visitor: Visitor, known: Known) -> None:
    """The digit whose two largest probabilities are closest comes first, by the network that was chosen.

    Where no digit is like that, the page says it and what to do; the digit that is shown stays.
    """
    visitor.open("/?digit=0")

    for model in known.pair:
        visitor.choose("wall-sort", model)
        visitor.choose("wall-wrong", model)
        visitor.eventually(lambda: visitor.count() == known.wrong(model).sum())  # noqa: B023  called now
        digits, _ = visitor.wall()
        logits = known.surveys[model].logits[digits].astype(np.float64)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares.sort(axis=1)
        margins = (shares[:, -1] - shares[:, -2]) / shares.sum(axis=1)
        assert set(digits) == set(np.flatnonzero(known.wrong(model)).tolist())
        assert (np.diff(margins) >= -1e-6).all()
    visitor.at(f"/?digit=0&wrong={model}&sort={model}")

    page = visitor.come("/?digit=5&label=0&answer=1&by=cnn&wrong=both&sort=fcn")
    visitor.turn("Networks shown", "CNN alone")
    digits, _ = visitor.wall()
    if digits:  # which digits are left depends on the networks
        assert visitor.count() == len(digits)
    else:
        expect(page.locator("#wall-count")).to_have_text("No test digit is like that; choose otherwise above")
    expect(page.locator("body")).to_have_attribute("data-painted", "5")


def test_stepping_follows_the_wall(visitor: Visitor, known: Known) -> None:
    """Previous and next go along what the wall shows, not along the numbers; at the ends they stay."""
    wrong = np.flatnonzero(known.wrong("cnn")).tolist()
    page = visitor.open(f"/?digit={wrong[0]}&wrong=cnn")
    forward, back = (
        page.get_by_label("Next digit on the wall"),
        page.get_by_label("Previous digit on the wall"),
    )

    for digit in wrong[1:4]:
        forward.click()
        visitor.painted(digit)
    for digit in (wrong[2], wrong[1], wrong[0]):
        back.click()
        visitor.painted(digit)
    back.click()
    visitor.flush()
    expect(page.locator("body")).to_have_attribute("data-painted", str(wrong[0]))


def test_going_to_a_digit(visitor: Visitor) -> None:
    """A number and Enter lead to that digit and its place on the wall; anything else is refused in words."""
    page = visitor.open("/?digit=0")
    field = page.get_by_label("Go to digit")

    field.fill("9876")
    field.press("Enter")
    visitor.painted(9876)
    assert 9876 in visitor.visible_thumbs()

    for nonsense in ("10000", "-1", "seven", "1.5", "１２"):
        field.fill(nonsense)
        field.press("Enter")
        said = f"“{nonsense}” is no test digit. There are 0 to 9999."
        expect(visitor.alert.filter(has_text=said)).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-painted", "9876")

    field.fill("12")
    field.press("Enter")
    visitor.painted(12)
    expect(visitor.alert.filter(has_text="is no test digit")).to_have_count(0)
    assert_refused_in_its_place(visitor)


def assert_refused_in_its_place(visitor: Visitor) -> None:
    """The field is invalid and described by the sentence; nothing moves; typing takes it back."""
    page = visitor.page
    field, refusal, wall = (
        page.get_by_label("Go to digit"),
        page.locator("#go-to-error"),
        page.locator("#wall"),
    )
    expect(refusal).to_be_hidden()
    before = at_rest.box(wall)

    field.fill("12345678901234567890123")
    field.press("Enter")

    expect(refusal).to_be_visible()
    expect(visitor.alert.filter(has_text=LONG)).to_have_count(1)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(LONG)
    assert at_rest.box(wall) == before

    field.press_sequentially("4")
    expect(refusal).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_the_number_follows_the_digit(visitor: Visitor) -> None:
    """The field says which digit is at hand; what is being typed stays; a drawing has no number."""
    page = visitor.open("/?digit=0")
    field = page.get_by_label("Go to digit")
    expect(field).to_have_value("0")

    visitor.go_to(12)
    visitor.pick(13)
    expect(field).to_have_value("13")
    page.get_by_role("button", name="Next digit on the wall").click()
    expect(field).to_have_value("14")

    field.click()
    field.press_sequentially("77")
    expect(field).to_have_value("77")
    field.press("Tab")
    expect(field).to_have_value("14")
    field.fill("seven")
    field.press("Enter")
    visitor.pick(15)
    expect(field).to_have_value("15")
    expect(page.locator("#go-to-error")).to_be_hidden()

    page.get_by_text("Draw, edit or upload").click()
    visitor.draw((0.2, 0.4), (0.5, 0.6), (0.8, 0.4))
    expect(field).to_have_value("")


def test_the_wall_is_walked_by_keys(visitor: Visitor) -> None:
    """Arrows go to the neighbours, Page Down a screen further, Home and End to the ends; focus follows."""
    page = visitor.open("/?digit=0")
    across = at_rest.of_all(
        visitor.page.locator("#wall .thumb"),
        "(thumbs) => new Set(thumbs.map((thumb) => thumb.getBoundingClientRect().left)).size",
    )
    down = across * int(at_rest.told(page.locator("#wall"), "(wall) => Math.floor(wall.clientHeight / 31)"))
    visitor.thumb(0).focus()

    walk = {"ArrowLeft": -1, "ArrowRight": 1, "ArrowUp": -across, "ArrowDown": across}
    walk |= {"PageUp": -down, "PageDown": down, "Home": -10_000, "End": 10_000}
    keys = "ArrowRight ArrowRight ArrowDown ArrowLeft ArrowUp PageDown PageDown PageUp End ArrowRight ArrowUp"

    place = 0
    for key in (*keys.split(), "Home"):
        page.keyboard.press(key)
        place = max(0, min(9_999, place + walk[key]))
        visitor.painted(place)
        expect(page.locator(":focus")).to_have_attribute("data-digit", str(place))
        expect(page.locator("#wall [tabindex='0']")).to_have_count(1)
        assert place in visitor.visible_thumbs()
    visitor.at("/?digit=0")


def test_a_clicked_digit_has_the_focus(visitor: Visitor) -> None:
    """Arrows go on from it. The focus comes with the picture, or soon if that takes long, to the last one.

    Digits passed on the way by arrow keys do not each have to be gone back through.
    """
    page = visitor.open("/?digit=40")
    visitor.pick(42)
    visitor.thumb(42).focus()
    for digit in (43, 44, 45):
        page.keyboard.press("ArrowRight")
        visitor.painted(digit)
    page.go_back()
    visitor.painted(40)

    visitor.pick(42)
    expect(visitor.thumb(42)).to_be_focused()
    expect(visitor.thumb(42)).to_have_css("outline-color", "rgb(255, 255, 255)")  # chosen, without a ring
    page.keyboard.press("ArrowRight")
    visitor.painted(43)
    expect(visitor.thumb(43)).not_to_have_css("outline-color", "rgb(255, 255, 255)")

    with visitor.held("**/pictures/**"):
        visitor.thumb(45).click()
        visitor.thumb(47).click()
        expect(visitor.thumb(47)).to_be_focused()
        page.evaluate(AFTER_BOTH)
        expect(visitor.thumb(47)).to_be_focused()
    visitor.painted(47)
