"""One trained network as the manifest names it: its files, its scores, its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, with_config

from models.datasets.shipped import DEFAULT, KEYS, SOURCES
from models.graph.description import Layer, faults, graph_of_layers
from models.graph.graph import Graph
from models.store.records import STRICT, Amount, Count, Ordinal, Seed

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9]+)*$")]  # addresses and lists hold it as it is
Name = Annotated[str, Field(pattern=r"^[\w-][\w.-]*$")]  # of a file in the manifest's own folder
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


@with_config(STRICT)
@dataclass(frozen=True)
class Score:
    """How a network does on some images.

    Attributes:
        digits: Number of images measured.
        correct: Number of them that were named as their label says.
        loss: Mean negative log-likelihood of the label, in nats.
    """

    digits: Ordinal
    correct: Count
    loss: Amount

    def __post_init__(self) -> None:
        """Refuse more right answers than images."""
        if self.correct > self.digits:
            raise ValueError(f"counts {self.correct} of {self.digits} digits")

    @property
    def accuracy(self) -> float:
        """Fraction of the images named right, in [0, 1]."""
        return self.correct / self.digits

    @property
    def merit(self) -> tuple[float, float]:
        """What is larger for who is better: more right answers; of as many, the smaller loss."""
        return self.accuracy, -self.loss


@with_config(STRICT)
@dataclass(frozen=True)
class SeedScore:
    """How one seed's training of a recipe did.

    Attributes:
        seed: Of first weights and order of the images.
        chosen_epoch: Counted from 1.
        held_out: Score on the training images that chose the epoch.
        test: Score on the 10,000 test images.
    """

    seed: Seed
    chosen_epoch: Ordinal
    held_out: Score
    test: Score


def median(trainings: Sequence[SeedScore]) -> int:
    """Return the seed of the training in the middle on held-out images; of two middles the lower one's.

    The test images have no say, so that on them it is better than its recipe by chance alone.
    """
    ranked = sorted(trainings, key=lambda each: each.held_out.merit)
    return ranked[(len(ranked) - 1) // 2].seed


@with_config(STRICT)
@dataclass(frozen=True)
class File:
    """A file beside the manifest and the SHA-256 of its bytes."""

    name: Name
    sha256: Sha256
    bytes: Ordinal


@with_config(STRICT)
@dataclass(frozen=True)
class Training:
    """How a network was trained, by one of the recipes.

    Attributes:
        seed: Of the initial weights and of the order of the training images.
        command: What was typed to train it.
        versions: Of Python and of the packages that computed it.
        recipe: Settings of the training.
        history: Per epoch: loss, accuracy, val_loss, val_accuracy, learning_rate.
        chosen_epoch: Counted from 1; the epoch whose weights were kept.
        held_out: Score on the training images that chose the epoch.
        seeds: Scores of the recipe with several seeds, ascending, this network's among them.
    """

    seed: Seed
    command: str
    versions: dict[str, str]
    recipe: dict[str, Any]
    history: dict[str, list[float]]
    chosen_epoch: Ordinal
    held_out: Score
    seeds: Annotated[tuple[SeedScore, ...], Field(min_length=1)]

    @property
    def is_median(self) -> bool:
        """Whether the training that is shown is the middle one of its seeds on held-out images."""
        return self.seed == median(self.seeds)

    def faults(self) -> Iterator[str]:
        """Yield what cannot be, though all of it is of the right type."""
        lengths = {len(self.history.get(name, ())) for name in CURVES}
        if len(lengths) > 1 or not 1 <= self.chosen_epoch <= min(lengths):
            yield "the history does not go with the chosen epoch"


@with_config(STRICT)
@dataclass(frozen=True)
class Entry:
    """One trained network as the manifest names it.

    Attributes:
        key: Short name, unique in the manifest, such as "cnn".
        title: What a person reads.
        architecture: Name of its recipe in models/architectures.
        checkpoint: The weights, `.keras`, without optimizer.
        survey: Its answers to the test images, `.npz`.
        parameters: Numbers in the network.
        test: Score on the test images, None where nobody knows what these show.
        layers: What it is made of, in order of computation.
        image: Shape of one image as it reads it: (rows, columns, channels).
        dataset: Key of the data set that it was trained on, one of `shipped.KEYS`.
        training: How it was trained, None of one that was trained elsewhere.
        temperature: By which its logits must be divided to be as sure as it is right, fitted on the held-out
            images; None where it was not.
        arrangement: The test images in the plane, `.npz`, None where they were not arranged yet.
        robustness: Its right answers to changed test images, `.json`, None where they were not counted yet.
        tuning: What its filters are tuned to, `.npz`, None where that was not measured yet or none convolves.
        novelty: How far it puts a picture from the images that it learned, `.npz`, None where that was not
            measured yet.
        colours: Its right answers to test images in other colours, `.json`, None where colours say nothing of
            the class, or that was not measured yet.
        timeline: What it was at moments of a training, `.npz`, None where nothing was kept of one.
        moments: Its weights at these moments, `.npz`, None likewise.
        short: What it is called where there is little room, "" for what its key says.
    """

    key: Key
    title: Annotated[str, Field(pattern=r"\S")]
    architecture: str
    checkpoint: File
    survey: File
    parameters: Ordinal
    test: Score | None
    layers: tuple[Layer, ...]
    image: tuple[Ordinal, ...] = SOURCES[DEFAULT].spec.shape  # of manifests that did not say it yet
    dataset: str = DEFAULT
    training: Training | None = None
    temperature: Annotated[float, Field(gt=0)] | None = None
    arrangement: File | None = None
    robustness: File | None = None
    tuning: File | None = None
    novelty: File | None = None
    colours: File | None = None
    timeline: File | None = None
    moments: File | None = None
    short: str = ""

    @property
    def name(self) -> str:
        """What it is called where there is little room: "CNN", "CNN augmented"."""
        first, *others = self.key.split("-")
        return self.short or " ".join([first.upper(), *others])

    @property
    def files(self) -> tuple[File, ...]:
        """All that belongs to it beside the manifest."""
        held = (getattr(self, each.name) for each in fields(self))
        return tuple(each for each in held if isinstance(each, File))

    @cached_property
    def graph(self) -> Graph:
        """Its layers, and what each reads."""
        return graph_of_layers(self.layers, self.image)

    @property
    def sha256(self) -> str:
        """Hash of the checkpoint, which names it wherever it is remembered."""
        return self.checkpoint.sha256

    @property
    def judged(self) -> Score | None:
        """By what it is chosen: its score on held-out images; where none are known, on the test images."""
        return self.training.held_out if self.training else self.test

    def layer(self, name: str) -> Layer:
        """Return the layer of that name.

        Raises:
            KeyError: There is none.
        """
        return {layer.name: layer for layer in self.layers}[name]

    def faults(self) -> Iterator[str]:
        """Yield what cannot be, though all of it is of the right type."""
        if self.training:
            yield from self.training.faults()
        if self.dataset not in KEYS:
            yield f"there is no data set {self.dataset!r}; there are {', '.join(KEYS)}"
        yield from faults(self.layers, self.image)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain lists, numbers and strings."""
        return {**asdict(self), "layers": [layer.to_json() for layer in self.layers]}
