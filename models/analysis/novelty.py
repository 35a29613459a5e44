"""How unlike anything in training a picture is: how far a network puts it from all digits that it learned.

What the last hidden layer, which only a linear one reads, makes of a picture is a direction and a length.
The training digits have 100 centres a label there; the score is the distance to the nearest. What score is
large, the held-out digits say. `python -m models.measure novelty` measures it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.analysis import projection
from models.analysis.measurement import Measurement
from models.arrays import Floats, Labels
from models.datasets.dataset import Dataset
from models.sketch.strangers import REPORTING, pictures, suit
from models.store.entry import Entry
from models.store.lazy_npz import archive_of, arrays_of

if TYPE_CHECKING:
    import keras

FLAGGED = 0.01  # of the held-out images: so many of them pass for unlike anything in training
CENTRES = 100  # a label
ROUNDS = 12  # of k-means
SEED = 7
PICTURES = 100  # of each kind of stranger
RESAMPLES = 1000  # of the bootstrap
DEFINITION = (
    "Distance of what the last hidden layer makes of it, its direction and the logarithm of its length, "
    "to the nearest of 100 centres of the training images of each label"
)
SOURCE = (
    "Nearest neighbours in the normalised last hidden layer: Sun, Ming, Zhu & Li (2022), "
    "doi:10.48550/arXiv.2204.06507; here of centres by k-means, and with the length, which normalising drops"
)

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Separation:
    """How well the score tells pictures of a kind from held-out images.

    Attributes:
        auroc: Probability that such a picture has a larger score than a held-out image; 0.5 is by chance.
        low: End of its 95 % interval over the pictures.
        high: Its other end.
        flagged: Share of the pictures that pass for unlike anything in training.
    """

    auroc: float
    low: float
    high: float
    flagged: float


@dataclass(frozen=True)
class Novelty:
    """Where a network puts the images that it learned, and how far from there it puts others.

    Attributes:
        directions: (centres, units) uint8: `low + step * directions` are directions.
        lengths: (centres,) float32, logarithms of lengths over the typical one.
        low: Of the directions' numbers.
        step: Between two of their levels.
        typical: Median length over the images that were learned.
        scores: Of the held-out images, ascending float32.
        separated: By kind of stranger, how well it is told.
    """

    directions: NDArray[np.uint8]
    lengths: Floats
    low: float
    step: float
    typical: float
    scores: Floats
    separated: Mapping[str, Separation] = field(default_factory=dict)

    @cached_property
    def centres(self) -> Doubles:
        """The centres, (centres, units + 1)."""
        directions = self.low + self.step * self.directions.astype(np.float64)
        return np.concatenate([directions, self.lengths[:, np.newaxis].astype(np.float64)], axis=1)

    @property
    def threshold(self) -> float:
        """The score above which a picture passes for unlike anything in training."""
        return float(self.scores[len(self.scores) - 1 - int(FLAGGED * len(self.scores))])

    def score(self, hidden: Floats) -> Doubles:
        """Return scores, (n,), of what the last hidden layer makes of pictures, (n, units)."""
        return np.asarray(_distances(places(hidden, self.typical), self.centres).min(axis=1))

    def is_unlike(self, score: float) -> bool:
        """Return whether a score is above that of all but a hundredth of the held-out images."""
        return score > self.threshold

    def percentile(self, score: float) -> float:
        """Return the share of the held-out images with a smaller score, in [0, 1]."""
        return float(np.searchsorted(self.scores, score, side="left") / len(self.scores))

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        return archive_of(
            {
                "directions": self.directions,
                "lengths": self.lengths,
                "numbers": np.array([self.low, self.step, self.typical]),
                "scores": self.scores,
                "kinds": np.array(list(self.separated), np.str_),
                "separated": np.array([[*vars(each).values()] for each in self.separated.values()]).reshape(
                    -1, 4
                ),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Novelty:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind.
        """
        try:
            found = arrays_of(content)
            low, step, typical = found["numbers"].astype(np.float64).tolist()
            rows = zip(found["kinds"].tolist(), found["separated"].tolist(), strict=True)
            separated = {str(kind): Separation(*map(float, numbers)) for kind, numbers in rows}
            made = cls(found["directions"], found["lengths"], low, step, typical, found["scores"], separated)
        except (KeyError, TypeError) as error:
            raise ValueError("This is no measure of novelty.") from error
        made.require()
        return made

    def require(self) -> None:
        """Fail unless the numbers make sense together.

        Raises:
            ValueError: They do not.
        """
        kinds = [each.dtype.name for each in (self.directions, self.lengths, self.scores)]
        shapes = (self.directions.ndim, self.lengths.shape, self.scores.ndim)
        if kinds != ["uint8", "float32", "float32"] or shapes != (2, (len(self.directions),), 1):
            raise ValueError("These are no centres and scores.")
        ascending = len(self.scores) and (np.diff(self.scores) >= 0).all()
        if not ascending or not len(self.directions) or not np.isfinite(self.centres).all():
            raise ValueError("These scores or centres cannot be compared with.")


def places(hidden: Floats, typical: float) -> Doubles:
    """Return what a layer makes of pictures, (n, units), as directions and logarithms of lengths.

    There are (n, units + 1) numbers. Where nothing fires there is no direction, and the length counts as a
    millionth of the typical one.
    """
    values = hidden.astype(np.float64)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    directions = np.divide(values, lengths, out=np.zeros_like(values), where=lengths > 0)
    return np.concatenate([directions, np.log(np.maximum(lengths / typical, 1e-6))], axis=1)


def measured(
    learned: Floats, labels: Labels, held_out: Floats, strangers: Mapping[str, Floats] | None = None
) -> Novelty:
    """Return the measure of a network, from what its last hidden layer makes of pictures, (n, units) each.

    Args:
        learned: Of the images that it learned from.
        labels: Theirs.
        held_out: Of images that it did not learn from.
        strangers: Of strangers, by kind.
    """
    typical = float(np.median(np.linalg.norm(learned, axis=1))) or 1.0
    rows = places(learned, typical)
    rng = np.random.default_rng(SEED)
    centres = np.concatenate([k_means(rows[labels == label], rng) for label in np.unique(labels)])
    low, high = float(centres[:, :-1].min()), float(centres[:, :-1].max())
    step = (high - low) / 255 or 1.0
    levels = np.rint((centres[:, :-1] - low) / step).astype(np.uint8)
    known = Novelty(levels, centres[:, -1].astype(np.float32), low, step, typical, np.zeros(0, np.float32))
    own = np.sort(known.score(held_out)).astype(np.float32)
    made = Novelty(levels, known.lengths, low, step, typical, own)
    told = {kind: separation(made, made.score(values)) for kind, values in (strangers or {}).items()}
    return Novelty(levels, known.lengths, low, step, typical, own, told)


def k_means(rows: Doubles, rng: np.random.Generator) -> Doubles:
    """Return at most 100 centres of rows, (n, numbers): each the mean of the rows that it is nearest to.

    Source: Lloyd (1982), IEEE Trans. Inf. Theory 28:129, begun from rows at random.
    """
    centres = rows[rng.permutation(len(rows))[:CENTRES]]
    for _ in range(ROUNDS):
        nearest = _distances(rows, centres).argmin(axis=1)
        belongs = nearest == np.arange(len(centres))[:, np.newaxis]  # (centres, n)
        counts = belongs.sum(axis=1, keepdims=True)
        centres = np.where(counts > 0, belongs @ rows / np.maximum(counts, 1), centres)
    return centres


def separation(measure: Novelty, scores: Doubles) -> Separation:
    """Return how well scores of strangers, (n,), lie above those of the held-out images."""
    above = _shares(measure.scores, scores)
    again = np.random.default_rng(SEED).choice(above, (RESAMPLES, len(above))).mean(axis=1)
    low, high = np.percentile(again, [2.5, 97.5])
    return Separation(
        float(above.mean()), float(low), float(high), float((scores > measure.threshold).mean())
    )


def _shares(ascending: Floats, scores: Doubles) -> Doubles:
    """Return for each score the share of others that it is above, equal ones counted by half."""
    ends = [np.searchsorted(ascending, scores, side) for side in ("left", "right")]
    return np.asarray(np.add(*ends) / 2 / len(ascending), np.float64)


def _distances(rows: Doubles, centres: Doubles) -> Doubles:
    """Return how far each row is from each centre, (rows, centres)."""
    squares = (rows**2).sum(axis=1)[:, np.newaxis] + (centres**2).sum(axis=1) - 2 * rows @ centres.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _of(content: bytes, entry: Entry) -> Novelty:
    """Return what was written of a network.

    Raises:
        ValueError: It is nothing of the kind, or of another network.
    """
    found = Novelty.from_bytes(content)
    if found.directions.shape[1] != np.prod(entry.layers[-2].output_shape):
        raise ValueError("It is of another layer.")
    return found


def run(model: keras.Model, data: Dataset, held_out: int) -> Novelty | None:
    """Measure a network on the images that it was trained on; it did not learn from the last so many.

    Where none are known that it did not learn from, there is nothing to compare with: None.
    """
    if not held_out:
        return None
    hidden = hidden_of(model, data.inputs)
    known = {kind: pictures(make, kind, PICTURES) for kind, make in REPORTING.items() if suit(data.spec)}
    strangers = {kind: hidden_of(model, data.spec.prepare(each)) for kind, each in known.items()}
    labels = data.labels[:-held_out]
    return measured(hidden[:-held_out], labels, hidden[-held_out:], strangers or None)


def hidden_of(model: keras.Model, images: Floats) -> Floats:
    """Return what the last hidden layer makes of images, as networks are fed of them: (n, units)."""
    values = projection.last_hidden(model, images)
    return values.reshape(len(values), -1)


MEASUREMENT = Measurement[Novelty](
    name="novelty",
    form="npz",
    finds="how far each network puts a picture from the images that it learned",
    run=run,
    pack=lambda found, _: found.to_bytes(),
    parse=lambda content, entry, _: _of(content, entry),
    fault="is no measure of novelty of this network",
    part="train",
)
