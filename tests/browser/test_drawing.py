from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from models.sketch.drawing import PAD, Drawing, read_ink, write_ink
from models.sketch.preparation import prepare_drawing
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known, Visit
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

DIGIT = 4271
SEVEN = ((0.1, 0.1), (0.1, 0.5), (0.6, 0.3))  # rows and columns, from end to end, of each corner of a line
DRAWN = Drawing(write_ink(np.eye(PAD)))

Bits = NDArray[np.bool_]


def pad(page: Page) -> Locator:
    return page.get_by_label("Pad to draw on")


def button(page: Page, name: str) -> Locator:
    return page.locator("#pad").get_by_role("button", name=name, exact=True)


def open_pad(page: Page) -> None:
    page.get_by_text("Draw, edit or upload").click()
    pad(page).scroll_into_view_if_needed()


def drawn(page: Page) -> Bits:
    """Return what is on the pad."""
    return np.greater(canvas.greys(canvas.read(pad(page))[..., :3]), 0)


def ink_of(page: Page) -> str:
    """Return what the address says of the digit."""
    return parse_qs(urlsplit(at_rest.address(page)).query).get("perturb", [""])[0]


def settled(visitor: Visitor) -> str:
    """Wait until the address says what is on the pad, and return how."""

    def agrees() -> bool:
        ink = ink_of(visitor.page)
        there = read_ink(ink.split(":")[1]) > 0 if ink else np.zeros((PAD, PAD), np.bool_)
        return np.array_equal(there, drawn(visitor.page))

    visitor.eventually(agrees)
    visitor.flush()
    return ink_of(visitor.page)


def says(page: Page, model: str) -> Locator:
    return page.locator(f'.network[data-model="{model}"] .said')


def test_everything_follows_the_stroke(visitor: Visitor, server: Server, known: Known) -> None:
    """Title, verdicts, pixels, what a screen reader hears: the drawing's, whose label nobody knows.

    A seven in a corner is the seven of the middle, unless the preparation is turned off.
    """
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)

    visitor.draw(*SEVEN)
    text = settled(visitor)

    expect(page.locator("#digit-title")).to_have_text("Your digit")
    expect(page).to_have_title("Your digit · ConvLens")
    fed = Drawing(text.removeprefix("ink:")).pixels
    for shown in (page.locator("#digit-canvas"), page.get_by_label("As the networks are fed")):
        assert np.array_equal(canvas.read(shown)[..., 0], fed)
    for model in known.pair:
        answer = server.json(f"/api/models/{model}/images/{DIGIT}?perturb={text}")["answer"]
        expect(says(page, model).locator(".answer")).to_have_text(str(answer))
        expect(says(page, model)).not_to_contain_text("right")
        expect(says(page, model)).not_to_contain_text("wrong")
    expect(page.locator(".answer-row.label")).to_have_count(0)
    expect(page.locator("#status")).to_contain_text("Your digit. FCN says")
    expect(page.locator("#status")).not_to_contain_text("label")
    expect(page.locator("#wall [aria-current=true]")).to_have_attribute("data-digit", str(DIGIT))

    expect(says(page, "cnn").locator(".answer")).to_have_text("7")  # though it stands in a corner
    page.get_by_label("Prepare it as MNIST was").uncheck()
    visitor.eventually(lambda: ink_of(page).startswith("raw:"))
    text = settled(visitor)

    raw = canvas.read(page.get_by_label("As the networks are fed"))[..., 0]
    assert np.array_equal(raw, Drawing(text.removeprefix("raw:"), "raw").pixels)
    assert not np.array_equal(raw, prepare_drawing(255 * drawn(page).astype(np.uint8)).pixels)


def test_a_link_brings_it_back(visitor: Visitor) -> None:
    """Reloaded, pad, verdicts and switch are as they were; Back and Forward leave it and bring it again."""
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)
    visitor.draw(*SEVEN)
    text, before = settled(visitor), drawn(page)
    page.get_by_label("Prepare it as MNIST was").uncheck()
    raw = text.replace("ink:", "raw:")
    visitor.at(f"/?digit={DIGIT}&perturb={raw}")

    page.reload()
    visitor.shown()
    visitor.eventually(lambda: np.array_equal(drawn(page), before))
    expect(page.get_by_label("Prepare it as MNIST was")).not_to_be_checked()
    expect(page.locator("#digit-title")).to_have_text("Your digit")

    page.go_back()
    expect(page.locator("#digit-title")).to_contain_text(f"Test digit {DIGIT}")
    visitor.eventually(lambda: not drawn(page).any())
    page.go_forward()
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    visitor.eventually(lambda: np.array_equal(drawn(page), before))


def test_a_digit_of_the_wall_leaves_it(visitor: Visitor, known: Known) -> None:
    """That digit is shown, with its label; the drawing is one Undo away; a test digit can be drawn further.

    It comes onto the pad as ink, and the CNN names it as before.
    """
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)
    visitor.draw(*SEVEN)
    settled(visitor)
    before = drawn(page)

    visitor.pick(DIGIT + 1)
    visitor.at(f"/?digit={DIGIT + 1}")
    expect(page.locator("#digit-title")).to_have_text(
        f"Test digit {DIGIT + 1} · label {known.labels[DIGIT + 1]}"
    )
    visitor.eventually(lambda: not drawn(page).any())

    button(page, "Undo").click()
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    assert np.array_equal(drawn(page), before)

    visitor.go_to(12)
    visitor.eventually(lambda: not drawn(page).any())
    button(page, "Start from the test digit").click()
    visitor.eventually(lambda: drawn(page).any())
    text = settled(visitor)

    expect(page.locator("#digit-title")).to_have_text("Your digit")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.answers("cnn")[12]))
    assert read_ink(text.removeprefix("ink:")).any()


def test_strokes_are_taken_back_and_done_again(visitor: Visitor) -> None:
    """Undo, redo, clear and the eraser; without ink the test digit is at hand."""
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)
    expect(button(page, "Undo")).to_be_disabled()
    visitor.draw((0.2, 0.2), (0.8, 0.2))
    settled(visitor)
    one = drawn(page)
    visitor.draw((0.2, 0.8), (0.8, 0.8))
    settled(visitor)
    two = drawn(page)
    assert two.sum() > one.sum() > 0

    button(page, "Undo").click()
    settled(visitor)
    assert np.array_equal(drawn(page), one)
    pad(page).press("Control+y")
    settled(visitor)
    assert np.array_equal(drawn(page), two)

    button(page, "Eraser").click()
    expect(button(page, "Eraser")).to_have_attribute("aria-pressed", "true")
    visitor.draw((0.2, 0.8), (0.8, 0.8))
    settled(visitor)
    assert np.array_equal(drawn(page), one)

    button(page, "Clear").click()
    visitor.at(f"/?digit={DIGIT}")
    expect(page.locator("#digit-title")).to_contain_text(f"Test digit {DIGIT}")
    assert not drawn(page).any()
    expect(button(page, "Clear")).to_be_disabled()


def test_it_is_drawn_with_keys(visitor: Visitor) -> None:
    """Arrows walk over the 28×28 cells, space draws a dot and erases it, shift and an arrow a line."""
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)
    told = page.locator("#pad [aria-live]")
    pad(page).focus()

    page.keyboard.press("ArrowUp")
    expect(told).to_have_text("row 13, column 14: no ink")
    page.keyboard.press(" ")
    expect(told).to_have_text("row 13, column 14: ink")
    rows, columns = np.nonzero(drawn(page))
    assert (rows.mean(), columns.mean()) == pytest.approx((53.5, 57.5), abs=0.5)
    settled(visitor)
    expect(page.locator("#digit-title")).to_have_text("Your digit")

    page.keyboard.press(" ")
    expect(told).to_have_text("row 13, column 14: no ink")
    assert not drawn(page).any()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    expect(told).to_have_text("row 13, column 18: ink")
    rows, columns = np.nonzero(drawn(page))
    assert np.ptp(columns) - np.ptp(rows) == pytest.approx(16, abs=2)
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    expect(told).to_have_text("row 27, column 18: no ink")
    settled(visitor)


def test_the_slider_changes_what_was_drawn(visitor: Visitor, server: Server) -> None:
    """It is turned after it was prepared, and can be drawn further; the inspector's numbers are its own."""
    page = visitor.open(f"/?digit={DIGIT}&perturb={DRAWN.text}&layer=cnn.conv2&filter=3&cell=12,7")
    expect(page.locator("#inspector .tensor")).to_contain_text("· your digit")
    page.get_by_label("How to change the digit").select_option("rotation")
    page.locator("#moving").get_by_role("slider").press("End")

    turned = f"{DRAWN.text},rotation:90"
    visitor.eventually(lambda: ink_of(page) == turned)
    expect(page.locator("#digit-title")).to_have_text("Your digit · turned 90° anticlockwise")
    pixels = np.rint(255 * server.tensor(f"/api/images/{DIGIT}.npy?perturb={turned}"))
    assert np.array_equal(canvas.read(page.locator("#digit-canvas"))[..., 0], pixels)
    tensor = server.tensor(f"/api/models/cnn/images/{DIGIT}/layers/conv2.npy?perturb={turned}")
    value = page.locator("#dock .value")
    expect(value).not_to_contain_text("…")
    visitor.eventually(
        lambda: float(at_rest.text(value).split("= ")[1]) == pytest.approx(tensor[12, 7, 3], rel=1e-6)
    )

    page.get_by_label("Pad to draw on").scroll_into_view_if_needed()
    visitor.draw((0.9, 0.1), (0.1, 0.9))
    visitor.eventually(lambda: ink_of(page) != turned and ink_of(page).endswith(",rotation:90"))


def test_a_damaged_link_is_said(visitor: Visitor) -> None:
    """In one sentence; the test digit is shown as it was written."""
    page = visitor.open(f"/?digit={DIGIT}&perturb={DRAWN.text[:-3]}")

    expect(visitor.alert).to_contain_text("must be")
    expect(page.locator("#digit-title")).to_contain_text(f"Test digit {DIGIT}")
    visitor.at(f"/?digit={DIGIT}")


def test_the_longest_drawing_goes_through(server: Server, rng: np.random.Generator) -> None:
    """An address that holds noise, which deflates worst, is not too long for the server."""
    noise = Drawing(write_ink(rng.random((PAD, PAD)) < 0.5)).text

    assert server.get(f"/?digit={DIGIT}&layer=cnn.conv2&filter=21&cell=12,7&perturb={noise}")[0] == 200
    assert server.get(f"/api/images/{DIGIT}.npy?perturb={noise}")[0] == 200


def test_one_request_at_a_time_and_the_newest_stroke_wins(visitor: Visitor) -> None:
    """While a picture is on its way none is asked for; what is painted in the end is the whole drawing.

    The pad is closed at first, and no request is made until there is ink.
    """
    page = visitor.open(f"/?digit={DIGIT}")
    visitor.quiet()
    expect(pad(page)).to_have_count(0)
    open_pad(page)
    expect(pad(page)).to_be_visible()
    visitor.flush()
    assert visitor.asked(but="/wall/") == []  # the wall becomes wider
    visitor.quiet()

    with visitor.held("**/pictures/**") as held:
        visitor.draw(*SEVEN)
        visitor.eventually(lambda: held)
        visitor.draw((0.4, 0.2), (0.4, 0.6))
        visitor.flush()
        assert len(held) == 1

    text = settled(visitor)
    asked = visitor.asked("/pictures/")
    assert len(asked) == 2
    assert asked[-1].endswith(f"perturb={text}")


def test_a_finger_draws_and_does_not_scroll(visit: Visit) -> None:
    """On a telephone a stroke down the pad is ink, and the page stays where it is."""
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.open(f"/?digit={DIGIT}")
    open_pad(page)
    before = at_rest.told(page, "() => scrollY")
    box = at_rest.box(pad(page))
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *places: float) -> None:
        points = [{"x": box["x"] + 140, "y": box["y"] + 280 * place} for place in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.9)
    for place in (0.7, 0.5, 0.3, 0.1):
        touch("touchMove", place)
    touch("touchEnd")

    settled(visitor)
    rows, _ = np.nonzero(drawn(page))
    assert np.ptp(rows) > 0.7 * PAD
    assert at_rest.told(page, "() => scrollY") == before
    assert at_rest.told(page, "() => document.documentElement.scrollWidth") <= 390
    expect(page.locator("#digit-title")).to_have_text("Your digit")
