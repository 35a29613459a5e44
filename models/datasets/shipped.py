"""The data sets that ConvLens knows: a file each, and a line here; and the images that people bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from models.datasets import coloured_mnist, fashion_mnist, mnist, own
from models.datasets.dataset import Dataset, ImageSpec, Part
from models.datasets.idx import IdxFolder

DEFAULT = mnist.KEY  # of networks that do not say on what they were trained


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and what is known of it before it is read.

    Attributes:
        title: What a person reads.
        spec: The form of an image.
        classes: Name of each class, in the order of their numbers.
        folder: Of its files, unless somebody names another one.
        load: Reads a part of it from a folder; raises DataError where it cannot.
        files: Of a folder.
        learnable: How many images it has to learn from.
    """

    title: str
    spec: ImageSpec
    classes: tuple[str, ...]
    folder: Path
    load: Callable[[Part, Path], Dataset]
    files: Callable[[Path], IdxFolder]
    learnable: int = 0

    def part(self, name: Part) -> Dataset:
        """Return a part of it, from its own folder.

        Raises:
            DataError: It cannot be read.
        """
        return self.load(name, self.folder)

    def lack(self, name: Part) -> str:
        """Return which file of a part is not in its folder, and what brings it; "" where none is missing."""
        return self.files(self.folder).lack(name)


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        each.KEY: Source(
            each.TITLE, each.SPEC, each.CLASSES, each.DATA, each.load, each.files, each.LEARNABLE
        )
        for each in (mnist, fashion_mnist, coloured_mnist)
    }
)
KEYS = (*SOURCES, own.KEY)


def part_of(key: str, part: Part, checkpoints: Path, data: Path | None = None) -> Dataset:
    """Return images by the key of their data set.

    Args:
        key: One of `KEYS`.
        part: Of the data set; what a person brought has no parts.
        checkpoints: The folder of the manifest, beside which a person's own images lie.
        data: Of MNIST's files, where they lie elsewhere.

    Raises:
        DataError: They cannot be read.
    """
    if key == own.KEY:
        return own.load(part, checkpoints)
    source = SOURCES[key]
    return source.load(part, data) if data and source.folder == mnist.DATA else source.part(part)
