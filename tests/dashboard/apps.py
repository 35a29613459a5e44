"""Apps for tests without TensorFlow: real digits, real routes, and networks that only pretend."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from flask.testing import FlaskClient
from numpy.typing import NDArray

from dashboard.factory import Page, create_app
from dashboard.memory import Memory
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.analysis import channel_statistics, makers
from models.analysis.attribution import Explanation, Question
from models.analysis.channel_statistics import Survey
from models.analysis.collection import Collection
from models.analysis.measurement import Found, Measurement
from models.analysis.metrics import log_probabilities
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import ForwardPass
from models.engine.networks import Networks, WakingError
from models.graph.description import Layer
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from tests import networks

if TYPE_CHECKING:
    from models.engine.fused import Joint
    from models.engine.probe import Probe

Off = Mapping[str, Some[int]]


def logits_of(key: str, digits: Floats) -> Floats:
    """Return what a pretended network says of digits, (..., 28, 28, 1): one weighted sum per class."""
    return (digits.reshape(-1, 784) @ weights_of(key)).astype(np.float32)


def weights_of(key: str) -> NDArray[np.float64]:
    """Return what a pretended network weighs each pixel with for each class, (784, 10)."""
    return np.random.default_rng(zlib.crc32(key.encode())).normal(size=(784, 10))


@dataclass(frozen=True)
class PretendedProbe:
    """Stands in for an opened network: the right shapes, and the same values for the same digit."""

    key: str
    layers: tuple[Layer, ...]

    def run(self, digit: Floats, at_once: Iterable[str] = ()) -> ForwardPass:
        """Return random values of all layers, but for the logits, which are those of the survey."""
        assert {*at_once} <= {layer.name for layer in self.layers}
        random = networks.forward_pass(self.layers, zlib.crc32(digit.tobytes()))
        logits, output = logits_of(self.key, digit)[0], self.layers[-1].name
        probabilities = np.exp(log_probabilities(logits)).astype(np.float32)
        return replace(
            random, pre={**random.pre, output: logits}, post={**random.post, output: probabilities}
        )

    def run_without(self, digit: Floats, off: Off, at_once: Iterable[str] = ()) -> ForwardPass:
        """Return the same values, but for the channels that are off, and logits that differ with them."""
        whole, less = self.run(digit, at_once), {name: np.array(sorted(off[name]), np.intp) for name in off}
        post = {name: values.copy() for name, values in whole.post.items()}
        for name, channels in less.items():
            post[name][..., channels] = 0
        logits = self.logits_without(digit[np.newaxis], off)[0]
        return ForwardPass({**whole.pre, self.layers[-1].name: logits}, post)

    def logits_without(self, digits: Floats, off: Off) -> Floats:
        """Return the logits of the survey, turned by as many classes as channels are off."""
        return np.roll(logits_of(self.key, digits), sum(map(len, off.values())), axis=-1)

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """Return all of these by layer and name."""
        held = {layer.name: self.weights(layer.name) for layer in self.layers}
        return {
            f"{name}.{what}": values
            for name, both in held.items()
            if both
            for what, values in zip(("kernel", "bias"), both, strict=True)
        }

    def weights(self, name: str) -> tuple[Floats, Floats] | None:
        """Return random weights, None where the layer has none."""
        layer = next(layer for layer in self.layers if layer.name == name)
        if layer.kernel_shape is None:
            return None
        rng = np.random.default_rng(zlib.crc32(f"{self.key}{name}".encode()))
        kernel, bias = rng.normal(size=layer.kernel_shape), rng.normal(size=layer.channels)
        return kernel.astype(np.float32), bias.astype(np.float32)


@dataclass(frozen=True)
class PretendedExplainer:
    """Stands in for what explains a network: the logits of its probe, random pixels for a question."""

    key: str
    layers: tuple[Layer, ...]

    def logits(self, digits: Floats) -> Floats:
        """Return the logits of the survey."""
        return logits_of(self.key, digits)

    def leads(self, digits: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return the logits, and the weights of each class less those of the strongest other one."""
        logits, weights = logits_of(self.key, digits), weights_of(self.key).T
        others = np.where(np.arange(10) == targets[:, np.newaxis], -np.inf, logits).argmax(axis=1)
        return logits, (weights[targets] - weights[others]).reshape(-1, 28, 28, 1).astype(np.float32)

    def explain(self, digit: Floats, question: Question, _: float = 0.0) -> Explanation:
        """Return other random values for every digit and question."""
        rng = np.random.default_rng(zlib.crc32(f"{self.key}{question}".encode() + digit.tobytes()))
        shapes = {layer.name: layer.output_shape[:2] for layer in self.layers}
        shape = shapes[question.layer] if question.layer else digit.shape[:2]
        residual = 0.25 if question.method == "integrated" else None
        return Explanation(rng.normal(size=shape).astype(np.float32), residual)


@dataclass(frozen=True)
class PretendedSlopes:
    """Stands in for what illustrations are climbed by: the same slope everywhere, none of channel 1."""

    key: str

    def at(self, digit: Floats, name: str, channel: int) -> Floats:
        """Return random derivatives of the picture's shape, which hang together with the channel alone."""
        rng = np.random.default_rng(zlib.crc32(f"{self.key}{name}{channel}".encode()))
        return (rng.normal(size=digit.shape) * (channel != 1)).astype(np.float32)


class Pretended(Networks):
    """Networks that are awake at once, asleep for ever, or broken."""

    def __init__(
        self, entries: Sequence[Entry], *, asleep: bool = False, broken: Mapping[str, str] | None = None
    ) -> None:
        """Pretend to have loaded `entries`; `broken` names those that could not be, and why."""
        super().__init__(entries, Path("nowhere"))
        self._pretended = {entry.key: PretendedProbe(entry.key, entry.layers) for entry in entries}
        self.asleep = asleep
        self._broken = broken or {}

    def probe(self, key: str) -> Probe:
        """Return what stands in for the opened network."""
        if self.asleep:
            raise WakingError
        if key in self._broken:
            raise CheckpointError(self._broken[key])
        return cast("Probe", self._pretended[key])

    def built(self, key: str, make: Callable[[Probe], Any]) -> Any:
        """Return what stands in for it; an untrained explainer is that of a network of another name."""
        layers = self.probe(key).layers
        pretended: dict[Callable[..., Any], Any] = {
            makers.explainer: PretendedExplainer(key, layers),
            makers.untrained: PretendedExplainer(f"untrained {key}", layers),
            makers.slopes: PretendedSlopes(key),
        }
        return pretended[make]

    def joint(self, keys: tuple[str, ...], levels: int) -> Joint | None:
        """Return nothing: it is being compiled for ever."""
        assert keys
        assert levels
        return None


def workspace(
    test: Dataset,
    cache: Path,
    entries: Sequence[Entry] | None = None,
    *,
    asleep: bool = False,
    broken: Mapping[str, str] | None = None,
) -> Workspace:
    """Return a workspace of pretended networks, which remembers in the folder `cache`."""
    chosen = tuple(entries or networks.entries())
    digits = prepare(test.images)
    surveys = {
        entry.key: networks.survey(entry.layers, len(digits), logits=logits_of(entry.key, digits))
        for entry in chosen
    }
    opened = Pretended(chosen, asleep=asleep, broken=broken)
    known = Collection(chosen, test, found={channel_statistics.MEASUREMENT.name: surveys})
    return Workspace(known, opened, Memory(cache))


def with_collection(opened: Workspace, **changed: Any) -> Workspace:
    """Return a workspace of the same networks, of which something else is known."""
    return replace(opened, collection=replace(opened.collection, **changed))


def with_found(opened: Workspace, measurement: Measurement[Found], found: Mapping[str, Found]) -> Workspace:
    """Return a workspace of the same networks, on which a measurement found something else."""
    return with_collection(opened, found={**opened.collection.found, measurement.name: found})


def with_survey(opened: Workspace, key: str, survey: Survey) -> Workspace:
    """Return a workspace of the same networks, one of which was surveyed otherwise."""
    return with_found(opened, channel_statistics.MEASUREMENT, {**opened.surveys, key: survey})


def settings(cache: Path, **env: str) -> Settings:
    """Return the defaults, with a cache folder of the test's own."""
    return Settings.from_environment({"CACHE_DIR": str(cache)} | env)


def awake(workspace: Workspace, folder: Path, **variables: str) -> Page:
    """Return the app of a workspace whose networks are real, once they are awake.

    Args:
        workspace: What is open.
        folder: For what the settings name.
        variables: Of the environment.
    """
    app = create_app(workspace, settings(folder, **variables))
    workspace.networks.wake()
    assert workspace.networks.wait(300)
    return app


def until_awake(client: FlaskClient, address: str) -> None:
    """Ask for an address until its networks, which are opened when somebody asks first, are awake."""
    while client.get(address).status_code == 503:
        pass
