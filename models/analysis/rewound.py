"""Networks as they were at a moment of their training: one moment at a time, whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models.analysis import timeline
from models.analysis.timeline import TRAINED, Timeline
from models.engine.networks import Built, Networks
from models.store.artefact import CheckpointError
from models.store.entry import Entry

if TYPE_CHECKING:
    from models.arrays import Floats
    from models.engine.moments import Moments
    from models.engine.probe import Probe

HASH = 16  # digits of the files of weights, by which what is remembered of them is known


class Rewound(Networks):
    """Networks of which moments were kept, opened once more; a moment is the weights that they are given.

    What is compiled is compiled once for all moments. Networks of which nothing was kept are as they are.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        folder: Path,
        timelines: Mapping[str, Timeline],
        trained: Networks,
    ) -> None:
        """Remember what is to be opened; nothing is loaded yet.

        Args:
            entries: All networks of a manifest.
            folder: Of the manifest.
            timelines: Of those of which anything was kept.
            trained: The same networks as they are.
        """
        super().__init__([entry for entry in entries if entry.key in timelines], folder)
        self._timelines, self._trained = timelines, trained
        self._alone = threading.RLock()
        self._now = TRAINED
        kept = (entry.moments for entry in self._entries.values())
        self._hashes = ".".join(each.sha256[:HASH] for each in kept if each)
        self._held: dict[str, int | None] = {}  # the place of each network whose weights were changed
        self._kept: dict[str, Moments] = {}
        self._own: dict[str, Mapping[str, Floats]] = {}  # the weights of each as it is

    @contextmanager
    def at(self, moment: str) -> Iterator[None]:
        """Have all networks as they were at a moment, or as they are trained; others wait meanwhile.

        Within it, probes of another moment must not be used: they are the same ones.

        Raises:
            KeyError: There is no such moment.
        """
        self.require(moment)
        with self._alone:
            before, self._now = self._now, moment
            try:
                yield
            finally:
                self._now = before

    def require(self, moment: str) -> None:
        """Fail unless there is such a moment.

        Raises:
            KeyError: There is none.
        """
        if moment != TRAINED:
            timeline.places(self._timelines, moment)

    @property
    def mark(self) -> str:
        """What tells networks at this moment from those at others, and of others; "" as they are trained."""
        return "" if self._now == TRAINED else f" at {self._now} of {self._hashes}"

    def built(self, key: str, make: Callable[[Probe], Built]) -> Built:
        """Return what is made of an opened network, once for all moments: it follows the weights."""
        return super().built(key, make) if key in self._timelines else self._trained.built(key, make)

    def probe(self, key: str) -> Probe:
        """Return the network as it was at the moment, as soon as it is open.

        Raises:
            WakingError, CheckpointError, MachineError, KeyError: As those that are trained do.
        """
        if key not in self._timelines:
            return self._trained.probe(key)
        self.wake()
        probe = super().probe(key)
        with self._alone:
            at = None if self._now == TRAINED else timeline.places(self._timelines, self._now)[key]
            if self._held.get(key) != at:
                own = self._own.setdefault(key, probe.arrays)
                probe.hold(own if at is None else self._moments(key, own).at(at))
                self._held[key] = at
        return probe

    def _moments(self, key: str, own: Mapping[str, Floats]) -> Moments:
        if key not in self._kept:
            entry = self._entries[key]
            found = timeline.moments(entry, self.folder)
            if found is None:
                raise CheckpointError(f"The manifest names no moments of {key}, but a timeline.")
            found.require(own, len(self._timelines[key].moments))
            self._kept[key] = found
        return self._kept[key]
