"""What a filter is tuned to, on two small networks: one that was measured, and the same one that was not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from models.analysis import stimuli, tuning
from models.analysis.stimuli import BANK, FAMILIES, Stimulus
from models.store import manifest
from tests import networks
from tests.browser import at_rest, canvas
from tests.browser.serving import Server, served
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

EDGE = "/?pair=cnn,cnn-plain&layer=cnn.conv2&filter=1"
Open = Callable[..., Visitor]


@pytest.fixture(scope="module")
def pair(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one network twice; its second filter of conv2 is said to prefer an edge of 22.5°."""
    folder = copytree(small_folder, tmp_path_factory.mktemp("checkpoints"), dirs_exist_ok=True)
    entry = manifest.find("cnn", folder)
    manifest.write(replace(entry, key="cnn-plain"), folder)
    file = tuning.MEASUREMENT.write(networks.tuned(networks.CNN), entry.checkpoint, folder)
    manifest.write(replace(entry, tuning=file), folder)
    with served(tmp_path_factory.mktemp("cache"), CHECKPOINTS_DIR=str(folder)) as server:
        server.wait_until_ready()
        yield server


@pytest.fixture
def tab(pair: Server, browser: Browser) -> Iterator[Open]:
    """Open a tab in a window of some width; in the end it has nothing to complain about."""
    visitors: list[Visitor] = []

    def opened(width: int = 1440) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900})
        visitors.append(Visitor(context, pair.url))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.page.context.close()
    assert [visitor.complaints for visitor in visitors] == [[] for _ in visitors]


def part(page: Page) -> Locator:
    """Return the part of the inspector, once it is filled."""
    page.get_by_role("tab", name="What fires it").click()
    section = page.locator("#inspector .part-tuning:not([aria-busy])")
    section.wait_for()
    return section


def test_the_word_stands_with_its_number_and_its_control(tab: Open, pair: Server) -> None:
    """What it prefers, how selective, what untrained filters stay below, and how many filters have a word."""
    section = part(tab().open(EDGE))
    told = pair.json("/api/models/cnn/layers/conv2/filters/1/tuning")

    expect(section.locator(".word")).to_have_text("Edge: light on the right")
    word = told["word"]
    expect(section).to_contain_text(
        re.compile(
            rf"Selectivity {word['selectivity']:.2f}, direction 2[23]°; "  # of 22.5
            rf"99 % of untrained filters of conv2 stay below {word['threshold']:.2f}\."
        )
    )
    expect(section).to_contain_text("In conv2 3 of 4 (75 %) filters have a word")
    expect(section).to_contain_text("with random weights, 1 of 64 (2 %)")
    expect(section).to_contain_text("drawn strokes, not to digits")
    expect(section.locator(".ring.chosen figcaption")).to_contain_text("Edges")


def test_every_family_has_its_ring(tab: Open) -> None:
    """Named with its axis and its numbers; the pointer reads the direction that it is in."""
    visitor = tab()
    page = visitor.open(EDGE)
    rings = part(page).get_by_role("img")
    expect(rings).to_have_count(len(FAMILIES))
    most = "raised most, by 16, by edge: light on the right, 22.5°"
    for place, family in enumerate(FAMILIES):
        words = most if family.key == "edge" else "raised by 0.25 in every direction"
        expect(rings.nth(place)).to_have_attribute(
            "aria-label", re.compile(rf"^{family.title}, .*: {words}; selectivity 0\.\d\d, .* below 0\.20$")
        )

    for ring, degrees, words in (
        (1, 22.5, "edge: light on the right, 22.5°: raises it by 16, lowers it by 0.125"),
        (1, 270, "edge: light at the bottom, 270°: raises it by 0.25"),
        (0, 270, "vertical bar, 90°: raises it by 0.25"),
        (4, 180, "line end, to the left, 180°"),
    ):
        rings.nth(ring).scroll_into_view_if_needed()
        box = at_rest.box(rings.nth(ring))
        right, up = (0.3 * part * box["width"] for part in _direction(degrees))
        page.mouse.move(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 - up)
        expect(page.locator(".tip")).to_contain_text(words)
    page.mouse.move(2, 2)
    expect(page.locator(".tip")).to_be_hidden()


def _direction(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def test_all_numbers_can_be_read_without_a_pointer(tab: Open) -> None:
    """By keyboard a table opens with every stroke of the bank, its direction and its three numbers."""
    page = tab().open(EDGE)
    summary = part(page).get_by_text(f"All {len(BANK)} answers as numbers")
    summary.focus()
    page.keyboard.press("Enter")

    rows = part(page).get_by_role("region", name="Answers to all strokes").locator("tbody tr")
    expect(rows).to_have_count(len(BANK))
    expect(rows.nth(17)).to_have_text("edge: light on the right22.5°160.12515.8")
    expect(rows.last).to_have_text("a dot0.250.1250")


def test_the_stroke_can_be_opened(tab: Open) -> None:
    """Its picture is the preferred stroke; a press of it lets both networks read exactly that."""
    visitor = tab()
    page = visitor.open(EDGE)
    button = part(page).get_by_role(
        "button", name="Let the networks read the stroke: edge: light on the right"
    )
    expected = stimuli.draw(Stimulus("edge", 22.5), 28, 28)
    assert np.array_equal(canvas.read(button.locator("canvas"))[..., 0], expected)

    button.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#digit-title")).to_have_text("Your digit")
    visitor.eventually(
        lambda: np.array_equal(canvas.read(page.locator(".digit-picture canvas"))[..., 0], expected)
    )
    expect(part(page).locator(".word")).to_have_text("Edge: light on the right")


def test_a_filter_without_a_word_says_so(tab: Open) -> None:
    """In the part, and to a screen reader; what raises it most is shown all the same."""
    page = tab().open("/?pair=cnn,cnn-plain&layer=cnn.conv2&filter=3")
    section = part(page)

    expect(section.locator(".word")).to_have_text("No clear tuning")
    expect(section).to_contain_text("No selectivity above what 99 % of untrained filters stay below.")
    expect(section).to_contain_text("What raises it most of all, shown here: horizontal bar.")
    expect(page.locator("#status")).to_contain_text("It has no clear tuning.")


def test_words_go_with_the_maps(tab: Open) -> None:
    """The selected map, its description, its filter and what has the focus name the word."""
    visitor = tab()
    page = visitor.open(EDGE)
    part(page)
    words = "tuned to edge: light on the right"

    expect(page.locator("#status")).to_contain_text(f"It is {words}.")
    expect(page.locator(".enlarged")).to_have_attribute("aria-label", re.compile(words))
    expect(visitor.cell("cnn", "conv2", "conv2 map 1")).to_have_attribute(
        "aria-description", re.compile(words)
    )
    last = visitor.cell("cnn", "conv2", "conv2 map 3")
    expect(last).not_to_have_attribute("aria-description", re.compile("tuned"))
    visitor.cell("cnn", "conv2", "conv2 map 0").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lens .lens-words")).to_contain_text(f"It is {words}")
    page.keyboard.press("k")
    visitor.cell("cnn", "conv2", "conv2 filter 0, 3 slices").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lens .lens-words")).to_have_text(f"CNN conv2 filter 1, {words}")


def test_where_it_was_not_measured_the_command_stands(tab: Open) -> None:
    """Nothing is asked for; no word is claimed; layers without filters have no such part."""
    visitor = tab()
    page = visitor.open("/?pair=cnn,cnn-plain&layer=cnn-plain.conv2&filter=1")
    section = part(page)

    expect(section).to_contain_text(
        "Not measured on CNN plain yet: python -m models.measure tuning cnn-plain"
    )
    visitor.flush()
    assert not [path for path in visitor.asked() if path.endswith("/tuning")]
    expect(page.locator(".enlarged")).not_to_have_attribute("aria-label", re.compile("tuned"))

    page = visitor.open("/?pair=cnn,cnn-plain&layer=cnn.pool&filter=1&part=fires")
    expect(page.locator("#inspector .part-firing")).to_be_visible()
    expect(page.locator("#inspector .part-tuning")).to_have_count(0)


def test_it_fits_on_a_telephone(tab: Open) -> None:
    """At 390 pixels nothing is wider than the page, and the rings stand side by side."""
    page = tab(390).open(EDGE)
    rings = part(page).get_by_role("img")

    assert at_rest.told(page, "document.documentElement.scrollWidth") <= 390
    assert len({at_rest.box(ring)["y"] for ring in at_rest.each(rings)}) == 2
