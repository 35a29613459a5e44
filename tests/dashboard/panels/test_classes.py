from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from dashboard.panels.classes import PANEL
from dashboard.panels.comparison import Comparison
from models.analysis.metrics import fisher
from tests.dashboard.panels.conftest import IMAGES, compared, entry_of, logits_of
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


def test_no_label_is_called_worst_that_is_not(compare: Any) -> None:
    """Of ten digits no label can be told from the others: ends are named with their counts, and no more."""
    (chart,) = drawn(PANEL, compare())

    end = "errs least often on label 1 (0 of 3 wrong), not told from 2 other labels, so none is best"
    assert chart.summary == (
        "FCN errs most often on label 2 (3 of 4 wrong), not told from 2 other labels, so none is worst, "
        f"and {end}; CNN errs most often on label 0 (1 of 3 wrong), not told from 2 other labels, so none is "
        f"worst, and {end}."
    )


TEN = "(10 of 1,000 wrong)"


def mistaken(*wrong: int, total: int = 1_000) -> Comparison:
    """Return a network that gets so many of a thousand digits of each label wrong."""
    labels = np.repeat(np.arange(len(wrong), dtype=np.uint8), total)
    answered = labels.copy()
    for label, number in enumerate(wrong):
        answered[label * total : label * total + number] = (label + 1) % len(wrong)
    logits = {"cnn": logits_of(answered, len(wrong))}
    return compared([entry_of("cnn")], logits, labels, images=IMAGES)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((50, 10, 10), "CNN is worst on label 0 (50 of 1,000 wrong), and errs least often on labels 1 "),
        ((50, 10, 10), f"labels 1 {TEN} and 2 {TEN}, not told from each other, so none is best."),
        ((40, 12, 10, 10), f"labels 2 {TEN} and 3 {TEN}, not told from 1 other label, so none is best."),
        ((30, 0, 31), "and is best on label 1 (0 of 1,000 wrong)."),
        ((10, 10, 8), f"errs most often on labels 0 {TEN} and 1 {TEN}, not told from 1 other label, so none"),
        ((7, 7, 7), "CNN errs equally often on all labels."),
        ((0, 0, 0), "CNN errs equally often on all labels."),
    ],
)
def test_a_superlative_is_earned(wrong: tuple[int, ...], words: str) -> None:
    """Worst and best is what Fisher's test tells from every other label; equal ones are all named."""
    (chart,) = drawn(PANEL, mistaken(*wrong))

    assert words in chart.summary


def test_the_more_labels_the_more_must_be_told_apart() -> None:
    """What would do for the one pair of two labels is not enough where there are 45 pairs."""
    two, ten = mistaken(22, 6), mistaken(22, *[6] * 9)

    assert 0.05 / 45 < fisher(22, 1_000, 6, 1_000) < 0.05
    assert "is worst on label 0" in drawn(PANEL, two)[0].summary
    assert "errs most often on label 0 (22 of 1,000 wrong), not told from" in drawn(PANEL, ten)[0].summary


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
