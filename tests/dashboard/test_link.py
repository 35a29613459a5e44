from __future__ import annotations

import json
import re
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.link import Reader
from dashboard.selection import PAGES, Selection, Table, Wall
from models.analysis.collection import Collection
from tests import networks

OPENING = 4271
ENTRIES = networks.three()
KNOWN = Collection(ENTRIES, networks.blank())
PAIR = ("fcn", "cnn")
LAYERS = {entry.key: entry.layers for entry in ENTRIES}
NAMES = (
    "digit",
    "pair",
    "model",
    "layer",
    "filter",
    "cell",
    "scale",
    "stage",
    "off",
    "perturb",
    "reference",
    "why",
    "mind",
    "label",
    "answer",
    "by",
    "wrong",
    "sort",
    "changed",
)


def read(path: str = "/", **query: str) -> tuple[Selection, list[str]]:
    """Return the selection and the complaints about a query."""
    reader = Reader(path, query, KNOWN, OPENING)
    return reader.read(), reader.complaints


def test_without_a_query_everything_is_at_its_default() -> None:
    """The bare address opens both networks on the opening digit, and has nothing to complain about."""
    assert read() == (Selection(OPENING, PAIR), [])
    assert read("/compare") == (Selection(OPENING, PAIR, page="compare"), [])


def test_what_no_link_has_is_complained_about() -> None:
    """A mistyped part is named, of many three; the rest of the link counts."""
    selection, complaints = read(pertrub="rotation:15", digit="9")
    assert (selection, complaints) == (
        Selection(9, PAIR),
        ["A link has no part called “pertrub”."],
    )
    _, complaints = read(**{f"{letter}{'x' * 100}": "" for letter in "abcde"})
    assert complaints == [
        f"A link has no part called {', '.join(f'“{each}{39 * chr(120)}…”' for each in 'abc')} and 2 more."
    ]


def test_an_image_may_be_called_so() -> None:
    """Who looks at clothes does not type `digit`; where both stand, that one counts, as before."""
    assert read(image="9") == read(digit="9") == (Selection(9, PAIR), [])
    assert read(image="x")[1] == ["digit=“x” must be a whole number from 0 to 9999."]
    assert read(image="8", digit="9") == (Selection(9, PAIR), ["A link has no part called “image”."])


@pytest.mark.parametrize("part", ["why", "mind"])
def test_a_tab_of_a_question_asks_it(part: str) -> None:
    """Who links to it alone is shown what the page asks first; what a link asks is asked."""
    opened, complaints = read(part=part)
    assert complaints == []
    first = {"why": "gradient", "mind": "nearest"}[part]
    assert {"why": opened.why, "mind": opened.mind} == {"why": "", "mind": ""} | {part: first}
    asked, _ = read(part=part, why="gradient:4", mind="second")
    assert (asked.why, asked.mind) == ("gradient:4", "second")


def test_what_others_add_to_a_link_is_no_mistake() -> None:
    """Whoever passes a link on may add parts, of which whoever follows it knows nothing."""
    added = {"utm_source": "x", "utm_medium": "y", "fbclid": "1", "gclid": "2", "msclkid": "3", "mc_eid": "4"}
    assert read(**added, digit="9") == (Selection(9, PAIR), [])


def test_a_part_that_stands_twice_is_complained_about() -> None:
    """The first counts, and that is said."""
    reader = Reader("/", {"digit": "9"}, KNOWN, OPENING, doubled=["digit", "utm_source"])

    assert reader.read() == Selection(9, PAIR)
    assert reader.complaints == ["More than once in the link: digit. The first counts."]


def test_a_whole_address_is_read() -> None:
    """Every part of a link lands in its place."""
    selection, complaints = read(
        digit="9", model="cnn", layer="conv2", filter="3", cell="12,7", scale="map", stage="pre",
        off="cnn.conv2:3.1,fcn.dense1:2", perturb="scale:0.80", reference="12",
        why="gradcam.conv2:4:9", mind="second",
        label="4", answer="9", by="fcn", wrong="disagree", sort="cnn", changed="cnn.conv2:3.1",
    )  # fmt: skip

    assert complaints == []
    assert selection == Selection(
        digit=9,
        pair=PAIR,
        model="cnn",
        layer="cnn.conv2",
        filter=3,
        cell=(12, 7),
        scale="map",
        stage="pre",
        off="fcn.dense1:2,cnn.conv2:1.3",
        perturb="scale:0.8",
        reference=12,
        why="gradcam.conv2:4:9",
        mind="second",
        wall=Wall(label=4, answer=9, by="fcn", wrong="disagree", sort="cnn", changed="cnn.conv2:1.3"),
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        *(
            ("digit", text)
            for text in ("", "-1", "10000", "1.5", "7x", "true", "NaN", "null", " 7", "+7", "٣", "²")
        ),
        *(("digit", text) for text in ("9" * 5_000, "1e3", "0x10", "7,7", "[7]", "<b>")),
        *(("pair", text) for text in ("", "fcn", "cnn,cnn", "fcn,rnn", "FCN,CNN", "fcn,cnn,fcn-matched")),
        *(("pair", text) for text in ("fcn;cnn", "fcn, cnn", "both", "fcn-matched", ",")),
        ("pair", "fcn," * 5_000),
        *(("model", text) for text in ("", "CNN", "rnn", "fcn,cnn", "__class__", "fcn-matched")),
        *(("scale", text) for text in ("", "Layer", "log")),
        *(("stage", text) for text in ("", "after", "POST")),
        *(("off", text) for text in ("x", "conv2:1", "cnn.conv2", "cnn.conv2:4", "cnn.output:0", ",")),
        ("off", "fcn-matched.dense1:1"),
        ("off", "9" * 5_000),
        *(("perturb", text) for text in ("x", "rotation", "rotation:NaN", "rotation:1e9", "rotation:91")),
        *(("reference", text) for text in ("", "10000", "-1", "a", "12,13", "none", "rotation:15")),
        *(("why", text) for text in ("", "x", "gradient:", "gradient:10", "gradient:4:9:1", "gradient:04")),
        *(("why", text) for text in ("gradcam", "gradcam.pool", "gradcam.conv2.1", "gradient.conv2", ":4")),
        *(("mind", text) for text in ("", "first", "10", "-1", "04", "4:9")),
        *(("label", text) for text in ("", "10", "-1", "a")),
        *(("wrong", text) for text in ("", "only.", "only.vit", "index", "fcn-matched", "only.fcn-matched")),
        *(("within", text) for text in ("", "cnn.tsne:1.2.3.4.5.6")),
        *(("sort", text) for text in ("", "both", "label", "fcn-matched", "fcn-matched.dense1.0")),
        *(
            ("layer", text)
            for text in ("", ".", "conv3", "conv2.", ".conv2", "cnn.dense1", "rnn.conv2", "flatten")
        ),
        *(
            ("layer", text)
            for text in ("fcn-matched.dense1", "fcn-matched", "fcn.fcn-matched.dense1", "matched.dense1")
        ),
        ("layer", "x" * 5_000),
        ("filter", "3"),
        ("cell", "1,1"),
        ("answer", "4"),
        ("by", "cnn"),
    ],
)
def test_nonsense_opens_the_default_and_says_so(page: str, name: str, nonsense: str) -> None:
    """Anything that makes no sense, alone or by itself, changes nothing and gives one short sentence."""
    selection, complaints = read(page, **{name: nonsense})

    assert selection == Selection(OPENING, PAIR, page=PAGES[page])
    assert len(complaints) == 1
    assert complaints[0].endswith(".")
    assert len(complaints[0]) < 200


@pytest.mark.parametrize(
    ("query", "layer"),
    [
        ({"layer": "conv2"}, "cnn.conv2"),
        ({"layer": "cnn.conv2"}, "cnn.conv2"),
        ({"layer": "conv2", "model": "cnn"}, "cnn.conv2"),
        ({"layer": "cnn.conv2", "model": "cnn"}, "cnn.conv2"),
        ({"layer": "output"}, "fcn.output"),
        ({"layer": "output", "model": "cnn"}, "cnn.output"),
        ({"layer": "cnn.output"}, "cnn.output"),
        ({"layer": "dense1"}, "fcn.dense1"),
        ({"layer": "conv2", "model": "fcn"}, ""),
        ({"layer": "cnn.conv2", "model": "fcn"}, ""),
        ({"layer": "fcn.conv2"}, ""),
    ],
)
def test_a_layer_is_found_with_and_without_its_network(query: dict[str, str], layer: str) -> None:
    """A plain name means the first network shown that has it; a network that is not shown has none."""
    selection, complaints = read(**query)

    assert selection.layer == layer
    assert selection.filter == (0 if layer else None)
    assert bool(complaints) == (not layer)


@pytest.mark.parametrize(
    ("layer", "channel", "cell", "expected"),
    [
        ("conv2", "3", "23,23", (3, (23, 23))),
        ("conv2", "3", "24,0", (3, None)),
        ("conv2", "3", "0,24", (3, None)),
        ("conv2", "4", "0,0", (0, None)),
        ("conv2", "-1", "0,0", (0, None)),
        ("conv2", "3", "", (3, None)),
        ("conv2", "3", "1", (3, None)),
        ("conv2", "3", "1,", (3, None)),
        ("conv2", "3", ",1", (3, None)),
        ("conv2", "3", "1,2,3", (3, None)),
        ("conv2", "3", "1;2", (3, None)),
        ("conv2", "3", "1, 2", (3, None)),
        ("pool", "0", "11,11", (0, (11, 11))),
        ("dense", "4", "0,0", (4, None)),
    ],
)
def test_filter_and_cell_must_exist_in_the_layer(
    layer: str, channel: str, cell: str, expected: tuple[int, tuple[int, int] | None]
) -> None:
    """A filter, row or column that the layer does not have is left out and complained about."""
    selection, complaints = read(layer=layer, filter=channel, cell=cell)

    assert (selection.filter, selection.cell) == expected
    assert bool(complaints) == (selection.cell is None)


def test_a_cell_without_a_filter_is_of_no_map() -> None:
    """Which map a cell belongs to must be said: it is not silently dropped."""
    selection, complaints = read(layer="conv2", cell="1,1")

    assert (selection.filter, selection.cell) == (0, None)
    assert len(complaints) == 1


def test_the_table_of_filters_is_read() -> None:
    """Its layer is named as a layer of Explore is; its order is none of the wall, which has none there."""
    query = {"model": "cnn", "layer": "conv2", "fate": "always-on", "find": "map 3", "sort": "-mean"}

    selection, complaints = read("/filters", **query)

    assert complaints == []
    assert selection == Selection(
        OPENING, PAIR, "filters", "cnn", table=Table("cnn.conv2", "always-on", "map 3", "-mean")
    )


@pytest.mark.parametrize(
    ("page", "part", "text"),
    [
        ("/filters", "fate", "alive"),
        ("/filters", "fate", "always on"),
        ("/filters", "find", "x" * 61),
        ("/filters", "sort", "cnn"),
        ("/filters", "sort", "--mean"),
        ("/filters", "sort", "layer"),
        ("/filters", "filter", "3"),
        ("/filters", "label", "4"),
        ("/", "fate", "dead"),
        ("/compare", "find", "conv2"),
        ("/", "sort", "-mean"),
    ],
)
def test_a_page_takes_its_own_parts_alone(page: str, part: str, text: str) -> None:
    """What its table cannot be, and what another page alone has, changes nothing, and is said."""
    selection, complaints = read(page, **{part: text})

    assert selection == Selection(OPENING, PAIR, PAGES[page])
    assert len(complaints) == 1
    assert complaints[0].startswith(part)


@pytest.mark.parametrize("given_parts", [{"answer": "9"}, {"by": "cnn"}, {"answer": "x", "by": "cnn"}])
def test_an_answer_needs_the_network_that_gave_it(given_parts: dict[str, str]) -> None:
    """One without the other, or a wrong one, selects nothing, rather than half of it."""
    selection, complaints = read(**given_parts)

    assert selection.wall == Wall()
    assert complaints


# An oracle that shares nothing with the reader: what each part may be is listed, not parsed.
DIGITS = {str(n): n for n in range(10_000)}
CLASSES = {str(n): n for n in range(10)}
PAIRS = {",".join((one, other)): (one, other) for one in LAYERS for other in LAYERS if one != other}


OFF = {
    "cnn.conv2:1": {"cnn"},
    "cnn.conv2:1.3": {"cnn"},
    "fcn.dense1:2,cnn.conv2:0": {"fcn", "cnn"},
    "fcn-matched.dense1:7": {"fcn-matched"},
}  # texts, and the networks that each names
MOVES = {text: text for text in ("rotation:15", "right:-2.5", "noise:0")}


def layer_of(shown: tuple[str, ...], text: str) -> str:
    """Return the layer that a text means where these networks are shown, "" for none."""
    for key in shown:
        for layer in LAYERS[key]:
            if layer.kind != "Flatten" and text in (layer.name, f"{key}.{layer.name}"):
                return f"{key}.{layer.name}"
    return ""


def plain(text: str) -> str:
    """Return a number without leading zeros, as the tables list it."""
    return re.sub(r"^0{1,5}(?=[0-9])", "", text) if len(text) <= 6 else text


def expected(query: dict[str, str]) -> Selection:
    """Return the selection that a query means."""
    pair = PAIRS.get(query.get("pair", ""), PAIR)
    model = query["model"] if query.get("model") in pair else "both"
    path = layer_of(pair if model == "both" else (model,), query.get("layer", ""))
    channel, cell = None, None
    if path:
        key, name = path.split(".")
        shape = next(layer.output_shape for layer in LAYERS[key] if layer.name == name)
        channels = {str(n): n for n in range(shape[-1])}
        channel = channels.get(plain(query.get("filter", "")), 0)
        cells = (
            {f"{r},{c}": (r, c) for r in range(shape[0]) for c in range(shape[1])} if len(shape) == 3 else {}
        )
        if plain(query.get("filter", "")) in channels:
            cell = cells.get(",".join(map(plain, query.get("cell", "").split(","))))
    answer, by = CLASSES.get(plain(query.get("answer", ""))), query.get("by", "")
    if answer is None or by not in pair:
        answer, by = None, ""
    wrong, sort = query.get("wrong", ""), query.get("sort", "")
    return Selection(
        digit=DIGITS.get(plain(query.get("digit", "")), OPENING),
        pair=pair,
        model=model,
        layer=path,
        filter=channel,
        cell=cell,
        scale=query["scale"] if query.get("scale") in ("layer", "map", "data", "grey") else "layer",
        off=query["off"] if OFF.get(query.get("off", ""), {""}) <= {*pair} else "",
        perturb=MOVES.get(query.get("perturb", ""), ""),
        reference=DIGITS.get(plain(query.get("reference", ""))),
        why=query["why"] if query.get("why") in WHYS else "",
        mind=query["mind"] if query.get("mind") in (*CLASSES, "nearest", "second") else "",
        stage=query["stage"] if query.get("stage") in ("pre", "post") else "post",
        wall=Wall(
            label=CLASSES.get(plain(query.get("label", ""))),
            answer=answer,
            by=by,
            wrong=wrong if wrong in (*pair, *(f"only.{key}" for key in pair), *TOGETHER) else "",
            sort=sort if sort in ("index", *pair) else "index",
        ),
    )


TOGETHER = ("none", "both", "disagree", "disputed")
METHODS = ("gradient", "integrated", "occlusion", "gradcam.conv1", "gradcam.conv2")
WHYS = {*METHODS} | {f"{method}:{target}" for method in METHODS for target in CLASSES}
WHYS |= {f"{method}:{one}:{other}" for method in METHODS for one in ("", *CLASSES) for other in CLASSES}


def mentioned(query: dict[str, str], selection: Selection) -> bool:
    """Return whether every part of a query stands in the selection as it was written."""
    stands = {**asdict(selection), **asdict(selection.wall)}
    stands["cell"] = ",".join(map(str, selection.cell)) if selection.cell else None
    stands["pair"] = ",".join(selection.pair)
    for name, text in query.items():
        found = str(stands[name])
        if name == "layer":
            if text not in (found, found.rpartition(".")[2]):
                return False
        elif found != ",".join(map(plain, text.split(","))):
            return False
    return True


numbers = st.integers(-2, 30).map(str) | st.sampled_from(["9999", "10000", "007", "0000007"])
words = st.sampled_from(
    [
        *OFF,
        *PAIRS,
        "fcn-matched",
        *MOVES,
        "fcn",
        "cnn",
        "both",
        "disagree",
        "none",
        "only.fcn",
        "only.cnn",
        "only.vit",
        "index",
        "nearest",
        "second",
        "gradient",
        "gradcam.conv1::3",
        "occlusion:4:9",
        "layer",
        "map",
        "data",
        "grey",
        "pre",
        "post",
        "",
        "0,0",
        "11,3",
        "24,1",
    ]
)
layers = st.sampled_from(
    ["conv1", "cnn.conv2", "fcn.dense1", "fcn-matched.dense1", "dense", "output", "cnn.output", "flatten"]
)
queries = st.dictionaries(st.sampled_from(NAMES), numbers | words | layers | st.text(max_size=8))


@given(queries)
def test_any_query_gives_what_the_oracle_says(query: dict[str, str]) -> None:
    """Whatever a person types, nothing is raised, the selection is the oracle's, and it can be stored."""
    selection, complaints = read(**query)

    assert selection == expected(query)
    assert bool(complaints) == (not mentioned(query, selection))
    assert json.loads(json.dumps(selection.to_store()))["digit"] == selection.digit


def test_a_slice_belongs_to_a_filter_that_has_it() -> None:
    """A convolution over several maps has slices; a unit has none, and no filter has more than it reads."""
    chosen, complaints = read(model="cnn", layer="conv2", filter="1", slice="2")
    assert (chosen.slice, complaints) == (2, [])

    for query in ({"layer": "conv2", "slice": "3"}, {"layer": "dense", "slice": "0"}, {"slice": "1"}):
        chosen, complaints = read(model="cnn", **query)
        assert chosen.slice is None
        assert len(complaints) == 1


def test_only_a_class_is_compared_with_another() -> None:
    """`against` names a second class, beside a unit of the layer that names classes."""
    chosen, complaints = read(model="cnn", layer="output", filter="4", against="9")
    assert (chosen.against, complaints) == (9, [])

    for query in ({"layer": "output", "against": "10"}, {"layer": "dense", "against": "3"}):
        chosen, complaints = read(model="cnn", **query)
        assert chosen.against is None
        assert len(complaints) == 1


def test_no_answer_changes_while_nothing_is_off() -> None:
    """The wall of changed answers needs something switched off."""
    assert read(wrong="changed", off="cnn.conv2:1")[0].wall.wrong == "changed"

    chosen, complaints = read(wrong="changed")
    assert chosen.wall.wrong == ""
    assert len(complaints) == 1


def test_the_wall_of_changed_answers_can_say_by_what() -> None:
    """Those of a set of channels need nothing switched off; a set that is not there is left out, and said."""
    assert read(changed="cnn.conv2:1")[0] == Selection(OPENING, PAIR, wall=Wall(changed="cnn.conv2:1"))
    for changed in ("cnn.conv2:4", "cnn.conv9:0", "rnn.conv2:1", "cnn.conv2"):
        chosen, complaints = read(changed=changed)
        assert chosen.wall == Wall()
        assert len(complaints) == 1


def test_the_wall_can_follow_a_filter() -> None:
    """Any channel of any painted layer orders the wall; one that does not exist leaves it by index."""
    assert read(sort="cnn.conv2.3")[0].wall.sort == "cnn.conv2.3"
    for sort in ("cnn.conv2.4", "cnn.flatten.0", "cnn.conv9.0", "rnn.conv2.1", "cnn.conv2", "cnn.conv2.-1"):
        chosen, complaints = read(sort=sort)
        assert chosen.wall.sort == "index"
        assert len(complaints) == 1


@given(st.sampled_from(sorted(PAIRS.values())))
def test_a_pair_is_what_everything_else_is_about(pair: tuple[str, str]) -> None:
    """Any two networks, in either order: each can be shown, inspected, sorted by and switched off in."""
    written = ",".join(pair)
    for key in pair:
        name = next(layer.name for layer in LAYERS[key] if layer.kind != "Flatten")
        query = {"model": key, "layer": f"{key}.{name}", "off": f"{key}.{name}:0", "wrong": key, "sort": key}

        selection, complaints = read(pair=written, **query)

        assert complaints == []
        assert (selection.pair, selection.model, selection.layer) == (pair, key, query["layer"])
        assert (selection.off, selection.wall.wrong, selection.wall.sort) == (query["off"], key, key)


def test_a_plain_layer_is_of_the_first_that_has_it() -> None:
    """Where both networks of the pair have a layer of that name, the order of the pair decides."""
    assert read(pair="fcn,fcn-matched", layer="dense1")[0].layer == "fcn.dense1"
    assert read(pair="fcn-matched,fcn", layer="dense1")[0].layer == "fcn-matched.dense1"


def test_equal_sets_are_off_under_one_name() -> None:
    """What is switched off is written in the manifest's order, whatever the pair's."""
    off = "fcn.dense1:2,cnn.conv2:0"

    assert read(pair="cnn,fcn", off=off)[0].off == off


def test_a_pair_that_makes_no_sense_is_said() -> None:
    """It is one complaint, and all else is read as of the default pair."""
    selection, (complaint,) = read(pair="cnn,cnn", model="cnn", wrong="fcn")

    assert complaint == (
        "pair must be two different ones of fcn, cnn, fcn-matched, with a comma between them."
    )
    assert (selection.pair, selection.model, selection.wall.wrong) == (PAIR, "cnn", "fcn")


def test_a_plane_or_a_layer_chooses_digits() -> None:
    """Three to 64 corners in thousandths, in the plane of a network of the pair that was arranged.

    Or a digit, of which the neighbours in the network's last hidden layer are meant.
    """
    arranged = [replace(entry, arrangement=entry.survey) for entry in ENTRIES]

    def within(text: str, **query: str) -> tuple[str, int]:
        reader = Reader(
            "/", {"within": text, **query}, Collection(tuple(arranged), networks.blank()), OPENING
        )
        return reader.read().wall.within, len(reader.complaints)

    line = "cnn.tsne:0.0.1000.0.500.1000"
    assert within(line) == (line, 0)
    assert within(f"fcn.pca:{'.'.join(['7'] * 128)}")[1] == 0
    assert within("cnn.near:9999") == ("cnn.near:9999", 0)
    assert within("fcn.near:007") == ("fcn.near:7", 0)
    for nonsense in (
        "", "cnn", "cnn.tsne", "cnn.tsne:", "cnn.tsne:1.2.3.4", "cnn.tsne:1.2.3.4.5", "cnn.umap:1.2.3.4.5.6",
        "rnn.tsne:1.2.3.4.5.6", "fcn-matched.tsne:1.2.3.4.5.6", "cnn.tsne:1.2.3.4.5.1001",
        "cnn.tsne:1.2.3.4.5.-6", "cnn.tsne:1.2.3.4.5.6.5", f"cnn.tsne:{'.'.join(['7'] * 130)}",
        "cnn.near", "cnn.near:", "cnn.near:10000", "cnn.near:-1", "cnn.near:1.5", "cnn.near:1.2.3.4.5.6",
        "cnn.near:١", "fcn-matched.near:5", "near:5", ".near:5",
    ):  # fmt: skip
        assert within(nonsense) == ("", 1)
    for known in (line, "cnn.near:5"):
        assert Reader("/", {"within": known}, KNOWN, OPENING).read().wall.within == ""
