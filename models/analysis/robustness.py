"""What a network makes of the test digits when all of them are changed, for every perturbation.

Changed and unchanged digits are the same digits, so they are compared one by one: how many answers change,
and how many right answers are lost and gained.

`python -m models.measure robustness` measures it anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, with_config

from models.analysis.measurement import Measurement
from models.analysis.metrics import answers, mcnemar
from models.analysis.telling import Told, untold
from models.arrays import Floats, Labels, Rows
from models.datasets.dataset import ImageSpec
from models.datasets.perturbation import PERTURBATIONS, perturb
from models.store.interim import Interim
from models.store.records import STRICT, Count, Ordinal, record_of

if TYPE_CHECKING:
    import keras

    from models.engine.probe import Probe

PART = 1_000  # images that are changed at once
KEPT = 8 * PART  # images of which what was counted is kept

COUNTED = ("correct", "lost", "changed")
Counted = NDArray[np.int64]  # of one amount: how many, as `COUNTED`
Counts = Mapping[str, tuple[int, ...]]  # by perturbation, for each of its measured amounts, in their order


@with_config(STRICT)
@dataclass(frozen=True)
class Curve:
    """What the file says of one perturbation: its amounts, and for each of them what `Robustness` counts."""

    amounts: tuple[float, ...]
    correct: tuple[Count, ...]
    lost: tuple[Count, ...]
    changed: tuple[Count, ...]


@with_config(STRICT)
@dataclass(frozen=True)
class Table:
    """The file: the number of images, and a curve for every perturbation."""

    digits: Ordinal
    curves: Mapping[str, Curve]


FORM = TypeAdapter(Table)


@dataclass(frozen=True)
class Robustness:
    """Answers of one network to changed images, beside those to the same images unchanged.

    Attributes:
        digits: Number of images that each amount was measured on.
        correct: How many are named right.
        lost: How many are named wrong that were named right unchanged.
        changed: How many are named otherwise than unchanged, right or wrong.
    """

    digits: int
    correct: Counts
    lost: Counts
    changed: Counts

    def against_unchanged(self, key: str, amount: float) -> Paired:
        """Return how the answers at a measured amount differ from those to the unchanged images.

        Raises:
            KeyError: There is no such perturbation.
            ValueError: It was not measured at this amount.
        """
        way = PERTURBATIONS[key]
        at, unchanged = way.amounts.index(amount), way.amounts.index(way.neutral)
        lost = self.lost[key][at]
        gained = self.correct[key][at] - self.correct[key][unchanged] + lost
        return Paired(key, amount, self.changed[key][at], lost, gained)

    def to_bytes(self) -> bytes:
        """Return JSON, such as `from_bytes` reads."""
        curves = {
            key: {"amounts": PERTURBATIONS[key].amounts}
            | {each: getattr(self, each)[key] for each in COUNTED}
            for key in self.correct
        }
        return json.dumps({"digits": self.digits, "curves": curves}).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Robustness:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind, or was measured at other amounts.
        """
        table = record_of(content, FORM)
        if {key: curve.amounts for key, curve in table.curves.items()} != {
            key: each.amounts for key, each in PERTURBATIONS.items()
        }:
            raise ValueError("it was measured at other amounts")
        counts = {
            each: {key: getattr(curve, each) for key, curve in table.curves.items()} for each in COUNTED
        }
        for key, several in ((key, counted[key]) for counted in counts.values() for key in counted):
            if len(several) != len(table.curves[key].amounts) or max(several) > table.digits:
                raise ValueError(f"these are no counts for {key}")
        found = cls(table.digits, **counts)
        for key, each in PERTURBATIONS.items():
            for paired in (found.against_unchanged(key, amount) for amount in each.amounts):
                if paired.gained < 0 or paired.lost + paired.gained > paired.changed:
                    raise ValueError(f"these are no counts for {key}")
        return found


@dataclass(frozen=True)
class Paired:
    """A network's answers to the same images, changed and unchanged.

    Attributes:
        key: Of the perturbation.
        amount: Of it.
        changed: Dataset whose answer is another, right or wrong.
        lost: Dataset that are named right only unchanged.
        gained: Dataset that are named right only changed.
    """

    key: str
    amount: float
    changed: int
    lost: int
    gained: int

    @property
    def chance(self) -> float:
        """How likely it is that as many are lost as gained, in the long run: McNemar's exact test."""
        return mcnemar(self.lost, self.gained)


def run(
    model: keras.Model,
    images: Rows,
    labels: Labels,
    spec: ImageSpec,
    *,
    interim: Interim | None = None,
    told: Told = untold,
) -> Robustness:
    """Compare answers to images, as networks are fed of them, changed by all amounts of each perturbation.

    Args:
        model: The network.
        images: (n, rows, columns, channels).
        labels: (n,).
        spec: Of the images.
        interim: Where what was counted is kept, amount by amount and part by part, until all is.
        told: Is told how many of these are done.
    """
    from models.engine.probe import Probe  # noqa: PLC0415 - takes seconds; reading a table must not

    probe = Probe(model)
    unchanged = answers(probe.logits_without(images, {}))

    def counted(key: str, amount: float, where: slice) -> Counted:
        said = unchanged[where]
        if amount != PERTURBATIONS[key].neutral:
            said = _changed_answers(probe, images, where, lambda part: perturb(part, key, amount, spec))
        return np.array(_counted(unchanged[where], said, labels[where]))

    every = _measured(len(labels))
    found = {(key, amount): np.zeros(len(COUNTED), np.int64) for key, amount, _ in every}
    for done, (key, amount, part) in enumerate(every, 1):
        find = partial(counted, key, amount, part)
        found[key, amount] += interim.once(f"{key} {amount:g} {part.start}", find) if interim else find()
        told(done, len(every))
    table = Robustness(len(labels), **_by_perturbation(found))
    for key, each in PERTURBATIONS.items():
        right = table.correct[key]
        print(f"{model.name}, {each.title}: {min(right)} to {max(right)}", flush=True)
    return table


def _measured(images: int) -> list[tuple[str, float, slice]]:
    """Return every perturbation and amount, for each part of so many images."""
    parts = [slice(start, start + KEPT) for start in range(0, images, KEPT)]
    amounts = [(key, amount) for key, each in PERTURBATIONS.items() for amount in each.amounts]
    return [(key, amount, part) for key, amount in amounts for part in parts]


def _by_perturbation(found: Mapping[tuple[str, float], Counted]) -> dict[str, Counts]:
    """Return what was counted of every amount, by what was counted, as `Robustness` has it."""
    return {
        name: {
            key: tuple(int(found[key, amount][place]) for amount in each.amounts)
            for key, each in PERTURBATIONS.items()
        }
        for place, name in enumerate(COUNTED)
    }


def _changed_answers(probe: Probe, images: Rows, where: slice, change: Callable[[Floats], Floats]) -> Labels:
    """Return the answers to some images once they are changed, of which few are in memory at once."""
    starts = range(len(images))[where][::PART]
    parts = (images[start : min(start + PART, starts.stop)] for start in starts)
    return answers(np.concatenate([probe.logits_without(change(part), {}) for part in parts]))


def _counted(unchanged: Labels, changed: Labels, labels: Labels) -> tuple[int, int, int]:
    """Return how many are right, how many are so no more, and how many are named otherwise: as `COUNTED`."""
    right = changed == labels
    lost = (unchanged == labels) & ~right
    return int(right.sum()), int(lost.sum()), int((changed != unchanged).sum())


MEASUREMENT = Measurement[Robustness](
    name="robustness",
    form="json",
    finds="how many images stay right when all of them are changed",
    run=lambda model, data, _: run(model, data.fed, data.labels, data.spec),
    pack=lambda found, _: found.to_bytes(),
    parse=lambda content, *_: Robustness.from_bytes(content),
    fault="is no table of this network",
)
