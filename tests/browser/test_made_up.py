"""The pages on images that are no digits: 12×20 in colour, three named classes, a network that branches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.panels.compare import PANELS
from models.graph import description
from models.store import manifest
from tests import worlds
from tests.browser import at_rest, canvas
from tests.browser.conftest import Visit
from tests.browser.made_up import serving
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras]
CLASSES = worlds.CLASSES


@pytest.fixture
def address(made_up_address: str) -> str:
    """Where all visitors of this module go."""
    return made_up_address


def test_the_image_is_painted_in_its_colours(visitor: Visitor) -> None:
    """As large as it is, pixel by pixel; the wall holds all of them; the label is the name of its class.

    What each network says of three classes has these names too. There is no pad, and the page says why.
    """
    world = worlds.made_up()
    visitor.open("/?digit=3")
    picture = visitor.page.locator("#digit-canvas")
    expect(picture).to_have_attribute("width", "20")
    expect(picture).to_have_attribute("height", "12")
    expect(visitor.page.locator("#digit-title")).to_contain_text(f"label {CLASSES[world.labels[3]]}")
    expect(visitor.page.locator("#wall-count")).to_have_text("37 test images")
    expect(visitor.page.locator(".thumb")).to_have_count(37)
    expect(visitor.page.locator(".done").first).to_have_text("as it is")  # nobody wrote it
    painted = canvas.read(picture)
    assert (painted[..., :3] == world.images[3]).all()

    rows = visitor.page.locator(".answer-row .class:visible")
    expect(rows).to_have_text([*CLASSES, *CLASSES])
    label = CLASSES[world.labels[3]]
    expect(visitor.page.locator(".lane-head .answer:visible")).to_have_text([label, label])

    expect(visitor.page.locator("#pad")).to_have_count(0)
    expect(visitor.page.locator(".rail")).to_contain_text("A drawing cannot take the place of an image")


def test_a_cell_of_every_layer_is_explained(visitor: Visitor) -> None:
    """Of each painted layer a part is inspected, with the number that the network has there."""
    visitor.open("/?digit=3")
    panels = visitor.page.locator(".network:visible .boxes > .panel")
    expect(panels.last).to_be_visible()
    paths = [name.removeprefix("panel-") for name in at_rest.attributes(panels, "id")]
    assert len(paths) >= 14
    for path in paths:
        key, layer = path.split("-", 1)
        visitor.come(f"/?digit=3&layer={key}.{layer}&filter=0")
        expect(visitor.page.locator("#dock h3")).to_contain_text(f"{layer} · ")
        expect(visitor.page.locator(f'[id="panel-{path}"]')).to_be_visible()


def test_of_a_layer_without_a_bias_none_is_told(visitor: Visitor) -> None:
    """Neither how its numbers come about nor what its slices add has one; its weights say so."""
    stem = "/?digit=3&model=branching&show=branching.stem&layer=stem&filter=2&cell=1,1"
    page = visitor.open(stem)
    for part, shown in (("number", ".part-cell .numbers"), ("slices", ".part-slices .slice-rows")):
        visitor.come(f"{stem}&part={part}")
        expect(page.locator(shown)).to_be_visible()
        expect(page.locator("#inspector [aria-busy=true]")).to_have_count(0)
        assert "bias" not in at_rest.text(page.locator("#inspector"))
    visitor.tab("Weights")
    expect(page.locator("#part-weights .bias")).to_have_text("no bias")


def test_layers_that_only_change_numbers_stand_in_one_box(visitor: Visitor) -> None:
    """Normalisation and activation with the convolution before them: a button goes on to the next."""
    page = visitor.open("/?digit=3&model=branching")
    expect(page.locator(".panel:visible")).to_have_count(8)
    stem, relu = (page.locator(f"#panel-branching-{name}") for name in ("stem", "stem_relu"))
    expect(stem).to_be_hidden()

    lens = page.locator("#lens h4")
    expect(lens).to_contain_text("stem_relu · map ")
    channel = at_rest.text(lens).split(" · ")[-1]
    relu.get_by_role("button", name="stem_relu, 3 of 3 here, show stem").click()
    expect(relu).to_be_hidden()
    expect(stem).to_be_visible()
    expect(lens).to_contain_text(f" stem · {channel}")  # it goes on with the block
    expect(stem.locator(".next")).to_be_focused()
    expect(page).to_have_url(re.compile("show=branching.stem"))
    page.keyboard.press("k")
    expect(stem).to_have_class(re.compile("flipped"))

    visitor.come("/?digit=3&model=branching&show=branching.stem_norm&layer=stem_norm&filter=2&cell=1,1")
    norm = page.locator("#panel-branching-stem_norm")
    expect(norm).to_be_visible()
    norm.locator(".next").click()
    expect(relu).to_be_visible()
    expect(page.locator("#dock h3")).to_contain_text("stem_relu · map 2")
    visitor.open("/?digit=3&show=branching.nothing")
    expect(page.locator(".message")).to_contain_text("show")


def test_a_lane_wider_than_the_screen_scrolls_under_a_strip(visit: Visit) -> None:
    """The strip names its layers, moves the lane and follows it; what has the focus comes into sight."""
    page = visit(viewport={"width": 780, "height": 640}).open("/?digit=3&model=branching")
    strip = page.get_by_label("Part of BRANCHING in sight")
    expect(strip).to_be_visible()
    answer = page.get_by_label("answer unit 0", exact=True)
    lens = at_rest.box(page.locator("#lens"))
    assert at_rest.box(answer)["x"] > 780

    tip = page.locator(".tip")
    strip.hover(position={"x": 3, "y": 9})
    expect(tip).to_have_text("stem, stem_norm, stem_relu · drag to see what is not in sight")
    strip.hover(position={"x": at_rest.box(strip)["width"] - 3, "y": 9})
    expect(tip).not_to_contain_text("stem")
    page.mouse.move(400, 400)
    expect(tip).to_be_hidden()

    strip.press("End")
    expect(answer).to_be_in_viewport(ratio=1)
    assert at_rest.box(page.locator("#lens")) == lens
    page.locator("#panel-branching-stem_relu .cells button").first.focus()
    expect(strip).to_have_value("0")
    assert at_rest.told(page, "() => document.documentElement.scrollWidth") == 780


def test_compare_and_filters_speak_of_these_images(visitor: Visitor, made_up_folder: Path) -> None:
    """Every panel, and a row for every map and unit of a network that branches, in words without digits."""
    visitor.open("/compare")
    expect(visitor.page.locator("#compare h2")).to_have_count(len(PANELS))
    expect(visitor.page.locator(".drawings:empty")).to_have_count(0)
    expect(visitor.page.locator("#compare")).to_contain_text("37 images")
    expect(visitor.page.locator("#compare")).not_to_contain_text("digit")

    visitor.come("/filters")
    entries = manifest.read(made_up_folder)[:2]
    count = sum(layer.channels for entry in entries for layer in description.surveyed(entry.layers))
    expect(visitor.page.locator("#filters-table tbody tr")).to_have_count(count)
    expect(visitor.page.locator("#filters")).to_contain_text("all 37 test images")
    expect(visitor.page.locator("#filters")).not_to_contain_text("digit")


def sums(browser: Browser, url: str) -> tuple[dict[str, list[int]], list[str]]:
    """Return by panel the sum of every picture's colours, once it is scrolled to, and what was asked for."""
    context = browser.new_context(viewport={"width": 390, "height": 500})
    visitor = Visitor(context, url)
    visitor.open("/?digit=3&model=branching")
    found = {}
    for path in at_rest.attributes(visitor.page.locator(".panel:visible:not(.answers)"), "id"):
        panel = visitor.page.locator(f'[id="{path}"]')
        panel.scroll_into_view_if_needed()
        expect(panel).not_to_have_class(re.compile("away"))
        found[path] = [int(picture.sum()) for picture in canvas.pictures(panel.locator(".sheet.maps"))]
    assert visitor.complaints == []
    asked = visitor.asked("/pictures/")
    context.close()
    return found, asked


def test_of_a_large_network_what_is_in_sight_is_fetched(
    browser: Browser,
    address: str,
    made_up_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every panel shows the same as if all had come at once, once it is scrolled to."""
    whole, asked = sums(browser, address)
    assert not any("layers=" in each for each in asked)

    monkeypatch.setattr(description, "LARGE", 500)
    with serving(made_up_folder, tmp_path_factory) as large:
        parts, asked = sums(browser, large)

    assert parts == whole
    assert any("layers=" in each for each in asked)
    assert not any(path.replace("panel-branching-", "branching.") in asked[0] for path in whole)
