"""What files, folders and classes are called where people are told of them: short, printable, in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from models.datasets.dataset import DataError

LONGEST = 40  # characters of a class's name
LISTED = 3  # names in a sentence; the others are counted
RUNS = re.compile("([0-9]+)")


def printable(text: str) -> str:
    r"""Return a text in one line, without what cannot be printed.

    >>> printable("two\nlines \x00 and\tmore")
    'two lines and more'
    """
    plain = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return " ".join("".join(each if each.isprintable() else " " for each in plain).split())


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a printable text of at most so many characters; an ellipsis stands for what was cut.

    >>> shortened("a long name", 6)
    'a lon…'
    """
    plain = printable(text)
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def called(path: Path) -> str:
    """Return how a file is called in a sentence; a folder ends in a slash."""
    name = shortened(path.name or path.resolve().name, 2 * LONGEST)
    return f"{name}/" if path.is_dir() else name


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    first = ", ".join(shortened(name, 2 * LONGEST) for name in names[:LISTED])
    return first if len(names) <= LISTED else f"{first} and {len(names) - LISTED:,} more"


def natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return what names are sorted by, so that numbers in them count as numbers.

    >>> sorted(["10", "9", "b2", "B10", "a"], key=natural)
    ['9', '10', 'a', 'b2', 'B10']
    """
    runs = RUNS.split(name.casefold())
    values = [each.lstrip("0") if place % 2 else each for place, each in enumerate(runs)]
    return [(len(each) if place % 2 else 0, each) for place, each in enumerate(values)], name


def class_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of classes as they are shown: printable, at most 40 characters, and each but once.

    >>> class_names(["cat", "", "cat"])
    ('cat', '1', 'cat (2)')
    """
    found: dict[str, None] = {}
    for number, name in enumerate(names):
        whole = name if printable(name) else str(number)
        short, count = shortened(whole), 1
        while short in found:
            count += 1
            again = f" ({count})"
            short = shortened(whole, LONGEST - len(again)) + again
        found[short] = None
    return tuple(found)


def refused(path: Path, fault: str, mend: str) -> DataError:
    """Return the error that names a file or folder, its fault and what mends it."""
    return DataError(f"{called(path)} {fault}. {mend}")
