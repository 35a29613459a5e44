"""What is open: networks, test digits, what was measured, what is remembered; looks things up, or refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dashboard import picture, wall
from dashboard.ablation import Off
from dashboard.errors import not_found
from dashboard.memory import Memory
from dashboard.pair import pairs
from dashboard.settings import Settings
from dashboard.turns import Turns
from models.analysis import channel_statistics, collection
from models.analysis.channel_statistics import Survey
from models.analysis.collection import Collection
from models.analysis.measurement import Found, Measurement
from models.arrays import Floats, Labels
from models.datasets.dataset import Dataset, ImageSpec
from models.engine.forward_pass import ForwardPass
from models.engine.networks import Networks
from models.graph.description import Layer, called
from models.sketch.drawing import Change, Drawing
from models.store.entry import Entry

if TYPE_CHECKING:
    from models.engine.probe import Probe

PICTURE_FORM = 3  # changes whenever the order of bytes in pictures, kernels or the wall does
NOTHING: Off = MappingProxyType({})  # switched off
NAMED = 40  # layers that a refusal names
SEAL = 16  # bytes in front of what is remembered


@dataclass(frozen=True)
class Workspace:
    """The networks and the test images that everybody is shown; read-only, but for what is remembered.

    Whatever needs an opened network raises WakingError while it sleeps, CheckpointError where it is broken,
    and MachineError where this machine lacks something; dashboard/unavailable.py says so to who asked.

    Attributes:
        collection: The networks, the test images, and what was measured.
        networks: The opened networks, once they are awake.
        memory: Answers of earlier days.
        turns: In which what takes the processors for long is done, one piece at a time.
        elsewhere: What a command needs to write where the networks lie, "" where it does so by itself.
        opened: Where it is said how far it is with a person's own networks, None for those that are shipped.
    """

    collection: Collection
    networks: Networks
    memory: Memory
    turns: Turns = field(default_factory=Turns)
    elsewhere: str = ""
    opened: Path | None = None

    @classmethod
    def open(cls, settings: Settings, memory: Memory | None = None) -> Workspace:
        """Read what can be read in a fraction of a second; the networks stay asleep.

        Args:
            settings: What was set.
            memory: One that there is already, None for one of its own.

        Raises:
            CheckpointError: The manifest, or what it names beside a checkpoint, cannot be used.
            DataError: The test images cannot be used.
        """
        known = collection.read(settings.checkpoints, settings.data)
        opened = Networks(known.entries, settings.checkpoints)
        kept = memory or Memory(settings.cache_dir)
        return cls(known, opened, kept, elsewhere=settings.elsewhere, opened=settings.opened)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The networks, in the manifest's order."""
        return self.collection.entries

    @property
    def test(self) -> Dataset:
        """The images that networks are asked about."""
        return self.collection.test

    @property
    def images(self) -> NDArray[np.uint8]:
        """The test images, (images, rows, columns)."""
        return self.collection.test.images

    @property
    def labels(self) -> Labels:
        """The classes of the test images, (images,)."""
        return self.collection.test.labels

    @property
    def spec(self) -> ImageSpec:
        """The form of the test images, and how networks are fed of them."""
        return self.collection.test.spec

    @property
    def surveys(self) -> Mapping[str, Survey]:
        """What each network does over all test images, by key."""
        return self.collection.of(channel_statistics.MEASUREMENT)

    @cached_property
    def version(self) -> str:
        """Name of these very checkpoints and surveys, and of the form of pictures, for URLs and memory."""
        hashes = "".join(entry.sha256 + entry.survey.sha256 for entry in self.entries)
        form = f"{PICTURE_FORM} {picture.LEVELS} {picture.KERNEL_LEVELS} {picture.PART} {wall.BLOCK}"
        return hashlib.sha256(f"{form} {hashes}".encode()).hexdigest()[:16]

    @cached_property
    def opening_digit(self) -> int:
        """The image that the page begins with, chosen by what the networks of the default pair say."""
        pair = pairs(self.entries)[0]
        return wall.opening_digit(self.labels, {key: self.surveys[key].logits for key in pair})

    @cached_property
    def reader(self) -> Entry:
        """The network that reads what people bring: most held-out images right, then the smallest loss.

        Of networks that were trained elsewhere the test images decide; where these have no labels, the order.
        """
        return max(self.entries, key=lambda each: each.judged.merit if each.judged else (0.0, 0.0))

    def entry(self, key: str) -> Entry:
        """Return a network's description, or refuse."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        known = ", ".join(entry.key for entry in self.entries)
        raise not_found(f"There is no network of that name. There are: {known}.")

    def layer(self, key: str, name: str) -> Layer:
        """Return a layer's description, by the name that it has here or in Keras, or refuse."""
        layers = self.entry(key).layers
        if found := called(layers, name):
            return found
        names = [layer.name for layer in layers]
        nearest = ", ".join(get_close_matches(name, names))
        raise not_found(
            f"{key} has no layer of that name. {f'Nearest: {nearest}. ' if nearest else ''}"
            f"It has: {', '.join(names[:NAMED])}{', …' if len(names) > NAMED else ''}."
        )

    def surveyed_layer(self, key: str, name: str) -> Layer:
        """Return the description of a layer whose channels were surveyed, or refuse."""
        layer = self.layer(key, name)
        if layer.name not in self.surveys[key].layers:
            raise not_found(f"{key} {layer.name} has no channels of its own: it is a {layer.kind} layer.")
        return layer

    def measured(self, measurement: Measurement[Found], key: str, lacking: str) -> Found:
        """Return what was measured on a network, or refuse with the command that does it.

        Args:
            measurement: What is asked for.
            key: The network.
            lacking: How the refusal begins where it was not measured.
        """
        found = self.collection.of(measurement).get(self.entry(key).key)
        if found is None:
            command = f"python -m models.measure {measurement.name} {key}{self.elsewhere}"
            raise not_found(f"{lacking}: run {command}.")
        return found

    def inputs(self, chosen: slice) -> Floats:
        """Return what networks are fed of some of the test images, (n, rows, columns, channels)."""
        return self.collection.test[chosen].inputs

    def digit(self, index: int, move: Change | None = None) -> Floats:
        """Return what networks are fed of a test image, changed or not, or of a drawing; or refuse."""
        if not 0 <= index < len(self.images):
            raise not_found(
                f"There is no such {self.test.noun.member.one}. There are 0 to {len(self.images) - 1}."
            )
        image = self.inputs(slice(index, index + 1))[0]
        return move.of(image, self.spec) if move else image

    def label(self, index: int, move: Change | None = None) -> int | None:
        """Return what a test image is said to be, None where nobody says it, as of a drawing."""
        known = self.test.is_labelled and not isinstance(move, Drawing)
        return int(self.labels[index]) if known else None

    def probe(self, key: str) -> Probe:
        """Return an opened network, or refuse where there is none of that name."""
        return self.networks.probe(self.entry(key).key)

    def forward_pass(
        self, key: str, index: int, off: Off = NOTHING, move: Change | None = None
    ) -> ForwardPass:
        """Run one test image through one network, with channels switched off if any are, or refuse."""
        return run(self.probe(key), self.digit(index, move), off.get(key))

    def weights(self, key: str, name: str) -> tuple[Floats, Floats]:
        """Return a layer's kernel and bias as Keras holds them, or refuse."""
        layer = self.layer(key, name)
        held = self.probe(key).weights(layer.name)
        if held is None:
            raise not_found(f"{key} {name} has no weights: it is a {layer.kind} layer.")
        return held

    def remembered(self, name: str, compute: Callable[[], bytes]) -> bytes:
        """Return what was computed under a name before, by these very networks; else compute it, and keep it.

        Only what takes the processors longer than looking it up, or what is shown while the networks sleep,
        is worth a place.
        """
        known = self.recalled(name)
        if known is None:
            known = compute()
            self.memory.remember(f"{self.version}/{name}", _seal(known) + known)
        return known

    def recalled(self, name: str) -> bytes | None:
        """Return what was computed before, None where it was not, or the disk has lost or changed a byte."""
        sealed = self.memory.recall(f"{self.version}/{name}")
        if sealed is None or _seal(sealed[SEAL:]) != sealed[:SEAL]:
            return None
        return sealed[SEAL:]


def run(
    probe: Probe,
    image: Floats,
    off: Mapping[str, tuple[int, ...]] | None,
    at_once: tuple[str, ...] = (),
) -> ForwardPass:
    """Return what a network makes of an image, (rows, columns, channels), without channels that are off.

    Args:
        probe: The network.
        image: As it is fed.
        off: Channels by layer, None for none.
        at_once: Of a large network the layers that are computed in one go.
    """
    return probe.run_without(image, off, at_once) if off else probe.run(image, at_once)


def _seal(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=SEAL).digest()
