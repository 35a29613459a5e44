from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.settings import ROOT
from models.store import manifest
from tests.notebook import ARTICLE, changed, opened, run

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST = 300_000  # bytes
FLIPPED = {"patch.astype(np.float64) * weights)": "patch.astype(np.float64) * weights[::-1, ::-1])"}
ONE_SLICE = {"for piece in range(slices):": "for piece in range(1):"}
SHORTLY = {
    "LEARN = 0 ": "LEARN = 128 ",
    'mnist.load("test")': 'mnist.load("test")[:500]',
    ", digits[-5_000:]": ", digits[-500:]",
}
ANEW = ("%reset -f", f"%cd {ROOT}")  # nothing that was named before is known, elsewhere


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cells: list[NotebookNode], kind: str) -> list[Any]:
    """Return the outputs of one kind."""
    return [each for cell in cells for each in cell.outputs if each.output_type == kind]


def words(cells: list[NotebookNode]) -> str:
    """Return what cells print."""
    return "".join(each.text for each in outputs(cells, "stream") if each.name == "stdout")


@pytest.mark.keras
def test_what_it_claims_holds_and_what_does_not_hold_fails() -> None:
    """It runs from its own folder to its last cell; the numbers are those of the manifest's networks.

    Then from the root, with networks that learn from a few digits first: a flipped kernel and a single slice
    are found out by their cells, and no other cell fails for that.
    """
    then = changed(ARTICLE, FLIPPED | ONE_SLICE | SHORTLY)
    cells = code(run(ARTICLE, ARTICLE.parent, *ANEW, *then))
    whole, then_ran = cells[: len(then)], cells[len(then) :]

    said = words(whole)
    assert [cell.execution_count for cell in whole] == list(range(1, len(then) + 1))
    for key in ("fcn", "cnn"):
        entry = manifest.find(key)
        assert f"{key.upper()}: {entry.parameters:,} parameters, {entry.checkpoint.name}" in said
    assert len([each for each in outputs(whole, "execute_result") if "image/png" in each.data]) == 7
    require_found_out(then_ran)


def require_found_out(cells: list[NotebookNode]) -> None:
    """Fail unless two cells fail, those that a flipped kernel and a single slice concern."""
    failed = [cell for cell in cells if any(each.output_type == "error" for each in cell.outputs)]
    assert [each.ename for each in outputs(cells, "error")] == ["AssertionError"] * 2
    by_hand, cell = failed
    assert "def by_hand" in by_hand.source
    assert "by_slice" in cell.source
    assert "trained here on 128 digits" in words(cells)


def test_what_is_to_be_changed_must_be_there() -> None:
    """A test that changes nothing would prove nothing."""
    with pytest.raises(ValueError, match="does not stand in article"):
        changed(ARTICLE, {"no such line": ""})


def test_it_can_be_read_where_it_lies() -> None:
    """Its pictures and numbers are in the file, which is small and says nothing of the machine it ran on."""
    import nbformat

    notebook = opened(ARTICLE)
    nbformat.validate(notebook)
    cells = code(notebook)
    text = ARTICLE.read_text(encoding="utf-8")

    assert len(text.encode()) < LARGEST
    assert {*(cell.execution_count for cell in cells)} == {*range(1, len(cells) + 1)}
    assert len([each for each in outputs(cells, "execute_result") if "image/png" in each.data]) == 7
    assert not outputs(cells, "error")
    assert {each.name for each in outputs(cells, "stream")} == {"stdout"}
    assert not re.search(rf"{re.escape(str(ROOT))}|0x[0-9a-f]{{6}}|/tmp/", text)


def test_its_numbers_are_of_the_networks_that_come_along() -> None:
    """Networks that were trained since are not told of in it before it has run on them: `make notebook`."""
    said = words(code(opened(ARTICLE)))

    for key in ("fcn", "cnn"):
        assert manifest.find(key).checkpoint.name in said, "Run it anew: make notebook"
