"""A network's weights at several moments of its training, rounded to float16, in one small file.

Two moments that follow each other differ little. So the bits of a float16 are taken for a whole number, and
of every moment but the first what is kept is how far that number moved, modulo 2¹⁶; its upper byte, nearly
always the same, lies apart from the lower one. That takes two thirds of what the numbers themselves would,
and gives back every bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.store.lazy_npz import archive_of, arrays_of

Halves = NDArray[np.float16]


@dataclass(frozen=True)
class Moments:
    """All weights of a network at several moments.

    Attributes:
        arrays: (moments, …) float16, by layer and name, such as "conv1.kernel", as a probe holds them.
    """

    arrays: Mapping[str, Halves]

    @classmethod
    def of(cls, held: Sequence[Mapping[str, Floats]]) -> Moments:
        """Return weights of several moments, rounded; of each moment the same arrays, float32."""
        return cls({name: np.stack([each[name] for each in held]).astype(np.float16) for name in held[0]})

    def __len__(self) -> int:
        """Return how many moments there are."""
        return len(next(iter(self.arrays.values())))

    def at(self, place: int) -> dict[str, Floats]:
        """Return the weights of one moment, float32: the rounded numbers, not those that were rounded."""
        return {name: values[place].astype(np.float32) for name, values in self.arrays.items()}

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        return archive_of({name: _moves(values) for name, values in self.arrays.items()})

    @classmethod
    def from_bytes(cls, content: bytes) -> Moments:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind.
        """
        arrays = {name: _halves(moves) for name, moves in arrays_of(content).items()}
        if len({len(values) for values in arrays.values()}) != 1:
            raise ValueError("Its arrays are not of the same moments.")
        return cls(arrays)

    def require(self, held: Mapping[str, Floats], moments: int) -> None:
        """Fail unless these are so many moments of a network that holds arrays of these names and shapes.

        Raises:
            ValueError: They are of another network, or of another training.
        """
        if {name: values.shape[1:] for name, values in self.arrays.items()} != {
            name: values.shape for name, values in held.items()
        }:
            raise ValueError("These are moments of another network.")
        if len(self) != moments:
            raise ValueError(f"These are {len(self)} moments, not {moments}.")


def _moves(values: Halves) -> NDArray[np.uint8]:
    """Return (2, moments, …): lower and upper byte of how far each number moved since the moment before."""
    bits = np.ascontiguousarray(values).view(np.uint16)
    moved = np.diff(bits, axis=0, prepend=np.zeros_like(bits[:1])).astype(np.uint16)
    return np.stack([moved & 255, moved >> 8]).astype(np.uint8)


def _halves(moves: NDArray[np.uint8]) -> Halves:
    """Return the numbers of which `_moves` gives the moves."""
    if moves.dtype != np.uint8 or moves.ndim < 2 or len(moves) != 2:
        raise ValueError(f"These are {moves.dtype} {moves.shape}, not lower and upper bytes.")
    moved = moves[0] | (moves[1].astype(np.uint16) << 8)
    return np.add.accumulate(moved, axis=0, dtype=np.uint16).view(np.float16)
