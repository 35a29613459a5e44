from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from dashboard.panels.moves import PANEL, held
from models.analysis.metrics import wilson_interval
from models.analysis.robustness import Robustness
from models.datasets.perturbation import PERTURBATIONS
from tests.dashboard.panels.conftest import with_found
from tests.dashboard.panels.reading import drawn
from tests.networks import robust

RIGHT = PERTURBATIONS["right"]


def table(**counts: Any) -> Any:
    """Return a table in which every count is 960 of 1,000 but for those named."""
    full = {key: (960,) * len(way.amounts) for key, way in PERTURBATIONS.items()} | counts
    lost = {key: tuple(max(0, 960 - each) for each in several) for key, several in full.items()}
    return Robustness(1_000, full, lost, lost)


@pytest.fixture
def measured(compare: Any) -> Any:
    tables = {"fcn": robust(100), "cnn": table()}
    return lambda *toggle: with_found(compare(*toggle), robustness=tables)


def test_curves_are_the_stored_counts(measured: Any) -> None:
    """One per network and perturbation, with Wilson's interval, and its words on hover."""
    chart, *_ = drawn(PANEL, measured())

    assert len(chart.figure.data) == 2 * len(PERTURBATIONS)
    fcn = chart.figure.data[0]
    assert (fcn.name, fcn.meta) == ("FCN, shift right", "right")
    assert list(fcn.x) == list(RIGHT.amounts)
    assert list(fcn.y) == [right / 100 for right in robust(100).correct["right"]]
    low, high = wilson_interval(50, 100)
    assert fcn.y[0] - fcn.error_y.arrayminus[0] == pytest.approx(low)
    assert fcn.y[0] + fcn.error_y.array[0] == pytest.approx(high)
    assert fcn.hovertext[0].startswith("FCN, moved 8 px to the left: 50 of 100,<br>50.00 % (")
    assert "FCN, unchanged: 50 of 100" in fcn.hovertext[RIGHT.amounts.index(0)]


def test_the_toggle_chooses_the_curves(measured: Any) -> None:
    """A network alone has its own curves alone."""
    chart, _, held_table = drawn(PANEL, measured("cnn"))

    assert {trace.name.split(",")[0] for trace in chart.figure.data} == {"CNN"}
    assert [cell.text for cell in held_table.header] == ["change", "CNN", "measured"]


def test_the_summary_says_what_a_shift_does(measured: Any) -> None:
    """Two pixels to the right, in numbers, for each network."""
    chart, *_ = drawn(PANEL, measured())

    assert chart.summary == (
        "FCN names 50.00 % of the digits right where they are, and 42.00 % of them 2 px further right; "
        "CNN names 96.00 % of the digits right where they are, and 96.00 % of them 2 px further right."
    )


def test_shifts_are_counted_digit_by_digit(compare: Any) -> None:
    """In each of four directions: answers that change, right ones lost and gained, and their chance."""
    loses = table(right=tuple(900 if amount == 2 else 960 for amount in RIGHT.amounts))
    _, shifts, _ = drawn(PANEL, with_found(compare(), robustness={"fcn": loses, "cnn": table()}))

    assert [cell.text for cell in shifts.header] == ["direction", "network", "changed", "lost", "gained", "p"]
    rows = {(row[0].text, row[1].text): [cell.text for cell in row[2:]] for row in shifts.rows}
    assert rows["moved 2 px to the right", "FCN"] == ["60", "60", "0", "p < 0.0001"]
    assert rows["moved 2 px to the right", "CNN"] == ["0", "0", "0", "p = 1.0000"]
    directions = [f"moved 2 px {way}" for way in ("to the right", "to the left", "up", "down")]
    assert set(rows) == set(product(directions, ("FCN", "CNN")))


def test_a_network_that_nobody_measured(compare: Any) -> None:
    """It has no curve, and the summary says which command measures it."""
    chart, _, held_table = drawn(PANEL, with_found(compare(), robustness={"cnn": table()}))

    assert {trace.name.split(",")[0] for trace in chart.figure.data} == {"CNN"}
    assert chart.summary.endswith("FCN was not measured yet: python -m models.measure robustness fcn.")
    assert len(held_table.header) == 3
    (words,) = drawn(PANEL, compare("fcn"))
    own = replace(compare("fcn"), opened=True)
    assert drawn(PANEL, own)[0].sentences[0][0].text == (
        "FCN was not measured yet: that comes by itself; how far it is stands along the bottom."
    )
    assert [cell.text for sentence in words.sentences for cell in sentence] == [
        "FCN was not measured yet: python -m models.measure robustness fcn."
    ]


@pytest.mark.parametrize(
    ("weak", "words"),
    [
        ((), "−8 to 8"),
        ((-8, 3), "−6 to 2"),
        ((-1, 1), "0 alone"),
        ((0,), "not even unchanged"),
        ((-6, 8), "−4 to 6"),
    ],
)
def test_how_far_a_network_holds(weak: Any, words: Any) -> None:
    """From the unchanged digit either way to the last measured amount before the first that is too much."""
    counts = tuple(949 if amount in weak else 950 for amount in RIGHT.amounts)

    assert held(table(right=counts), RIGHT).text == words


def test_every_perturbation_has_a_row(measured: Any) -> None:
    """With its unit, how far each network holds, and how far was measured."""
    *_, held_table = drawn(PANEL, measured())

    rows = [[cell.text for cell in row] for row in held_table.rows]
    assert len(rows) == len(PERTURBATIONS)
    assert rows[0] == ["Shift right (pixels)", "not even unchanged", "−8 to 8", "−8 to 8"]
    assert "95 %" in held_table.caption
