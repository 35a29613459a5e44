"""How a network became what it is: its answers, and what its channels did, at several moments of a training.

What is measured is the network with the weights that are kept of a moment, which are rounded to float16: the
moment is that network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, with_config

from models.analysis.telling import Told, untold
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.engine.forward_pass import STAGES, Stage
from models.graph.description import layers_of, surveyed
from models.graph.graph import Graph
from models.store import artefact
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry, Score
from models.store.lazy_npz import archive_of, arrays_of
from models.store.records import STRICT, Count

if TYPE_CHECKING:
    import keras

    from models.engine.moments import Moments

TRAINED = "trained"  # the network that is shipped, which is no moment of what was written down
SUFFIX, WEIGHTS = "timeline.npz", "moments.npz"


@with_config(STRICT)
@dataclass(frozen=True)
class Moment:
    """When it was, and how the network did on the test images then.

    Attributes:
        step: Batches that were learned before.
        epoch: The epoch that ended with that step, 0 for the start; None within an epoch.
        test: The score, None where nobody knows what the images show.
    """

    step: Count
    epoch: Annotated[int, Field(ge=0)] | None
    test: Score | None

    @property
    def key(self) -> str:
        """What it is called in addresses: "0", "step64", "3"."""
        return f"step{self.step}" if self.epoch is None else str(self.epoch)


MOMENTS = TypeAdapter(tuple[Moment, ...])


@dataclass(frozen=True)
class Timeline:
    """What was measured at the moments of one training.

    Attributes:
        moments: In their order.
        answers: (moments, images) unsigned, the class that is answered.
        ranges: By layer and stage: (moments, 2, channels) float32, smallest and largest value of each map or
            unit over all test images.
        active: By layer: (moments, channels) float32, share of all cells of all test images above zero.
        norms: By layer, of those that have weights over what they read: (moments, channels) float32, the
            length of each filter's weights.
    """

    moments: tuple[Moment, ...]
    answers: NDArray[np.unsignedinteger]
    ranges: Mapping[tuple[str, Stage], Floats]
    active: Mapping[str, Floats]
    norms: Mapping[str, Floats]

    @property
    def steps(self) -> int:
        """How many steps an epoch has."""
        whole = next(each for each in self.moments if each.epoch)
        return whole.step // (whole.epoch or 1)

    def when(self, place: int) -> float:
        """Return how many epochs of the training a moment has behind it."""
        return self.moments[place].step / self.steps

    def place(self, key: str) -> int | None:
        """Return where a moment stands among them, None where there is none of that name."""
        return {each.key: place for place, each in enumerate(self.moments)}.get(key)

    def dead(self, layer: str, place: int) -> list[int]:
        """Return the channels that were zero, after activation, on every test image."""
        low, high = self.ranges[layer, "post"][place]
        return [int(channel) for channel in np.flatnonzero((low == 0) & (high == 0))]

    def always_on(self, layer: str, place: int) -> list[int]:
        """Return the channels that were above zero, after activation, everywhere on every test image."""
        return [int(channel) for channel in np.flatnonzero(self.ranges[layer, "post"][place][0] > 0)]

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        told = json.dumps([asdict(each) for each in self.moments]).encode()
        arrays: dict[str, NDArray[Any]] = {"moments": np.frombuffer(told, np.uint8), "answers": self.answers}
        arrays |= {f"{layer}.{stage}": values for (layer, stage), values in self.ranges.items()}
        arrays |= {f"{layer}.active": values for layer, values in self.active.items()}
        arrays |= {f"{layer}.norm": values for layer, values in self.norms.items()}
        return archive_of(arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Timeline:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind.
        """
        arrays = arrays_of(content)
        if not {"moments", "answers"} <= arrays.keys():
            raise ValueError("This is no archive of a timeline.")
        moments = MOMENTS.validate_json(arrays.pop("moments").tobytes())
        answers = arrays.pop("answers")
        parts = {name: (*name.rpartition(".")[::2], values) for name, values in arrays.items()}
        ranges = {(layer, end): values for layer, end, values in parts.values() if end in STAGES}
        active = {layer: values for layer, end, values in parts.values() if end == "active"}
        norms = {layer: values for layer, end, values in parts.values() if end == "norm"}
        return cls(moments, answers, ranges, active, norms)

    def require(self, entry: Entry, images: int | None) -> None:
        """Fail unless this is a timeline of a network, and of so many images.

        Raises:
            ValueError: It is of another network, or of other images.
        """
        count = len(self.moments)
        if not count or self.answers.shape != (count, self.answers.shape[-1]):
            raise ValueError("The answers are not those of the moments.")
        if images is not None and self.answers.shape[-1] != images:
            raise ValueError("It is of other images.")
        steps = [each.step for each in self.moments]
        if sorted({*steps}) != steps or not any(each.epoch for each in self.moments):
            raise ValueError("The moments do not follow each other, or are of no whole epoch.")
        for layer in surveyed(entry.layers):
            active = self.active.get(layer.name, np.zeros(0)).shape
            if self.norms.get(layer.name, np.zeros(active)).shape != active:
                raise ValueError(f"{layer.name} has other weights.")
            found = {self.ranges.get((layer.name, stage), np.zeros(0)).shape for stage in STAGES}
            if active != (count, layer.channels) or found != {(count, 2, layer.channels)}:
                raise ValueError(f"{layer.name} has other channels, or is missing.")


def places(timelines: Mapping[str, Timeline], key: str) -> dict[str, int]:
    """Return where each network stands at a moment that any of them has; who has no such one, at its last.

    Args:
        timelines: By key of the network.
        key: Of the moment.

    Raises:
        KeyError: None of them has it.
    """
    own = {name: place for name, each in timelines.items() if (place := each.place(key)) is not None}
    if not own:
        raise KeyError(key)
    now = max(timelines[name].when(place) for name, place in own.items())

    def last(timeline: Timeline) -> int:
        return max(place for place in range(len(timeline.moments)) if timeline.when(place) <= now)

    return {name: own.get(name, last(each)) for name, each in timelines.items()}


def read(entry: Entry, folder: Path = CHECKPOINTS, images: int | None = None) -> Timeline | None:
    """Return the timeline that lies beside a checkpoint; None where nothing of its training was kept.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, or makes no sense.
    """

    def parse(content: bytes) -> Timeline:
        found = Timeline.from_bytes(content)
        found.require(entry, images)
        return found

    told = {"fault": "is no timeline of this network", "measure": "timeline"}
    return artefact.read_beside(entry.timeline, parse, folder, entry.key, **told)


def moments(entry: Entry, folder: Path = CHECKPOINTS) -> Moments | None:
    """Return the weights of a network at the moments of its timeline; None where none were kept.

    Raises:
        CheckpointError: As `read` does.
    """
    from models.engine.moments import Moments  # noqa: PLC0415 - of use only once somebody looks back

    told = {"fault": "does not hold this network's moments", "measure": "timeline"}
    return artefact.read_beside(entry.moments, Moments.from_bytes, folder, entry.key, **told)


@dataclass(frozen=True)
class Held:
    """The weights of a moment, as they were.

    Attributes:
        step: Batches that were learned before.
        epoch: The epoch that ended with that step, 0 for the start; None within an epoch.
        weights: As Keras lists them.
    """

    step: int
    epoch: int | None
    weights: Sequence[Floats]


def measure(
    model: keras.Model, held: Sequence[Held], images: Dataset, told: Told = untold
) -> tuple[Timeline, Moments]:
    """Return what a network was at several moments, and its weights then, rounded.

    Args:
        model: Of the layers that were trained; its weights are lost.
        held: The moments, in their order.
        images: Those that it is asked about.
        told: Is told how many moments are done.
    """
    from models.analysis import metrics, statistics_pass  # noqa: PLC0415 - loads TensorFlow
    from models.engine.moments import Moments  # noqa: PLC0415
    from models.engine.opened import Opened  # noqa: PLC0415 - loads TensorFlow

    arrays, found, passes, graph = [], [], [], Opened.of(model).graph
    for each in held:
        model.set_weights([rounded(weights) for weights in each.weights])
        arrays.append(Opened.of(model).arrays())
        logits, ranges, layers = statistics_pass.measure(model, images.fed, images.labels)
        score = metrics.score(logits, images.labels) if images.is_labelled else None
        found.append(Moment(each.step, each.epoch, score))
        passes.append((metrics.answers(logits), ranges, layers))
        told(len(found), len(held))
    names = [layer.name for layer in surveyed(layers_of(graph))]
    timeline = Timeline(
        tuple(found),
        np.stack([answers for answers, _, _ in passes]),
        {
            (name, stage): np.stack([ranges[name, stage] for _, ranges, _ in passes])
            for name in names
            for stage in STAGES
        },
        {name: np.stack([layers[name].active for _, _, layers in passes]) for name in names},
        norms(graph, arrays),
    )
    return timeline, Moments.of(arrays)


def norms(graph: Graph, held: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Return the length of each filter's weights at several moments, (moments, channels), by layer.

    Args:
        graph: Of the network.
        held: All its arrays at each moment, by layer and name.
    """
    found: dict[str, Floats] = {}
    for node in graph.nodes:
        before = f"{node.name}."
        own = [
            {name.removeprefix(before): values for name, values in arrays.items() if name.startswith(before)}
            for arrays in held
        ]
        filters = [graph.filters(node.name, weights) for weights in own]
        if filters[0] is not None:
            found[node.name] = np.stack(
                [np.linalg.norm(each.reshape(len(each), -1), axis=1) for each in filters if each is not None]
            ).astype(np.float32)
    return found


def rounded(weights: Floats) -> Floats:
    """Return the nearest numbers that float16 has, as float32."""
    return weights.astype(np.float16).astype(np.float32)
