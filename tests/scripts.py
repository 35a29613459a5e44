"""What stands in a script, told apart: its texts, and its code without texts and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

PARTS = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`", re.DOTALL
)


def texts(source: str) -> Iterator[str]:
    """Yield every text of a script that is no comment."""
    for found in PARTS.finditer(source):
        yield from (group for group in found.groups() if group is not None)


def code(source: str) -> str:
    """Return a script without its texts and comments."""
    return PARTS.sub(" ", source)
