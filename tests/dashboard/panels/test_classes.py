from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from dashboard.panels.classes import PANEL
from tests.dashboard.panels.reading import drawn


def test_shares_and_bars_per_label_are_the_ones_worked_by_hand(compare: Any) -> None:
    """FCN: 6 of 10, and 2 of 3, 3 of 3, 1 of 4 of the labels 0, 1, 2, each with its Wilson interval."""
    (chart,) = drawn(PANEL, compare("fcn"))
    (trace,) = chart.figure.data

    right, total = [6, 2, 3, 1], [10, 3, 3, 4]
    bars = [binomtest(*pair).proportion_ci(method="wilson") for pair in zip(right, total, strict=True)]
    assert list(trace.y) == pytest.approx(np.divide(right, total))
    assert np.subtract(trace.y, trace.error_y.arrayminus) == pytest.approx([bar.low for bar in bars])
    assert np.add(trace.y, trace.error_y.array) == pytest.approx([bar.high for bar in bars])
    assert list(chart.figure.layout.xaxis.ticktext) == ["all", "0", "1", "2"]


def test_where_the_axis_begins_is_said(compare: Any) -> None:
    """The caption names the axis' first number, which is not zero unless an interval reaches it."""
    (chart,) = drawn(PANEL, compare("fcn"))

    assert chart.figure.layout.yaxis.range[0] == 0.04  # 1 of 4 is 4.56 % to 69.94 %
    assert chart.caption == "Accuracy on 10 digits of the test set; the axis begins at 4 %"


def test_the_summary_says_who_is_worst_on_what(compare: Any) -> None:
    """The first of equally good labels is named."""
    (chart,) = drawn(PANEL, compare())

    assert chart.summary == (
        "FCN is worst on label 2 (25.00 %) and best on label 1 (100.00 %); "
        "CNN is worst on label 0 (66.67 %) and best on label 1 (100.00 %)."
    )


def test_hovering_says_all_of_it(compare: Any) -> None:
    """Network, label, counts, and the share with its interval."""
    (chart,) = drawn(PANEL, compare("fcn"))

    assert chart.figure.data[0].hovertext[3] == "FCN, label 2: 1 of 4,<br>25.00 % (4.56 to 69.94)"


@pytest.mark.parametrize(("model", "names"), [("both", ["FCN", "CNN"]), ("cnn", ["CNN"])])
def test_only_the_shown_networks_are_drawn(compare: Any, model: Any, names: Any) -> None:
    """The toggle decides, in both themes."""
    for theme in ("light", "dark"):
        (chart,) = drawn(PANEL, compare(model, theme))
        assert [trace.name for trace in chart.figure.data] == names
