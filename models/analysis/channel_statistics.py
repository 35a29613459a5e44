"""What a network does over all test digits: answers, what makes each channel fire, what it is without.

`python -m models.measure survey` measures it anew.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from models.analysis.layer_statistics import UNKNOWN, LayerSurvey, within
from models.analysis.measurement import Measurement
from models.analysis.telling import Told, untold
from models.arrays import Floats, Labels, Rows
from models.engine.forward_pass import STAGES, Stage
from models.graph.description import Layer, surveyed, switchable
from models.store.entry import Entry
from models.store.interim import Interim
from models.store.lazy_npz import Array, Packed, archive_of

if TYPE_CHECKING:
    import keras

SELDOM = ".strength"  # ends the names of what is large, and read only to sort the wall by a channel


@dataclass(frozen=True)
class Survey:
    """One network's answers and ranges over the test images, and what each of its channels does there.

    Attributes:
        logits: (images, classes) float32.
        ranges: By layer and stage: (2, channels) float32, smallest and largest value of each map or unit.
        layers: By layer, for all but those that only reshape.
    """

    logits: Floats
    ranges: Mapping[tuple[str, Stage], Floats]
    layers: Mapping[str, LayerSurvey] = field(default_factory=dict)

    def dead(self, layer: str) -> list[int]:
        """Return the channels that are zero, after activation, on every test image."""
        low, high = self.ranges[layer, "post"]
        return [int(channel) for channel in np.flatnonzero((low == 0) & (high == 0))]

    def always_on(self, layer: str) -> list[int]:
        """Return the channels that are above zero, after activation, in every cell of every test image."""
        return [int(channel) for channel in np.flatnonzero(self.ranges[layer, "post"][0] > 0)]

    def fates(self, layer: str, *, last: bool = False) -> dict[int, str]:
        """Return which channels are "dead" (0 everywhere on every image) or "always on" (above 0 everywhere).

        Args:
            layer: Its name.
            last: Whether the network ends there: its probabilities are always above 0, which is no fate.
        """
        always = [] if last else self.always_on(layer)
        return dict.fromkeys(self.dead(layer), "dead") | dict.fromkeys(always, "always on")

    def is_complete(self, layers: Sequence[Layer]) -> bool:
        """Whether it was tried what a network of these layers is without each channel."""
        tried = (self.layers[layer.name].correct_without for layer in switchable(layers))
        return all((correct != UNKNOWN).all() for correct in tried)

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        arrays: dict[str, Array] = {
            f"{layer}.{stage}": values for (layer, stage), values in self.ranges.items()
        }
        for layer, measured in self.layers.items():
            arrays |= {f"{layer}.{name}": values for name, values in measured.to_arrays().items()}
        return archive_of({"logits": self.logits, **arrays})

    @classmethod
    def from_bytes(cls, content: bytes) -> Survey:
        """Return the survey that `to_bytes` wrote.

        Raises:
            ValueError: The content is not an archive of a survey, or one that makes no sense.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                arrays = {
                    name: Packed.found(content, name, archive.zip)
                    if name.endswith(SELDOM)
                    else np.asarray(archive[name])
                    for name in archive.files
                }
            logits = _floats(arrays.pop("logits"))
        except (EOFError, KeyError, TypeError, OSError, NotImplementedError, zlib.error) as error:
            raise ValueError("This is not the archive of a survey.") from error
        except zipfile.BadZipFile as error:
            raise ValueError("The archive of this survey is damaged.") from error
        by_layer: dict[str, dict[str, Array]] = {}
        for name, values in arrays.items():
            layer, dot, what = name.rpartition(".")
            if not dot:
                raise ValueError(f"{name} names no layer.")
            by_layer.setdefault(layer, {})[what] = values
        ranges = {
            (layer, stage): _range(found.pop(stage))
            for layer, found in by_layer.items()
            for stage in STAGES
            if stage in found
        }
        layers = {
            layer: LayerSurvey.from_arrays(found, *logits.shape) for layer, found in by_layer.items() if found
        }
        return cls(logits, ranges, layers)

    def require(self, layers: Iterable[Layer]) -> None:
        """Fail unless this is a survey of a network of these layers.

        Raises:
            ValueError: A layer is missing, has other channels, or another shape; or the strongest images of
                the classes were ranked by probabilities, as they once were, and not by logits.
        """
        wanted = surveyed(layers)
        if self.layers.keys() != {layer.name for layer in wanted}:
            raise ValueError("This survey is of other layers.")
        for layer in wanted:
            shapes = {
                self.ranges[layer.name, stage].shape for stage in STAGES if (layer.name, stage) in self.ranges
            }
            cells = int(np.prod(layer.output_shape[:-1]))
            measured = self.layers[layer.name]
            if shapes != {(2, layer.channels)} or measured.channels != layer.channels:
                raise ValueError(f"{layer.name} has other channels.")
            if not within(measured.places, 0, cells):
                raise ValueError(f"{layer.name} has other maps.")
        if wanted[-1].saturates and not self._ranks_by_logits(self.layers[wanted[-1].name]):
            raise ValueError(f"{wanted[-1].name} does not rank the images by its logits.")

    def _ranks_by_logits(self, classes: LayerSurvey) -> bool:
        """Whether the values of a last layer are the logits of the images that they are named of."""
        named = self.logits[classes.strongest, np.arange(classes.channels)[:, np.newaxis]]
        return np.array_equal(classes.values, named, equal_nan=True)


def _floats(values: Array) -> Floats:
    if isinstance(values, Packed) or values.dtype != np.float32 or values.ndim != 2:
        raise ValueError(f"These are {values.dtype} {values.shape}, not rows of float32.")
    return values.astype(np.float32, copy=False)


def _range(values: Array) -> Floats:
    found = _floats(values)
    if len(found) != 2:
        raise ValueError("A range has two ends.")
    return found


def _of(content: bytes, entry: Entry, images: int | None) -> Survey:
    """Return what was written of a network and so many images, or of any number.

    Raises:
        ValueError: It is nothing of the kind, or of another network, or of another number of images.
    """
    found = Survey.from_bytes(content)
    found.require(entry.layers)
    if images is not None and len(found.logits) != images:
        raise ValueError("It is of other digits.")
    return found


def run(model: keras.Model, images: Rows, labels: Labels) -> Survey:
    """Measure everything over images, as networks are fed of them: one pass, then without each channel."""
    from keras.utils import Progbar  # noqa: PLC0415 - takes seconds; reading a survey must not

    begun = begin(model, images, labels)
    print(f"{model.name}, without one channel after another")
    bar = Progbar(len(images), verbose=1 if sys.stdout.isatty() else 2)
    return complete(model, images, labels, begun, lambda done, _: bar.update(done))


def begin(model: keras.Model, images: Rows, labels: Labels, told: Told = untold) -> Survey:
    """Measure what one pass over images tells, and not yet what the network is without each channel."""
    from models.analysis import statistics_pass  # noqa: PLC0415 - takes seconds; reading a survey must not

    return Survey(*statistics_pass.measure(model, images, labels, told))


def complete(
    model: keras.Model,
    images: Rows,
    labels: Labels,
    begun: Survey,
    told: Told = untold,
    *,
    interim: Interim | None = None,
) -> Survey:
    """Measure what is left of a survey, what the network answers without each channel, as `ablation` does."""
    from models.analysis import ablation  # noqa: PLC0415 - as above

    layers = ablation.complete(model, images, labels, begun.logits, begun.layers, told=told, interim=interim)
    return replace(begun, layers=layers)


MEASUREMENT = Measurement[Survey](
    name="survey",
    form="npz",
    finds="what every channel does over the test images, and what the network is without it",
    run=lambda model, data, _: run(model, data.fed, data.labels),
    pack=lambda found, _: found.to_bytes(),
    parse=_of,
    fault="is no survey of this network, or one of an older form or of other images",
)
