import csv
from typing import Any
from urllib.parse import unquote

import pytest

from dashboard.colours import HUES
from dashboard.figures import clouds, intervals
from dashboard.figures.clouds import Cloud
from dashboard.figures.intervals import Intervals
from dashboard.panels.compare import PANELS
from dashboard.panels.export import address, write
from dashboard.panels.panel import Cell, Chart, Gallery, Table, Thumb, Words


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


def test_a_chart_gives_its_points_and_the_ends_of_its_bars() -> None:
    """Networks that stand side by side at a place are both at that place's name."""
    networks = [
        Intervals(name, HUES["fcn"], [0.5, share], [0.25, 0.5], [0.75, 1.0], ["", ""])
        for name, share in (("FCN", 0.75), ("CNN", 1.0))
    ]
    chart = Chart("", "", intervals.draw(networks, ["all", "0"], "label", "light"))

    assert read(chart) == [
        ["series", "x", "y", "low", "high"],
        ["FCN", "all", "0.5", "0.25", "0.75"],
        ["FCN", "0", "0.75", "0.5", "1.0"],
        ["CNN", "all", "0.5", "0.25", "0.75"],
        ["CNN", "0", "1.0", "0.5", "1.0"],
    ]


def test_a_bar_may_be_as_long_either_way() -> None:
    """Seeds give their points without bars, and their mean with one standard deviation below and above."""
    cloud = Cloud("FCN", HUES["fcn"], (1.0, 2.0), (0.25, 0.75), ("", ""))
    chart = Chart("", "", clouds.draw([cloud], "loss", "accuracy", "light"))

    (*points, mean) = read(chart)[1:]

    assert points == [["FCN seeds", "1.0", "0.25", "", ""], ["FCN seeds", "2.0", "0.75", "", ""]]
    assert mean[1:3] == ["1.5", "0.5"]
    assert [float(end) for end in mean[3:]] == pytest.approx([0.5 - 8**-0.5, 0.5 + 8**-0.5])


def test_digits_and_sentences_are_given_too() -> None:
    """One line for each digit with where it is found, and one for each sentence."""
    thumb = Thumb("data:,", "/?digit=8", "Test digit 8, label 0", ())

    assert read(Gallery("", (thumb,)))[1:] == [["Test digit 8, label 0", "/?digit=8"]]
    assert read(Words("", ((Cell("CNN"), Cell(" is right.")),)))[1:] == [["CNN is right."]]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_an_address_holds_the_numbers(compare: Any, panel: Any) -> None:
    """What is taken away is what is seen, whatever the characters."""
    for drawing in panel.draw(compare()):
        kind, _, content = address(drawing).partition(",")
        assert kind == "data:text/csv;charset=utf-8"
        assert unquote(content) == write(drawing)
