"""What the panels compare: the networks that are shown, and their answers to the same digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from dashboard.colours import Hue, Theme, hues
from dashboard.selection import BOTH
from models.analysis.cost import Costs
from models.analysis.projection import Arrangement
from models.analysis.robustness import Robustness
from models.arrays import Floats, Labels
from models.store.manifest import Entry


@dataclass(frozen=True)
class Comparison:
    """Two networks side by side, or one of them, among all that are known.

    Attributes:
        known: All networks, in the manifest's order.
        pair: The two that are compared, in the toggle's order; a single one where no other is known.
        entries: Those of the pair that the toggle shows.
        logits: By key, of all known: (digits, classes) float32, on the test digits.
        labels: (digits,) uint8.
        images: (digits, rows, columns) uint8.
        hues: By key, of all known.
        costs: What each layer takes, None where it was not measured.
        arrangements: By key, how the last hidden layer arranges the digits, where that is known.
        model: What the page's toggle says: a key of the pair or "both".
        theme: Of the page.
        robustness: What moves each network, by key, of all known on which it was measured.
        elsewhere: What a command needs to write where the networks lie, "" where it does so by itself.
    """

    known: tuple[Entry, ...]
    pair: tuple[Entry, ...]
    entries: tuple[Entry, ...]
    logits: Mapping[str, Floats]
    labels: Labels
    images: NDArray[np.uint8]
    hues: Mapping[str, Hue]
    costs: Costs | None = None
    arrangements: Mapping[str, Arrangement] = field(default_factory=dict)
    model: str = BOTH
    theme: Theme = "light"
    robustness: Mapping[str, Robustness] = field(default_factory=dict)
    elsewhere: str = ""

    @classmethod
    def of(
        cls,
        known: Sequence[Entry],
        logits: Mapping[str, Floats],
        labels: Labels,
        model: str = BOTH,
        theme: Theme = "light",
        *,
        images: NDArray[np.uint8],
        pair: Sequence[str] = (),
        costs: Costs | None = None,
        arrangements: Mapping[str, Arrangement] = MappingProxyType({}),
        robustness: Mapping[str, Robustness] = MappingProxyType({}),
        elsewhere: str = "",
    ) -> Comparison:
        """Choose from all networks the pair, the first two by default, and those of it that the toggle shows.

        Raises:
            KeyError: The pair names a network that is not known.
            ValueError: The toggle shows none of the pair.
        """
        by_key = {entry.key: entry for entry in known}
        chosen = tuple(by_key[key] for key in pair) or tuple(known[:2])
        shown = tuple(entry for entry in chosen if model in (entry.key, BOTH))
        if not shown:
            raise ValueError(f"There is no network {model!r} to show.")
        return cls(
            tuple(known),
            chosen,
            shown,
            logits,
            labels,
            images,
            hues(by_key),
            costs,
            arrangements,
            model,
            theme,
            robustness,
            elsewhere,
        )

    def wall(self, digit: int, **filters: int | str) -> str:
        """Return the address of the wall with these filters and this digit, pair and toggle as they are.

        What is at its default is left out.
        """
        keys = [entry.key for entry in self.pair]
        pair = {} if self.pair == self.known[:2] else {"pair": ",".join(keys)}
        toggle = {} if self.model == BOTH else {"model": self.model}
        return f"/?{urlencode({'digit': digit} | pair | toggle | filters, safe=',')}"


def name(entry: Entry) -> str:
    """Return what a network is called where there is little room: "CNN", or "CNN augmented"."""
    first, *others = entry.key.split("-")
    return " ".join([first.upper(), *others])
