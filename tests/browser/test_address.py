from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from dashboard.link import Reader
from dashboard.selection import SCALES, Selection, Wall
from models.analysis.collection import Collection
from models.engine.forward_pass import STAGES
from tests import deno, networks
from tests.browser import at_rest
from tests.browser.conftest import Known
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LONG = "/?digit=4271&model=cnn&scale=map&stage=pre&layer=conv2&filter=21&cell=12,7&label=9&wrong=fcn&sort=cnn"
STATE = """() => {
  const text = (selector) => document.querySelector(selector)?.innerText ?? "";
  const field = (id) => document.getElementById(id);
  const fields = ["model", "scale", "stage", "wall-label", "wall-wrong", "wall-sort"];
  return {
    page: document.body.dataset.page,
    painted: document.body.dataset.painted,
    title: text("#digit-title"),
    fields: fields.map((id) => field(id).value),
    count: text("#wall-count"),
    inspected: ["h3", ".tensor", ".value"].map((part) => text(`#dock ${part}`)),
    pressed: [...document.querySelectorAll(".cells [aria-pressed=true]")].map((one) => one.ariaLabel),
    sight: document.getElementById("sight").hidden ? "" : document.getElementById("sight").style.cssText,
    alert: text("[role=alert]"),
  };
}"""


def state(visitor: Visitor) -> dict[str, Any]:
    """Return all that the address decides, once the exact value of the cell is there."""
    if at_rest.count(visitor.page.locator("#inspector .enlarged")):
        expect(visitor.page.locator("#dock .value")).not_to_contain_text("…")
    found: dict[str, Any] = at_rest.told(visitor.page, STATE)
    return found


def fields_are(visitor: Visitor, *values: str) -> None:
    """Wait until the controls say networks, scale, stage, and the wall's label, mistakes and order."""
    visitor.eventually(lambda: at_rest.told(visitor.page, STATE)["fields"] == list(values))


def assert_state(visitor: Visitor, expected: dict[str, Any]) -> None:
    """Wait until the page is as it was; Dash's controls follow when the browser has a moment."""
    found = state(visitor)
    for _ in range(100):
        if found == expected:
            return
        found = state(visitor)
    assert found == expected


def test_a_shared_link_restores_everything(visitor: Visitor) -> None:
    """Page, digit, networks, scale, stage, map, cell and wall: in another tab, and after a reload.

    Share says that the link is copied; what lies in the clipboard is the address of this very view.
    """
    page = visitor.open("/?digit=4271&model=cnn&layer=conv2&filter=21&cell=12,7&scale=layer")
    fields_are(visitor, "cnn", "layer", "post", "any", "any", "index")
    shown = state(visitor)
    assert shown["painted"] == "4271"
    assert shown["inspected"][0] == "CNN conv2 · map 21"
    assert shown["inspected"][2].startswith("conv2[12, 7, 21] = ")
    assert shown["pressed"] == ["conv2 map 21"]
    assert shown["sight"]
    assert shown["alert"] == ""

    visitor.open(LONG)
    fields_are(visitor, "cnn", "map", "pre", "9", "fcn", "cnn")
    shown = state(visitor)
    visitor.at(LONG)
    assert shown["inspected"][1] == "pre-activation (relu) · 24×24×64 · digit 4271"
    assert shown["alert"] == ""

    page.reload()
    visitor.shown()
    visitor.at(LONG)
    assert_state(visitor, shown)

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share").click()
    expect(visitor.alert).to_contain_text("The link to this view is copied.")
    assert at_rest.told(page, "() => navigator.clipboard.readText()") == visitor.url + LONG


def test_back_and_forward_restore_everything(visitor: Visitor) -> None:
    """Each choice is one step; Back undoes the last, over all pages, and Forward brings it again."""
    page = visitor.open("/?digit=4271")
    steps: list[Callable[[], None]] = [
        lambda: visitor.turn("Networks shown", "CNN alone"),
        lambda: visitor.cell("cnn", "conv2", "conv2 map 21").click(position={"x": 15, "y": 25}),
        lambda: visitor.choose("scale", "grey"),
        lambda: visitor.turn("Stage", "before activation"),
        lambda: visitor.choose("wall-wrong", "cnn"),
        lambda: page.get_by_role("link", name="Compare").click(),
    ]
    places = [(at_rest.address(page), state(visitor))]
    for step in steps:
        step()
        expect(page).not_to_have_url(places[-1][0])
        visitor.flush()
        places.append((at_rest.address(page), state(visitor)))
    assert at_rest.address(page) == f"{visitor.url}/compare?scale=grey&stage=pre"

    for url, shown in reversed(places[:-1]):
        page.go_back()
        expect(page).to_have_url(url)
        assert_state(visitor, shown)
    for url, shown in places[1:]:
        page.go_forward()
        expect(page).to_have_url(url)
        assert_state(visitor, shown)


def test_back_leads_to_where_one_walked(visitor: Visitor) -> None:
    """A step while the address of the last one on the way is still to be written does not lose that one."""
    page = visitor.open("/?digit=4271")

    page.evaluate("""async () => {
      const press = (place, key) =>
        place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      press(document.querySelector('.thumb[data-digit="4271"]'), "ArrowRight");
      while (document.body.dataset.painted !== "4272") await new Promise((go) => setTimeout(go));
      press(Object.assign(document.getElementById("go-to"), { value: "12" }), "Enter");
    }""")
    visitor.at("/?digit=12")
    page.go_back()

    visitor.painted(4272)
    visitor.at("/?digit=4272")


def test_nonsense_opens_the_defaults_and_says_so(visitor: Visitor) -> None:
    """Whatever makes no sense is named, with what is allowed, as text; the rest of the link holds."""
    nonsense = {"digit": "-1", "model": "rnn", "scale": "rainbow", "stage": "mid", "layer": "<b>conv9</b>"}
    nonsense |= {"label": "10", "wrong": "nobody", "sort": "colour", "answer": "5"}

    visitor.open("/?flip=all&" + "&".join(f"{name}={value}" for name, value in nonsense.items()))

    visitor.at(f"/?digit={visitor.facts()['opening']}&flip=all")
    fields_are(visitor, "both", "layer", "post", "any", "any", "index")
    shown = state(visitor)
    assert shown["inspected"] == ["", "", ""]
    for name, value in nonsense.items():
        assert value in shown["alert"] or name in shown["alert"]
    assert "“<b>conv9</b>” is no layer of the networks shown." in shown["alert"]
    assert "digit=“-1” must be a whole number from 0 to 9999." in shown["alert"]
    assert "scale=“rainbow” must be one of layer, map, data, grey." in shown["alert"]


def selections(known: Known) -> list[Selection]:
    """Return one selection for every combination of the kinds of things that can be selected."""
    walls = [Wall(), Wall(label=9, wrong="disagree"), Wall(label=4, answer=9, by="cnn")]
    walls += [Wall(wrong="both", sort="fcn")]
    inspected: list[dict[str, Any]] = [{}, {"layer": "cnn.conv2", "filter": 21, "cell": (12, 7)}]
    inspected += [{"layer": "cnn.conv1", "filter": 0, "cell": (0, 25)}]
    inspected += [
        {"layer": f"{model}.{layer.name}", "filter": layer.channels - 1}
        for model, entry in known.pair.items()
        for layer in entry.layers
        if layer.kind != "Flatten"
    ]
    plain = Selection(4271, ("fcn", "cnn"))
    return [
        replace(plain, page=page, scale=scale, stage=stage, wall=wall, model=model, **what)
        for page, scale, stage, wall, what in product(
            ("explore", "compare"), SCALES, STAGES, walls, inspected
        )
        for model in (*known.pair, "both")
        if what.get("layer", model).split(".")[0] == model or model == "both"
    ]


def test_the_server_reads_what_the_page_writes(visitor: Visitor, known: Known) -> None:
    """Every link of assets/js/core/address.js is read back as the same selection, without a complaint."""
    visitor.open()
    wanted = selections(known)

    links = deno.told(
        "core/address.js",
        "({ linkTo }, all) => all.map((one) => linkTo(one))",
        [each.to_store() for each in wanted],
        visitor.facts(),
    )

    assert len(set(links)) > 500
    for selection, link in zip(wanted, links, strict=True):
        path, query = (
            urljoin("/", urlsplit(link).path),
            dict(parse_qsl(urlsplit(link).query, strict_parsing=True)),
        )
        held = Collection(tuple(known.entries.values()), networks.blank())
        reader = Reader(path, query, held, opening=4271)
        read = reader.read()
        assert reader.complaints == [], link
        if selection.page == "compare":  # it has neither digit, wall nor layer
            assert read == replace(read, model=selection.model, scale=selection.scale, stage=selection.stage)
            assert (read.page, read.layer, read.wall) == ("compare", "", Wall()), link
        else:
            assert read == selection, link
