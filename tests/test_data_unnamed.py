"""A rule of the house: a number or a noun of the data is asked for, never written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.scripts import code, texts

ROOT = Path(__file__).parents[1]
OF_DIGITS = (
    *("models/datasets/mnist.py", "models/datasets/disputed.py", "models/sketch/", "assets/js/edit/"),
    *("models/datasets/fashion_mnist.py", "models/datasets/coloured_mnist.py"),
    *("dashboard/brought.py", "dashboard/api/drawings.py", "assets/js/core/ink.js"),
)  # what knows MNIST and its like, and what draws and reads digits
NUMBERS = {28, 784, 9_999, 10_000}
OTHERS: Mapping[tuple[str, int], str] = {
    ("models/pictures/decoder.py", 28): "where a PNG says whether it is interlaced",
    ("dashboard/picture.py", 28): "levels of maps before activation",
    ("assets/js/explore/wall_picture.js", 28): "screen pixels of an image on the wall",
    ("assets/js/figures/poster.js", 28): "screen pixels of a cell that has room for its number",
}  # numbers that are by chance as large
NOUN = re.compile(r"(?<![\w./<=#-])[Dd]igits?(?![\w=.:>/-])")
COUNTED = ("three digits", "last digits", "fewer digits", "digits behind", "more digits")  # of numbers


def sources(*folders: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file that must not know the data."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(OF_DIGITS):
                yield name, path.read_text(encoding="utf-8")


def said(text: str) -> bool:
    """Return whether a text that people may read speaks of digits; a single word is a key or an id."""
    plain = re.sub(r"\$?\{[^{}]*\}?", "", text)
    return (
        " " in plain.strip() and NOUN.search(plain) is not None and not any(each in plain for each in COUNTED)
    )


def constants(source: str) -> Iterator[tuple[int, int | str]]:
    """Yield line and value of every constant of Python but docstrings."""
    tree = ast.parse(source)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in documents:
            continue
        if isinstance(node.value, str) or type(node.value) is int:
            yield node.lineno, node.value


def test_python_writes_no_number_or_noun_of_the_data() -> None:
    """Neither sides nor counts of MNIST, nor a sentence on digits; the data set says both."""
    found = [
        f"{name}:{line} {value!r}"
        for name, source in sources("models", "dashboard", suffix=".py")
        for line, value in constants(source)
        if (value in NUMBERS and (name, value) not in OTHERS) or (isinstance(value, str) and said(value))
    ]
    assert found == []


def test_scripts_write_no_number_or_noun_of_the_data() -> None:
    """The same of JavaScript."""
    found = []
    for name, source in sources("assets/js", suffix=".js"):
        found += [f"{name} {text}" for text in texts(source) if said(text)]
        numbers = re.findall(r"(?<![\w.#])\d+(?![\w.])", code(source))
        wrong = NUMBERS & {*map(int, numbers)}
        found += [f"{name} {number}" for number in wrong if (name, number) not in OTHERS]
    assert found == []


def test_what_is_excused_is_there() -> None:
    """No exception outlives what it was made for."""
    for name, number in OTHERS:
        assert re.search(
            rf"(?<![\w.]){number:_}|(?<![\w.]){number}", (ROOT / name).read_text(encoding="utf-8")
        )
