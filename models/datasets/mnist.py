"""MNIST as arrays, compared with its checksums whenever it is read."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Labels
from models.datasets import disputed
from models.datasets.dataset import DataError, Dataset, ImageSpec, Noun, Part
from models.datasets.disputed import Disputes
from models.remedy import allowed, place, restored, unread

KEY = "mnist"
SIDE = 28  # pixels
SPEC = ImageSpec(SIDE, SIDE, 1)  # white ink on black paper
CLASSES = tuple("0123456789")
DATA = Path(__file__).parents[1] / "data"
CHECKSUMS = "CHECKSUMS"
PREFIX = {"train": "train", "test": "t10k"}

ORIGIN = "LeCun, Cortes & Burges (1998), The MNIST database of handwritten digits"
LICENCE = "CC BY-SA 3.0"


def load(part: Part, folder: Path = DATA) -> Dataset:
    """Return the 60,000 training or the 10,000 test digits.

    Raises:
        DataError: A file is missing, or is not the one that CHECKSUMS names.
    """
    checksums = _checksums(folder)
    images = _array(f"{PREFIX[part]}-images-idx3-ubyte.gz", folder, checksums)
    labels = _array(f"{PREFIX[part]}-labels-idx1-ubyte.gz", folder, checksums)
    if images.shape != (len(labels), SIDE, SIDE) or labels.ndim != 1:
        raise _unusable("", folder, f"has {images.shape} images, which do not go with {labels.shape} labels")
    if not len(labels) or labels.max() >= len(CLASSES):
        raise _unusable("", folder, "has no digits, or labels that are none of 0 to 9")
    return dataset(images, labels, part)


def dataset(images: NDArray[np.uint8], labels: Labels, part: Part = "test") -> Dataset:
    """Return digits, (n, 28, 28) uint8, 0 black paper, 255 white ink, with what they are."""
    return Dataset(
        images,
        labels,
        SPEC,
        CLASSES,
        Noun("digit", "digits"),
        key=KEY,
        title="MNIST",
        split=part,
        origin=ORIGIN,
        licence=LICENCE,
        disputes=disputed.MNIST if part == "test" else Disputes(),
        is_drawn=True,
    )


def prepare(images: NDArray[np.uint8]) -> Floats:
    """Return digits as the networks were trained on them: (..., 28, 28, 1) float32 in [0, 1]."""
    return SPEC.prepare(images)


def _checksums(folder: Path) -> dict[str, str]:
    """Return SHA-256 by file name, from the lines that `sha256sum` wrote."""
    try:
        lines = (folder / CHECKSUMS).read_text("ascii").splitlines()
        return {name: sha256 for sha256, name in (line.split() for line in lines)}
    except OSError as error:
        raise _unusable(CHECKSUMS, folder, unread(error), error) from error
    except ValueError as error:
        raise _unusable(CHECKSUMS, folder, "is damaged") from error


def _array(name: str, folder: Path, checksums: dict[str, str]) -> NDArray[np.uint8]:
    try:
        packed = (folder / name).read_bytes()
    except OSError as error:
        raise _unusable(name, folder, unread(error), error) from error
    if hashlib.sha256(packed).hexdigest() != checksums.get(name):
        raise _unusable(name, folder, f"is not the file that {CHECKSUMS} names")
    try:
        return parse_idx(gzip.decompress(packed))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _unusable(name, folder, "holds no digits, though CHECKSUMS vouches for it") from error


def _unusable(name: str, folder: Path, fault: str, error: Exception | None = None) -> DataError:
    """Return the error that names a file, or the folder for "", its fault and the command that mends it."""
    mend = allowed(error, folder) if error else None
    file = f"{place(folder)}/{name}" if name else place(folder)
    return DataError(f"{file} {fault}. {mend or f'Restore it: {restored(folder, DATA)}'}")


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
