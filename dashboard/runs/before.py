"""What the page of trainings shows while none is chosen: how the networks of the other pages learned."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from dashboard.colours import Theme
from dashboard.panels import history
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Chart
from dashboard.panels.wording import percent
from dashboard.runs import strip
from models.analysis import timeline
from models.analysis.collection import Collection
from models.analysis.timeline import Moment, Timeline
from models.graph.description import Layer, convolutions
from models.store.artefact import CheckpointError
from models.store.entry import Entry

SHOWN = 5  # moments, evenly apart, from random weights to the last
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Became:
    """The kernels of a network at moments of its training.

    Attributes:
        name: Of the network.
        layer: Its first convolution.
        count: How many of its kernels are drawn, in words.
        pictures: As the browser paints them, each with where it leads from the page.
    """

    name: str
    layer: str
    count: str
    pictures: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Before:
    """What is known of how networks learned.

    Attributes:
        collection: All networks; the pair that pages open on is its first two.
        became: The kernels of the first of these of which moments were kept, None where none were.
    """

    collection: Collection
    became: Became | None = None

    @property
    def names(self) -> str:
        """The networks of the pair of which it is known how they learned."""
        return " and ".join(entry.name for entry in self.collection.entries[:2] if entry.training)

    def charts(self, theme: Theme) -> tuple[Chart, ...]:
        """Return loss and accuracy per epoch, as Compare has them; none where nothing is known."""
        drawn = history.draw(Comparison.of(self.collection, theme=theme))
        return tuple(each for each in drawn if isinstance(each, Chart))


def before(collection: Collection, folder: Path) -> Before:
    """Return what is known of how the networks of a folder learned."""
    for entry in collection.entries[:2]:
        kept, layer = collection.timelines.get(entry.key), next(iter(convolutions(entry.layers)), None)
        if kept and layer:
            try:
                return Before(collection, _became(entry, layer, kept, folder))
            except CheckpointError as error:
                log.error("moments not read", extra={"checkpoint": entry.key, "fault": str(error)})
    return Before(collection)


def _became(entry: Entry, layer: Layer, kept: Timeline, folder: Path) -> Became | None:
    held = timeline.moments(entry, folder)
    if held is None:
        return None
    places = np.unique(np.linspace(0, len(kept.moments) - 1, SHOWN).round().astype(int))
    weights = held.arrays[f"{layer.name}.kernel"][places].astype(np.float32)
    moments = [kept.moments[place] for place in places]
    pictures = strip.through([_when(each) for each in moments], weights)
    links = [f"../?{urlencode({'epoch': each.key, 'flip': f'{entry.key}.{layer.name}'})}" for each in moments]
    plain = [
        {**picture.told, "levels": picture.levels.ravel().tolist(), "link": link}
        for picture, link in zip(pictures, links, strict=True)
    ]
    count = strip.counted(plain[0]["maps"], layer.channels)
    return Became(entry.name, layer.name, count, plain)


def _when(moment: Moment) -> str:
    """Return when a moment was, and how the network did then."""
    step = f"step {moment.step}" if moment.epoch is None else f"epoch {moment.epoch}"
    when = step if moment.step else "random weights"
    return f"{when}: {percent(moment.test.accuracy)} right" if moment.test else when
