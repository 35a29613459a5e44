from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

DIGIT = 4271
SLIDE = """(slider, amounts) => {
  for (const amount of amounts) {
    slider.value = amount;
    slider.dispatchEvent(new Event("input"));
  }
}"""
CURVES = """() => {
  const { data, layout } = document.querySelector("#compare-moves .js-plotly-plot");
  const seen = data.filter(({ visible }) => visible).map(({ meta }) => meta);
  const [neutral, line] = layout.shapes.map(({ x0 }) => x0);
  return { kinds: [...new Set(seen)], title: layout.xaxis.title.text, line, neutral };
}"""


def slider(page: Page, place: str = "#moving") -> Locator:
    return page.locator(place).get_by_role("slider")


def says(page: Page, model: str, place: str = "#verdicts") -> Locator:
    return page.locator(f'{place} .said[data-model="{model}"] .answer')


def answer(server: Server, model: str, move: str) -> str:
    return str(server.json(f"/api/models/{model}/images/{DIGIT}?perturb={move}")["answer"])


def test_everything_follows_the_slider(visitor: Visitor, server: Server, known: Known) -> None:
    """Digit, words, verdicts, maps, address, what a screen reader hears: all the turned digit's; by keys."""
    page = visitor.open(f"/?digit={DIGIT}")
    label = known.labels[DIGIT]
    maps = visitor.panel("cnn", "conv1").locator(".maps")
    before = canvas.pictures(maps)

    page.get_by_label("How to change the digit").select_option("rotation")
    visitor.at(f"/?digit={DIGIT}&perturb=rotation:0")
    slider(page).press("End")

    visitor.at(f"/?digit={DIGIT}&perturb=rotation:90")
    title = f"Test digit {DIGIT} · label {label} · turned 90° anticlockwise"
    expect(page.locator("#digit-title")).to_have_text(title)
    expect(slider(page)).to_have_attribute("aria-valuetext", "turned 90° anticlockwise")
    for model in ("fcn", "cnn"):
        expect(says(page, model)).to_have_text(answer(server, model, "rotation:90"))
    pixels = np.rint(255 * server.tensor(f"/api/images/{DIGIT}.npy?perturb=rotation:90"))
    assert np.array_equal(canvas.read(page.locator("#digit-canvas"))[..., 0], pixels)
    visitor.flush()
    assert sum(not np.array_equal(*pair) for pair in zip(before, canvas.pictures(maps), strict=True)) > 16
    expect(page.locator("#status")).to_contain_text(f"label {label}, turned 90° anticlockwise. FCN says")
    slider(page).press("ArrowLeft")
    visitor.at(f"/?digit={DIGIT}&perturb=rotation:89")


def test_it_can_be_taken_back(visitor: Visitor, known: Known) -> None:
    """Reset leaves the digit as it was written, no trace in the link; Back undoes all of a slide at once."""
    page = visitor.open(f"/?digit={DIGIT}&perturb=right:2")
    title = f"Test digit {DIGIT} · label {known.labels[DIGIT]}"
    written = page.locator("#digit-title")
    expect(written).to_have_text(f"{title} · moved 2 px to the right")

    page.get_by_role("button", name="Reset").click()
    expect(written).to_have_text(title)
    expect(says(page, "cnn")).to_have_text(str(known.answers("cnn")[DIGIT]))
    expect(page.get_by_role("button", name="Reset")).to_be_disabled()
    visitor.at(f"/?digit={DIGIT}")

    slider(page).press("ArrowRight")
    expect(written).to_have_text(f"{title} · moved 0.5 px to the right")
    slider(page).press("ArrowRight")
    visitor.at(f"/?digit={DIGIT}&perturb=right:1")
    page.go_back()
    visitor.at(f"/?digit={DIGIT}")
    expect(written).to_have_text(title)


def test_reset_keeps_the_way_that_was_chosen(visitor: Visitor) -> None:
    """After it the slider turns on, though the link names no way; the curves on Compare do so, below."""
    page = visitor.open(f"/?digit={DIGIT}&perturb=rotation:15")

    page.get_by_role("button", name="Reset").click()

    visitor.at(f"/?digit={DIGIT}")
    expect(page.get_by_label("How to change the digit")).to_have_value("rotation")
    expect(slider(page)).to_have_value("0")
    slider(page).press("ArrowRight")
    visitor.at(f"/?digit={DIGIT}&perturb=rotation:1")


def test_a_link_shows_the_moved_digit(visitor: Visitor, server: Server, known: Known) -> None:
    """Reloaded, the slider stands where it stood; another digit is moved alike.

    In the inspector value and sum of a cell are the network's own for the moved digit.
    """
    page = visitor.open(f"/?digit={DIGIT}&perturb=scale:0.55")

    expect(slider(page)).to_have_value("0.55")
    expect(says(page, "fcn")).to_have_text(answer(server, "fcn", "scale:0.55"))
    visitor.go_to(12)
    expect(page.locator("#digit-title")).to_have_text(
        f"Test digit 12 · label {known.labels[12]} · 0.55 times as large"
    )
    visitor.at("/?digit=12&perturb=scale:0.55")

    visitor.come(f"/?digit={DIGIT}&layer=cnn.conv2&filter=3&cell=12,7&perturb=rotation:30")
    tensor = server.tensor(f"/api/models/cnn/images/{DIGIT}/layers/conv2.npy?perturb=rotation:30")
    shown = page.locator("#dock .value")
    expect(shown).to_contain_text("conv2[12, 7, 3] = ")
    assert visitor.value() == pytest.approx(tensor[12, 7, 3], rel=1e-6)
    expect(page.locator("#inspector .tensor")).to_contain_text("turned 30° anticlockwise")


def test_nonsense_in_a_link_is_said(visitor: Visitor) -> None:
    """The digit is as it was written, and the message says what can be done to it."""
    page = visitor.open(f"/?digit={DIGIT}&perturb=rotation:91")

    expect(visitor.alert).to_contain_text("must be")
    expect(page.locator("#moving .done")).to_have_text("as it was written")


def test_one_request_at_a_time_and_the_last_value_wins(visitor: Visitor) -> None:
    """However fast it is dragged: while a picture is on its way no other is asked for, then the newest."""
    page = visitor.open(f"/?digit={DIGIT}&perturb=rotation:0")
    visitor.quiet()

    with visitor.held("**/pictures/**") as held:
        slider(page).evaluate(SLIDE, [5, 10])
        visitor.eventually(lambda: held)
        slider(page).evaluate(SLIDE, [15, 20, 25])
        visitor.flush()
        assert [route.request.url.split("=")[-1] for route in held] == ["rotation:5"]
        expect(slider(page)).to_have_value("25")

    visitor.at(f"/?digit={DIGIT}&perturb=rotation:25")
    asked = [path.split("=")[-1] for path in visitor.asked("/pictures/")]
    assert asked == ["rotation:5", "rotation:25"]


def test_the_line_on_the_curves_follows(visitor: Visitor, server: Server) -> None:
    """On Compare digit, verdicts and line follow, another choice has other curves; Dash is never asked.

    Reset keeps the way that was chosen, though the link names none.
    """
    page = visitor.open(f"/compare?digit={DIGIT}&perturb=rotation:15")
    live = page.locator("#compare-moves .live")
    expect(page.locator("#compare section[aria-busy]")).to_have_count(0)  # which move what lies below
    live.scroll_into_view_if_needed()
    expect(page.locator("#compare-moves .js-plotly-plot")).to_have_count(1)
    visitor.eventually(lambda: at_rest.told(page, CURVES)["line"] == 15)
    expect(live).to_have_attribute("data-painted", "rotation:15")
    visitor.quiet()

    slider(page, "#compare-moves").press("ArrowRight")

    expect(live).to_have_attribute("data-painted", "rotation:16")
    visitor.at(f"/compare?digit={DIGIT}&perturb=rotation:16")
    assert at_rest.told(page, CURVES) == {
        "kinds": ["rotation"], "title": "Rotation (degrees, anticlockwise)", "line": 16, "neutral": 0,
    }  # fmt: skip
    for model in ("fcn", "cnn"):
        expect(says(page, model, "#compare-moves")).to_have_text(answer(server, model, "rotation:16"))
    expect(live.locator(".digit-title")).to_contain_text("turned 16° anticlockwise")
    expect(live.locator(".told")).to_contain_text("about")

    live.get_by_role("button", name="Reset").click()
    visitor.at("/compare")
    curves = at_rest.told(page, CURVES)
    assert (curves["kinds"], curves["line"]) == (["rotation"], 0)

    live.get_by_label("How to change the digit").select_option("scale")
    visitor.eventually(lambda: at_rest.told(page, CURVES)["kinds"] == ["scale"])
    curves = at_rest.told(page, CURVES)
    assert (curves["line"], curves["neutral"], curves["title"]) == (1, 1, "Size (times as large)")
    visitor.at(f"/compare?digit={DIGIT}&perturb=scale:1")
    assert visitor.asked("_dash-update-component") == []

    page.get_by_role("link", name="Explore").click()
    visitor.at(f"/?digit={DIGIT}&perturb=scale:1")
