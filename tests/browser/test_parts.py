from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from models.analysis.layer_statistics import LayerSurvey
from tests import deno
from tests.browser import at_rest
from tests.browser.conftest import Known, Visit
from tests.browser.serving import Server
from tests.browser.test_hover import number
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SHARED = "/?digit=4271&model=cnn&layer=conv2&filter=21&cell=12,7"
COUNTED = 120_000  # milliseconds for answers to all digits beside other tests
SUM = """({ patchUnder, termsOf }, { axes, reads, kernel, bias, cells }) => {
  const tensor = { shape: reads.shape, data: Float32Array.from(reads.data) };
  return cells.map((cell) => {
    const { products, sum, result } = termsOf(patchUnder(tensor, axes, cell), kernel, bias);
    return [[...products], sum, result];
  });
}"""
LARGEST = """({ largestUnder }, { axes, reads, cells }) => {
  const tensor = { shape: reads.shape, data: Float32Array.from(reads.data) };
  return cells.map((cell) => largestUnder(tensor, axes, cell, 2));
}"""


def given(server: Server, visitor: Visitor, name: str, before: str | None) -> dict[str, Any]:
    """Return what the browser's arithmetic is given of a layer of the CNN: its window, and what it reads."""
    layers = {layer["name"]: layer for layer in visitor.facts()["models"][1]["layers"]}
    path = f"models/cnn/images/4271/layers/{before}.npy?stage=post" if before else "images/4271.npy"
    values = server.tensor(f"/api/{path}")
    return {
        "axes": layers[name]["windows"],
        "reads": {"shape": values.shape, "data": np.ravel(values).tolist()},
    }


TABS = {
    "slices": "slices",
    "firing": "fires",
    "tuning": "fires",
    "without": "without",
    "weights": "weights",
    "taking": "files",
}


def part(page: Page, name: str) -> Locator:
    """One part of the inspector, in its tab of the dock, as soon as it is filled."""
    tab = page.locator(f"#tab-{TABS.get(name, 'number')}")
    if at_rest.attribute(tab, "aria-selected") != "true":
        tab.click()
    section = page.locator(f"#inspector .part-{name}")
    section.wait_for()
    return section


def width_of(element: Locator) -> float:
    """Return how wide something is on the screen, in pixels."""
    return at_rest.box(element)["width"]


def fact(section: Locator, name: str) -> float:
    """Return the number beside a name, in full."""
    row = section.locator("dt", has_text=re.compile(f"^{re.escape(name)}$"))
    text = at_rest.attribute(row.locator("xpath=following-sibling::dd[1]//span[@title]").first, "title")
    assert text
    return number(text)


def test_the_page_adds_up_as_the_server_does(visitor: Visitor, server: Server) -> None:
    """Products, their sum and the result of many cells: the same as the server's, and as the network's."""
    random = np.random.default_rng(5)
    visitor.open("/?digit=4271&model=cnn")
    for layer, before, channel, side in (("conv1", None, 4, 26), ("conv2", "conv1", 21, 24)):
        base = f"/api/models/cnn/images/4271/layers/{layer}"
        weights = f"/api/models/cnn/layers/{layer}"
        asked = given(server, visitor, layer, before) | {
            "kernel": np.ravel(server.tensor(f"{weights}/kernel.npy?filter={channel}")).tolist(),
            "bias": float(server.tensor(f"{weights}/bias.npy")[channel]),
            "cells": [[0, 0], [side - 1, side - 1], *random.integers(0, side, (20, 2)).tolist()],
        }
        network = server.tensor(f"{base}.npy?stage=pre&filter={channel}")
        found = deno.told("core/arithmetic.js", SUM, asked)
        for (row, column), (products, total, result) in zip(asked["cells"], found, strict=True):
            told = server.json(f"{base}/cell?filter={channel}&cell={row},{column}")
            assert np.allclose(products, np.ravel(told["products"]), rtol=0, atol=1e-12)
            assert abs(total - told["sum"]) < 1e-9
            assert abs(result - told["result"]) <= 1e-6
            value = float(network[row, column])
            assert abs(result - value) <= 1e-5 * max(1, abs(value))
    assert_it_pools_as_the_server_does(visitor, server)


def assert_it_pools_as_the_server_does(visitor: Visitor, server: Server) -> None:
    """Of every eighth cell: the largest value, where it stands first, and how many are as large."""
    cells = [[place // 12, place % 12] for place in range(0, 144, 8)]
    asked = given(server, visitor, "pool", "conv2") | {"cells": cells}
    for (row, column), found in zip(cells, deno.told("core/arithmetic.js", LARGEST, asked), strict=True):
        told = server.json(f"/api/models/cnn/images/4271/layers/pool/cell?filter=2&cell={row},{column}")
        assert found == {"high": told["result"], "winner": told["winner"], "tied": told["tied"]}


@pytest.mark.parametrize(("model", "layer"), [("fcn", "dense2"), ("cnn", "dense")])
def test_the_page_weighs_as_the_server_does(visitor: Visitor, server: Server, model: str, layer: str) -> None:
    """The strongest terms of a unit in the server's order, each product, and the sum of all."""
    page = visitor.open(f"/?digit=4271&model={model}&layer={layer}&filter=7")
    terms = part(page, "terms")
    told = server.json(f"/api/models/{model}/images/4271/layers/{layer}/cell?filter=7")

    expect(terms.locator(".terms").first.locator("tbody tr")).to_have_count(10)
    products = terms.locator(".terms").first.locator("tbody td:last-child")
    shown = [number(title) for title in at_rest.attributes(products, "title")]
    assert np.allclose(shown, [term["product"] for term in told["terms"][:10]], rtol=1e-6, atol=1e-12)
    assert abs(fact(terms, "sum of all products") - told["sum"]) <= 1e-6 * max(1, abs(told["sum"]))
    assert abs(fact(terms, "sum + bias") - told["result"]) <= 1e-6 * max(1, abs(told["result"]))


def test_pointing_at_a_cell_explains_it_without_asking(visitor: Visitor, server: Server) -> None:
    """Over the enlarged map and over its small picture: patch, kernel, products and sum of that very cell."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv1&filter=4")
    cell = part(page, "cell")
    cell.locator(".sum").wait_for()
    pre = server.tensor("/api/models/cnn/images/4271/layers/conv1.npy?stage=pre&filter=4")
    visitor.quiet()

    big = page.locator(".enlarged")
    x, y = visitor.spot(big, 9, 14, columns=26)
    big.hover(position={"x": x, "y": y})
    expect(cell.locator(".where")).to_contain_text("Row 9, column 14")
    assert abs(fact(cell, "sum + bias") - pre[9, 14]) <= 1e-5
    assert fact(cell, "the network's own") == pre[9, 14]
    expect(page.locator("#dock .value")).to_contain_text("conv1[9, 14, 4] = ")

    small = visitor.cell("cnn", "conv1", "conv1 map 4")
    x, y = visitor.spot(small, 20, 3, columns=26)
    small.hover(position={"x": x, "y": y})
    expect(cell.locator(".where")).to_contain_text("Row 20, column 3")
    assert visitor.asked(but="conv1.npy") == []


def test_the_map_can_be_enlarged_further(visitor: Visitor) -> None:
    """By button and by key up to eight times, and back; a cell is still found under the pointer."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv1&filter=4")
    box = page.locator(".enlarged")
    picture = box.locator("canvas")
    width = width_of(picture)

    page.get_by_role("button", name="Enlarge the map further").click()
    box.focus()
    page.keyboard.press("+")

    assert abs(width_of(picture) / width - 4) < 0.2
    cell = width_of(picture) / 26
    picture.click(position={"x": 2.5 * cell, "y": 1.5 * cell})
    visitor.at("/?digit=4271&model=cnn&layer=conv1&filter=4&cell=1,2")
    for _ in range(4):
        page.get_by_role("button", name="Make the map smaller").click()
    assert abs(width_of(picture) - width) < 1


def test_every_slice_shows_what_it_adds(visitor: Visitor, server: Server) -> None:
    """32 rows, the one that adds most first or by index; a row opens its arithmetic; the sum is right."""
    page = visitor.open(SHARED)
    slices = part(page, "slices")
    rows = slices.locator(".slice-rows button")
    expect(rows).to_have_count(32)
    expect(slices.locator(".reading").last).to_contain_text("differ by at most")
    partial = server.tensor("/api/models/cnn/images/4271/layers/conv2/partial.npy?filter=21")[12, 7]
    order = np.argsort(-np.abs(partial), kind="stable")
    shown = [int(each) for each in at_rest.attributes(rows, "data-slice")]
    assert shown[:8] == order[:8].tolist()
    assert sorted(shown) == list(range(32))

    cell = part(page, "cell")
    expect(cell.locator("caption").first).to_have_text(f"patch of conv1 {order[0]}")
    part(page, "slices").get_by_label("Order of the slices").select_option("index")
    expect(rows.nth(5)).to_have_attribute("data-slice", "5")
    rows.nth(5).click()

    visitor.at(f"{SHARED}&slice=5")
    expect(cell.locator("caption").first).to_have_text("patch of conv1 5")
    assert abs(fact(cell, "map 5 adds") - partial[5]) <= 1e-6
    assert abs(fact(cell, "all 32 maps add") - partial.sum()) <= 1e-5

    expect(page.locator("#tab-number")).to_be_focused()

    part(page, "slices")
    rows.nth(5).press("ArrowRight")
    expect(rows.nth(6)).to_be_focused()
    expect(slices.locator(".slice-rows [tabindex='0']")).to_have_count(1)
    part(page, "cell")
    cell.get_by_label("Map of conv1").focus()
    cell.get_by_label("Map of conv1").select_option("30")
    visitor.at(f"{SHARED}&slice=30")
    expect(cell.get_by_label("Map of conv1")).to_be_focused()
    cell.get_by_label("Map of conv1").select_option("that weighs most")
    visitor.at(SHARED)


def test_the_sum_ends_in_the_map(visitor: Visitor, server: Server) -> None:
    """Below the slices the bias is added and ReLU cuts; every picture can be read with the pointer."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=21&cell=10,9")
    slices = part(page, "slices")
    rows = slices.locator(".slice-row:not(.slice-head)")
    values = server.tensor("/api/models/cnn/images/4271/layers/conv2.npy?filter=21")
    partial = server.tensor("/api/models/cnn/images/4271/layers/conv2/partial.npy?filter=21")
    expect(rows.nth(32)).to_contain_text("bias: −0.0341")
    expect(rows.nth(33)).to_contain_text(f"relu: {values[10, 9]:.3g}")

    tip = page.locator(".tip")
    for row, place, what in ((0, 2, partial[10, 9]), (33, 0, values)):
        picture = rows.nth(row).locator("canvas").nth(place)
        x, y = visitor.spot(picture, 10, 9, columns=24)
        picture.hover(position={"x": x, "y": y})
        expect(tip).to_contain_text("row 10, column 9: ")
        shown = number(at_rest.text(tip).split(": ")[1])
        expected = what[int(at_rest.attribute(rows.nth(row), "data-slice") or 0)] if row == 0 else what[10, 9]
        assert abs(shown - expected) <= 1e-6


def test_equals_are_said_to_be_equal(visitor: Visitor) -> None:
    """Where all pooled cells are zero, none of them is called the largest."""
    page = visitor.open("/?digit=4271&model=cnn&layer=pool&filter=2&cell=0,0")

    words = "4 are equally large; the first counts: row 0, column 0 of conv2"
    expect(part(page, "cell")).to_contain_text(words)


def test_each_question_has_a_tab(visitor: Visitor) -> None:
    """By pointer and by keys; which is open stands in the address, and a link opens on it."""
    page = visitor.open(SHARED)
    tabs = page.get_by_role("tablist", name="Questions").get_by_role("tab")
    expect(tabs).to_have_count(9)
    expect(tabs.first).to_have_attribute("aria-selected", "true")

    tabs.first.focus()
    page.keyboard.press("ArrowRight")

    expect(tabs.nth(1)).to_be_focused()
    visitor.at(f"{SHARED}&part=slices")
    expect(page.get_by_role("heading", name="What does each of the maps before add?")).to_be_in_viewport()
    expect(page.locator(".part-cell")).to_be_hidden()
    page.reload()
    visitor.shown()
    expect(page.get_by_role("heading", name="What does each of the maps before add?")).to_be_in_viewport()
    page.go_back()
    visitor.at(SHARED)
    expect(page.locator(".part-cell")).to_be_visible()


def test_what_is_asked_is_what_is_open(visitor: Visitor) -> None:
    """A tab that nobody has opened asks for nothing; another image asks anew for the open one alone."""
    page = visitor.open(f"{SHARED}&part=weights")
    expect(page.locator(".part-weights .slice")).to_have_count(32)
    visitor.quiet()

    visitor.pick(4273)

    assert [path for path in visitor.asked() if "partial" in path or "/filters/" in path] == []


def test_escape_closes_the_dock_and_the_focus_returns(visitor: Visitor) -> None:
    """To the map that it explained; nothing stays selected."""
    page = visitor.open("/?digit=4271&model=cnn")
    visitor.cell("cnn", "conv2", "conv2 map 21").focus()
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Weights").focus()

    page.keyboard.press("Escape")

    visitor.at("/?digit=4271&model=cnn")
    expect(page.locator("#dock")).to_be_hidden()
    expect(visitor.cell("cnn", "conv2", "conv2 map 21")).to_be_focused()


def test_what_is_explained_stays_in_sight_in_any_tab(visit: Visit) -> None:
    """Though some take more room: the lane as a whole, of one higher than what is left the unit."""
    visitor = visit(viewport={"width": 1280, "height": 720})
    for address, lane in (("/?digit=4271", True), ("/?digit=4271&model=fcn", False)):
        page = visitor.open(address)
        unit = page.get_by_role("button", name="dense1 unit 511", exact=True)
        unit.click()
        shown = page.locator('.network[data-model="fcn"]') if lane else unit
        for tab in ("Number", "Why this answer"):
            visitor.tab(tab)
            expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            box, cover = at_rest.box(shown), at_rest.box(page.locator("#dock"))
            assert box["y"] >= 0, (address, tab)
            assert box["y"] + box["height"] <= cover["y"] + 1, (address, tab)


def test_pooling_says_which_cell_won(visitor: Visitor, server: Server) -> None:
    """The largest of four, and a way to it; the pooled value is exactly that."""
    page = visitor.open("/?digit=4271&model=cnn&layer=pool&filter=2&cell=5,6")
    cell = part(page, "cell")
    before = server.tensor("/api/models/cnn/images/4271/layers/conv2.npy?filter=2")[10:12, 12:14]
    won = np.unravel_index(before.argmax(), (2, 2))

    expect(cell.locator("td.winner")).to_have_count(1)
    assert fact(cell, "largest") == before.max()
    assert fact(cell, "difference") == 0
    cell.get_by_role("button", name="row").click()

    visitor.at(f"/?digit=4271&model=cnn&layer=conv2&filter=2&cell={10 + won[0]},{12 + won[1]}")


def test_the_kernel_slides(visitor: Visitor) -> None:
    """It steps to and fro by button and by key, plays and pauses; the cell it is on is explained above."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv1&filter=4&cell=3,5")
    slide = part(page, "sliding")
    where = slide.locator(".where")
    expect(where).to_contain_text("Row 3, column 5,")

    slide.get_by_role("button", name="One cell on").click()
    expect(where).to_contain_text("Row 3, column 6,")
    expect(part(page, "cell").locator(".where")).to_have_text("Row 3, column 6")
    slide.get_by_role("slider").press("ArrowLeft")
    slide.get_by_role("slider").press("ArrowLeft")
    expect(where).to_contain_text("Row 3, column 4,")

    slide.get_by_role("button", name="Play").click()
    expect(slide.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#dock .value")).to_have_attribute("aria-live", "off")
    expect(where).to_contain_text("Row 4, ")
    slide.get_by_role("button", name="Pause").click()
    expect(slide.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator("#dock .value")).to_have_attribute("aria-live", "polite")


def test_who_wants_no_motion_sees_a_row_at_a_time(visit: Visit) -> None:
    """With reduced motion nothing plays: the button goes on by one row."""
    visitor = visit(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = visitor.open("/?digit=4271&model=cnn&layer=conv1&filter=4&cell=3,5")
    slide = part(page, "sliding")

    row = slide.get_by_role("button", name="Next row")
    row.click()

    one = slide.get_by_role("button", name="One cell on")
    assert at_rest.box(row)["height"] == at_rest.box(one)["height"]  # on one line
    controls = at_rest.box(slide.locator(".slide-controls"))
    place = at_rest.box(slide.get_by_role("slider"))
    assert place["x"] + place["width"] <= controls["x"] + controls["width"]  # nothing is cut
    expect(slide.locator(".where")).to_contain_text("Row 4, column 5,")


def test_a_logit_is_the_sum_of_what_the_units_add(visitor: Visitor, server: Server) -> None:
    """Why 5, and why 5 and not 3: the terms add up to the logit, or to the difference of the two."""
    page = visitor.open("/?digit=4271&model=cnn&layer=output&filter=5")
    terms = part(page, "terms")
    logits = server.tensor("/api/models/cnn/images/4271/layers/output.npy?stage=pre")

    expect(terms.locator(".terms tbody tr").first).to_be_visible()
    assert abs(fact(terms, "sum + bias") - logits[5]) <= 1e-4
    assert fact(terms, "the network's own") == logits[5]

    terms.get_by_label("Why 5 and not").select_option("3")
    visitor.at("/?digit=4271&model=cnn&layer=output&filter=5&against=3")
    expect(terms.locator("dt", has_text="logit 5 − logit 3")).to_be_visible()
    assert abs(fact(terms, "logit 5 − logit 3") - (logits[5] - logits[3])) <= 1e-4

    terms.get_by_text("From logits to probabilities").click()
    shares = server.tensor("/api/models/cnn/images/4271/layers/output.npy")
    shown = terms.locator("details tbody tr").nth(5).locator("td").last
    assert abs(number(at_rest.attribute(shown, "title")) - shares[5]) <= 1e-6


def test_a_unit_shows_the_pixels_that_pushed_it(visitor: Visitor, server: Server) -> None:
    """Of a unit that reads the digit: weight times pixel for all 784, and the strongest by name."""
    page = visitor.open("/?digit=4271&model=fcn&layer=dense1&filter=100")
    terms = part(page, "terms")
    products = server.tensor("/api/models/fcn/images/4271/layers/dense1/terms.npy?filter=100")
    strongest = int(np.abs(products).argmax())

    first = terms.locator(".terms tbody tr").first
    expect(first.locator("th")).to_have_text(f"pixel {strongest // 28}, {strongest % 28}")
    assert number(at_rest.attribute(first.locator("td").last, "title")) == products[strongest]
    expect(terms.get_by_role("img", name="what every pixel adds")).to_be_visible()


def test_the_strongest_digits_are_the_surveys(visitor: Visitor, known: Known) -> None:
    """Nine of them, strongest first; each opens at the cell where it is strongest."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=21")
    survey = known.surveys["cnn"].layers["conv2"]
    digits, places = survey.strongest[21].tolist(), survey.places[21].tolist()
    buttons = part(page, "firing").locator(".nine .digit-button")
    expect(buttons).to_have_count(9)
    for place, digit in enumerate(digits):
        expect(buttons.nth(place)).to_have_attribute("aria-label", re.compile(f"^Test digit {digit}, label "))

    buttons.nth(2).click()

    visitor.painted(digits[2])
    cell = f"{places[2] // 24},{places[2] % 24}"
    visitor.at(f"/?digit={digits[2]}&model=cnn&layer=conv2&filter=21&cell={cell}&part=fires")


def test_a_class_has_its_strongest_digits_by_logit(visitor: Visitor, known: Known) -> None:
    """The nine largest logits, named so, with their probabilities, and the wall in that order.

    All of the nine have a probability of 1 in float32 or nearly, so that it could not order them.
    """
    logits = known.surveys["fcn"].logits[:, 3]
    digits = (-logits).argsort(kind="stable")[:9].tolist()
    page = visitor.open("/?digit=0&layer=fcn.output&filter=3")
    firing = part(page, "firing")
    expect(firing).to_contain_text("The nine test digits with the largest logit")
    expect(firing).to_contain_text("Ranked by logit, because many tie behind softmax")

    firing.locator(".nine .digit-button").nth(8).wait_for()
    for place, digit in enumerate(digits):
        figure = firing.locator(".nine figure").nth(place)
        said = f"Test digit {digit}, label {known.labels[digit]}: logit {float(f'{logits[digit]:.3g}'):g}"
        expect(figure.locator(".digit-button")).to_have_accessible_name(
            re.compile(f"^{re.escape(said)}, prob")
        )
        expect(figure.locator("figcaption")).to_have_text(
            re.compile(rf"^logit {float(f'{logits[digit]:.3g}'):g}(100\.0|> 99\.9|9\d\.\d) %$")
        )
    firing.get_by_role("button", name="Sort the wall by its logit").click()
    expect(page.locator("#wall-answer")).to_have_text("largest logit first for FCN output 3 ×")
    visitor.flush()
    page.locator("#wall").evaluate("(wall) => (wall.scrollTop = 0)")
    visitor.eventually(lambda: visitor.visible_thumbs()[:9] == digits)


def test_what_never_fires_has_no_strongest_digit(visitor: Visitor, known: Known) -> None:
    """Nothing is shown as strongest where all digits leave it at zero, and no order is offered."""
    dead = known.surveys["cnn"].dead("conv2")[0]
    firing = part(visitor.open(f"/?digit=4271&model=cnn&layer=conv2&filter={dead}"), "firing")

    expect(firing).to_contain_text("No test digit makes it fire.")
    expect(firing.locator(".digit-button")).to_have_count(0)
    expect(firing.get_by_role("button", name="Sort the wall")).to_be_hidden()


def test_the_wall_can_be_sorted_by_a_filter(visitor: Visitor, known: Known) -> None:
    """The digit on which the filter is strongest comes first; a link restores it; one click undoes it."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=21")
    strongest = int(known.surveys["cnn"].layers["conv2"].strongest[21][0])
    part(page, "firing").get_by_role("button", name="Sort the wall").click()
    address = "/?digit=4271&model=cnn&layer=conv2&filter=21&part=fires&sort=cnn.conv2.21"
    visitor.at(address)
    expect(page.locator("#wall-answer")).to_contain_text("strongest first for CNN conv2 21")

    visitor.open(address)
    expect(page.locator("#wall-answer")).to_be_visible()
    page.locator("#wall").evaluate("(wall) => { wall.scrollTop = 0; }")
    visitor.eventually(lambda: visitor.visible_thumbs()[:1] == [strongest])

    page.locator("#wall-answer").click()
    visitor.at("/?digit=4271&model=cnn&layer=conv2&filter=21&part=fires")


def test_a_filter_can_be_switched_off_and_on(visitor: Visitor, server: Server) -> None:
    """The verdict follows at once and is another network's; one click restores it, and so does Back."""
    page = visitor.open(SHARED)
    verdict = page.locator('.network[data-model="cnn"] .answers-rows')
    whole = at_rest.text(verdict)
    without = part(page, "without")

    without.get_by_role("button", name="Switch map 21 off").click()

    visitor.at(f"{SHARED}&part=without&off=cnn.conv2:21")
    expect(page.locator("#off")).to_contain_text("Switched off: CNN conv2 21")
    expect(verdict).not_to_have_text(whole, use_inner_text=True)
    expect(page.locator("#inspector .tensor")).to_contain_text("some channels off")
    before = server.json("/api/models/cnn/images/4271")["probabilities"]
    after = server.json("/api/models/cnn/images/4271?off=cnn.conv2:21")["probabilities"]
    told = [f"{int(np.argmax(each))} with {100 * max(each):.1f} %" for each in (after, before)]
    expect(without).to_contain_text(f"This digit: {told[0]} now, {told[1]} with nothing off.")
    page.locator("#off").get_by_role("button", name="Restore the network").click()
    visitor.at(f"{SHARED}&part=without")
    expect(verdict).to_have_text(whole, use_inner_text=True)
    page.go_back()
    expect(page.locator("#off")).to_be_visible()


def test_many_channels_off_are_told_in_few_words(visitor: Visitor) -> None:
    """Neighbours are a span, all are all, and of very many the first: nobody reads 512 numbers."""
    conv1, conv2 = (".".join(map(str, range(count))) for count in (32, 64))
    even = ".".join(map(str, range(0, 128, 2)))
    for off, words in (
        (f"cnn.conv1:{conv1},cnn.conv2:{conv2}", "CNN conv1 all 32 · CNN conv2 all 64"),
        (
            f"cnn.conv2:3.4.5.9,cnn.dense:{even}",
            "CNN conv2 3–5, 9 · CNN dense 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22 and 52 more",
        ),
    ):
        page = visitor.open(f"/?digit=4271&model=cnn&off={off}")
        expect(page.locator("#off span")).to_have_text(f"Switched off: {words}")


def changes_few(known: Known) -> tuple[LayerSurvey, int, int]:
    """Return what was measured of a layer, a unit of it without which some answers change, and how many."""
    survey = known.surveys["fcn"].layers["dense2"]
    changes = np.diff(survey.start)
    unit = int(np.flatnonzero((changes > 1) & (changes < 40))[0])
    return survey, unit, int(changes[unit])


def test_the_answers_without_a_set_are_counted(visitor: Visitor, known: Known) -> None:
    """Block by block, as many right answers as the survey has; the digits that change go on the wall.

    There they stand in the order that the wall has, and nothing is switched off or on.
    """
    survey, unit, changing = changes_few(known)
    page = visitor.open(f"/?digit=4271&model=fcn&layer=dense2&filter={unit}&off=fcn.dense2:{unit}&sort=fcn")
    without = part(page, "without")

    without.get_by_role("button", name="Count FCN's answers").click()

    at_rest.wait(page)  # as long as blocks come, however slowly
    words = f"{survey.correct_without[unit] / 100:.2f} % right"
    result = without.locator("[role=status]")
    expect(result).to_contain_text(f"Without all of these: {words}")
    expect(without).to_contain_text(f"Without dense2 unit {unit} alone: {words}")
    expect(result).to_contain_text(f"{changing} answers change")
    result.get_by_role("button", name="on the wall").click()
    chip = page.locator("#wall-answer")
    expect(chip).to_contain_text(f"whose answer changes without FCN dense2 {unit}")
    expect(page.locator("#wall-count")).to_have_text(f"{changing} test digits")
    address = f"/?digit=4271&model=fcn&layer=dense2&filter={unit}"
    visitor.at(f"{address}&part=without&off=fcn.dense2:{unit}&sort=fcn&changed=fcn.dense2:{unit}")


def test_the_digits_that_one_changes_switch_nothing_off(visitor: Visitor, known: Known) -> None:
    """The maps stay those of the whole network; a link brings the same wall, and a click takes it back."""
    _, unit, changing = changes_few(known)
    address = f"/?digit=4271&layer=fcn.dense2&filter={unit}"
    page = visitor.open(f"{address}&sort=cnn&label=3")

    part(page, "without").get_by_role("button", name="on the wall").click()

    visitor.at(f"{address}&part=without&sort=cnn&changed=fcn.dense2:{unit}")
    expect(page.locator("#wall-count")).to_have_text(f"{changing} test digits", timeout=COUNTED)
    expect(page.locator("#off")).to_be_hidden()
    page.reload()
    visitor.shown()
    expect(page.locator("#wall-count")).to_have_text(f"{changing} test digits", timeout=COUNTED)
    page.locator("#wall-answer").click()
    visitor.at(f"{address}&part=without&sort=cnn")


def test_counting_can_be_cancelled(visitor: Visitor) -> None:
    """Cancel stops asking; nothing is said of the digits that were counted."""
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=3&off=cnn.conv2:3.4.5.6")
    without = part(page, "without")

    with visitor.held("**/without/*") as held:
        without.get_by_role("button", name="Count CNN's answers").click()
        visitor.eventually(lambda: held)
        without.get_by_role("button", name="Cancel").click()
        expect(without.get_by_role("button", name="Count CNN's answers")).to_be_visible()

    assert len(visitor.asked("/without/")) == 1
    expect(without.locator("[role=status]")).to_be_empty()


WITHIN = """(dock) => {
  const parts = dock.querySelectorAll(".tensor, .sum, .numbers dd, .slide, .slide-controls, .where");
  const boxes = [dock, ...parts].map((each) => each.getBoundingClientRect());
  return ["right", "bottom"].map((side) => {
    const [whole, ...inner] = boxes.map((box) => box[side]);
    return whole - Math.max(...inner);
  });
}"""
CUT = """() => Array.from(document.querySelectorAll(".tools select"), (list) => {
  const pen = document.createElement("canvas").getContext("2d");
  const { font, paddingLeft, paddingRight } = getComputedStyle(list);
  pen.font = font;
  const room = list.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const said = pen.measureText(list.selectedOptions[0].text).width;
  return [list.id, list.offsetParent ? said - room : 0];
}).filter(([, more]) => more > 1)"""


def test_a_number_stands_whole_in_the_dock(visitor: Visitor) -> None:
    """On the usual screens nothing of the sum, of the sliding kernel or of the tensor's name is cut off."""
    page = visitor.open(SHARED)
    for width, height in ((1280, 720), (1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        part(page, "cell").locator(".numbers dd").last.wait_for()
        part(page, "sliding").locator("canvas").last.wait_for()
        right, below = at_rest.told(page.locator("#inspector"), WITHIN)
        assert right >= 0, width
        assert below >= 0, width


def test_what_a_list_says_is_not_cut(visit: Visit) -> None:
    """Each list at the top is as wide as the choice that it shows."""
    page = visit().open("/")
    for width in (1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert at_rest.told(page, CUT) == [], width
