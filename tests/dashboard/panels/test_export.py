import csv
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from dashboard.colours import HUES
from dashboard.figures import clouds, intervals
from dashboard.figures.clouds import Cloud
from dashboard.figures.intervals import Intervals
from dashboard.panels.compare import PANELS
from dashboard.panels.export import address, write
from dashboard.panels.panel import Cell, Chart, Gallery, Plane, Table, Thumb, Words
from models.analysis.cost import Costs
from tests.dashboard.panels.conftest import with_found
from tests.networks import robust


def read(drawing: Any) -> list[list[str]]:
    return list(csv.reader(write(drawing).splitlines()))


def test_a_table_gives_its_numbers_in_full() -> None:
    """Where a cell stands for a number it is not rounded; commas and quotation marks survive."""
    table = Table(
        "",
        (Cell("measure"), Cell("FCN")),
        ((Cell('a "b", c'), Cell("98.5 %", value=0.98531)), (Cell("x"),) * 2),
    )

    assert read(table) == [["measure", "FCN"], ['a "b", c', "0.98531"], ["x", "x"]]


def test_an_interval_is_three_numbers() -> None:
    """Its column is three, and what has no interval leaves two of them empty."""
    share = Cell("98.50 % (98.00 to 99.00)", value=0.985, interval=(0.98, 0.99))
    span = Cell("−8 to 8", interval=(-8.0, 8.0))
    rows = (Cell("accuracy"), share), (Cell("right"), Cell("5", value=5.0)), (Cell("range"), span)
    table = Table("", (Cell("measure"), Cell("FCN")), rows)

    assert read(table) == [
        ["measure", "FCN", "FCN, low", "FCN, high"],
        ["accuracy", "0.985", "0.98", "0.99"],
        ["right", "5", "", ""],
        ["range", "", "-8", "8"],
    ]


def test_a_unit_stands_with_the_name_of_what_has_it() -> None:
    """Of a column in its header, of a row in front; where numbers have several there is none."""
    nats, time = Cell("0.1 nats", value=0.1, unit="nats"), Cell("2.5 µs", value=2.5, unit="µs")
    named = Cell("loss", header=True)
    across = Table(
        "", (Cell("measure"), Cell("FCN")), ((named, nats), (Cell("seed", header=True), Cell("7", value=7)))
    )
    down = Table(
        "",
        (Cell("layer"), Cell("time")),
        ((Cell("a", header=True), time), (Cell("b", header=True), Cell("not measured"))),
    )

    assert read(across) == [["measure", "FCN"], ["loss (nats)", "0.1"], ["seed", "7"]]
    assert read(down) == [["layer", "time (µs)"], ["a", "2.5"], ["b", "not measured"]]


PROSE = re.compile(r"[<>±+−-]?\s*[\d,.]*\d(\s*(%|nats|µs|MB|points|digits?))?(\s*\(.*\)|\s+(to|of|±)\s.*)?")
FRACTION = re.compile(r"-?\d+\.0+")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
@pytest.mark.parametrize("model", ["both", "fcn"])
def test_no_number_is_exported_as_prose(compare: Any, panel: Any, model: str) -> None:
    """A number is a number in full, without percent, unit or interval; whole ones have no point.

    That goes for every panel and all that it can draw; sentences are sentences, and seeds a list of names.
    """
    costs = {
        entry.sha256: {layer.name: 1.25 for layer in entry.layers} for entry in compare().collection.entries
    }
    full = with_found(compare(model), robustness={"fcn": robust(100)})
    full = replace(full, collection=replace(full.collection, costs=Costs("a machine", 250, 9, costs)))
    for drawing in panel.draw(full):
        if isinstance(drawing, Words | Plane):
            continue
        for head, *row in read(drawing)[1:]:
            for field in row:
                assert not FRACTION.fullmatch(field)
                if PROSE.fullmatch(field) and head != "Seeds":
                    float(field)


def test_a_chart_gives_its_points_and_the_ends_of_its_bars() -> None:
    """Networks that stand side by side at a place are both at that place's name."""
    networks = [
        Intervals(name, HUES["fcn"], [0.5, share], [0.25, 0.5], [0.75, 1.0], ["", ""])
        for name, share in (("FCN", 0.75), ("CNN", 1.0))
    ]
    chart = Chart("", "", intervals.draw(networks, ["all", "0"], "label", "light"))

    assert read(chart) == [
        ["series", "label", "named right", "low", "high"],
        ["FCN", "all", "0.5", "0.25", "0.75"],
        ["FCN", "0", "0.75", "0.5", "1"],
        ["CNN", "all", "0.5", "0.25", "0.75"],
        ["CNN", "0", "1", "0.5", "1"],
    ]


def test_a_bar_may_be_as_long_either_way() -> None:
    """Seeds give their points without bars, and their mean with one standard deviation below and above."""
    cloud = Cloud("FCN", HUES["fcn"], (1.0, 2.0), (0.25, 0.75), ("", ""))
    chart = Chart("", "", clouds.draw([cloud], "loss", "accuracy", "light"))

    (*points, mean) = read(chart)[1:]

    assert points == [["FCN seeds", "1", "0.25", "", ""], ["FCN seeds", "2", "0.75", "", ""]]
    assert mean[1:3] == ["1.5", "0.5"]
    assert [float(end) for end in mean[3:]] == pytest.approx([0.5 - 8**-0.5, 0.5 + 8**-0.5])


def test_digits_and_sentences_are_given_too() -> None:
    """One line for each digit with where it is found, and one for each sentence."""
    thumb = Thumb("data:,", "./?digit=8", "Test digit 8, label 0", (), {"digit": 8, "label": 0})

    assert read(Gallery("", (thumb,))) == [["digit", "label", "address"], ["8", "0", "./?digit=8"]]
    assert read(Gallery("", ())) == [["address"]]
    assert read(Words("", ((Cell("CNN"), Cell(" is right.")),)))[1:] == [["CNN is right."]]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_an_address_holds_the_numbers(compare: Any, panel: Any) -> None:
    """What is taken away is what is seen, whatever the characters."""
    for drawing in panel.draw(compare()):
        kind, _, content = address(drawing).partition(",")
        assert kind == "data:text/csv;charset=utf-8"
        assert unquote(content) == write(drawing)
