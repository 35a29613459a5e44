from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.filter_table import COLUMNS, FATES, ORDERS
from dashboard.link import Reader
from dashboard.panels.wording import percent
from dashboard.selection import Selection, Table
from models.analysis.collection import Collection
from models.graph.description import surveyed
from tests import deno, networks
from tests.browser import at_rest
from tests.browser.axe import complaints
from tests.browser.conftest import Known, Visit
from tests.browser.targets import crowded
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def names(known: Known, *models: str) -> Iterator[str]:
    """Yield what every row of some networks is called, in the order of these."""
    for model in models:
        for layer in surveyed(known.entries[model].layers):
            kind = "map" if layer.has_maps else "unit"
            yield from (f"{model.upper()} {layer.name} {kind} {channel}" for channel in range(layer.channels))


def correct_without(known: Known, model: str) -> list[int]:
    """Return how many digits a network names right without each filter, in order; -1 where none tried."""
    survey = known.surveys[model]
    layers = surveyed(known.entries[model].layers)
    return [int(each) for layer in layers for each in survey.layers[layer.name].correct_without]


def rows(page: Page) -> Locator:
    return page.locator("#filters-table tbody tr")


def heads(page: Page) -> Locator:
    """The names of the rows that are there."""
    return page.locator("#filters-table tbody th")


def column(page: Page, title: str) -> Locator:
    """The button over a column."""
    return page.locator("#filters-table thead").get_by_role("button", name=title, exact=True)


def test_every_filter_and_unit_has_a_row(visitor: Visitor, known: Known) -> None:
    """Of both networks, in their order, once the page is opened, and nothing of it before."""
    page = visitor.open("/?digit=0")
    assert visitor.asked("/filters") == []
    expected = [*names(known, *known.pair)]

    page.get_by_role("link", name="Filters").click()

    visitor.at("/filters")
    expect(page).to_have_title("Filters · ConvLens")
    expect(rows(page)).to_have_count(len(expected))
    assert at_rest.texts(heads(page)) == expected
    assert visitor.asked("/filters") == [f"/api/models/{key}/filters" for key in known.pair]
    dead = sum(
        len(known.surveys[key].dead(layer.name))
        for key, entry in known.pair.items()
        for layer in surveyed(entry.layers)
    )
    expect(page.locator("#filters-count")).to_contain_text(
        f"All {len(expected):,} maps and units: {dead:,} dead,"
    )


def test_a_row_tells_what_was_measured(visitor: Visitor, known: Known) -> None:
    """Shares in percent, accuracy and its change, under heads that say what; a dash for what is not."""
    page = visitor.open("/filters?model=cnn&layer=conv2")
    measured, survey = known.surveys["cnn"].layers["conv2"], known.surveys["cnn"]
    right = int((known.answers("cnn") == known.labels).sum())
    channel = int(measured.correct_without.argmin())
    correct = int(measured.correct_without[channel])
    change = round(correct - right) / 100

    said = at_rest.texts(rows(page).nth(channel).locator("td"))
    told = dict(zip([each.key for each in COLUMNS[3:]], said, strict=True))

    assert told["active"] == percent(float(measured.active[channel]))
    assert told["firing"] == percent(float(measured.firing[channel]))
    assert told["accuracy"] == percent(correct / 10_000)
    assert told["change"] == (f"{change:+.2f}".replace("-", "−") if change else "0")
    assert told["similar"] == str(measured.similar[channel])
    assert told["fate"] == survey.fates("conv2").get(channel, "ok")
    page.get_by_label("Which layer").select_option("cnn.pool")
    cells = rows(page).first.locator("td")
    expect(cells.nth(5)).to_have_text("–")
    assert_columns_say_what_they_are(page)


def assert_columns_say_what_they_are(page: Page) -> None:
    """To whoever points at their names, or reaches them by keyboard; Escape takes the words away."""
    for columns, words in (("fate", "Dead: zero in every cell"), ("weight norm", "root of the sum")):
        column(page, columns).focus()
        expect(page.locator(".tip")).to_contain_text(words)
        page.keyboard.press("Escape")
        expect(page.locator(".tip")).to_be_hidden()
        column(page, columns).hover()
        expect(page.locator(".tip")).to_contain_text(words)
        expect(column(page, columns)).to_have_accessible_description(at_rest.text(page.locator(".tip")))
        page.mouse.move(0, 0)
    page.get_by_text("What the columns say").click()
    expect(page.locator("#filters-table dd").first).to_be_visible()


def test_a_column_sorts(visitor: Visitor, known: Known) -> None:
    """The largest first, then the smallest; what was not tried last; a reload and Back restore the order."""
    page = visitor.open("/filters?model=cnn")
    all_names, correct = [*names(known, "cnn")], np.array(correct_without(known, "cnn"))
    tried = np.flatnonzero(correct >= 0)
    upwards = [all_names[i] for i in tried[np.argsort(correct[tried], kind="stable")]]
    downwards = [all_names[i] for i in tried[np.argsort(-correct[tried], kind="stable")]]
    accuracy = column(page, "accuracy without it")

    accuracy.click()
    visitor.at("/filters?model=cnn&sort=-accuracy")
    cell = page.get_by_role("columnheader", name="accuracy without it")
    expect(cell).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#filters-table [aria-sort]")).to_have_count(1)
    expect(rows(page)).to_have_count(len(all_names))
    assert at_rest.texts(heads(page))[: len(tried)] == downwards
    accuracy.press("Enter")
    visitor.at("/filters?model=cnn&sort=accuracy")
    expect(cell).to_have_attribute("aria-sort", "ascending")
    expect(accuracy).to_be_focused()
    assert at_rest.texts(heads(page))[: len(tried)] == upwards

    page.reload()
    expect(rows(page)).to_have_count(len(all_names))
    assert at_rest.texts(heads(page))[: len(tried)] == upwards
    page.go_back()
    visitor.at("/filters?model=cnn&sort=-accuracy")
    expect(heads(page).first).to_have_text(downwards[0])
    column(page, "filter").click()
    visitor.at("/filters?model=cnn")
    expect(heads(page).first).to_have_text(all_names[0])


def test_rows_are_chosen_by_layer_fate_and_words(visitor: Visitor, known: Known) -> None:
    """Each stands in the address; typing is one step; what is shown is counted, and all come back."""
    page = visitor.open("/filters?model=cnn")
    survey, total = known.surveys["cnn"], len([*names(known, "cnn")])
    dead = [
        f"CNN {layer.name} {'map' if layer.has_maps else 'unit'} {channel}"
        for layer in surveyed(known.entries["cnn"].layers)
        for channel in sorted(survey.dead(layer.name))
    ]

    page.get_by_label("Which fate").select_option("dead")
    visitor.at("/filters?model=cnn&fate=dead")
    expect(heads(page)).to_have_text(dead)
    expect(page.locator("#filters-count")).to_contain_text(f"{len(dead)} of {total} maps and units")
    page.get_by_label("Which layer").select_option("CNN conv2")
    visitor.at("/filters?model=cnn&layer=conv2&fate=dead")
    expect(heads(page)).to_have_text([each for each in dead if "conv2" in each])

    page.get_by_role("button", name="Show all").click()
    expect(rows(page)).to_have_count(total)
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()
    find = page.get_by_label("Find by layer")
    find.press_sequentially("conv2 3")
    visitor.at("/filters?model=cnn&find=conv2%203")
    expect(heads(page)).to_have_text(["CNN conv2 map 3"])
    expect(find).to_be_focused()
    page.go_back()
    visitor.at("/filters?model=cnn")
    expect(find).to_have_value("")
    expect(rows(page)).to_have_count(total)

    find.fill("nothing of the kind")
    expect(page.locator("#filters-count")).to_have_text(f"None of {total} maps and units is like that.")
    visitor.at("/filters?model=cnn&find=nothing%20of%20the%20kind")
    page.reload()
    expect(find).to_have_value("nothing of the kind")
    expect(rows(page)).to_have_count(0)
    page.get_by_role("button", name="Show all").click()
    visitor.at("/filters?model=cnn")
    assert_typing_is_one_step(visitor)


def assert_typing_is_one_step(visitor: Visitor) -> None:
    """The step is written down before what replaces it, however late the next frame comes."""
    page = visitor.page
    page.evaluate("""() => {
      const find = document.getElementById("filters-find");
      for (const typed of ["c", "co"]) {
        find.value = typed;
        find.dispatchEvent(new Event("input"));
      }
      for (const end = performance.now() + 400; performance.now() < end;);
    }""")

    visitor.at("/filters?model=cnn&find=co")
    page.go_back()
    visitor.at("/filters?model=cnn")


def test_a_row_opens_its_filter_and_keeps_the_rest(visitor: Visitor) -> None:
    """Digit, scale and stage stay as they were on Explore; Back leads to the table as it was."""
    page = visitor.open("/?digit=17&scale=map&stage=pre&label=8")
    page.get_by_role("link", name="Filters").click()
    find = page.get_by_label("Find by layer")
    find.fill("conv2 21")

    expect(heads(page)).to_have_text(["CNN conv2 map 21"])
    link = page.get_by_role("link", name="CNN conv2 map 21")
    address = "/?digit=17&scale=map&stage=pre&layer=cnn.conv2&filter=21&label=8"
    place = at_rest.attribute(link, "href")
    assert {*place.removeprefix("./?").split("&")} == {*address.removeprefix("/?").split("&")}
    link.click()

    visitor.at(address)
    visitor.painted(17)
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#explore")).to_be_visible()
    page.go_back()
    visitor.at("/filters?scale=map&stage=pre&find=conv2%2021")
    expect(heads(page)).to_have_text(["CNN conv2 map 21"])


def test_other_networks_have_other_rows(visitor: Visitor, known: Known) -> None:
    """One network alone has its own; a layer of another one is not chosen any more."""
    page = visitor.open("/filters?layer=fcn.dense1&sort=-norm")
    size = known.layer("fcn", "dense1").channels
    expect(rows(page)).to_have_count(size)

    visitor.turn("Networks shown", "CNN alone")

    visitor.at("/filters?model=cnn&sort=-norm")
    expect(rows(page)).to_have_count(len([*names(known, "cnn")]))
    expect(page.get_by_label("Which layer").locator("option", has_text="FCN")).to_have_count(0)
    expect(page.get_by_role("link", name="as CSV")).to_have_text(["CNN as CSV"])


def test_the_server_reads_what_the_page_writes(visitor: Visitor, known: Known) -> None:
    """Every link of the table is read back as the same choice, whatever letters are looked for."""
    visitor.open()
    tables = [
        Table(layer, fate, find, sort)
        for layer in ("", "cnn.conv2", "fcn.output")
        for fate in ("", *(fate.replace(" ", "-") for fate in FATES))
        for find in ("", "conv2 21", "a&b=c#?%2B+é")
        for sort in ("", *ORDERS)
    ]
    wanted = [
        Selection(4271, ("fcn", "cnn"), "filters", model, table=table)
        for table in tables
        for model in ("fcn", "cnn", "both")
        if table.layer.partition(".")[0] in ("", model) or model == "both"
    ]

    links = deno.told(
        "core/address.js",
        "({ linkTo }, all) => all.map((one) => linkTo(one))",
        [each.to_store() for each in wanted],
        visitor.facts(),
    )

    assert len(set(links)) == len(wanted) > 1_000
    held = Collection(tuple(known.entries.values()), networks.blank())
    for selection, link in zip(wanted, links, strict=True):
        parts = urlsplit(urljoin("/", link))
        reader = Reader(parts.path, dict(parse_qsl(parts.query, strict_parsing=True)), held, opening=4271)
        assert (reader.read(), reader.complaints) == (selection, [])


def test_what_a_link_cannot_mean_is_said(visitor: Visitor) -> None:
    """The table opens without it."""
    page = visitor.open("/filters?model=cnn&sort=colour&layer=conv9")
    visitor.at("/filters?model=cnn")
    expect(visitor.alert).to_contain_text("sort=“colour” must be a column")
    expect(visitor.alert).to_contain_text("“conv9” is no layer")
    expect(rows(page).first).to_be_visible()


def test_the_table_is_taken_away_and_printed(visitor: Visitor, known: Known, tmp_path: Path) -> None:
    """As CSV, all of the network, whatever rows are shown; on paper no column is cut off.

    The table is as wide as a sheet of A4 between its margins, and stands there with all of its rows.
    """
    page = visitor.open("/filters?model=cnn&fate=dead")
    with page.expect_download() as download:
        page.get_by_role("link", name="CNN as CSV").click()

    assert download.value.suggested_filename == "convlens-cnn-filters.csv"
    path = tmp_path / "filters.csv"
    download.value.save_as(path)
    head, *lines = csv.reader(path.read_text().splitlines())
    assert head[:3] == ["model", "layer", "filter"]
    assert len(lines) == len([*names(known, "cnn")])

    page.get_by_role("button", name="Show all").click()
    column(page, "tuned to").click()
    expect(rows(page).nth(200)).to_be_attached()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})

    box = page.locator(".filters-box")
    assert at_rest.told(
        box, "(box) => [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight]"
    ) == [
        0,
        0,
    ]
    expect(column(page, "tuned to")).to_be_visible()
    expect(page.get_by_label("Which fate")).to_be_hidden()


def test_everybody_can_use_it(visitor: Visitor) -> None:
    """No violation of axe's rules, all targets have room, and the page itself does not scroll sideways."""
    page = visitor.open("/filters?layer=cnn.conv2&sort=fate")
    expect(rows(page).nth(20)).to_be_attached()
    page.get_by_text("What the columns say").click()

    for width, dark in ((1440, False), (390, True)):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 844})
        assert crowded(page) == [], width
        assert complaints(page) == [], width
        assert at_rest.told(page, "() => document.documentElement.scrollWidth - innerWidth") <= 0, width


def test_on_a_telephone_names_stay_while_columns_pass(visit: Visit) -> None:
    """The table scrolls in its own box: the first column and the head stand still."""
    page = visit(viewport={"width": 390, "height": 844}).open("/filters?model=cnn")
    box = page.locator(".filters-box")
    expect(rows(page)).not_to_have_count(0)
    before = at_rest.box(heads(page).nth(30))

    page.evaluate(
        "() => document.querySelector('.filters-box').scrollBy({ left: 300, top: 600, behavior: 'instant' })"
    )

    after = at_rest.box(heads(page).nth(30))
    assert after["x"] == pytest.approx(before["x"], abs=1)
    assert after["y"] < before["y"] - 300
    top = at_rest.box(page.locator("#filters-table thead th").first)["y"]
    assert top == pytest.approx(at_rest.box(box)["y"], abs=2)
    seen = at_rest.box(column(page, "cosine"))
    assert seen["x"] < 390 + 300


def test_a_table_that_does_not_come_is_said(visitor: Visitor) -> None:
    """The page says why, and shows it when it is asked for again."""
    page = visitor.open("/?digit=0")
    refusal = json.dumps({"error": {"code": "busy", "message": "Too much is asked for.", "request_id": "0"}})
    visitor.allow("503")
    page.route("**/api/models/*/filters", lambda route: route.fulfill(status=503, body=refusal))
    page.get_by_role("link", name="Filters").click()
    expect(visitor.alert).to_contain_text("Too much is asked for.")

    page.unroute("**/api/models/*/filters")
    page.get_by_role("link", name="Explore").click()
    page.get_by_role("link", name="Filters").click()

    expect(rows(page)).not_to_have_count(0)
    expect(visitor.alert).to_be_empty()
