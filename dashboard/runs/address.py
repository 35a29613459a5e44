"""What is chosen on the page of trainings, as it stands in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlencode

from jobs.job import ID

MOST = 2_000  # characters of an address,
NAME = 40  # and of what stands there for a training


@dataclass(frozen=True)
class Address:
    """What is chosen.

    Attributes:
        run: Id of the training, "" for none.
        other: Id of the one that it is compared with, "" for none.
        digit: Index of the test image that is shown.
        step: Steps that were made before the snapshot that is shown, None for the newest.
    """

    run: str = ""
    other: str = ""
    digit: int = 0
    step: int | None = None

    @classmethod
    def read(cls, query: object) -> Self:
        """Return what a query chooses, such as "?run=…&digit=4"; what makes no sense in it is left out.

        Whose training is asked for by a name that none has is told so by whoever looks it up.
        """
        if not isinstance(query, str) or len(query) > MOST:
            return cls()
        parts = dict(parse_qsl(query.removeprefix("?"))[:8])
        run, other = parts.get("run", "")[:NAME], parts.get("with", "")
        other = other if ID.fullmatch(other) else ""
        step = index(parts["step"], 9) if "step" in parts else None
        return cls(run, other if run and other != run else "", index(parts.get("digit")), step)

    @property
    def query(self) -> str:
        """The query that says it, what is at its default left out."""
        step = "" if self.step is None else str(self.step)
        parts = {"run": self.run, "with": self.other, "digit": self.digit or "", "step": step}
        told = urlencode({name: value for name, value in parts.items() if value})
        return f"?{told}" if told else ""


def index(value: object, longest: int = 6) -> int:
    """Return the index of an image that somebody typed, 0 for what is none, or has more digits.

    >>> index("12"), index(7), index(-1), index("x"), index(True)
    (12, 7, 0, 0, 0)
    """
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else 0
