from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.panels.confusions import PANEL
from models.analysis.metrics import answers
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, entry_of, logits_of
from tests.dashboard.panels.reading import drawn, read_link


def texts(table: Any) -> Any:
    return [[cell.text for cell in row] for row in table.rows]


def test_counts_are_the_ones_worked_by_hand(compare: Any) -> None:
    """Labels down, answers across, then how many digits and what share is right; totals in the last row."""
    fcn, *_ = drawn(PANEL, compare())

    assert [cell.text for cell in fcn.header] == ["FCN", "0", "1", "2", "digits", "right"]
    assert texts(fcn) == [
        ["0", "2", "1", "0", "3", "66.67 %"],
        ["1", "0", "3", "0", "3", "100 %"],
        ["2", "1", "2", "1", "4", "25.00 %"],
        ["all", "3", "6", "1", "10", "60.00 %"],
    ]


def test_every_number_leads_to_its_first_digit(compare: Any, entries: Any) -> None:
    """Each link selects the first digit of that label and answer, and filters the wall to all of them."""
    for model in ("both", "fcn", "cnn"):
        comparison = compare(model)
        for entry, table in zip(comparison.entries, drawn(PANEL, comparison), strict=False):
            answered = answers(comparison.logits[entry.key])
            links = [cell for row in table.rows for cell in row if cell.link]
            assert len(links) == len({*zip(comparison.labels.tolist(), answered.tolist(), strict=True)})
            for cell in links:
                reader, selection = read_link(cell.link, entries)
                wall = selection.wall
                of_it = np.flatnonzero((comparison.labels == wall.label) & (answered == wall.answer))
                assert reader.complaints == []
                assert (selection.digit, wall.by, selection.model) == (of_it[0], entry.key, model)
                assert cell.text == str(len(of_it))


def test_links_say_what_they_lead_to(compare: Any) -> None:
    """The accessible name begins with the number seen, and tells a mistake from a right answer."""
    fcn, cnn, _ = drawn(PANEL, compare())

    assert fcn.rows[2][2].label == "2 digits labelled 2 that FCN takes for 1"
    assert fcn.rows[1][2].label == "3 digits labelled 1 that FCN names right"
    assert cnn.rows[0][3].label == "1 digit labelled 0 that CNN takes for 2"
    assert fcn.rows[0][0].label == "label 0"
    assert fcn.header[1].label == "answer 0"


def test_mistakes_are_shaded_on_one_scale_and_right_answers_are_not(compare: Any) -> None:
    """The most frequent mistake of any network shown is 1, others the square root of their part of it."""
    fcn, cnn, _ = drawn(PANEL, compare())

    assert fcn.rows[2][2].shade == 1
    assert fcn.rows[0][2].shade == pytest.approx(sqrt(1 / 2))
    assert cnn.rows[0][3].shade == pytest.approx(sqrt(1 / 2))
    assert [fcn.rows[place][place + 1].shade for place in range(3)] == [None] * 3
    assert [fcn.rows[place][place + 1].kind for place in range(3)] == ["right"] * 3
    assert "strongest shade is 2 digits" in cnn.caption


def test_no_digit_no_link(compare: Any) -> None:
    """An empty cell shows 0 and is neither a link nor shaded."""
    fcn, *_ = drawn(PANEL, compare())
    empty = fcn.rows[0][3]

    assert (empty.text, empty.link, empty.label, empty.shade, empty.kind) == ("0", None, None, None, "")


def test_a_network_without_a_mistake_is_drawn() -> None:
    """Nothing is shaded, and nothing is divided by zero."""
    labels = ANSWERS[:, 0]
    perfect = compared([entry_of("fcn")], {"fcn": logits_of(labels)}, labels, images=IMAGES)
    (table,) = drawn(PANEL, perfect)

    assert {cell.shade for row in table.rows for cell in row} == {None}
    assert table.rows[-1][-1].text == "100 %"


def test_the_difference_is_the_first_count_less_the_second(compare: Any, entries: Any) -> None:
    """Above zero FCN gives the answer more often, below CNN; each leads to the digits of who does."""
    *_, difference = drawn(PANEL, compare())

    assert texts(difference) == [["0", "0", "+1", "−1"], ["1", "0", "0", "0"], ["2", "+1", "+1", "−2"]]
    assert [[cell.kind for cell in row[1:]] for row in difference.rows] == [
        ["", "more", "less"],
        ["", "", ""],
        ["more", "more", "less"],
    ]
    assert difference.rows[2][2].label == "+1, digits labelled 2 that FCN takes for 1: 2, CNN 1"
    assert difference.rows[0][3].label == "−1, digits labelled 0 that CNN takes for 2: 1, FCN 0"
    reader, selection = read_link(difference.rows[0][3].link, entries)
    assert (reader.complaints, selection.digit) == ([], 8)
    assert (selection.wall.label, selection.wall.answer, selection.wall.by) == (0, 2, "cnn")


def test_differences_are_shaded_around_zero(compare: Any) -> None:
    """The largest difference of mistakes, either way, is 1; none, and right answers, are not shaded."""
    *_, difference = drawn(PANEL, compare())

    shades = [[cell.shade for cell in row[1:]] for row in difference.rows]
    assert shades == [[None, 1, 1], [None, None, None], [1, 1, None]]
    assert "the strongest shade is a difference of 1 digit" in difference.caption


@given(arrays(np.uint8, st.integers(0, 60), elements=st.integers(0, 9)), st.data())
def test_the_numbers_add_up_to_all_digits(answered: Any, data: Any) -> None:
    """Whatever is answered, the cells sum to the digits there are, and to their rows' and columns' totals."""
    labels = data.draw(arrays(np.uint8, len(answered), elements=st.integers(0, 9)))
    labels, answered = (np.append(values, np.arange(10, dtype=np.uint8)) for values in (labels, answered))
    comparison = compared([entry_of("cnn")], {"cnn": logits_of(answered, 10)}, labels, images=IMAGES)

    (table,) = drawn(PANEL, comparison)

    numbers = np.array([[int(cell.text) for cell in row[1:-1]] for row in table.rows])
    assert numbers[-1, -1] == len(labels) == numbers[:-1, :-1].sum()
    assert np.array_equal(numbers[:-1, :-1].sum(axis=1), numbers[:-1, -1])
    assert np.array_equal(numbers[:-1, :-1].sum(axis=0), numbers[-1, :-1])
