"""What the panels compare: the networks that are shown, and their answers to the same digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.colours import Hue, Theme, hues
from dashboard.selection import BOTH
from models.evaluate import Labels
from models.forward_pass import Floats
from models.registry import Entry


@dataclass(frozen=True)
class Comparison:
    """The networks that are shown, side by side.

    Attributes:
        entries: Those networks, in the manifest's order.
        logits: By key: (digits, classes) float32, on the test digits.
        labels: (digits,) uint8.
        hues: By key.
        model: What the page's toggle says: a network's key or "both".
        theme: Of the page.
    """

    entries: tuple[Entry, ...]
    logits: Mapping[str, Floats]
    labels: Labels
    hues: Mapping[str, Hue]
    model: str = BOTH
    theme: Theme = "light"

    @classmethod
    def of(
        cls,
        entries: Sequence[Entry],
        logits: Mapping[str, Floats],
        labels: Labels,
        model: str = BOTH,
        theme: Theme = "light",
    ) -> Comparison:
        """Choose from all networks those that the toggle shows.

        Raises:
            ValueError: The toggle shows none of them.
        """
        shown = tuple(entry for entry in entries if model in (entry.key, BOTH))
        if not shown:
            raise ValueError(f"There is no network {model!r} to show.")
        coloured = hues(entry.key for entry in entries)
        return cls(shown, {entry.key: logits[entry.key] for entry in shown}, labels, coloured, model, theme)

    def wall(self, digit: int, **filters: int | str) -> str:
        """Return the address of the wall with these filters, the toggle as it is, and this digit selected."""
        toggle = {} if self.model == BOTH else {"model": self.model}
        return f"/?{urlencode({'digit': digit, **toggle, **filters})}"


def name(entry: Entry) -> str:
    """Return what a network is called where there is little room, such as "CNN"."""
    return entry.key.upper()
