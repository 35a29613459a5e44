from dataclasses import replace
from math import exp, log
from typing import Any

import pytest
from scipy.stats import binomtest

from dashboard.panels.accuracy import PANEL
from models.datasets.disputed import Dispute
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, disputing, logits_of
from tests.dashboard.panels.reading import drawn, read_link


def cells(table: Any, column: Any) -> Any:
    return {row[0].text: row[column] for row in table.rows}


def test_every_number_is_the_one_worked_by_hand(compare: Any) -> None:
    """FCN names 6 of 10 right; the loss follows from the logits; all else stands in the manifest."""
    (table,) = drawn(PANEL, compare())
    column = {measure: cell.text for measure, cell in cells(table, 1).items()}

    total = exp(3) + 2
    nats = -(6 * log(exp(3) / total) + 4 * log(1 / total)) / 10
    low, high = binomtest(6, 10).proportion_ci(method="wilson")
    assert column == {
        "Test accuracy (95 % interval)": f"60.00 % ({100 * low:.2f} to {100 * high:.2f})",
        "Right": "6",
        "Wrong": "4",
        "Wrong on a disputed label": "0",
        "Test loss": f"{nats:.4f} nats",
        "Held-out accuracy": "97.50 %",
        "Held-out digits": "5,000",
        "Held-out loss": "0.1000 nats",
        "Epochs": "3",
        "Chosen epoch": "2",
        "Training": "seed 7, the only training",
        "Trained by": "python -m models.train fcn --seeds 7",
    }


def test_the_numbers_come_from_the_answers_not_from_the_manifest(compare: Any) -> None:
    """A manifest that boasts changes nothing in the test figures shown."""
    honest = compare("cnn")
    boasting = replace(honest.entries[0], test=replace(honest.entries[0].test, correct=10, loss=0.0))

    assert drawn(PANEL, replace(honest, entries=(boasting,))) == PANEL.draw(honest)


def test_wrong_answers_lead_to_the_wall(compare: Any, entries: Any) -> None:
    """The count of wrong digits is a link to the first of them, with the wall filtered to all of them."""
    (table,) = drawn(PANEL, compare())
    cell = cells(table, 2)["Wrong"]

    reader, selection = read_link(cell.link, entries)
    assert (reader.complaints, selection.digit, selection.wall.wrong) == ([], 5, "cnn")
    assert (cell.text, cell.label) == ("2", "2 digits that CNN names wrong")


def test_mistakes_on_disputed_labels_are_counted(compare: Any) -> None:
    """FCN is wrong on 1, 4, 5 and 6, CNN on 5 and 8; a disputed label that is named right counts nowhere."""
    dispute = Dispute(0, 2, 1, 3, 1)
    (table,) = drawn(PANEL, disputing(compare(), dict.fromkeys((0, 1, 5, 6), dispute)))

    row = [cells(table, column)["Wrong on a disputed label"] for column in (1, 2)]
    assert [(cell.text, cell.value) for cell in row] == [("3", 3), ("1", 1)]


def test_a_network_without_a_mistake_has_no_link(entries: Any) -> None:
    """There is no first wrong digit to lead to."""
    perfect = compared(entries[:1], {"fcn": logits_of(ANSWERS[:, 0])}, ANSWERS[:, 0], images=IMAGES)
    (table,) = drawn(PANEL, perfect)

    assert (cells(table, 1)["Wrong"].text, cells(table, 1)["Wrong"].link) == ("0", None)


@pytest.mark.parametrize(("model", "columns"), [("both", ["FCN", "CNN"]), ("cnn", ["CNN"])])
def test_only_the_shown_networks_have_a_column(compare: Any, model: Any, columns: Any) -> None:
    """One column each, in their hue, and every row is as long as the header."""
    table = drawn(PANEL, compare(model))[0]

    assert [cell.text for cell in table.header[1:]] == columns
    assert [cell.hue for cell in table.header[1:]] == [column.lower() for column in columns]
    assert {len(row) for row in table.rows} == {len(table.header)}
    assert "10 digits" in table.caption
