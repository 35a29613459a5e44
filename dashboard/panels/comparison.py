"""What the panels compare: the networks that are shown, and their answers to the same digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from dashboard.colours import Hue, Theme, hues
from dashboard.selection import BOTH
from models.analysis import channel_statistics
from models.analysis.collection import Collection
from models.analysis.measurement import Found, Measurement
from models.arrays import Floats, Labels
from models.datasets.dataset import Noun
from models.datasets.disputed import Disputes
from models.store.entry import Entry


@dataclass(frozen=True)
class Comparison:
    """Two networks side by side, or one of them, among all that are known.

    Attributes:
        collection: All networks, the test images, and what was measured.
        pair: The two that are compared, in the toggle's order; a single one where no other is known.
        entries: Those of the pair that the toggle shows.
        model: What the page's toggle says: a key of the pair or "both".
        theme: Of the page.
        elsewhere: What a command needs to write where the networks lie, "" where it does so by itself.
        opened: Whether they are somebody's own, of which all is measured while the page is looked at.
    """

    collection: Collection
    pair: tuple[Entry, ...]
    entries: tuple[Entry, ...]
    model: str = BOTH
    theme: Theme = "light"
    elsewhere: str = ""
    opened: bool = False

    @classmethod
    def of(
        cls,
        collection: Collection,
        model: str = BOTH,
        theme: Theme = "light",
        pair: Sequence[str] = (),
        *,
        elsewhere: str = "",
        opened: bool = False,
    ) -> Comparison:
        """Choose from all networks the pair, the first two by default, and those of it that the toggle shows.

        Raises:
            KeyError: The pair names a network that is not known.
            ValueError: The toggle shows none of the pair.
        """
        by_key = {entry.key: entry for entry in collection.entries}
        chosen = tuple(by_key[key] for key in pair) or collection.entries[:2]
        shown = tuple(entry for entry in chosen if model in (entry.key, BOTH))
        if not shown:
            raise ValueError(f"There is no network {model!r} to show.")
        return cls(collection, chosen, shown, model, theme, elsewhere, opened)

    def measures(self, measurement: str, *entries: Entry) -> str:
        """Return what measures something of networks where nobody did yet, as a sentence ends."""
        if self.opened:
            return "that comes by itself; how far it is stands along the bottom"
        keys = " ".join(entry.key for entry in entries)
        return f"python -m models.measure {measurement} {keys}{self.elsewhere}"

    def found(self, measurement: Measurement[Found]) -> Mapping[str, Found]:
        """Return what a measurement found, by key, of the networks on which it was made."""
        return self.collection.of(measurement)

    @cached_property
    def logits(self) -> Mapping[str, Floats]:
        """By key, of all known: (images, classes) float32, on the test images."""
        return {key: each.logits for key, each in self.found(channel_statistics.MEASUREMENT).items()}

    @property
    def labels(self) -> Labels:
        """The classes of the test images, (images,)."""
        return self.collection.test.labels

    @property
    def images(self) -> NDArray[np.uint8]:
        """The test images, (images, rows, columns[, 3])."""
        return self.collection.test.images

    @property
    def noun(self) -> Noun:
        """What one of them is called."""
        return self.collection.test.noun

    @property
    def classes(self) -> tuple[str, ...]:
        """What the classes are called, by number."""
        return self.collection.test.classes

    @property
    def right(self) -> str:
        """What the axis of a share of right answers is called."""
        return f"{self.noun.many} named right"

    @property
    def disputes(self) -> Disputes:
        """What is said against their labels."""
        return self.collection.test.disputes

    @property
    def measured_on(self) -> str:
        """How many there are, in words: "10,000 images of the test set"."""
        split = self.collection.test.split
        return self.noun.counted(len(self.labels)) + (f" of the {split} set" if split else "")

    @cached_property
    def hues(self) -> Mapping[str, Hue]:
        """The colours of all networks, by key."""
        return hues(entry.key for entry in self.collection.entries)

    def wall(self, image: int, **filters: int | str) -> str:
        """Return the address of the wall with these filters and this image, pair and toggle as they are.

        What is at its default is left out.
        """
        keys = [entry.key for entry in self.pair]
        pair = {} if self.pair == self.collection.entries[:2] else {"pair": ",".join(keys)}
        toggle = {} if self.model == BOTH else {"model": self.model}
        return f"./?{urlencode({'digit': image} | pair | toggle | filters, safe=',')}"
