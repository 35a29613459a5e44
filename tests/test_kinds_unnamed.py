"""A rule of the house: what is done with a layer follows from its facts, never from the name of its class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from models.graph.kinds import described
from models.graph.requirements import OPAQUE
from tests.scripts import texts

ROOT = Path(__file__).parents[1]
LEAST = 5  # letters of a part of a name, such as "Pooling2D", that count as the name
EXCEPTIONS: Mapping[str, str] = {
    f"dashboard/words/network.py: {name}": "a function, which is explained; a layer has the same name"
    for name in ("ReLU", "PReLU", "ELU")
}  # by file and name, why it may stand there


@cache
def names() -> frozenset[str]:
    """Return Keras' names of all kinds that can be opened."""
    return frozenset({*described(), *OPAQUE})


def is_name(text: str) -> bool:
    """Whether a text is the name of a class, or a beginning or an end of one that could be asked for."""
    begins_or_ends = (name.startswith(text) or name.endswith(text) for name in names())
    return text in names() or (len(text) >= LEAST and text[0].isupper() and any(begins_or_ends))


def of_module(source: str) -> Iterator[str]:
    """Yield every text of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('if (layer.kind === "Conv2D") go();', ["Conv2D"]),
        ("kind.endsWith('Pooling2D')", ["Pooling2D"]),
        ("[`Dense`].includes(kind)", ["Dense"]),
        ('// a "Dense" layer\n/* "Add" */ go("dense")', []),
        ('layer.form === "sum"', []),
    ],
)
def test_a_name_in_a_script_is_found(source: str, found: list[str]) -> None:
    """As a text of its own, whole or in part; in a comment it is a word."""
    assert [text for text in texts(source) if is_name(text)] == found


def test_the_page_asks_for_no_kind_of_layer_by_name() -> None:
    """Neither in the browser nor in what serves it: a new kind is one file in models/graph/kinds."""
    files = [*(ROOT / "assets" / "js").rglob("*.js"), *(ROOT / "dashboard").rglob("*.py")]
    asked = {
        f"{file.relative_to(ROOT)}: {text}"
        for file in files
        for text in (texts if file.suffix == ".js" else of_module)(file.read_text())
        if is_name(text)
    }

    assert len(files) > 100
    assert asked == set(EXCEPTIONS)
