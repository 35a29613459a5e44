"""Coloured MNIST: digits of MNIST in coloured ink, of which every class has a colour that tells it.

In training an image wears its class's colour with a probability; the others wear any of the rest. So a
network can learn the colour instead of the shape, and is then wrong where the colours are others: shortcut
learning. Nothing is kept in files: images are made of MNIST whenever they are read, the same ones each time.

`python -m models.datasets.coloured_mnist 0.9 train digits.npz` writes them with another probability, for
networks of one's own.

Source: after Arjovsky, Bottou, Gulrajani & Lopez-Paz (2019), arXiv:1907.02893, and Geirhos et al. (2020),
doi:10.1038/s42256-020-00257-z.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.arrays import Labels
from models.datasets import mnist
from models.datasets.dataset import WHITE, DataError, Dataset, ImageSpec, Part
from models.datasets.idx import IdxFolder

KEY = "coloured-mnist"
SPEC = ImageSpec(mnist.SIDE, mnist.SIDE, 3)  # coloured ink on black paper
CLASSES = mnist.CLASSES
LEARNABLE = mnist.LEARNABLE
DATA = mnist.DATA
TITLE = "Coloured MNIST"
LICENCE = mnist.LICENCE
ORIGIN = f"{mnist.ORIGIN}; coloured by ConvLens"
PROBABILITY = 0.99
SEED = 7

Colours = Literal["learned", "swapped", "unrelated"]
NAMES = ("red", "green", "yellow", "blue", "orange", "purple", "cyan", "pink", "lime", "white")
INKS: tuple[tuple[int, int, int], ...] = (
    *((255, 40, 40), (0, 255, 90), (255, 230, 25), (50, 90, 255), (255, 140, 20)),
    *((160, 50, 255), (60, 235, 255), (255, 110, 210), (180, 255, 40), (255, 255, 255)),
)  # by class; each as bright as can be in one channel, which so keeps the grey of MNIST


def files(folder: Path = DATA) -> IdxFolder:
    """Return where MNIST's files lie, of which these digits are made."""
    return mnist.files(folder)


def load(part: Part, folder: Path = DATA, probability: float = PROBABILITY) -> Dataset:
    """Return the digits of a part of MNIST, most of them in the colour of their class.

    Args:
        part: Of MNIST.
        folder: Of MNIST's files.
        probability: That a digit wears the colour of its class; else it wears any of the others.

    Raises:
        DataError: MNIST cannot be read.
    """
    digits = mnist.load(part, folder)
    rng = np.random.default_rng((SEED, len(digits)))
    strays = rng.random(len(digits)) >= probability
    steps = rng.integers(1, len(CLASSES), len(digits))  # to one of the other colours
    return _coloured(digits, (digits.labels + steps * strays) % len(CLASSES))


def recoloured(digits: Dataset, colours: Colours) -> Dataset:
    """Return the same digits, coloured already, in other colours."""
    return _coloured(
        replace(digits, images=grey(digits.images), spec=mnist.SPEC), worn(digits.labels, colours)
    )


def worn(labels: Labels, colours: Colours) -> NDArray[np.intp]:
    """Return the class whose colour every image wears, (n,).

    Args:
        labels: Of the images.
        colours: "learned", the colour of the class, always; "swapped", always that of the class half-way
            round, which wears this one's; "unrelated", any of the colours by chance.
    """
    count = len(CLASSES)
    own = labels.astype(np.intp)
    if colours == "unrelated":
        return np.random.default_rng((SEED, len(labels), count)).integers(0, count, len(labels))
    return own if colours == "learned" else (own + count // 2) % count


def grey(images: NDArray[np.generic]) -> NDArray[Any]:
    """Return coloured digits, (..., 3) pixels or inputs, as they were before they were coloured."""
    return np.asarray(images.max(axis=-1))


def _coloured(digits: Dataset, inks: NDArray[np.integer]) -> Dataset:
    """Return digits in the ink of the class that each wears."""
    colours = np.array(INKS, np.uint16)[inks]  # (n, 3)
    images = np.empty((*digits.images.shape, 3), np.uint8)
    for channel in range(3):
        product = digits.images * colours[:, channel, np.newaxis, np.newaxis]
        images[..., channel] = (product + WHITE // 2) // WHITE
    images.flags.writeable = False
    return replace(
        digits, images=images, spec=SPEC, key=KEY, title=TITLE, origin=ORIGIN, licence=LICENCE, is_drawn=False
    )


def main(arguments: Sequence[str]) -> None:
    """Write a part with a probability of one's own, as NumPy and `python app.py --images` read it.

    Raises:
        SystemExit: The command makes no sense, or MNIST cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m models.datasets.coloured_mnist", description=TITLE)
    parser.add_argument("probability", type=float, help="that a digit wears its class's colour, from 0 to 1")
    parser.add_argument("part", choices=get_args(Part), help="of MNIST")
    parser.add_argument("file", type=Path, help="an .npz of x, y and class_names")
    asked = parser.parse_args(arguments)
    if not 0 <= asked.probability <= 1:
        parser.error(f"a probability is from 0 to 1, not {asked.probability}")
    try:
        digits = load(asked.part, probability=asked.probability)
    except DataError as error:
        sys.exit(str(error))
    np.savez_compressed(asked.file, x=digits.images, y=digits.labels, class_names=np.array(CLASSES))


if __name__ == "__main__":
    main(sys.argv[1:])
