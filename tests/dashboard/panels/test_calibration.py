from math import e
from typing import Any

import pytest

from dashboard.panels.calibration import PANEL
from tests.dashboard.panels.reading import drawn

SURE = e**3 / (e**3 + 2)  # what all ten digits are given for the answer


def test_the_scores_are_the_ones_worked_by_hand(compare: Any) -> None:
    """FCN names 6 of 10 right, always sure to 90.94 %: off by 30.94 %."""
    table, chart = drawn(PANEL, compare("fcn"))

    told = {row[0].text: row[1].text for row in table.rows}
    assert told["Accuracy"] == "60.00 %"
    assert told["Mean confidence"] == f"{100 * SURE:.2f} %"
    assert told["Calibration error (ECE, 15 bins)"] == f"{100 * (SURE - 0.6):.2f} %"
    other = 1 / (e**3 + 2)
    right, wrong = (1 - SURE) ** 2 + 2 * other**2, SURE**2 + (1 - other) ** 2 + other**2
    assert told["Brier score (0 to 2)"] == f"{0.6 * right + 0.4 * wrong:.4f}"
    assert chart.summary == f"FCN is off by {100 * (SURE - 0.6):.2f} % on average."


def test_only_bins_with_digits_are_drawn(compare: Any) -> None:
    """All ten digits are in one bin: one point, at their confidence and accuracy."""
    _, chart = drawn(PANEL, compare("cnn"))
    _, points = chart.figure.data

    assert list(points.x) == pytest.approx([SURE])
    assert list(points.y) == [0.8]
    assert points.hovertext[0].startswith(f"CNN, sure to {100 * SURE:.2f} % on average: 8 of 10,")


@pytest.mark.parametrize(("model", "names"), [("both", ["FCN", "CNN"]), ("cnn", ["CNN"])])
def test_only_the_shown_networks_are_drawn(compare: Any, model: Any, names: Any) -> None:
    """The toggle decides, in both themes."""
    for theme in ("light", "dark"):
        table, chart = drawn(PANEL, compare(model, theme))
        assert [cell.text for cell in table.header[1:]] == names
        assert [trace.name for trace in chart.figure.data[1:]] == names
