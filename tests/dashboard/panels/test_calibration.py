from dataclasses import replace
from math import e, log
from typing import Any

import pytest

from dashboard.panels.calibration import PANEL
from tests.dashboard.panels.reading import drawn

SURE = e**3 / (e**3 + 2)  # what all ten digits are given for the answer


def test_the_scores_are_the_ones_worked_by_hand(compare: Any) -> None:
    """FCN names 6 of 10 right, always sure to 90.94 %: off by 30.94 points."""
    table, _, chart = drawn(PANEL, compare("fcn"))

    told = {row[0].text: row[1].text for row in table.rows}
    assert told["Accuracy"] == "60.00 %"
    assert told["Mean confidence"] == f"{100 * SURE:.2f} %"
    assert told["Calibration error (ECE, 15 bins)"] == f"{100 * (SURE - 0.6):.2f} %"
    other = 1 / (e**3 + 2)
    right, wrong = (1 - SURE) ** 2 + 2 * other**2, SURE**2 + (1 - other) ** 2 + other**2
    assert told["Brier score (0 to 2)"] == f"{0.6 * right + 0.4 * wrong:.4f}"
    off = f"{100 * (SURE - 0.6):.2f} percentage points"
    assert chart.summary == f"FCN's confidence is off by {off} on average."


@pytest.mark.parametrize(
    ("temperature", "said"),
    [
        (2.0, ("smaller", "smaller")),  # of a network that is too sure
        (0.5, ("larger", "larger")),
        (1.0, ("the same", "the same")),
    ],
)
def test_what_the_temperature_does_is_said_either_way(compare: Any, temperature: float, said: Any) -> None:
    """It need not help on the test digits: of each measure the sentence says which way it went."""
    comparison = compare("fcn")
    fitted = replace(comparison, entries=(replace(comparison.entries[0], temperature=temperature),))
    words = drawn(PANEL, fitted)[1].sentences[0][0].text

    error, likelihood = words.split(", its negative log-likelihood ")
    assert error.startswith(f"With its temperature FCN's calibration error is {said[0]}, ")
    assert likelihood.startswith(f"{said[1]}, ")
    told = {row[0].text: row[1].text for row in drawn(PANEL, fitted)[0].rows}
    before, after = (told[f"Calibration error{each} (ECE, 15 bins)"] for each in ("", " with it"))
    assert error.endswith(after if temperature == 1 else f"{after} instead of {before}")
    assert "No temperature" in drawn(PANEL, comparison)[1].sentences[0][0].text


def test_what_is_written_alike_is_said_to_be_the_same(compare: Any) -> None:
    """A temperature of almost 1 changes both measures by less than what is shown of them."""
    comparison = compare("fcn")
    fitted = replace(comparison, entries=(replace(comparison.entries[0], temperature=1.000001),))
    words = drawn(PANEL, fitted)[1].sentences[0][0].text

    assert "instead of" not in words
    assert words.count("the same, ") == 2


def test_a_temperature_is_measured_on_the_test_digits(compare: Any) -> None:
    """At twice the temperature the logit of 3 is one of 1.5; without one that is said."""
    comparison = compare("fcn")
    cooled = replace(comparison, entries=(replace(comparison.entries[0], temperature=2.0),))

    told = {row[0].text: row[1].text for row in drawn(PANEL, cooled)[0].rows}
    sure = e**1.5 / (e**1.5 + 2)
    assert told["Temperature, fitted on held-out digits"] == "2.000"
    assert told["Calibration error with it (ECE, 15 bins)"] == f"{100 * (sure - 0.6):.2f} %"
    nats = -(6 * log(sure) + 4 * log((1 - sure) / 2)) / 10
    assert told["Negative log-likelihood with it"] == f"{nats:.4f} nats"
    assert [row[1].text for row in drawn(PANEL, comparison)[0].rows][-3:] == ["not fitted"] * 3


def test_only_bins_with_digits_are_drawn(compare: Any) -> None:
    """All ten digits are in one bin: one point, at their confidence and accuracy."""
    _, _, chart = drawn(PANEL, compare("cnn"))
    _, points = chart.figure.data

    assert list(points.x) == pytest.approx([SURE])
    assert list(points.y) == [0.8]
    assert points.hovertext[0].startswith(f"CNN, sure to {100 * SURE:.2f} % on average: 8 of 10,")


@pytest.mark.parametrize(("model", "names"), [("both", ["FCN", "CNN"]), ("cnn", ["CNN"])])
def test_only_the_shown_networks_are_drawn(compare: Any, model: Any, names: Any) -> None:
    """The toggle decides, in both themes."""
    for theme in ("light", "dark"):
        table, _, chart = drawn(PANEL, compare(model, theme))
        assert [cell.text for cell in table.header[1:]] == names
        assert [trace.name for trace in chart.figure.data[1:]] == names
