"""How one number of a network came about, in the few forms that there are.

Products of float32 values are exact in float64; only results are rounded to float32, as networks hold them.
The networks add in float32 and in another order, so their values differ in the last digits: by at most 1e-5
of the value, or by 1e-5 where it is smaller than 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats

Doubles: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]
Place: TypeAlias = tuple[int, ...]  # row, column, channel of a map's cell; the number of a unit

Form: TypeAlias = Literal["sum", "window", "scale", "merge", "copy", "map", "share", "opaque"]
Operation: TypeAlias = Literal["sum", "difference", "product", "mean", "maximum", "minimum"]


@dataclass(frozen=True)
class Summed:
    """Values times weights, summed, plus a bias: a cell of a convolution, a unit of a dense layer.

    Attributes:
        values: What is read, of any shape; zeros where padding lies.
        weights: Of the same shape, float64; of a convolution its filter, un-flipped.
        places: (*shape, axes): where each value lies in what is read; outside of it where that is padding.
        bias: What is added at the end.
    """

    values: Floats
    weights: Doubles
    places: Places
    bias: float = 0.0

    @property
    def products(self) -> Doubles:
        """Each value times its weight, of the same shape."""
        return self.values * self.weights

    @property
    def sum(self) -> float:
        """Of all products."""
        return float(self.products.sum())

    @property
    def result(self) -> np.float32:
        """The pre-activation."""
        return np.float32(self.sum + self.bias)


@dataclass(frozen=True)
class Chosen:
    """The largest value of a window, or the mean of its values: a cell of a pooling layer.

    Attributes:
        values: (rows, columns) that the window reads; nan where padding lies, which takes no part.
        places: (rows, columns, 3): where each lies in what is read.
        winner: Place of the largest value; the first one, row by row, where several are as large; None where
            the mean is taken.
        tied: How many values are as large as the winner; 0 where the mean is taken.
        result: The largest value, or the mean of those that are not padding.
    """

    values: Floats
    places: Places
    winner: Place | None
    tied: int
    result: np.float32


@dataclass(frozen=True)
class Scaled:
    """A value times a scale, plus a shift: a cell of a normalisation.

    Attributes:
        value: What is read at the same place.
        scale: What it is multiplied with.
        shift: What is added then.
        mean: That the scale and shift come from, None where they come from none.
        variance: Likewise.
    """

    value: np.float32
    scale: float
    shift: float
    mean: float | None = None
    variance: float | None = None

    @property
    def result(self) -> np.float32:
        """The value, scaled and shifted."""
        return np.float32(float(self.value) * self.scale + self.shift)


@dataclass(frozen=True)
class Combined:
    """Values of several inputs as one: a cell of a layer that merges branches.

    Attributes:
        values: One of each input, in the order of `Node.reads`.
        places: Where each lies in its input.
        operation: What is done with them.
    """

    values: Floats
    places: tuple[Place, ...]
    operation: Operation

    @property
    def result(self) -> np.float32:
        """What comes of it."""
        exact = self.values.astype(np.float64)
        match self.operation:
            case "sum":
                return np.float32(exact.sum())
            case "difference":
                return np.float32(exact[0] - exact[1])
            case "product":
                return np.float32(exact.prod())
            case "mean":
                return np.float32(exact.mean())
            case "maximum":
                return np.float32(exact.max())
            case "minimum":
                return np.float32(exact.min())


@dataclass(frozen=True)
class Copied:
    """A value that is passed on as it is.

    Attributes:
        source: Which of `Node.reads` it comes from, counted from 0.
        place: Where it lies there; None of a zero that padding put in.
        result: The value.
    """

    source: int
    place: Place | None
    result: np.float32


@dataclass(frozen=True)
class Mapped:
    """A value that a function of one number is applied to: a cell of an activation layer.

    Attributes:
        value: What is read at the same place.
        function: Its name, and with which numbers, as a person reads it.
        result: What the function gives.
    """

    value: np.float32
    function: str
    result: np.float32


@dataclass(frozen=True)
class Shared:
    """One of several numbers that share a whole of 1: a cell of a softmax.

    Attributes:
        values: All that share, (n,).
        index: Which one is asked for.
        largest: Is subtracted from all: it changes no share and keeps exp from overflowing.
        exponentials: exp(value - largest): (n,), in [0, 1].
    """

    values: Floats
    index: int
    largest: float
    exponentials: Doubles

    @classmethod
    def of(cls, values: Floats, index: int) -> Shared:
        """Return the steps for one of some values."""
        largest = float(values.max())
        return cls(values, index, largest, np.exp(values.astype(np.float64) - largest))

    @property
    def sum(self) -> float:
        """Of the exponentials."""
        return float(self.exponentials.sum())

    @property
    def shares(self) -> Doubles:
        """What each has of the whole: (n,), in [0, 1]."""
        return self.exponentials / self.sum

    @property
    def result(self) -> np.float32:
        """The share that is asked for."""
        return np.float32(self.shares[self.index])


Cell: TypeAlias = Summed | Chosen | Scaled | Combined | Copied | Mapped | Shared
FORMS: Mapping[type[Cell], Form] = MappingProxyType(
    {
        Summed: "sum",
        Chosen: "window",
        Scaled: "scale",
        Combined: "merge",
        Copied: "copy",
        Mapped: "map",
        Shared: "share",
    }
)  # what the page calls each; "opaque" is what nothing is said of
