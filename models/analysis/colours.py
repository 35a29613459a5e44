"""Whether a network reads the shape or the colour: the same test digits in learned and in other colours.

`python -m models.measure colours cnn-coloured --folder models/exhibits/coloured-mnist` measures it anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter, with_config

from models.analysis.measurement import Measurement
from models.analysis.metrics import answers, mcnemar
from models.datasets import coloured_mnist
from models.datasets.coloured_mnist import Colours
from models.datasets.dataset import Dataset
from models.store.records import STRICT, Count, Ordinal, record_of

if TYPE_CHECKING:
    import keras

LEARNED: Colours = "learned"
OTHERS: tuple[Colours, ...] = ("swapped", "unrelated")


@with_config(STRICT)
@dataclass(frozen=True)
class Answers:
    """What becomes of the answers in one kind of colours, beside those in the learned ones.

    Attributes:
        correct: Images that are named as their label says.
        lost: Images that are named right only in the learned colours.
        followed: Images that are named after the class whose colour they wear, where that is not theirs.
        misled: Images that wear the colour of another class.
    """

    correct: Count
    lost: Count
    followed: Count
    misled: Count


@with_config(STRICT)
@dataclass(frozen=True)
class Coloured:
    """Answers of one network to the same images in several kinds of colours.

    Attributes:
        images: How many there are.
        by_colours: What becomes of them, by kind.
    """

    images: Ordinal
    by_colours: Mapping[str, Answers]

    def gained(self, colours: Colours) -> int:
        """Return how many images are named right in these colours only, and not in the learned ones."""
        told, learned = self.by_colours[colours], self.by_colours[LEARNED]
        return told.correct - learned.correct + told.lost

    def chance(self, colours: Colours) -> float:
        """How likely it is that as many are lost as gained, in the long run: McNemar's exact test."""
        return mcnemar(self.by_colours[colours].lost, self.gained(colours))

    def to_bytes(self) -> bytes:
        """Return JSON, such as `from_bytes` reads."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Coloured:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind.
        """
        found = record_of(content, FORM)
        if found.by_colours.keys() != {LEARNED, *OTHERS}:
            raise ValueError("it is of other colours")
        for colours, each in found.by_colours.items():
            most = max(each.correct + each.followed, each.misled)
            if most > found.images or each.followed > each.misled or found.gained(colours) < 0:  # type: ignore[arg-type]
                raise ValueError(f"these are no counts for {colours}")
        return found


FORM = TypeAdapter(Coloured)


def run(model: keras.Model, data: Dataset) -> Coloured | None:
    """Compare answers to images in all kinds of colours; None of images whose colours say nothing."""
    if data.key != coloured_mnist.KEY:
        return None
    from models.engine.probe import Probe  # noqa: PLC0415 - takes seconds; reading a table must not

    probe = Probe(model)
    right_before = np.zeros(len(data), np.bool_)
    found: dict[str, Answers] = {}
    for colours in (LEARNED, *OTHERS):
        worn = coloured_mnist.worn(data.labels, colours)
        said = answers(probe.logits_without(coloured_mnist.recoloured(data, colours).inputs, {}))
        right, misled = said == data.labels, worn != data.labels
        right_before = right if colours == LEARNED else right_before
        found[colours] = Answers(
            int(right.sum()),
            int((right_before & ~right).sum()),
            int((misled & (said == worn)).sum()),
            int(misled.sum()),
        )
    return Coloured(len(data), found)


MEASUREMENT = Measurement[Coloured](
    name="colours",
    form="json",
    finds="whether coloured images stay right in other colours",
    run=lambda model, data, _: run(model, data),
    pack=lambda found, _: found.to_bytes(),
    parse=lambda content, *_: Coloured.from_bytes(content),
    fault="is no table of this network",
)
