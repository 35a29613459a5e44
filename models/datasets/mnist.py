"""MNIST as arrays, compared with its checksums whenever it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Labels
from models.datasets import disputed
from models.datasets.dataset import Dataset, ImageSpec, Noun, Part
from models.datasets.disputed import Disputes
from models.datasets.idx import IdxFolder

KEY = "mnist"
SIDE = 28  # pixels
SPEC = ImageSpec(SIDE, SIDE, 1)  # white ink on black paper
CLASSES = tuple("0123456789")
LEARNABLE = 60_000  # digits to learn from
DATA = Path(__file__).parents[1] / "data"
NOUN = Noun("digit", "digits")
TITLE = "MNIST"
ORIGIN = "LeCun, Cortes & Burges (1998), The MNIST database of handwritten digits"
LICENCE = "CC BY-SA 3.0"


def files(folder: Path = DATA) -> IdxFolder:
    """Return where the files lie."""
    return IdxFolder(folder, DATA)


def load(part: Part, folder: Path = DATA) -> Dataset:
    """Return the 60,000 training or the 10,000 test digits.

    Raises:
        DataError: A file is missing, or is not the one that CHECKSUMS names.
    """
    images, labels = files(folder).part(part, (SIDE, SIDE), len(CLASSES), NOUN.many)
    return dataset(images, labels, part)


def dataset(images: NDArray[np.uint8], labels: Labels, part: Part = "test") -> Dataset:
    """Return digits, (n, 28, 28) uint8, 0 black paper, 255 white ink, with what they are."""
    return Dataset(
        images,
        labels,
        SPEC,
        CLASSES,
        NOUN,
        key=KEY,
        title=TITLE,
        split=part,
        origin=ORIGIN,
        licence=LICENCE,
        disputes=disputed.MNIST if part == "test" else Disputes(),
        is_drawn=True,
    )


def prepare(images: NDArray[np.uint8]) -> Floats:
    """Return digits as the networks were trained on them: (..., 28, 28, 1) float32 in [0, 1]."""
    return SPEC.prepare(images)
