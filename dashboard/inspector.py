"""The one door to the networks: from what is selected to the bytes and numbers that are shown."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard import picture, wall
from dashboard.colours import Theme
from dashboard.errors import RefusedError, not_found
from dashboard.memory import Memory
from dashboard.off import Off, write_off
from dashboard.pair import Pair, pairs, write_pair
from dashboard.panels.comparison import Comparison
from dashboard.settings import Settings
from dashboard.turns import Turns
from models.analysis import (
    adversarial,
    channel_statistics,
    collection,
    feature_visualisation,
    makers,
    novelty,
    projection,
    tuning,
)
from models.analysis.adversarial import Adversaries
from models.analysis.attribution import Deletion, Explanation, Question, deletion, on_pixels
from models.analysis.channel_statistics import Survey
from models.analysis.collection import Collection
from models.analysis.feature_visualisation import Illustration, illustrate, middle
from models.analysis.metrics import answers
from models.analysis.novelty import Novelty
from models.analysis.projection import Arrangement
from models.analysis.tuning import LayerTuning
from models.arrays import Floats, Labels
from models.datasets.mnist import SPEC, prepare
from models.engine.forward_pass import ForwardPass, Stage
from models.engine.networks import Networks, WakingError
from models.graph.description import Layer
from models.graph.node import IMAGE
from models.remedy import MachineError
from models.sketch.drawing import Change, Drawing
from models.store.manifest import CheckpointError, Entry

if TYPE_CHECKING:
    from models.analysis.attribution_methods import Explainer
    from models.engine.probe import Probe

Answer = TypeVar("Answer")
PICTURE_FORM = 3  # changes whenever the order of bytes in pictures, kernels or the wall does
NOTHING: Off = MappingProxyType({})  # switched off
PARTS = 5  # of a block, between which there may be a rest
SEAL = 16  # bytes in front of what is remembered
AGREEMENT = 1e-3  # largest difference to the logits that were measured when the network was trained


@dataclass(frozen=True)
class Inspector:
    """Everything that can be asked about the networks and the test digits; read-only, for all visitors.

    Attributes:
        collection: The networks, the test digits, and what was measured.
        networks: The opened networks, once they are awake.
        memory: Answers of earlier days.
        turns: Blocks of digits are counted without some channels one at a time, illustrations made,
            adversarial examples sought and answers explained.
        discreet: Takes from a sentence what whoever asks need not know of this machine.
        elsewhere: What a command needs to write where the networks lie, "" where it does so by itself.
    """

    collection: Collection
    networks: Networks
    memory: Memory
    turns: Turns = field(default_factory=Turns)
    discreet: Callable[[str], str] = str
    elsewhere: str = ""

    @classmethod
    def open(cls, settings: Settings) -> Inspector:
        """Read what can be read in a fraction of a second; the networks stay asleep.

        Raises:
            CheckpointError: The manifest, a survey or the costs cannot be used.
            DataError: The test digits cannot be used.
        """
        known = collection.read(settings.checkpoints, settings.data)
        return cls(
            known,
            Networks(known.entries, settings.checkpoints),
            Memory(settings.cache_dir),
            discreet=settings.discreet,
            elsewhere=settings.elsewhere,
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The networks, in the manifest's order."""
        return self.collection.entries

    @property
    def images(self) -> NDArray[np.uint8]:
        """The test digits, (10000, 28, 28)."""
        return self.collection.test.images

    @property
    def labels(self) -> Labels:
        """Of the test digits, (10000,)."""
        return self.collection.test.labels

    @property
    def surveys(self) -> Mapping[str, Survey]:
        """What each network does over all test digits, by key."""
        return self.collection.of(channel_statistics.MEASUREMENT)

    @cached_property
    def version(self) -> str:
        """Name of these very checkpoints and surveys, and of the form of pictures, for URLs and memory."""
        hashes = "".join(entry.sha256 + entry.survey.sha256 for entry in self.entries)
        form = f"{PICTURE_FORM} {picture.LEVELS} {picture.KERNEL_LEVELS} {picture.PART} {wall.BLOCK}"
        return hashlib.sha256(f"{form} {hashes}".encode()).hexdigest()[:16]

    @cached_property
    def opening_digit(self) -> int:
        """The digit that the page begins with, chosen by what the networks of the default pair say."""
        pair = pairs(self.entries)[0]
        return wall.opening_digit(self.labels, {key: self.surveys[key].logits for key in pair})

    @cached_property
    def reader(self) -> Entry:
        """The network that reads what people bring: most held-out digits right, then the smallest loss."""
        return max(self.entries, key=lambda each: each.held_out.merit)

    def reads_brought(self, digits: Floats) -> Floats | None:
        """Return the logits, (n, 10), that the reader gives to digits, (n, 28, 28, 1) in [0, 1].

        None while it sleeps, or where it is broken: what was brought can be shown without.
        """
        try:
            probe = self.networks.probe(self.reader.key)
        except (WakingError, CheckpointError, MachineError):
            return None
        return np.stack([probe.run(digit).logits for digit in digits])  # one by one: that is compiled

    def comparison(self, model: str, theme: Theme, pair: Pair = ()) -> Comparison:
        """Return what the panels of Compare draw for a pair, the default one for none, or for one of it."""
        return Comparison.of(self.collection, model, theme, pair, elsewhere=self.elsewhere)

    def entry(self, key: str) -> Entry:
        """Return a network's description, or refuse."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        known = ", ".join(entry.key for entry in self.entries)
        raise not_found(f"There is no network of that name. There are: {known}.")

    def layer(self, key: str, name: str) -> Layer:
        """Return a layer's description, or refuse."""
        layers = self.entry(key).layers
        for layer in layers:
            if layer.name == name:
                return layer
        raise not_found(
            f"{key} has no layer of that name. It has: {', '.join(layer.name for layer in layers)}."
        )

    def digit(self, index: int, move: Change | None = None) -> Floats:
        """Return a test digit, moved or not, or what was drawn instead, (28, 28, 1) in [0, 1]; or refuse."""
        if not 0 <= index < len(self.images):
            raise not_found(f"There is no such test digit. There are 0 to {len(self.images) - 1}.")
        digit = prepare(self.images[index])
        return move.of(digit, SPEC) if move else digit

    def label(self, index: int, move: Change | None = None) -> int | None:
        """Return what a test digit is said to be, None of one that was drawn instead."""
        return None if isinstance(move, Drawing) else int(self.labels[index])

    def forward_pass(
        self, key: str, index: int, off: Off = NOTHING, move: Change | None = None
    ) -> ForwardPass:
        """Run one test digit through one network, with channels switched off if any are, or refuse."""
        return _run(self._probe(key), self.digit(index, move), off.get(key))

    def reading(self, drawing: Drawing) -> ForwardPass:
        """Run a drawing through the network that reads what people bring, all of it, or refuse."""
        return self.forward_pass(self.reader.key, 0, move=drawing)  # which takes any digit's place

    def novelty(self, found: ForwardPass) -> tuple[Novelty, float] | None:
        """Return the reader's measure of novelty, and the score of a reading; None where there is none."""
        measure = self.collection.of(novelty.MEASUREMENT).get(self.reader.key)
        if measure is None:
            return None
        hidden = found.post[self.reader.layers[-2].name].reshape(1, -1)
        return measure, float(measure.score(hidden)[0])

    def explain(
        self, key: str, index: int, question: Question, move: Change | None = None, *, trained: bool = True
    ) -> Explanation:
        """Return which pixels of a test digit speak for an answer, or refuse.

        Args:
            key: The network.
            index: Of the digit.
            question: Of that network.
            move: What is done to the digit.
            trained: Whether the weights are the network's own, or random.
        """
        return self._explainer(key, trained).explain(self.digit(index, move), question)

    def scores(
        self, key: str, index: int, question: Question, move: Change | None = None, *, trained: bool = True
    ) -> tuple[float, float]:
        """Return the score that is explained and that of a black picture, or refuse, as `explain` does."""
        digit = self.digit(index, move)
        logits = self._explainer(key, trained).logits(np.stack([digit, np.zeros_like(digit)]))
        score, baseline = question.score(logits).tolist()
        return score, baseline

    def deletion(
        self,
        key: str,
        index: int,
        question: Question,
        found: tuple[Explanation, Explanation],
        move: Change | None = None,
    ) -> Deletion:
        """Return what becomes of the score without the ink that an explanation found important, or refuse.

        Args:
            key: The network, which is the trained one throughout.
            index: Of the digit.
            question: Of that network.
            found: What `explain` answers to it, and what of the same network with random weights.
            move: What is done to the digit.
        """
        explainer = self._explainer(key, True)
        sight = self.layer(key, question.layer).sight if question.layer else None
        sides = self.images.shape[1], self.images.shape[2]
        ranked, other = (on_pixels(each.values, sight, sides) if sight else each.values for each in found)
        digit = self.digit(index, move)
        return deletion(lambda digits: question.score(explainer.logits(digits)), digit, ranked, other)

    def adversaries(self, key: str, index: int, move: Change | None = None) -> Adversaries:
        """Return the nearest digits found that a network takes for each other class, or refuse.

        Those of a test digit as it was written are remembered.
        """
        digit = self.digit(index, move)
        known = f"adversaries/{adversarial.RECIPE}/{self.entry(key).key}/{index}"

        def seek() -> Adversaries:
            probe, explainer = self.networks.probe(key), self.networks.built(key, makers.explainer)
            with self.turns.taken("having minds changed"):
                made = None if move else self._recalled(known)  # by now: a class asks for the same at once
                if made:
                    return Adversaries.from_bytes(made)
                return adversarial.find(explainer.leads, lambda each: probe.run(each).logits, digit, SPEC)

        if move:  # there are too many to remember
            return self._awake(seek)
        return Adversaries.from_bytes(self._remembered(known, lambda: seek().to_bytes()))

    def _explainer(self, key: str, trained: bool) -> Explainer:
        self.entry(key)
        make = makers.explainer if trained else makers.untrained
        return self._awake(lambda: self.networks.built(key, make))

    def reads(
        self, key: str, index: int, name: str, off: Off = NOTHING, move: Change | None = None
    ) -> Floats:
        """Return what a layer reads of a test digit, maps, or the row of them behind Flatten; or refuse."""
        layer = self.layer(key, name)
        before, _ = self.entry(key).graph.source(name)
        if before == IMAGE:
            values = self.digit(index, move)
        else:
            values = self.forward_pass(key, index, off, move).post[before]
        return values.reshape(-1) if layer.kind in ("Dense", "Flatten") else values

    def weights(self, key: str, name: str) -> tuple[Floats, Floats]:
        """Return a layer's kernel and bias as Keras holds them, or refuse."""
        layer = self.layer(key, name)
        held = self._probe(key).weights(layer.name)
        if held is None:
            raise not_found(f"{key} {name} has no weights: it is a {layer.kind} layer.")
        return held

    def arrays(self, key: str) -> Mapping[str, Floats]:
        """Return all weights of a network as Keras holds them, by layer and name, or refuse."""
        return self._probe(key).arrays

    def filter_weights(self, key: str, name: str) -> Floats:
        """Return a layer's weights filter by filter, (filters, slices, rows, columns), or refuse."""
        kernel, _ = self.weights(key, name)
        graph = self.entry(key).graph
        grid = graph.grid(name)
        found = graph.kind(name).filters(graph.node(name), {"kernel": kernel}, grid) if grid else None
        if found is None:
            raise not_found(f"{key} {name} has no weights.")
        return found

    def picture(
        self,
        pair: Pair,
        index: int,
        stage: Stage,
        off: Off = NOTHING,
        move: Change | None = None,
        *,
        reference: int | None = None,
    ) -> bytes:
        """Return one digit through two networks, gzipped, as `picture.pack` writes it, or refuse.

        Args:
            pair: The two networks.
            index: Of the test digit.
            stage: Of all layers.
            off: Channels that are switched off, as `off.parse_off` gives them.
            move: What is done to the digit; its pixels then stand at the end of the picture.
            reference: Index of the test digit, as it was written, from which the difference is shown.
        """

        def paint() -> bytes:
            digit = self.digit(index, move)
            pixels = [picture.pack_digit(digit)] if move else []
            plain = not off and reference is None and stage == "post"
            joint = self.networks.joint(pair, picture.LEVELS[stage]) if plain else None
            if shown := joint and joint.run(digit):
                return picture.squeeze(*picture.pack_joint(index, *shown), *pixels, swift=True)
            probes = [self.networks.probe(key) for key in pair]
            passes = [_run(probe, digit, off.get(key)) for key, probe in zip(pair, probes, strict=True)]
            others = [] if reference is None else [self.forward_pass(key, reference, off) for key in pair]
            layers = [probe.layers for probe in probes]
            painted = picture.pack(index, [*zip(layers, passes, strict=True)], stage, others)
            return picture.squeeze(*painted, *pixels, swift=stage == "post")

        if off or move or reference is not None:  # there are too many to remember
            return self._awake(paint)
        return self._remembered(f"digit/{write_pair(pair)}/{index}/{stage}", paint)

    def without(self, key: str, block: int, off: Off) -> bytes:
        """Return a network's answers to a block of digits with channels switched off, gzipped; or refuse."""
        chosen = slice(block * wall.BLOCK, (block + 1) * wall.BLOCK)

        def answer() -> bytes:
            probe = self.networks.probe(key)
            with self.turns.taken("having digits counted"):
                parts = np.array_split(prepare(self.images[chosen]), PARTS)
                found = [answers(probe.logits_without(part, off[key])) for part in self.turns.paced(parts)]
            return picture.squeeze(np.concatenate(found).tobytes())

        if not off.get(key):
            return gzip.compress(answers(self.surveys[key].logits[chosen]).tobytes(), mtime=0)
        return self._remembered(f"without/{key}/{block}/{write_off(off)}", answer)

    def illustration(self, key: str, name: str, channel: int, seed: int) -> Illustration:
        """Return what would raise a channel of a layer most, or refuse; the same for the same seed."""
        layer = self.layer(key, name)
        place = (*(middle(layer) or ()), channel)
        low, high = self.surveys[key].ranges[name, "pre"][:, channel].tolist()
        known = f"illustration/{feature_visualisation.RECIPE}/{key}/{name}/{channel}/{seed}"

        def draw() -> bytes:
            probe, slopes = self.networks.probe(key), self.networks.built(key, makers.slopes)
            slope = partial(slopes.at, name=name, channel=channel)

            def value(picture: Floats) -> float:
                return float(probe.run(picture).pre[name][place])

            with self.turns.taken("having illustrations made"):
                made = self._recalled(known)  # by now: a class asks for the same one at once
                return made or illustrate(layer, seed, high - low, slope, value).to_bytes()

        return Illustration.from_bytes(self._remembered(known, draw))

    def least_sure(self, key: str) -> bytes:
        """Return all digits, gzipped uint16 little-endian, from the one of which a network is least sure."""
        logits = self.surveys[key].logits
        return self._remembered(
            f"unsure/{key}", lambda: picture.squeeze(wall.ranking(wall.least_sure(logits)))
        )

    def strength(self, key: str, name: str, channel: int) -> bytes:
        """Return all digits, gzipped uint16 little-endian, from the one on which a channel is strongest."""
        measured = self.surveys[key].layers[name]
        return self._remembered(
            f"strength/{key}/{name}/{channel}",
            lambda: picture.squeeze(wall.ranking(measured.ranked(channel))),
        )

    def kernels(self, key: str, name: str, part: int) -> bytes:
        """Return a part of a layer's filters, gzipped, as `picture.pack_kernels` writes them, or refuse."""
        if not 0 <= part * picture.PART < self.layer(key, name).channels:
            raise not_found("There is no such part.")
        chosen = slice(part * picture.PART, (part + 1) * picture.PART)
        return self._remembered(
            f"kernels/{key}/{name}/{part}",
            lambda: picture.squeeze(picture.pack_kernels(self.filter_weights(key, name)[chosen])),
        )

    def neighbours(self, key: str, index: int) -> list[int]:
        """Return the digits nearest to one in a network's last hidden layer, nearest first, or refuse."""
        return self._arranged(key).near(index)

    def _arranged(self, key: str) -> Arrangement:
        found = self.collection.of(projection.MEASUREMENT).get(self.entry(key).key)
        if found is None:
            command = f"python -m models.measure arrangement {key}{self.elsewhere}"
            raise not_found(f"The digits are not arranged for {key} yet: run {command}.")
        return found

    def plane(self, key: str, method: str) -> Floats:
        """Return where a network puts the test digits, (digits, 2) in [0, 1], or refuse."""
        found = self._arranged(key)
        if method not in found.planes:
            raise not_found(f"There is no such method. There are: {', '.join(found.planes)}.")
        return np.ascontiguousarray(found.planes[method] / (projection.LEVELS - 1), np.float32)

    def tuning(self, key: str, name: str) -> LayerTuning:
        """Return what the filters of a convolution are tuned to, or refuse."""
        layer = self.layer(key, name)
        if layer.kind != "Conv2D":
            raise not_found(f"{key} {name} is a {layer.kind} layer: tuning is measured on convolutions.")
        found = self.collection.of(tuning.MEASUREMENT).get(key)
        if found is None:
            command = f"python -m models.measure tuning {key}{self.elsewhere}"
            raise not_found(f"Tuning was not measured on {key} yet: run {command}.")
        return found.layers[name]

    @cached_property
    def verdicts(self) -> bytes:
        """All labels and answers, gzipped, as `wall.verdicts` writes them."""
        logits = [self.surveys[entry.key].logits for entry in self.entries]
        return gzip.compress(wall.verdicts(self.labels, logits), mtime=0)

    def block(self, number: int) -> bytes:
        """Return one block of the wall's pixels, gzipped; there are as many as `wall.block` gives."""
        return self._remembered(f"wall/{number}", lambda: picture.squeeze(wall.block(self.images, number)))

    def ready(self) -> None:
        """Refuse unless every network gives the answer that was measured after its training."""
        for entry in self.entries:
            logits = self.forward_pass(entry.key, self.opening_digit).logits
            expected = self.surveys[entry.key].logits[self.opening_digit]
            if not np.allclose(logits, expected, atol=AGREEMENT):
                raise RefusedError(
                    503, "wrong_answer", f"{entry.key} does not give the answer that it should."
                )
        if not self.memory.works:
            raise RefusedError(
                503, "no_storage", "The cache folder cannot be written. Set CACHE_DIR to one that can."
            )

    def _probe(self, key: str) -> Probe:
        self.entry(key)
        return self._awake(lambda: self.networks.probe(key))

    def _remembered(self, name: str, compute: Callable[[], bytes]) -> bytes:
        known = self._recalled(name)
        if known is None:
            known = self._awake(compute)
            self.memory.remember(f"{self.version}/{name}", _seal(known) + known)
        return known

    def _recalled(self, name: str) -> bytes | None:
        return _opened(self.memory.recall(f"{self.version}/{name}"))

    def _awake(self, compute: Callable[[], Answer]) -> Answer:
        """Compute what needs the networks; refuse while they sleep or where they are broken."""
        try:
            return compute()
        except WakingError as error:
            raise RefusedError(
                503, "waking", "The networks are waking up; this takes some seconds.", retry_after=1
            ) from error
        except CheckpointError as error:
            raise RefusedError(503, "checkpoint", self.discreet(str(error))) from error
        except MachineError as error:
            raise RefusedError(503, "machine", self.discreet(str(error))) from error


def _run(probe: Probe, digit: Floats, off: Mapping[str, tuple[int, ...]] | None) -> ForwardPass:
    return probe.run_without(digit, off) if off else probe.run(digit)


def _seal(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=SEAL).digest()


def _opened(sealed: bytes | None) -> bytes | None:
    """Return what was remembered, None where the disk has lost or changed a byte of it."""
    if sealed is None or _seal(sealed[SEAL:]) != sealed[:SEAL]:
        return None
    return sealed[SEAL:]
