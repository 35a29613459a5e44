from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.panels.compare import PANELS
from dashboard.picture import LEVELS
from models.datasets.dataset import Noun
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor
from tests.networks import score_of

pytestmark = pytest.mark.browser

CHARTS = "#compare-panels .js-plotly-plot .main-svg .traces, #compare-panels .js-plotly-plot .main-svg .trace"
INK = "(text) => getComputedStyle(text).fill"


def test_it_answers_how_good_each_network_is(visitor: Visitor, known: Known) -> None:
    """Every panel with its question; each network's accuracy; charts that are drawn."""
    page = visitor.open("/compare?model=both")

    questions = page.locator("#compare-panels section h2")
    expect(questions).to_have_text([panel.said(Noun("digit", "digits"))[0] for panel in PANELS])
    for entry in known.pair.values():
        expect(page.locator("#compare-accuracy")).to_contain_text(f"{100 * score_of(entry).accuracy:.2f} % (")
        expect(page.locator("#compare-cost")).to_contain_text(f"{entry.parameters:,}")
    expect(page.locator("#compare-panels .js-plotly-plot")).to_have_count(6)
    visitor.eventually(lambda: at_rest.count(page.locator(CHARTS)) >= 10)
    expect(page.locator("#explore")).to_be_hidden()
    assert visitor.asked("plotly-basic")
    assert not visitor.asked("/pictures/")


def test_it_shows_the_networks_and_the_paper_that_one_chooses(visitor: Visitor) -> None:
    """One of them or both: tables and charts show just those, and the address says so; on dark paper as well.

    On Explore, opened after it, the opening digit is in view on a wall as wide as its place.
    """
    page = visitor.open("/compare")
    heads = page.locator("#compare-accuracy thead .hue")
    tick = page.locator("#compare-classes .main-svg .xtick text").first
    light = at_rest.told(tick, INK)

    for choice, shown, address in (
        ("FCN alone", ["FCN"], "/compare?model=fcn"),
        ("both", ["FCN", "CNN"], "/compare"),
    ):
        visitor.turn("Networks shown", choice)
        visitor.at(address)
        expect(heads).to_have_text(shown)
        tables = len(shown) + (len(shown) == 2)  # and their difference
        expect(page.locator("#compare-confusions table")).to_have_count(tables)

    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Switch between dark and light").click()
    visitor.eventually(lambda: at_rest.told(tick, INK) != light)
    page.evaluate("() => localStorage.clear()")

    page.get_by_role("link", name="Explore").click()
    page.locator("body[data-painted]").wait_for()
    assert in_view(visitor)
    across = at_rest.of_all(
        page.locator("#wall .thumb"),
        "(thumbs) => new Set(thumbs.map((thumb) => thumb.getBoundingClientRect().left)).size",
    )
    assert across > 3


def test_charts_that_come_late_move_nothing(visitor: Visitor) -> None:
    """What one is about to click stays under the pointer while the charts above it are drawn."""
    with visitor.held("**/plotly*.js*") as held:
        page = visitor.open("/compare")
        visitor.eventually(lambda: held)
        expect(page.locator("#compare-panels section.stale")).to_have_count(0)  # each with its words
        visitor.flush()
        places = "all => all.map((each) => Math.round(each.getBoundingClientRect().top))"
        tops = at_rest.of_all(page.locator("#compare-panels section"), places)
        expect(page.locator("#compare-panels .js-plotly-plot .main-svg")).to_have_count(0)

    visitor.eventually(lambda: at_rest.count(page.locator(CHARTS)) >= 10)
    assert at_rest.of_all(page.locator("#compare-panels section"), places) == tops


def test_a_mistake_leads_to_its_digits_on_the_wall(visitor: Visitor, server: Server, known: Known) -> None:
    """A cell of the confusion matrix opens exactly the digits it counts, and their maps; Back returns."""
    labels, answers = known.labels, known.answers("cnn")
    pairs, counts = np.unique(np.stack([labels, answers])[:, known.wrong("cnn")], axis=1, return_counts=True)
    label, answer = pairs[:, counts.argmax()].tolist()
    digits = np.flatnonzero((labels == label) & (answers == answer)).tolist()
    page = visitor.open("/compare?model=cnn&scale=grey")
    plural = "s" if len(digits) > 1 else ""

    name = f"{len(digits)} digit{plural} labelled {label} that CNN takes for {answer}"
    page.get_by_role("link", name=name, exact=True).click()

    visitor.painted(digits[0])
    visitor.at(f"/?digit={digits[0]}&model=cnn&scale=grey&label={label}&answer={answer}&by=cnn")
    values = server.tensor(f"/api/models/cnn/images/{digits[0]}/layers/conv1.npy")
    for i, picture in enumerate(canvas.pictures(visitor.panel("cnn", "conv1").locator(".maps"))):
        canvas.assert_grey_shows(picture, values[..., i], LEVELS["post"])
    assert visitor.count() == len(digits)
    assert visitor.wall()[0] == digits
    chip = page.get_by_role("button", name=f"that CNN takes for {answer}")
    chip.click()
    visitor.eventually(lambda: visitor.count() == (labels == label).sum())
    expect(chip).to_be_hidden()

    page.go_back()
    page.go_back()
    visitor.at("/compare?model=cnn&scale=grey")
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_digit_that_only_one_network_names_right_opens(visitor: Visitor, known: Known) -> None:
    """Every such digit is seen with its pixels; a click opens it, on a wall of just these; Back returns."""
    only = np.flatnonzero(~known.wrong("fcn") & known.wrong("cnn"))
    page = visitor.open("/compare")
    thumbs = page.locator("#compare-differences .gallery").first.get_by_role("link")
    expect(thumbs.locator("img")).to_have_count(len(only))
    widths = "(images) => images.map((image) => image.naturalWidth)"
    assert at_rest.of_all(thumbs.locator("img"), widths) == [28] * len(only)
    assert_numbers_are_taken_away(visitor, known)

    digit = int(only[0])
    page.get_by_role("link", name=f"test digit {digit}", exact=False).first.click()

    visitor.painted(digit)
    visitor.at(f"/?digit={digit}&wrong=only.cnn&sort=cnn")
    assert sorted(visitor.wall()[0]) == only.tolist()
    page.go_back()
    visitor.at("/compare")
    expect(thumbs).to_have_count(len(only) + 1)  # and the file


def assert_numbers_are_taken_away(visitor: Visitor, known: Known) -> None:
    """A table's file holds the numbers that are seen, and asks nobody for them."""
    page = visitor.page
    visitor.forget()

    with page.expect_download() as download:
        page.locator("#compare-differences .table").get_by_role("link", name="numbers as CSV").click()

    fcn, cnn = known.wrong("fcn"), known.wrong("cnn")
    assert download.value.suggested_filename == "convlens-differences-fcn-and-cnn-1.csv"
    assert download.value.path().read_text().splitlines() == [
        "digits,CNN right,CNN wrong",
        f"FCN right,{(~fcn & ~cnn).sum()},{(~fcn & cnn).sum()}",
        f"FCN wrong,{(fcn & ~cnn).sum()},{(fcn & cnn).sum()}",
    ]
    assert visitor.asked() == []


def test_it_is_reached_without_loading_the_page_anew(visitor: Visitor) -> None:
    """From one network on Explore to both, and back: charts are fetched now, nothing is asked for twice."""
    page = visitor.open("/?digit=4271&model=cnn&scale=map")
    page.evaluate("() => { window.same = true; }")

    page.get_by_role("link", name="Compare").click()
    visitor.at("/compare?scale=map")
    visitor.shown()
    expect(page.locator(CHARTS).first).to_be_visible()
    expect(page).to_have_title("Compare · ConvLens")
    assert visitor.asked("plotly-basic")
    visitor.forget()

    page.get_by_role("link", name="Explore").click()
    visitor.at("/?digit=4271&scale=map")
    expect(page.locator("#explore")).to_be_visible()
    assert at_rest.told(page, "() => window.same")
    assert in_view(visitor)
    assert visitor.asked(but="/kernels/") == []


def in_view(visitor: Visitor) -> bool:
    """Return whether the digit that is painted can be seen on the wall."""
    visitor.flush()
    return int(at_rest.attribute(visitor.page.locator("body"), "data-painted")) in visitor.visible_thumbs()
