"""What the table of filters has columns for: what is said of every map and unit of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["word", "channel", "number", "share", "points"]
FATES = ("dead", "always on", "ok")
LONGEST = 60  # characters that are looked for


@dataclass(frozen=True)
class Column:
    """One thing that is said of every filter.

    Attributes:
        key: Its name in JSON and in a link.
        title: What stands over it.
        unit: Of its numbers, "" where they have none; {image} and {images} are what images are called.
        form: How it is written.
        meaning: What it is, in one sentence; {images} and {tests}, all of them with their number.
    """

    key: str
    title: str
    unit: str
    form: Form
    meaning: str

    @property
    def is_place(self) -> bool:
        """Whether it only says where the filter stands in its network."""
        return self.key in ("layer", "kind")


COLUMNS = (
    Column("layer", "layer", "", "word", "Its layer, by the name that the model gives it."),
    Column(
        *("filter", "filter", "", "channel"),
        "Its network, its layer, and its number among the maps or units of that, from 0.",
    ),
    Column("kind", "kind", "", "word", "Whether it gives a map or, as a unit, one number."),
    Column(
        *("mean", "mean", "", "number"),
        "The mean of its values after activation, over all cells of {tests}.",
    ),
    Column(
        *("largest", "largest", "", "number"),
        "The largest value that it has after activation, in any cell of {tests}.",
    ),
    Column(
        *("active", "active", "share of cells", "share"),
        "The share of the cells of {tests} in which it is above zero after activation.",
    ),
    Column(
        *("firing", "fires on", "share of {images}", "share"),
        "The share of {tests} on which it is above zero in any cell.",
    ),
    Column(
        *("fate", "fate", "", "word"),
        "Dead: zero in every cell of {tests}; always on: above zero in all of them, which is not said of a "
        "class; ok: neither.",
    ),
    Column(
        *("norm", "weight norm", "", "number"),
        "The length of its weights as one vector, the root of the sum of their squares, without the bias.",
    ),
    Column(
        *("similar", "most similar", "filter", "channel"),
        "The other filter of its layer whose weights point most in the same direction.",
    ),
    Column(
        *("cosine", "cosine", "", "number"),
        "The cosine between its weights and those of the most similar one: 1 where they point the same way.",
    ),
    Column(
        *("accuracy", "accuracy without it", "share of {images}", "share"),
        "The share of {tests} that the network names right while this filter alone is set to zero.",
    ),
    Column(
        *("change", "change", "percentage points", "points"),
        "That accuracy less the accuracy of the whole network, in percentage points.",
    ),
    Column(
        *("word", "tuned to", "", "word"),
        "The drawn stroke that a convolution's filter is clearly tuned to; blank where that is not clear, or "
        "was not measured.",
    ),
)
ORDERS = tuple(
    f"{sign}{column.key}"
    for column in COLUMNS
    if not column.is_place
    for sign in ("", "-")
    if sign or column.key != "filter"
)  # a minus for the largest first; from the first filter on they stand anyway
