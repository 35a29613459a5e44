"""What a network does over all test digits: its answers, and the range of every map and unit.

`python -m models.survey` measures every network of the manifest anew; training does it for its own.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models import registry
from models.forward_pass import STAGES, Floats, Stage
from models.registry import CHECKPOINTS, Entry

if TYPE_CHECKING:
    import keras

BATCH = 50  # divides 10,000; at this size the maps of a batch stay in the processor's cache


@dataclass(frozen=True)
class Survey:
    """One network's answers and ranges over the test digits.

    Attributes:
        logits: (digits, classes) float32.
        ranges: By layer and stage: (2, channels) float32, smallest and largest value of each map or unit.
    """

    logits: Floats
    ranges: Mapping[tuple[str, Stage], Floats]

    def dead(self, layer: str) -> list[int]:
        """Return the channels that are zero, after activation, on every test digit."""
        low, high = self.ranges[layer, "post"]
        return [int(channel) for channel in np.flatnonzero((low == 0) & (high == 0))]

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        arrays = {f"{layer}.{stage}": values for (layer, stage), values in self.ranges.items()}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, logits=self.logits, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Survey:
        """Return the survey that `to_bytes` wrote.

        Raises:
            ValueError: The content is not an archive of a survey.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                arrays = {name: np.asarray(archive[name], np.float32) for name in archive.files}
            logits = arrays.pop("logits")
        except (EOFError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise ValueError("This is not the archive of a survey.") from error
        return cls(logits, {_layer_and_stage(name): values for name, values in arrays.items()})


def _layer_and_stage(name: str) -> tuple[str, Stage]:
    layer, stage = name.rsplit(".", 1)
    if stage not in STAGES:
        raise ValueError(f"{name} names no stage.")
    return layer, STAGES[STAGES.index(stage)]


def read(entry: Entry, folder: Path = CHECKPOINTS) -> Survey:
    """Return the survey that lies beside a checkpoint, after comparing it with its hash.

    Raises:
        CheckpointError: The file is missing or is not the one that the manifest names.
    """
    return Survey.from_bytes(registry.checked(entry.survey, folder, entry.key))


def run(model: keras.Model, digits: Floats) -> Survey:
    """Run all digits, (n, 28, 28, 1) in [0, 1], through the model once; only ranges are kept of the maps."""
    import tensorflow as tf  # noqa: PLC0415 - takes seconds; reading a survey must not

    from models.description import describe  # noqa: PLC0415
    from models.probe import open_layers  # noqa: PLC0415

    opened = open_layers(model)

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def extremes(batch: tf.Tensor) -> tuple[tf.Tensor, list[list[tf.Tensor]]]:
        stages = opened(batch, training=False)
        axes = [list(range(len(values.shape) - 1)) for values in stages[0]]
        found = [
            [
                tf.stack([tf.reduce_min(values, axis), tf.reduce_max(values, axis)])
                for values, axis in zip(stage, axes, strict=True)
            ]
            for stage in stages
        ]
        return stages[0][-1], found

    logits: list[Floats] = []
    ranges: dict[tuple[str, Stage], Floats] = {}
    names = [layer.name for layer in describe(model)]
    for start in range(0, len(digits), BATCH):
        batch_logits, found = extremes(digits[start : start + BATCH])
        logits.append(batch_logits.numpy())
        for stage, tensors in zip(STAGES, found, strict=True):
            for name, tensor in zip(names, tensors, strict=True):
                new, old = tensor.numpy(), ranges.get((name, stage))
                ranges[name, stage] = new if old is None else _wider(old, new)
    return Survey(np.concatenate(logits), ranges)


def _wider(one: Floats, other: Floats) -> Floats:
    return np.stack([np.minimum(one[0], other[0]), np.maximum(one[1], other[1])])


if __name__ == "__main__":
    from dataclasses import replace

    from models import evaluate, mnist
    from models.digits import prepare

    test = mnist.load("test")
    for each in registry.read():
        survey = run(registry.load(each), prepare(test.images))
        file = registry.write_whole(CHECKPOINTS / each.survey.name, survey.to_bytes())
        registry.write(replace(each, survey=file, test=evaluate.score(survey.logits, test.labels)))
        print(f"{each.key}: {file.bytes:,} bytes in {file.name}")
