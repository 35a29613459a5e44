"""What every filter of a convolution is tuned to: its responses to a bank of strokes, beside untrained ones'.

`python -m models.measure tuning` measures it anew.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.analysis import selectivity, stimuli
from models.analysis.measurement import Measurement
from models.analysis.responses import Responses, responding, responses
from models.analysis.selectivity import KINDS, PERCENTILE, Word, words
from models.analysis.stimuli import BANK, FAMILIES
from models.arrays import Floats
from models.datasets.dataset import ImageSpec
from models.graph.description import convolutions
from models.store.entry import Entry
from models.store.lazy_npz import archive_of

if TYPE_CHECKING:
    import keras

    from models.engine.opened import Opened


SEEDS = 32  # of random weights; the first half gives the thresholds, the second is held against them
RECIPE = f"{stimuli.RECIPE} {SEEDS} {PERCENTILE:g}"  # what was measured otherwise is not read
TENSOR = (
    "Pre-activation, the largest (raised) and the smallest (lowered) over the cells whose receptive field "
    "lies within the picture, less its value on empty paper, averaged over the places; fired is the largest "
    "post-activation there, averaged alike."
)


@dataclass(frozen=True)
class LayerTuning:
    """What the bank does to the filters of one convolution, all float32 but the last.

    Attributes:
        raised: (stimuli, filters), by how much the largest pre-activation is above that on empty paper.
        lowered: (stimuli, filters), by how much the smallest is below it.
        fired: (stimuli, filters), the largest post-activation.
        paper: (filters,), the pre-activation on empty paper.
        drift: (families, filters), degrees, how far the preferred direction of one place is from that of all.
        untrained: (kinds, filters of SEEDS / 2 untrained networks), their selectivities.
        chance: (2,) int64: filters of as many other untrained networks with a word, and all of these.
    """

    raised: Floats
    lowered: Floats
    fired: Floats
    paper: Floats
    drift: Floats
    untrained: Floats
    chance: NDArray[np.int64]

    @cached_property
    def selectivity(self) -> Floats:
        """How selective each filter is, (kinds, filters)."""
        return selectivity.selectivities(self.raised, self.lowered)

    @cached_property
    def thresholds(self) -> Floats:
        """What 99 % of the untrained filters stay below, (kinds,)."""
        return np.asarray(np.percentile(self.untrained, PERCENTILE, axis=1), np.float32)

    @cached_property
    def preferred(self) -> Floats:
        """The direction of each family that each filter prefers, (families, filters), degrees."""
        return selectivity.preferred(self.raised)

    @cached_property
    def words(self) -> tuple[Word | None, ...]:
        """The word of every filter, None where its tuning is not clear."""
        return words(self.raised, self.lowered, self.drift, self.thresholds)


@dataclass(frozen=True)
class Tuning:
    """What the filters of one network are tuned to, by the name of their layer."""

    layers: Mapping[str, LayerTuning]

    def to_bytes(self, sha256: str) -> bytes:
        """Return an `.npz` archive that names its checkpoint, such as `from_bytes` reads."""
        arrays = {
            f"{name} {each.name}": getattr(layer, each.name)
            for name, layer in self.layers.items()
            for each in fields(LayerTuning)
        }
        return archive_of({"about": np.array([sha256, RECIPE]), **arrays})

    @classmethod
    def from_bytes(cls, content: bytes, entry: Entry) -> Tuning:
        """Return what `to_bytes` wrote of this network.

        Raises:
            ValueError: The content is nothing of the kind, is of another network, or was measured otherwise.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                sha256, recipe = archive["about"].tolist()
                layers = {
                    layer.name: LayerTuning(
                        **{each.name: archive[f"{layer.name} {each.name}"] for each in fields(LayerTuning)}
                    )
                    for layer in convolutions(entry.layers)
                }
        except (EOFError, KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise ValueError("This is no tuning of these layers.") from error
        if sha256 != entry.sha256 or recipe != RECIPE:
            raise ValueError("This is of another network, or was measured otherwise.")
        for layer in convolutions(entry.layers):
            _refuse_misshapen(layers[layer.name], layer.channels)
        return cls(layers)


def _refuse_misshapen(found: LayerTuning, filters: int) -> None:
    """Raise a ValueError where numbers are missing or are none."""
    shapes = {
        **dict.fromkeys(("raised", "lowered", "fired"), (len(BANK), filters)),
        "drift": (len(FAMILIES), filters),
        "paper": (filters,),
        "untrained": (len(KINDS), SEEDS // 2 * filters),
    }
    for name, shape in shapes.items():
        values = getattr(found, name)
        if (values.dtype, values.shape) != (np.float32, shape) or not np.isfinite(values).all():
            raise ValueError(f"{name} has not the numbers of {filters} filters.")
    if found.chance.dtype != np.int64 or found.chance.shape != (2,):
        raise ValueError("The untrained filters were not counted.")


def run(model: keras.Model, spec: ImageSpec) -> Tuning | None:
    """Measure what the filters of a model are tuned to; None of one without convolutions.

    Args:
        model: The network.
        spec: The form of the images that it reads.
    """
    from models.engine.opened import Opened  # noqa: PLC0415 - loads TensorFlow

    opened = Opened.of(model)
    if not convolutions(opened.layers):
        return None
    own = responses(opened, spec)
    others = list(_of_untrained(opened, spec))
    found = {name: layer_tuning(each, [other[name] for other in others]) for name, each in own.items()}
    for name, each in found.items():
        named, chance = sum(word is not None for word in each.words), each.chance.tolist()
        said = f"{named} of {len(each.words)} filters have a word, untrained {chance[0]} of {chance[1]}"
        print(f"{model.name} {name}: {said}", flush=True)
    return Tuning(found)


def _of_untrained(opened: Opened, spec: ImageSpec) -> Iterator[dict[str, Responses]]:
    """Yield the responses of SEEDS untrained networks: of one, compiled once, with weights drawn anew."""
    from models.analysis.attribution_methods import draw, randomised  # noqa: PLC0415 - loads TensorFlow

    made = randomised(opened)
    found = responding(made, spec)
    for seed in range(SEEDS):
        draw(made, seed)
        yield found()


def layer_tuning(own: Responses, untrained: Sequence[Responses]) -> LayerTuning:
    """Return a layer's tuning beside that of the same layer in SEEDS untrained networks."""
    half = len(untrained) // 2
    control = np.concatenate([each.selectivity for each in untrained[:half]], axis=1)
    thresholds = np.asarray(np.percentile(control, PERCENTILE, axis=1), np.float32)
    chance = [word for each in untrained[half:] for word in words_of(each, thresholds)]
    return LayerTuning(
        raised=own.raised.mean(axis=1),
        lowered=own.lowered.mean(axis=1),
        fired=own.fired.mean(axis=1),
        paper=own.paper,
        drift=selectivity.drift(own.raised),
        untrained=control,
        chance=np.array([sum(word is not None for word in chance), len(chance)], np.int64),
    )


def words_of(found: Responses, thresholds: Floats) -> tuple[Word | None, ...]:
    """Return the word of every filter, by thresholds of others, (kinds,)."""
    raised, lowered = found.raised.mean(axis=1), found.lowered.mean(axis=1)
    return words(raised, lowered, selectivity.drift(found.raised), thresholds)


MEASUREMENT = Measurement[Tuning](
    name="tuning",
    form="npz",
    finds="what the filters of convolutions are tuned to",
    run=lambda model, data, _: run(model, data.spec),
    pack=lambda found, checkpoint: found.to_bytes(checkpoint.sha256),
    parse=lambda content, entry, _: Tuning.from_bytes(content, entry),
    fault="is no tuning of this network",
)
