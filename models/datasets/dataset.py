"""Images that networks are asked about: how they look, what they show, and what networks are fed of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Indices, Labels
from models.datasets.disputed import Disputes

Part = Literal["train", "test"]
WHITE = 255  # the largest value of a pixel
NUMBER = 3  # characters of a class that has a number for a name, at most


class DataError(Exception):
    """A data set cannot be used; the message names the file and what mends it."""


@dataclass(frozen=True)
class ImageSpec:
    """The form of a data set's images, and the one way from their pixels to what networks are fed.

    Attributes:
        rows: Pixels from top to bottom.
        columns: Pixels from left to right.
        channels: 1 for grey, 3 for red, green and blue.
        low: What networks are fed of a pixel of 0.
        high: What they are fed of a pixel of 255.
        background: Pixel, one value for all channels, where nothing is shown: what moves in from outside.
    """

    rows: int
    columns: int
    channels: int
    low: float = 0.0
    high: float = 1.0
    background: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        """What networks read, without the batch axis: (rows, columns, channels)."""
        return self.rows, self.columns, self.channels

    @property
    def sides(self) -> tuple[int, ...]:
        """Of an image in pixels: (rows, columns) of a grey one, (rows, columns, 3) of one in colours."""
        return self.shape[:2] if self.channels == 1 else self.shape

    @property
    def size(self) -> int:
        """Numbers that an image has."""
        return self.rows * self.columns * self.channels

    @property
    def said(self) -> str:
        """The form in words: "28×28", or "12×20 RGB"."""
        return f"{self.rows}×{self.columns}" + (" RGB" if self.channels == 3 else "")

    @property
    def empty(self) -> float:
        """What networks are fed of the background."""
        return float(self.low + (self.high - self.low) * self.background / WHITE)

    def prepare(self, images: NDArray[np.uint8]) -> Floats:
        """Return images as networks are fed of them: (..., rows, columns, channels) float32.

        Args:
            images: (..., rows, columns, channels) uint8, or without the last axis where they are grey.

        Raises:
            ValueError: Another type or shape, such as images that were prepared already.
        """
        of_grey = self.channels == 1 and images.shape[-2:] == self.shape[:2]
        if images.dtype != np.uint8 or not (of_grey or images.shape[-3:] == self.shape):
            raise ValueError(f"An image is {self.said} uint8, not {images.shape} {images.dtype}.")
        shares = np.divide(images, np.float32(WHITE), dtype=np.float32)
        return self._spread(shares[..., np.newaxis] if of_grey else shares)

    def told(self, inputs: Floats) -> Floats:
        """Return inputs, (..., rows, columns, channels), without the last axis where they are grey."""
        return inputs[..., 0] if self.channels == 1 else inputs

    @property
    def _is_plain(self) -> bool:
        """Whether networks are fed of a pixel just how bright it is: large arrays are not copied then."""
        return (self.low, self.high) == (0.0, 1.0)

    def _spread(self, shares: Floats) -> Floats:
        if self._is_plain:
            return shares
        return np.asarray(shares * np.float32(self.high - self.low) + np.float32(self.low), np.float32)

    def shares(self, inputs: Floats) -> Floats:
        """Return how bright inputs are, from 0 for the lowest to 1 for the highest that a pixel can be."""
        if self._is_plain:
            return inputs
        return np.asarray((inputs - np.float32(self.low)) / np.float32(self.high - self.low), np.float32)

    def inputs(self, shares: Floats) -> Floats:
        """Return the inputs that are as bright as this; what is beyond 0 and 1 is cut."""
        return self._spread(np.asarray(np.clip(shares, 0, 1), np.float32))

    def pixels(self, inputs: Floats) -> NDArray[np.uint8]:
        """Return the nearest pixels of inputs, uint8; what is beyond 0 and 255 is cut."""
        return np.rint(WHITE * np.clip(self.shares(inputs), 0, 1)).astype(np.uint8)


class Noun(NamedTuple):
    """What an image of a data set is called.

    Attributes:
        one: Image.
        many: Images.
        of: What comes before that where they are told from others, "" where nobody knows of others.
    """

    one: str
    many: str
    of: str = "test"

    @property
    def a(self) -> str:
        """One of them, with its article.

        >>> Noun("digit", "digits").a, Noun("image", "images").a
        ('a digit', 'an image')
        """
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    @property
    def member(self) -> Noun:
        """What one of those at hand is called.

        >>> Noun("digit", "digits").member.many, Noun("image", "images", "").member.a
        ('test digits', 'an image')
        """
        return Noun(f"{self.of} {self.one}", f"{self.of} {self.many}", "") if self.of else self

    def said(self, text: str, **others: str) -> str:
        """Return a text with what the images are called for {image}, {an_image} and {images}.

        Where those at hand are told from others that is {member}, {a_member} and {members}.

        Args:
            text: With places in braces.
            others: What else stands in such places.

        >>> Noun("digit", "digits").said("{count} {images}", count="ten")
        'ten digits'
        """
        one, many, _ = member = self.member
        members = {"member": one, "a_member": member.a, "members": many}
        return text.format(image=self.one, an_image=self.a, images=self.many, **members, **others)

    def counted(self, number: int) -> str:
        """Return how many, in words.

        >>> Noun("digit", "digits").counted(1), Noun("image", "images").counted(1135)
        ('1 digit', '1,135 images')
        """
        return f"{number:,} {self.one if number == 1 else self.many}"


IMAGE = Noun("image", "images")


@dataclass(frozen=True)
class Dataset:
    """Images with what they show, in the order of their files.

    Attributes:
        images: (n, rows, columns) uint8 of grey, (n, rows, columns, 3) of coloured ones; row 0 is the top.
        labels: (n,) unsigned, indices of `classes`; of images without labels all are one beyond the last.
        spec: The form of an image.
        classes: Name of each class, in the order of their numbers.
        noun: What an image is called.
        key: Short name, as it stands in addresses and file names.
        title: What a person reads.
        split: Which part of the data set these are: "train", "test", or "" where it has no parts.
        origin: Who made it, and where it is described.
        licence: Under which it may be used, "" where nobody said.
        disputes: What is said against its labels.
        is_drawn: Whether its images are light ink on dark paper, as a person's drawing becomes.
    """

    images: NDArray[np.uint8]
    labels: Labels
    spec: ImageSpec
    classes: tuple[str, ...]
    noun: Noun = IMAGE
    key: str = field(default="", kw_only=True)
    title: str = field(default="", kw_only=True)
    split: str = field(default="", kw_only=True)
    origin: str = field(default="", kw_only=True)
    licence: str = field(default="", kw_only=True)
    disputes: Disputes = field(default_factory=Disputes, kw_only=True)
    is_drawn: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what does not go together.

        Raises:
            ValueError: Images of another form, another number of labels, or labels of no class.
        """
        shape = self.spec.shape if self.images.ndim == 4 else self.spec.shape[:2]
        if self.images.shape != (len(self.labels), *shape) or self.images.dtype != np.uint8:
            raise ValueError(
                f"Images of shape {self.images.shape} do not go with {len(self.labels)} labels of "
                f"{self.spec.said} images."
            )
        known = len(self.labels) and bool((self.labels != len(self.classes)).any())
        if known and int(self.labels.max()) >= len(self.classes):
            raise ValueError(f"There is no class {self.labels.max()}; there are {len(self.classes)}.")

    def __getitem__(self, where: slice) -> Dataset:
        """Return some of the images, such as the last 5,000: `dataset[-5000:]`."""
        return replace(self, images=self.images[where], labels=self.labels[where])

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_labelled(self) -> bool:
        """Whether it is known what the images show."""
        return not len(self.labels) or int(self.labels[0]) != len(self.classes)  # all are, or none

    @property
    def has_names(self) -> bool:
        """Whether a class has a name, and not a number for one, which is short."""
        return any(len(name) > NUMBER for name in self.classes)

    @property
    def inputs(self) -> Floats:
        """What networks are fed: (n, rows, columns, channels) float32; made anew by every call."""
        return self.spec.prepare(self.images)

    @property
    def fed(self) -> Fed:
        """The same, part by part: all at once they take four times the memory of the images."""
        return Fed(self)


@dataclass(frozen=True)
class Fed:
    """What networks are fed of images, made of those that are asked for."""

    images: Dataset

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, where: slice | Indices) -> Floats:
        return self.images.spec.prepare(self.images.images[where])


def no_labels(count: int, classes: int) -> Labels:
    """Return what stands for the labels of so many images of which nobody knows what they show."""
    return np.full(count, classes, index_type(classes + 1))


def index_type(count: int) -> type[np.unsignedinteger]:
    """Return the smallest unsigned type that numbers so many things from 0 on.

    >>> index_type(256), index_type(257)
    (<class 'numpy.uint8'>, <class 'numpy.uint16'>)
    """
    kinds = (np.uint8, np.uint16, np.uint32, np.uint64)
    return next(each for each in kinds if count - 1 <= np.iinfo(each).max)
