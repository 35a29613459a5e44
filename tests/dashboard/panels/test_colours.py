from typing import Any

import pytest

from dashboard.panels.answer import PANEL as ANSWER
from dashboard.panels.moves import PANEL
from models.analysis.metrics import wilson_interval
from tests.dashboard.panels.conftest import with_found
from tests.dashboard.panels.reading import drawn
from tests.models.analysis.test_colours import FOUND
from tests.networks import robust


@pytest.fixture
def measured(compare: Any) -> Any:
    tables = {"fcn": robust(100), "cnn": robust(100)}
    return lambda *toggle, **found: with_found(compare(*toggle), robustness=tables, **found)


def test_a_shortcut_is_said_with_intervals_and_a_test(measured: Any) -> None:
    """Right in learned and in swapped colours, lost and gained answers, and what they are taken for."""
    *_, words, table = drawn(PANEL, measured(colours={"cnn": FOUND}))
    (sentence,) = words.sentences
    said = "".join(cell.text for cell in sentence)

    assert said.startswith("CNN names 98.00 % (93.00 to 99.45) of the test digits right")
    assert "and 60.00 % (50.20 to 69.06) where the classes have swapped their colours" in said
    assert "it loses 39 right answers and gains 1 (McNemar's exact test: p < 0.0001)" in said
    assert "30.00 % are then named after the class whose colour they wear" in said
    assert said.endswith("It has learned the colour as a shortcut: what it reads is not the shape alone.")
    assert [row[0].text for row in table.rows][1] == "swapped: the colour of another class"
    assert table.rows[1][3].interval == wilson_interval(60, 100)


def test_without_such_a_measurement_nothing_is_said_of_colours(measured: Any) -> None:
    """The panel is as it is for grey images."""
    assert len(drawn(PANEL, measured())) == 3
    assert len(drawn(PANEL, measured("fcn", colours={"cnn": FOUND}))) == 3


def test_colours_are_told_where_nothing_else_was_measured(compare: Any) -> None:
    """They do not wait for the curves of all other changes."""
    unknown, words, table = drawn(PANEL, with_found(compare(), colours={"cnn": FOUND}))

    assert unknown.caption == "Nothing can be drawn before"
    assert words.caption == "Shape or colour?"
    assert len(table.rows) == 3


def test_the_shortcut_is_part_of_the_answer(measured: Any) -> None:
    """Who only reads which network is better reads of that too."""
    (words, *_) = drawn(ANSWER, measured(colours={"cnn": FOUND}))

    assert any("as a shortcut" in cell.text for sentence in words.sentences for cell in sentence)
