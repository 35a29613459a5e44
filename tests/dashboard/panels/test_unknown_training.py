"""What Compare says of networks that were trained elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.panels import accuracy, answer, history, seeds
from dashboard.panels.compare import PANELS
from dashboard.panels.panel import Chart, Panel, Table, Words
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, entry_of, logits_of
from tests.dashboard.panels.reading import drawn

LOGITS = {"fcn": logits_of(ANSWERS[:, 1]), "cnn": logits_of(ANSWERS[:, 2])}


def among(*trained: str) -> Any:
    """Return both networks, of which the training of these alone is known."""
    entries = [
        each if each.key in trained else replace(each, training=None)
        for each in (entry_of("fcn"), entry_of("cnn"))
    ]
    return compared(entries, LOGITS, ANSWERS[:, 0], images=IMAGES)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
@pytest.mark.parametrize("trained", [(), ("cnn",)])
def test_every_panel_answers(panel: Panel, trained: tuple[str, ...]) -> None:
    """With something to see or a sentence, though nothing is known of a training."""
    assert drawn(panel, among(*trained))


@pytest.mark.parametrize("panel", [history.PANEL, seeds.PANEL], ids=lambda panel: panel.key)
def test_that_nothing_is_known_is_said_once(panel: Panel) -> None:
    """Where no network has a training there is a sentence; else those are drawn that have one."""
    (said,) = drawn(panel, among())
    assert isinstance(said, Words)
    assert "not known" in said.sentences[0][0].text

    charts = [each for each in drawn(panel, among("cnn")) if isinstance(each, Chart)]
    assert charts
    assert all("CNN" in each.summary and "FCN" not in each.summary for each in charts)


def test_the_table_leaves_out_what_nobody_knows() -> None:
    """Of two unknown trainings no row is there; of one its cells say so, and the scores stay."""

    def rows(*trained: str) -> dict[str, list[str]]:
        table = drawn(accuracy.PANEL, among(*trained))[0]
        assert isinstance(table, Table)
        return {head.text: [cell.text for cell in cells] for head, *cells in table.rows}

    assert not any("Held-out" in name or "Train" in name or "poch" in name for name in rows())
    mixed = rows("cnn")
    assert mixed["Trained by"][0] == mixed["Held-out loss"][0] == "not known"
    assert mixed["Trained by"][1].startswith("python -m models.train cnn")
    assert mixed["Right"] == rows()["Right"] == rows("fcn", "cnn")["Right"]


def test_no_sentence_is_about_seeds_or_recipes_that_nobody_knows() -> None:
    """How much better and how sure is still said."""

    def sentences(*trained: str) -> list[str]:
        (said,) = drawn(answer.PANEL, among(*trained))
        return ["".join(cell.text for cell in sentence) for sentence in said.sentences]

    known = sentences("fcn", "cnn")
    assert any("seed" in each for each in known)
    for trained in ((), ("cnn",)):
        told = sentences(*trained)
        assert told[:3] == known[:3]
        assert not any("seed" in each or "trained" in each for each in told)
