"""What may be trained by whoever asks: a data set, a network within bounds, and how it learns."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from models.architectures.recipe import HELD_OUT, Recipe
from models.architectures.recipe.augmentation import OTHER_HANDS, OTHER_PIECES, Augmentation, Recolouring
from models.datasets import coloured_mnist, fashion_mnist, mnist
from models.datasets.shipped import DEFAULT, SOURCES, Source
from models.graph.graph import Graph
from models.training.plan import PlanError, planned

Kind = Literal["fcn", "cnn", "resnet"]
Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"]
Optimizer = Literal["adam", "sgd", "rmsprop"]
Augmented = Literal["none", "moved"]

MOST_PARAMETERS = 3_000_000  # as float16 6 MB a snapshot
MOST_COST = 60_000_000  # multiply-accumulates for one image
MOST_KEPT = 30  # epochs of which snapshots stay, evenly apart
SEEDS, MOST_SEEDS = "seeds", 10  # what says how many trainings are asked for at once, and how many may be
MOVED: Mapping[str, Augmentation] = MappingProxyType(
    {mnist.KEY: OTHER_HANDS, fashion_mnist.KEY: OTHER_PIECES, coloured_mnist.KEY: Recolouring()}
)
NAMES = MappingProxyType(
    {
        "dataset": "Data set",
        "architecture": "Architecture",
        "widths": "Widths",
        "kernel": "Kernel side",
        "units": "Dense units",
        "activation": "Activation function",
        "dropout": "Dropout",
        "optimizer": "Optimiser",
        "learning_rate": "Learning rate",
        "batch": "Batch",
        "epochs": "Epochs",
        "augmentation": "Augmentation",
        "seed": "Seed",
        "share": "Share",
    }
)  # of what can be chosen, as people read them, in the order in which they are asked for


UNUSED: Mapping[str, tuple[str, ...]] = MappingProxyType({"fcn": ("kernel", "units"), "resnet": ("units",)})
"""What an architecture has no use for."""


START: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "fcn": {"widths": (512, 256), "learning_rate": 0.002, "batch": 64, "epochs": 8},
        "cnn": {"widths": (32, 64), "learning_rate": 0.003, "batch": 128, "epochs": 4},
        "resnet": {"widths": (16, 32), "learning_rate": 0.004, "batch": 128, "epochs": 4},
    }
)
"""Where a choice begins, by architecture: what the shipped recipes are."""


class OrderError(ValueError):
    """What was asked for is not trained; the message is a sentence for whoever asked, with the numbers."""


class Bounds(NamedTuple):
    """The smallest and the largest number that something can be."""

    least: float
    most: float


class Order(BaseModel):
    """One training, valid.

    Attributes:
        dataset: Key of `SOURCES`.
        architecture: Which recipe.
        widths: Units of each hidden layer of an FCN; maps of each convolution of a CNN, of each block of a
            ResNet.
        kernel: Side of every kernel; an FCN has none.
        units: Of the dense layer behind the convolutions of a CNN; others have none.
        activation: Of every layer but the last.
        dropout: Share of the inputs of the last layer that is left out while it learns.
        optimizer: As Keras sets it; SGD has a momentum of 0.9.
        learning_rate: Of the first step; it then falls along half a cosine to zero.
        batch: Images of one step.
        epochs: Times that every image is seen.
        augmentation: Whether images are changed anew each time, in the way of their data set.
        seed: Of first weights, order and movements of the images, and dropout.
        share: Of the training images that are not held out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    dataset: str = DEFAULT
    architecture: Kind = "cnn"
    widths: Annotated[tuple[Annotated[int, Field(ge=1, le=1024)], ...], Field(min_length=1, max_length=4)] = (
        32,
        64,
    )
    kernel: Annotated[int, Field(ge=1, le=7)] = 3
    units: Annotated[int, Field(ge=1, le=1024)] = 128
    activation: Activation = "relu"
    dropout: Annotated[float, Field(ge=0, le=0.9, allow_inf_nan=False)] = 0.0
    optimizer: Optimizer = "adam"
    learning_rate: Annotated[float, Field(ge=1e-6, le=100, allow_inf_nan=False)] = 0.003
    batch: Annotated[int, Field(ge=1, le=4096)] = 128
    epochs: Annotated[int, Field(ge=1, le=100)] = 4
    augmentation: Augmented = "none"
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 7
    share: Annotated[float, Field(ge=0.001, le=1, allow_inf_nan=False)] = 1.0

    @field_validator("dataset")
    @classmethod
    def _is_shipped(cls, key: str) -> str:
        if key not in SOURCES:
            raise PydanticCustomError("unknown", "There is no such data set.")
        return key

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        try:
            graph = self.graph
        except PlanError as error:
            raise PydanticCustomError("order", "{sentence}", {"sentence": str(error)}) from error
        parameters, cost = graph.parameters(), sum(graph.cost(node.name) for node in graph.nodes)
        for said, found, most in (
            ("would have {:,} parameters", parameters, MOST_PARAMETERS),
            ("would multiply and add {:,} times for one image", cost, MOST_COST),
        ):
            if found > most:
                sentence = f"The network {said.format(found)}; at most {most:,} are trained here."
                raise PydanticCustomError("order", "{sentence}", {"sentence": sentence})
        if self.images < self.batch:
            sentence = (
                f"A batch of {self.batch:,} needs as many images, but a share of {self.share:g} of "
                f"{self.learnable:,} is {self.images:,}."
            )
            raise PydanticCustomError("order", "{sentence}", {"sentence": sentence})
        return self

    @property
    def source(self) -> Source:
        """The data set."""
        return SOURCES[self.dataset]

    @property
    def images(self) -> int:
        """How many images are learned."""
        return round(self.share * self.learnable)

    @property
    def learnable(self) -> int:
        """How many there are to be learned: all but those that are held out."""
        return self.source.learnable - HELD_OUT

    @property
    def steps(self) -> int:
        """How many batches an epoch has; what does not fill the last one is left out."""
        return self.images // self.batch

    @property
    def graph(self) -> Graph:
        """The network, worked out without building it.

        Raises:
            PlanError: There can be no such network.
        """
        of = self.source.spec.shape, len(self.source.classes), self.activation
        return planned(self.architecture, self.widths, self.kernel, self.units, of)

    @property
    def recipe(self) -> Recipe:
        """How it learns, but for the optimiser."""
        augmentation = MOVED[self.dataset] if self.augmentation == "moved" else None
        dropout = {"output": self.dropout} if self.dropout else {}
        return Recipe(self.epochs, self.batch, self.learning_rate, augmentation, dropout=dropout)

    @property
    def every_epochs(self) -> int:
        """Of how many epochs one stays."""
        return ceil(self.epochs / MOST_KEPT)

    @property
    def settings(self) -> dict[str, Any]:
        """All that was chosen, plain: what `ordered` reads again."""
        told: dict[str, Any] = self.model_dump(mode="json")
        return told

    @property
    def command(self) -> str:
        """What is typed to train the same; on the same machine it comes to the same numbers."""
        words = ["python", "-m", "models.train", "order"]
        for name, value in self.settings.items():
            if name not in UNUSED.get(self.architecture, ()):
                values = value if isinstance(value, list) else [value]
                words += [f"--{name.replace('_', '-')}", *(json.dumps(each).strip('"') for each in values)]
        return shlex.join(words)


def bounds(name: str) -> Bounds:
    """Return the bounds of a number of an order, of each number where there are several.

    >>> bounds("epochs"), bounds("widths")
    (Bounds(least=1, most=100), Bounds(least=1, most=1024))
    """
    limits = _schema(name)
    limits = limits.get("items", limits)
    return Bounds(limits["minimum"], limits["maximum"])


def choices(name: str) -> tuple[str, ...]:
    """Return the words that something of an order can be.

    >>> choices("optimizer")
    ('adam', 'sgd', 'rmsprop')
    """
    return tuple(SOURCES) if name == "dataset" else tuple(_schema(name)["enum"])


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = Order.model_json_schema()["properties"][name]
    return found


def ordered(settings: Mapping[str, Any]) -> Order:
    """Return an order from what somebody sent.

    Raises:
        OrderError: It makes no sense; the message says what, and what is allowed.
    """
    try:
        return Order.model_validate_json(json.dumps(dict(settings)))
    except ValidationError as error:
        raise OrderError(_sentence(error.errors(include_url=False)[0])) from error


def seeded(settings: Mapping[str, Any]) -> tuple[Order, ...]:
    """Return the orders of one network with several seeds, from what somebody sent.

    Args:
        settings: Of the first one; `SEEDS` beside them says how many there are, each with the seed behind
            that of the one before.

    Raises:
        OrderError: One of them makes no sense.

    >>> [order.seed for order in seeded({"seed": 3, "seeds": 2})]
    [3, 4]
    """
    rest = dict(settings)
    many = rest.pop(SEEDS, 1)
    first = ordered(rest)
    if type(many) is not int or not 1 <= many <= MOST_SEEDS:
        raise OrderError(f"Seeds must be a whole number from 1 to {MOST_SEEDS}{_not_this(many)}.")
    return (first, *(ordered({**first.settings, "seed": first.seed + each}) for each in range(1, many)))


def _not_this(given: object) -> str:
    return f", not {str(given)[:40] or 'nothing'}" if given is not None else ""


def _sentence(fault: ErrorDetails) -> str:
    if fault["type"] == "order":
        return str(fault["ctx"]["sentence"])
    name = str(fault["loc"][0]) if fault["loc"] else ""
    if name not in NAMES:
        return f"Nothing that is trained has {name[:40]!r}."
    not_this = _not_this(fault["input"])
    if name == "widths" and len(fault["loc"]) == 1:
        return "Widths must be one to four whole numbers, one for each layer."
    schema = _schema(name)
    if name == "dataset" or "enum" in schema:
        return f"{NAMES[name]} must be one of {', '.join(choices(name))}{not_this}."
    whole = schema.get("items", schema)["type"] == "integer"
    least, most = (f"{each:,}" if whole else f"{each:g}" for each in bounds(name))
    kind = "whole numbers" if name == "widths" else "a whole number" if whole else "a number"
    return f"{NAMES[name]} must be {kind} from {least} to {most}{not_this}."
