"""All test digits as the browser's wall needs them: small bytes, fetched in blocks, and who is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.analysis.metrics import answers, doubts
from models.arrays import Floats, Indices, Labels
from models.datasets.dataset import index_type

BLOCK = 250  # images; one block is about as large as the wall's visible part, with what lies around it


def block(images: NDArray[np.uint8], number: int) -> bytes:
    """Return the pixels of one block of images: (images, rows, columns) uint8, row by row.

    Raises:
        IndexError: There is no such block.
    """
    if not 0 <= number * BLOCK < len(images):
        raise IndexError(number)
    return images[number * BLOCK : (number + 1) * BLOCK].tobytes()


def verdicts(labels: Labels, logits: Sequence[Floats]) -> bytes:
    """Return labels, then each network's answers: uint8, or of more than 256 classes little-endian uint16."""
    highest = max(int(labels.max(initial=0)), *(each.shape[-1] - 1 for each in logits))
    kind = "<u1" if highest < 2**8 else "<u2"
    return b"".join(each.astype(kind).tobytes() for each in (labels, *map(answers, logits)))


def least_sure(logits: Floats) -> Indices:
    """Return all images, first the one whose two largest probabilities are closest to each other."""
    return (-doubts(logits)).argsort(kind="stable").astype(index_type(len(logits)))


def ranking(order: Indices) -> bytes:
    """Return images in an order, little-endian: uint16, or uint32 where there are more than 65,536."""
    return order.astype("<u2" if len(order) <= 2**16 else "<u4").tobytes()


def opening_digit(labels: Labels, logits: Mapping[str, Floats]) -> int:
    """Return the image to begin with: the first network is wrong, the last is right, and both are sure.

    Of all such images, the one whose smaller margin is largest. Where there is none, image 0.
    """
    networks = list(logits.values())
    first, last = networks[0], networks[-1]
    story = (answers(first) != labels) & (answers(last) == labels)
    if not story.any():
        return 0
    unsure = np.maximum(doubts(first), doubts(last))
    return int(np.where(story, unsure, np.inf).argmin())
