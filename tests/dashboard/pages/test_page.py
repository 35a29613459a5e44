from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from dashboard.exhibits import listed
from dashboard.factory import Page
from dashboard.ids import Id
from dashboard.markup import VOID
from dashboard.pages.compare import drawings_id, section_id
from dashboard.pages.network import about, lane, panel_id
from dashboard.pages.page import page
from dashboard.panels.compare import PANELS
from dashboard.picture import panels
from models.store.entry import Entry, Score
from models.store.exhibits import Exhibit
from tests import networks

Plain = dict[str, Any]
WORDS_BYTES = 4 * 1024  # that a first visit may spend on sentences


def parts(tree: object, templates: Mapping[str, str]) -> Iterator[Plain]:
    """Yield the properties of every component and element of a tree, from the outside in, with its type."""
    if isinstance(tree, Component):
        plain = tree.to_plotly_json()  # type: ignore[no-untyped-call]
        yield {**plain["props"], "type": plain["type"]}
        yield from Written.parts(templates.get(plain["props"].get("id"), ""))
        yield from parts(plain["props"].get("children"), templates)
    elif isinstance(tree, list | tuple):
        for each in tree:
            yield from parts(each, templates)


def built(entries: Sequence[Entry]) -> list[Plain]:
    """Return all of a page, what the document's templates hold in its place."""
    shown = [Exhibit(key, key, Path(key)) for key in ("one", "other")]
    layout, html = page(entries, networks.blank(), listed(shown, shown[0]))
    return list(parts(layout, dict(TEMPLATE.findall(html))))


TEMPLATE = re.compile('<template data-place="(.*?)">(.*?)</template>', re.DOTALL)


class Written(HTMLParser):
    """Reads what is written as HTML."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.found: list[Plain] = []
        self.open: list[Plain] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, as a component is noted."""
        self.found.append({**dict(attrs), "type": tag.capitalize(), "children": ""})
        if tag not in VOID:
            self.open.append(self.found[-1])

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be of that name."""
        assert self.open.pop()["type"] == tag.capitalize()

    def handle_data(self, data: str) -> None:
        """Note what can be read in all elements that are open."""
        for each in self.open:
            each["children"] += f" {data}"

    @classmethod
    def parts(cls, text: str) -> list[Plain]:
        """Return the attributes of every element, from the outside in, with its type and its words."""
        reader = cls()
        reader.feed(text)
        assert not reader.open
        return reader.found


def words(tree: object) -> str:
    """Return what can be read in a tree."""
    if isinstance(tree, Component):
        return words(getattr(tree, "children", None))
    if isinstance(tree, list | tuple):
        return " ".join(words(each) for each in tree)
    return "" if tree is None else str(tree)


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, Entry]:
    """Both small networks."""
    return networks.entries()


@pytest.fixture(scope="module")
def whole(entries: tuple[Entry, Entry]) -> list[Plain]:
    """Every component of the page."""
    return built(entries)


def test_every_id_is_on_the_page_once(whole: list[Plain]) -> None:
    """Each name that a callback or the browser's code may use; none twice."""
    ids = Counter(str(each["id"]) for each in whole if "id" in each)

    assert set(ids.values()) == {1}
    assert {str(name) for name in Id} <= ids.keys()


def test_every_part_of_the_document_has_its_place() -> None:
    """Each template has one of the layout's places, each place its template, and no property holds HTML."""
    layout, html = page(networks.entries(), networks.blank())
    components = list(parts(layout, {}))

    places = [each["id"] for each in components if each.get("className") == "plain"]
    assert sorted(places) == sorted(place for place, _ in TEMPLATE.findall(html))
    assert len(places) > 3
    assert not [each for each in components if "<" in json.dumps(each, default=lambda _: None)]


def test_callbacks_refer_to_what_is_there(page: Page, whole: list[Plain]) -> None:
    """Every input and output of every callback is a component of the layout: nothing is suppressed."""
    ids = {str(each["id"]) for each in whole if "id" in each}

    for output, callback in page.callback_map.items():
        named = [str(part["id"]) for part in (*callback["inputs"], *callback["state"])]
        named += [each.rsplit(".", 1)[0] for each in output.strip(".").split("...") if "." in each]
        assert set(named) <= ids
    assert page.config.suppress_callback_exceptions is False


def test_what_can_be_operated_has_a_name(whole: list[Plain]) -> None:
    """A screen reader says what every button, link, field, picture and region is."""
    hidden = [e for e in whole if e.get("hidden") in (True, "") or e.get("aria-hidden") == "true"]
    for each in whole:
        named = each.get("aria-label") or words(each.get("children")).strip()
        if each["type"] in ("Button", "A", "Canvas", "Nav", "Section", "Article") and each not in hidden:
            assert named not in ("", "◐", "‹", "›"), each
    labelled = [words(each["children"]) for each in whole if each["type"] == "Label"]
    assert len(labelled) == len([1 for each in whole if each["type"] in ("Select", "Input")])
    assert all(label.strip() for label in labelled)


def test_errors_have_their_places(whole: list[Plain]) -> None:
    """One alert for the page and one under the field that a digit is typed into, empty at first; statuses."""
    roles = [(each.get("role"), each.get("id"), each.get("children")) for each in whole if "role" in each]

    assert [role for role in roles if role[0] == "alert"] == [
        ("alert", Id.MESSAGE, ""),
        ("alert", Id.GO_TO_ERROR, ""),
    ]
    assert [role for role in roles if role[0] == "status"] == [
        ("status", Id.STATUS, ""),
        ("status", Id.READING, ""),
        ("status", Id.FILTERS_COUNT, ""),
    ]


def test_words_of_a_lane_are_explained_where_they_stand_first(whole: list[Plain]) -> None:
    """Each once in a lane, and reached by keys without being many stops."""
    dotted = [each for each in whole if each.get("class") == "dotted"]

    said = Counter(each["children"].strip() for each in dotted)
    assert {"parameters", "maps", "units", "probability", "logit"} <= said.keys()
    assert said["parameters"] == said["logit"] == 2  # lanes
    assert said["maps"] == 1  # of a network that has some
    assert {each["role"] for each in dotted} == {"button"}


def test_what_is_dotted_has_its_sentence_in_the_document() -> None:
    """Every word leads to a sentence that is hidden; one of layers that no network has is not sent."""
    _, html = page(networks.entries(), networks.blank())
    sentences = dict(re.findall('<dd id="(.*?)">(.*?)</dd>', html))

    assert '<dl id="words" hidden="">' in html
    assert {*re.findall('aria-describedby="(word-.*?)"', html)} <= sentences.keys()
    assert sentences["word-relu"].startswith("An activation function")
    assert "word-transposed-convolution" not in sentences
    assert len(zlib.compress(html[html.index('<dl id="words"') :].encode(), 9)) < WORDS_BYTES


def test_a_map_is_said_to_be_a_sum(entries: tuple[Entry, Entry], whole: list[Plain]) -> None:
    """Of products, and the bias; and how deep its kernel is, and why, from the network's own shapes."""
    read = {
        (panel["data-model"], panel["data-layer"]): re.sub(r" +(?=[ .,;:])", "", panel["children"])
        for panel in whole
        if "data-layer" in panel
    }

    assert len(read) == sum(len(panels(entry.layers)) for entry in entries)
    for layer in ("conv1", "conv2"):
        assert "all products summed, plus the bias" in read["cnn", layer]
        assert "After relu what is below zero is zero" in read["cnn", layer]
    assert "3-D, 3×3×1; its depth is 1 because the image is grey: it has one channel." in read["cnn", "conv1"]
    assert "3-D, 3×3×3; its depth is 3 because conv1 has 3 maps" in read["cnn", "conv2"]
    for words_of in read.values():
        assert "looks like" not in words_of
    assert not any("depth" in read[place] for place in read if not place[1].startswith("conv"))


def test_the_head_of_a_layer_is_drawn_from_the_network(
    entries: tuple[Entry, Entry], whole: list[Plain]
) -> None:
    """Its name and shape are seen; its kind, its parameters and how to read it are told of it."""
    panels_of = {(each["data-model"], each["data-layer"]): each for each in whole if "data-layer" in each}
    for entry in entries:
        for layer in panels(entry.layers):
            said = words(panels_of[entry.key, layer.name]["children"])
            assert about(entry, layer) in said
            assert said.split()[0] == layer.name
            if layer.parameters:
                assert f"{layer.parameters:,} parameters" in said


def test_every_link_within_the_page_leads_somewhere(whole: list[Plain]) -> None:
    """The way around the head leads to the content."""
    targets = [str(each["href"])[1:] for each in whole if str(each.get("href", "")).startswith("#")]
    ids = {str(each["id"]) for each in whole if "id" in each}

    assert targets == [Id.MAIN]
    assert set(targets) <= ids
    assert panel_id("cnn", "conv2") in ids
    assert panel_id("cnn", "flatten") not in ids


def test_a_panel_says_whose_it_is(entries: tuple[Entry, Entry], whole: list[Plain]) -> None:
    """For each painted layer one panel, marked with both, with a sentence on how to read it."""
    panels = [each for each in whole if "data-layer" in each]

    expected = [(e.key, layer.name) for e in entries for layer in e.layers if layer.kind != "Flatten"]
    assert [(each["data-model"], each["data-layer"]) for each in panels] == expected
    for each in panels:
        assert words(each["children"]).count(".") >= 1, each


def test_only_convolutions_have_kernels_beside_their_maps(whole: list[Plain]) -> None:
    """A stack of maps can be turned over."""
    panel: Plain = {}
    with_kernels = []
    for each in whole:  # a panel, then its parts
        panel = each if "data-layer" in each else panel
        if each.get("class") == "sheet kernels":
            with_kernels.append((panel["data-model"], panel["data-layer"]))
    assert with_kernels == [("cnn", "conv1"), ("cnn", "conv2")]


@pytest.mark.parametrize("keys", [["fcn", "cnn"], ["a-b", "b", "c"], ["one"]])
def test_the_page_opens_on_the_first_two(keys: list[str]) -> None:
    """The list offers both, then each of them alone; their lanes are shown, no others."""
    made = built([networks.entry(key, networks.CNN) for key in keys])

    (toggle,) = [each for each in made if each.get("id") == Id.MODEL]
    names = [key.upper().replace("A-B", "A b") for key in keys[:2]]
    assert [option["label"] for option in toggle["options"]] == [
        "both",
        *(f"{name} alone" for name in names),
    ]
    assert toggle["value"] == "both"
    columns = [each for each in made if each["type"] == "Article"]
    assert [each["data-model"] for each in columns] == keys
    assert ["hidden" in each for each in columns] == [False, False, True][: len(keys)]


def test_any_two_networks_can_be_chosen() -> None:
    """Each place of the pair has a list of all networks with their accuracy; two alone leave no choice."""
    made = built(networks.three())

    for place, chosen in ((Id.FIRST, "fcn"), (Id.SECOND, "cnn")):
        (field,) = [each for each in made if each.get("id") == place]
        assert [option["value"] for option in field["options"]] == ["fcn", "cnn", "fcn-matched"]
        assert field["options"][2]["label"] == "FCN matched · 98.50 %"
        assert field["value"] == chosen
    for entries, hidden in ((networks.three(), False), (networks.entries(), True)):
        shown = built(entries)
        (names,) = [each for each in shown if each.get("id") == Id.NETWORKS]
        assert names["children"] == "FCN, CNN"
        lists = [
            each["hidden"]
            for each in shown
            if isinstance(each.get("children"), list)
            and each.get("type") == "Label"
            and words(each["children"][:1]) in ("First network", "Second network")
        ]
        assert lists == [hidden, hidden]


def test_every_panel_of_compare_asks(whole: list[Plain]) -> None:
    """Its question as a heading, a sentence on how to read it, and a place for its drawings."""
    sections = [each for each in whole if each.get("className") == "panel"]

    assert [each["id"] for each in sections] == [section_id(panel) for panel in PANELS]
    for each, panel in zip(sections, PANELS, strict=True):
        question, how_to_read, _, place = each["children"]
        assert (words(question), words(how_to_read)) == panel.said(networks.blank().noun)
        assert "{" not in words(each["children"])
        assert words(question) == each["aria-label"]
        assert place.id == drawings_id(panel)


def test_a_network_says_which_of_its_trainings_it_is() -> None:
    """Above its layers: the median of its seeds on held-out digits, or the only one that there is."""
    only, several = networks.entries()
    others = tuple(
        replace(networks.training_of(several).seeds[0], seed=seed, held_out=score)
        for seed, score in HELD_OUT.items()
    )

    assert "seed 7, the only training" in lane(only, networks.blank(), shown=True)
    said = lane(networks.changed(several, seeds=others), networks.blank(), shown=True)
    assert "seed 7, the median of 3 trainings on held-out digits" in said


HELD_OUT = {seed: Score(5_000, correct, 0.1) for seed, correct in ((1, 4_800), (2, 4_950), (7, 4_900))}
