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


def run(
    path: Path, folder: Path, changes: Mapping[str, str] | None = None, *, goes_on: bool = False
) -> NotebookNode:
    """Return a notebook with what its cells say now; the file stays as it is, and nothing else is written.

    Args:
        path: Of the notebook.
        folder: In which its cells run.
        changes: Code that stands in it once, each with what is run instead.
        goes_on: Whether the next cell is run where one has raised an error.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell has raised an error, and it does not go on.
        ValueError: What is to be changed is not there, or is there more than once.
    """
    from jupyter_client.manager import AsyncKernelManager  # not at the top, as every process of the tests
    from nbclient import NotebookClient  # would read the grammars that these bring along

    notebook = opened(path)
    for old, new in (changes or {}).items():
        holding = [cell for cell in notebook.cells if cell.cell_type == "code" and old in cell.source]
        if len(holding) != 1 or holding[0].source.count(old) != 1:
            raise ValueError(f"{old!r} does not stand in {path.name} once.")
        holding[0].source = holding[0].source.replace(old, new)
    with TemporaryDirectory() as private:
        client = NotebookClient(
            notebook,
            AsyncKernelManager(transport="ipc", connection_file=f"{private}/kernel.json"),
            allow_errors=goes_on,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            timeout=PATIENCE,
        )
        return client.execute(env=os.environ | {"IPYTHONDIR": private})


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
