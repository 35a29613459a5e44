"""Runs a notebook from its first cell to its last: `make notebook` keeps what the article's says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dashboard.settings import ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

ARTICLE = ROOT / "notebooks" / "article.ipynb"
PATIENCE = 240  # seconds for a cell
PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def run(path: Path, folder: Path, *cells: str) -> NotebookNode:
    """Return a notebook with what its cells say now; the file stays as it is, and nothing else is written.

    Args:
        path: Of the notebook.
        folder: In which its cells run.
        cells: More, which are run behind them, each even where one before it has raised an error.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell of the notebook's own has raised an error.
    """
    from jupyter_client.manager import AsyncKernelManager  # not at the top, as every process of the tests
    from nbclient import NotebookClient  # would read the grammars that these bring along
    from nbformat.v4 import new_code_cell

    notebook = opened(path)
    may_fail = {"tags": ["raises-exception"]}
    notebook.cells += [new_code_cell(cell, metadata=may_fail) for cell in cells]  # type: ignore[no-untyped-call]
    with TemporaryDirectory() as private:
        client = NotebookClient(
            notebook,
            AsyncKernelManager(transport="ipc", connection_file=f"{private}/kernel.json"),
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            timeout=PATIENCE,
        )
        return client.execute(env=os.environ | {"IPYTHONDIR": private})


def changed(path: Path, changes: Mapping[str, str]) -> list[str]:
    """Return the code of a notebook's cells after changes.

    Args:
        path: Of the notebook.
        changes: Code that stands in it once, each with what stands there instead.

    Raises:
        ValueError: What is to be changed is not there, or is there more than once.
    """
    cells = [cell.source for cell in opened(path).cells if cell.cell_type == "code"]
    for old, new in changes.items():
        if sum(cell.count(old) for cell in cells) != 1:
            raise ValueError(f"{old!r} does not stand in {path.name} once.")
        cells = [cell.replace(old, new) for cell in cells]
    return cells


def opened(path: Path) -> NotebookNode:
    """Return a notebook as it lies there."""
    import nbformat

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def kept(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook whose cells say nothing of this run alone: no warnings, addresses or versions."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
            for each in cell.outputs:
                if "image/png" in each.get("data", {}):
                    each.data = {"image/png": each.data["image/png"]}
    notebook.metadata = PYTHON
    return notebook


if __name__ == "__main__":
    import nbformat

    nbformat.write(kept(run(ARTICLE, ROOT)), ARTICLE)  # type: ignore[no-untyped-call]
