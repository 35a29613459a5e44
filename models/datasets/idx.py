"""Data sets of four IDX files, images and labels of two parts, compared with checksums when they are read."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import Labels
from models.datasets.dataset import DataError, Part
from models.remedy import allowed, place, restored, unread

CHECKSUMS = "CHECKSUMS"
PREFIX = {"train": "train", "test": "t10k"}


@dataclass(frozen=True)
class IdxFolder:
    """Where the files of a data set lie, under the names that MNIST gave them.

    Attributes:
        folder: In which they are looked for, with the file of their checksums.
        shipped: The folder that comes with ConvLens, from which they can be restored.
        beside: Where a file is looked for that is not in the folder, None for nowhere else.
        fetched: What brings files that are not shipped, as a sentence; "" where all are.
    """

    folder: Path
    shipped: Path
    beside: Path | None = None
    fetched: str = ""

    def part(
        self, part: Part, sides: tuple[int, int], classes: int, many: str
    ) -> tuple[NDArray[np.uint8], Labels]:
        """Return images, (n, rows, columns), and labels, (n,), of a part.

        Args:
            part: Which.
            sides: Of an image: rows, columns.
            classes: How many there are.
            many: What the images are called.

        Raises:
            DataError: A file is missing, is not the one that CHECKSUMS names, or does not go with the others.
        """
        checksums = self._checksums()
        images, labels = (self._array(name, checksums, many) for name in _names(part))
        if images.shape != (len(labels), *sides) or labels.ndim != 1:
            raise self._unusable("", f"has {images.shape} images, which do not go with {labels.shape} labels")
        if not len(labels) or labels.max() >= classes:
            raise self._unusable("", f"has no {many}, or labels that are none of 0 to {classes - 1}")
        return images, labels

    def lack(self, part: Part) -> str:
        """Return which file of a part cannot be read, and what brings it, "" where both are there.

        Nothing is read: whether they are the files that CHECKSUMS names shows when they are.
        """
        for name in _names(part):
            try:
                self._place(name).open("rb").close()
            except OSError as error:
                return str(self._unusable(name, unread(error), error))
        return ""

    def _checksums(self) -> dict[str, str]:
        """Return SHA-256 by file name, from the lines that `sha256sum` wrote."""
        try:
            lines = (self.folder / CHECKSUMS).read_text("ascii").splitlines()
            return {name: sha256 for sha256, name in (line.split() for line in lines)}
        except OSError as error:
            raise self._unusable(CHECKSUMS, unread(error), error) from error
        except ValueError as error:
            raise self._unusable(CHECKSUMS, "is damaged") from error

    def _array(self, name: str, checksums: dict[str, str], many: str) -> NDArray[np.uint8]:
        try:
            packed = self._place(name).read_bytes()
        except OSError as error:
            raise self._unusable(name, unread(error), error) from error
        if hashlib.sha256(packed).hexdigest() != checksums.get(name):
            raise self._unusable(name, f"is not the file that {CHECKSUMS} names")
        try:
            return parse_idx(gzip.decompress(packed))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise self._unusable(name, f"holds no {many}, though CHECKSUMS vouches for it") from error

    def _place(self, name: str) -> Path:
        path = self.folder / name
        return self.beside / name if self.beside and not path.exists() else path

    def _unusable(self, name: str, fault: str, error: Exception | None = None) -> DataError:
        """Return the error that names a file, or the folder for "", its fault and what mends it."""
        mend = allowed(error, self.folder) if error else None
        file = f"{place(self.folder)}/{name}" if name else place(self.folder)
        shipped = not self.fetched or name in ("", CHECKSUMS) or (self.shipped / name).exists()
        restore = f"Restore it: {restored(self.folder, self.shipped)}" if shipped else self.fetched
        return DataError(f"{file} {fault}. {mend or restore}")


def _names(part: Part) -> tuple[str, str]:
    """Return the names of a part's images and labels."""
    return f"{PREFIX[part]}-images-idx3-ubyte.gz", f"{PREFIX[part]}-labels-idx1-ubyte.gz"


def parse_idx(content: bytes) -> NDArray[np.uint8]:
    """Return the array of bytes that an IDX file holds, read-only.

    The header is two zeros, 8 for unsigned bytes, the number of axes, and the length of each axis as a
    big-endian 32-bit number.

    Raises:
        ValueError: The content is none of an IDX file of bytes, or has another length than its header says.
    """
    if content[:3] != b"\x00\x00\x08" or len(content) < 4:
        raise ValueError("This is not an IDX file of unsigned bytes.")
    axes = content[3]
    start = 4 + 4 * axes
    try:
        shape = struct.unpack(f">{axes}I", content[4:start])
        return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    except (struct.error, ValueError) as error:
        raise ValueError("The IDX file has another length than its header says.") from error
