"""What a survey says of one layer's channels: what makes each fire, and what the network is without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Indices, Labels
from models.datasets.dataset import index_type
from models.store.lazy_npz import Array, Packed

KEPT = 9  # images that are named as a channel's strongest
LEVELS = 64  # of strength: with 256 the larger survey takes a quarter more bytes
UNKNOWN = -1  # what stands for "there is none" among whole numbers
FORMS = {
    "mean": ("f4", "C"),
    "active": ("f4", "C"),
    "firing": ("f4", "C"),
    "by_class": ("f4", "KC"),
    "strongest": ("u", "CT"),
    "places": ("u", "CT"),
    "values": ("f4", "CT"),
    "strength": ("u1", "DC"),
    "similar": ("i2", "C"),
    "cosine": ("f4", "C"),
    "correct_without": ("i4", "C"),
    "start": ("i4", "S"),
    "digit": ("u", "N"),
    "answer": ("u", "N"),
}  # u is any unsigned type
# C channels, D images, K classes, T images that are named, S one more than channels, N changed answers


@dataclass(frozen=True)
class LayerSurvey:
    """What each channel of a layer does over all test images, after its activation but where that saturates.

    Behind an activation that saturates (softmax, sigmoid, tanh: `Layer.saturates`) many images have one and
    the same float32, 1.0 for hundreds of them, and their order would be that of their indices. There
    `strongest`, `places`, `values` and `strength` are of the values before activation, which of a class are
    its logits; everything else is measured after activation everywhere.

    Attributes:
        mean: (channels,) float32, over all cells of all images.
        active: (channels,) float32, share of all cells of all images that are above zero, in [0, 1].
        firing: (channels,) float32, share of the images on which any cell is above zero, in [0, 1].
        by_class: (classes, channels) float32, mean over the images of each label, 0 where there are none.
        strongest: (channels, 9) unsigned, the images with the largest cells, strongest first, then by index.
        places: (channels, 9) unsigned, where that cell lies: row · columns + column; 0 for units.
        values: (channels, 9) float32, that cell.
        strength: (images, channels) uint8, each digit's largest such cell in 64 even levels, 0 to 63, between
            the channel's smallest and largest one; packed where it was read from a file.
        similar: (channels,) int16, the other filter of the layer whose weights point most the same way; -1
            where the layer has no weights, or one filter alone.
        cosine: (channels,) float32, of the angle between the two, 0 where there is none.
        correct_without: (channels,) int32, right answers with this channel alone set to zero; -1 where it
            was not tried, as for the last layer.
        start: (channels + 1,) int32, where each channel's changed answers begin in `digit` and `answer`.
        digit: unsigned, images whose answer changes, channel by channel, ascending.
        answer: unsigned, what they are taken for then.
    """

    mean: Floats
    active: Floats
    firing: Floats
    by_class: Floats
    strongest: Indices
    places: Indices
    values: Floats
    strength: NDArray[np.uint8] | Packed
    similar: NDArray[np.int16]
    cosine: Floats
    correct_without: NDArray[np.int32]
    start: NDArray[np.int32]
    digit: Indices
    answer: Labels

    @property
    def channels(self) -> int:
        """How many channels the layer has."""
        return len(self.mean)

    def changed(self, channel: int) -> tuple[Indices, Labels]:
        """Return the images that are named otherwise without this channel, and what they are named."""
        own = slice(self.start[channel], self.start[channel + 1])
        return self.digit[own], self.answer[own]

    def ranked(self, channel: int) -> Indices:
        """Return all images, strongest first: those that are named, then by level, then by index."""
        named = self.strongest[channel]
        levels = np.asarray(self.strength)[:, channel].astype(np.int16)
        order = (-levels).argsort(kind="stable").astype(index_type(len(levels)))
        return np.concatenate([named, order[~np.isin(order, named)]])

    def to_arrays(self) -> dict[str, Array]:
        """Return what `from_arrays` takes."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], images: int, classes: int) -> LayerSurvey:
        """Return the survey of a layer that `to_arrays` took apart.

        Raises:
            ValueError: An array is missing, has another type or shape, or says what cannot be.
        """
        if arrays.keys() != FORMS.keys():
            raise ValueError("A layer's survey is not complete.")
        channels = np.size(arrays["mean"])
        sizes = {"C": channels, "D": images, "K": classes, "T": min(KEPT, images), "S": channels + 1}
        sizes["N"] = np.size(arrays["digit"])
        for name, (kind, form) in FORMS.items():
            found, shape = arrays[name].dtype, tuple(sizes[letter] for letter in form)
            fits = found.kind == kind if kind == "u" else found == np.dtype(kind)
            if not fits or arrays[name].shape != shape:
                raise ValueError(f"{name} is {found} {arrays[name].shape}, not {kind} {shape}.")
        survey = cls(**arrays)  # type: ignore[arg-type]  # their types have just been looked at
        if not survey.makes_sense(images, classes):
            raise ValueError("A layer's survey names what there is not.")
        return survey

    def makes_sense(self, images: int, classes: int) -> bool:
        """Whether shares are shares, and whatever names an image, class or filter names one that there is.

        Means and values are as the network gave them: one that diverged has numbers that are not finite.
        """
        shares = np.concatenate([self.active, self.firing])
        return bool(
            ((shares >= 0) & (shares <= 1)).all()
            and within(self.strongest, 0, images)
            and within(self.similar, UNKNOWN, self.channels)
            and within(self.correct_without, UNKNOWN, images + 1)
            and within(self.digit, 0, images)
            and within(self.answer, 0, classes)
            and (self.start[0], self.start[-1]) == (0, self.digit.size)
            and (np.diff(self.start) >= 0).all()
        )


def within(values: NDArray[np.integer], low: int, end: int) -> bool:
    """Whether all of them lie from `low` to below `end`."""
    return values.size == 0 or bool(low <= int(values.min()) and int(values.max()) < end)


def most_similar(kernel: Floats | None, channels: int) -> tuple[NDArray[np.int16], Floats]:
    """Return for every filter the other one whose weights have the largest cosine with its own, and that.

    Args:
        kernel: As Keras holds it, (…, filters); None where the layer has none.
        channels: How many there are.
    """
    if kernel is None or channels < 2:
        return np.full(channels, UNKNOWN, np.int16), np.zeros(channels, np.float32)
    rows = kernel.reshape(-1, channels).T.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    found = cosines.argmax(axis=1)
    return found.astype(np.int16), cosines[np.arange(channels), found].astype(np.float32)


def weight_norms(filters: Floats) -> Floats:
    """Return the Euclidean length of every filter's weights, (filters,) float32, summed as float64.

    Args:
        filters: (filters, slices, rows, columns), without biases.

    >>> weight_norms(np.array([[[[3.0, 4.0]]], [[[0.0, 0.0]]]], np.float32)).tolist()
    [5.0, 0.0]
    """
    rows = filters.reshape(len(filters), -1).astype(np.float64)
    lengths: Floats = np.linalg.norm(rows, axis=1).astype(np.float32)
    return lengths


def quantised(peaks: Floats) -> NDArray[np.uint8]:
    """Return (images, channels) values as even levels between each channel's smallest and largest.

    They lie channel by channel in memory, which is how they are packed best.
    """
    found = np.empty(peaks.shape, np.uint8, order="F")
    for channel, column in enumerate(peaks.T):  # all at once they would take eight times the memory of peaks
        low = np.float64(column.min())
        with np.errstate(invalid="ignore", over="ignore"):
            span = column.max() - low
        if np.isfinite(span) and span > 0:
            found[:, channel] = (column - low) * ((LEVELS - 1) / span) + 0.5
        else:
            found[:, channel] = 0
    return found
