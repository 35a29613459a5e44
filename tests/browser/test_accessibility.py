from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from models.graph.description import Layer
from models.sketch.drawing import PAD, write_ink
from tests.browser import at_rest
from tests.browser.axe import complaints
from tests.browser.conftest import Known
from tests.browser.targets import crowded
from tests.browser.test_upload import SEVEN, TWO, ZERO, beside, hand_over
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

MAP = "/?digit=4271&layer=cnn.conv2&filter=21&cell=12,7&scale=map"
VIEWS = {
    "nothing selected, a complaint": "/?digit=4271&wrong=fcn&scale=x",
    "a map, something off": f"{MAP}&off=cnn.conv2:3",
    "a pooled map": "/?digit=4271&layer=cnn.pool&filter=3&cell=2,3",
    "a unit": "/?digit=4271&model=fcn&layer=dense1&filter=3&stage=pre",
    "two classes": "/?digit=4271&layer=cnn.output&filter=5&against=3&reference=12",
    "why an answer": "/?digit=4271&perturb=rotation:15",
    "a drawing": f"/?digit=4271&reference=12&perturb=ink:{write_ink(np.tri(PAD))}",
    "digits in an image": "/?digit=4271",
    "comparison": "/compare",
}
DOCKS = ("a pooled map", "a unit")  # what is around them is as in the others
PLOTS = ".plot"  # what one shows is in words beside it
NAMES, TARGETS = "label-content-name-mismatch", "target-size"
SCREENS = ((1440, False), (390, True))  # how wide, and whether dark
FOCUSED = """() => {
  const element = document.activeElement;
  const drawn = element.matches(".segmented input") ? element.nextElementSibling : element;
  const { outlineStyle } = getComputedStyle(drawn);
  return [element.ariaLabel || element.innerText, element === document.body || outlineStyle !== "none"];
}"""
WALK = """(sheet) => {
  const names = [];
  const first = sheet.querySelector("[tabindex='0']");
  first.focus();
  for (;;) {
    names.push(document.activeElement.ariaLabel);
    const before = document.activeElement;
    before.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    if (document.activeElement === before) return names;
  }
}"""


def opened(visitor: Visitor, view: str) -> Page:
    """Open a view and all that it has folded up."""
    page = visitor.open(VIEWS[view])
    if "layer=" in VIEWS[view]:
        expect(page.locator("#inspector .part:visible :is(canvas, table)").first).to_be_visible()
    if view == "a pooled map":
        expect(page.locator(".part-cell .numbers")).to_be_visible()
    at_rest.of_all(page.locator("#inspector details"), "(all) => all.forEach((each) => (each.open = true))")
    for illustration in at_rest.each(page.locator("#inspector .illustration:visible")):
        expect(illustration.locator("canvas")).to_have_count(2)
    if view == "why an answer":
        visitor.ask("why")
        visitor.ask("adversary")
    if view == "a drawing":
        expect(page.get_by_label("Pad to draw on")).to_be_visible()
        expect(page.locator("#reading button")).to_contain_text("reads")
    if view == "digits in an image":
        hand_over(page, "drop", beside(SEVEN, TWO, ZERO))
        expect(page.get_by_role("button", name="digit 3 of 3")).to_be_visible()
    if view == "comparison":
        expect(page.locator("#compare-panels .js-plotly-plot .main-svg").first).to_be_visible()
        expect(page.locator(".plot:empty")).to_have_count(0)
    return page


@pytest.mark.parametrize("view", VIEWS)
def test_everybody_can_use_every_view(visitor: Visitor, view: str) -> None:
    """No violation of axe's rules, and every target has room: on a desk in light, on a telephone in dark.

    A target has 24 screen pixels, or as much from its middle to the next; its name begins with what is seen.
    """
    page = opened(visitor, view)

    for width, dark in SCREENS:
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 844})
        if view == "a drawing" and width == 390:
            page.get_by_role("button", name="Edit this digit's pixels").click()
            expect(page.get_by_label("Pad to edit pixels on")).to_be_visible()
        assert crowded(page) == []
        within = "#dock" if view in DOCKS else None
        assert complaints(page, NAMES, within=within, but=PLOTS) == [], width
        if view == "a map, something off":
            assert_everybody_can_use_other_tabs(visitor)


def assert_everybody_can_use_other_tabs(visitor: Visitor) -> None:
    """The same of the digits that fire a map, and of its slices; then the first tab is open again."""
    page = visitor.page
    visitor.tab("What fires it")
    expect(page.locator(".nine .digit-button")).to_have_count(9)
    assert crowded(page) == []
    assert complaints(page, NAMES, within="#dock") == []
    visitor.tab("Slices")
    expect(page.locator(".slice-row").nth(32)).to_contain_text(":")
    assert crowded(page) == []
    assert complaints(page, NAMES, TARGETS, within="#dock") == []  # the last takes as long as all others
    visitor.tab("Number")


def sheets(known: Known) -> list[tuple[str, Layer, str, list[str]]]:
    """Return every sheet of every network, with the names that its buttons must have."""
    found = []
    for model, entry in known.pair.items():
        for layer in entry.layers:
            count, grid = range(layer.channels), entry.graph.grid(layer.name)
            if layer.kind == "Flatten":
                continue
            word = "map" if layer.has_maps else "unit"
            found.append((model, layer, ".maps", [f"{layer.name} {word} {i}" for i in count]))
            if layer.kind == "Conv2D" and grid:
                one = [f"{layer.name} kernel {i}" for i in count]
                many = [f"{layer.name} filter {i}, {grid[0]} slices" for i in count]
                found.append((model, layer, ".kernels", one if grid[0] == 1 else many))
    return found


def test_every_map_kernel_and_unit_is_named_and_reached_by_keys(visitor: Visitor, known: Known) -> None:
    """Each sheet is one stop of the tab key; arrows lead through all of it, and each part has its name."""
    page = visitor.open("/?digit=4271")
    flipped = False

    for model, layer, part, names in sorted(sheets(known), key=lambda sheet: sheet[2], reverse=True):
        if part == ".kernels" and not flipped:
            page.keyboard.press("k")
            flipped = True
        sheet = visitor.panel(model, layer.name).locator(part)
        expect(sheet.locator("[tabindex='0']")).to_have_count(1)
        assert at_rest.told(sheet, WALK) == names
        expect(sheet.locator("[tabindex='0']")).to_have_count(1)


def test_the_whole_page_is_used_without_a_pointer(visitor: Visitor, known: Known) -> None:
    """Tab leads from the skip link through pages, sheets, the wall and what is chosen for all, and around.

    Whatever has the focus has an outline.
    """
    page = visitor.open("/?digit=4271&model=cnn")
    stops: list[str] = []
    while len(stops) < 60 and stops.count(stops[0] if stops else "") < 2:  # once around
        page.keyboard.press("Tab")
        name, has_outline = at_rest.told(page, FOCUSED)
        assert has_outline, name
        stops.append(name)
    assert stops.pop() == stops[0]

    assert stops[0] == "Skip to the content"
    digit = f"Test digit 4271, label {known.labels[4271]}"
    order = [
        "Explore", "Compare", "conv1 map 0", "conv2 map 0", "pool map 0", "dense unit 0",
        "output unit 0", digit,
    ]  # fmt: skip
    assert [stop for stop in stops if stop in order] == order


def test_the_skip_link_leads_to_what_the_page_shows(visitor: Visitor) -> None:
    """On every page, past its head: the next stop of the Tab key is in the content."""
    for address in ("/?digit=4271&model=cnn", "/compare", "/filters?model=cnn"):
        page = visitor.open(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert at_rest.told(
            page, "() => !!document.activeElement.closest('main') && document.activeElement.checkVisibility()"
        )


def test_what_changes_is_read_out(visitor: Visitor, known: Known) -> None:
    """A screen reader hears which digit, what each network says; and of a selected filter what it is like."""
    page = visitor.open("/?digit=4271&model=cnn")
    expect(page.locator("#status")).to_have_text(
        re.compile(
            rf"^Test digit 4271, label {known.labels[4271]}\. CNN says \d with [> \d.]+ %, (right|wrong)\.$"
        )
    )

    visitor.cell("cnn", "conv2", "conv2 map 21").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#status")).to_have_text(
        re.compile(
            r"^CNN conv2 map 21\. \d+ % of its map is active\. Its strongest weight is −?[\d.]+\."
            r"( It (is tuned to .+|has no clear tuning)\.)?$"
        )
    )
