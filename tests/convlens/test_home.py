from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import convlens
from convlens.home import home
from dashboard.settings import ROOT

PACKAGE = Path(convlens.__file__).parent


def test_in_its_tree_it_lies_beside_the_package() -> None:
    """tests/test_package.py has it within."""
    assert home() == ROOT


def test_what_others_import_has_no_names_of_others() -> None:
    """`models`, `dashboard`, `app` may be somebody's own; only the command, a process of ours, uses ours."""
    files = {file.stem: ast.parse(file.read_text()) for file in PACKAGE.glob("*.py")}
    imported = {name: set(_tops(tree)) for name, tree in files.items()}
    assert len(files) > 6
    assert {name for name, used in imported.items() if used & {"models", "dashboard", "app"}} == {"__main__"}
    assert "convlens" not in imported["ending"]  # it runs without its package


def _tops(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module).split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
