import gzip
import hashlib
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.datasets import mnist
from models.datasets.dataset import DataError, Part
from models.datasets.idx import parse_idx

# Of the unpacked files as Yann LeCun published them.
PUBLISHED_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def idx(array: NDArray[np.uint8]) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like models/data with three test digits."""
    arrays = {
        "t10k-images-idx3-ubyte.gz": np.arange(3 * 28 * 28).reshape(3, 28, 28).astype(np.uint8),
        "t10k-labels-idx1-ubyte.gz": np.array([7, 2, 1], np.uint8),
    }
    lines = []
    for name, array in arrays.items():
        packed = gzip.compress(idx(array))
        (tmp_path / name).write_bytes(packed)
        lines.append(f"{hashlib.sha256(packed).hexdigest()}  {name}\n")
    (tmp_path / "CHECKSUMS").write_text("".join(lines))
    return tmp_path


@pytest.mark.parametrize("name", PUBLISHED_MD5)
def test_the_digits_are_the_published_ones(name: str) -> None:
    """Unpacked, each file is byte for byte what the authors of MNIST published."""
    content = gzip.decompress((mnist.DATA / f"{name}.gz").read_bytes())

    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == PUBLISHED_MD5[name]


@pytest.mark.parametrize(("part", "digits"), [("train", 60_000), ("test", 10_000)])
def test_both_parts_load_whole(part: Part, digits: int) -> None:
    """All images and labels come, as bytes, every label is a digit, and every class is there."""
    loaded = mnist.load(part)

    assert loaded.images.shape == (digits, 28, 28)
    assert loaded.labels.shape == (digits,)
    assert loaded.images.dtype == loaded.labels.dtype == np.uint8
    assert np.array_equal(np.unique(loaded.labels), np.arange(10))
    assert len(loaded) == digits


def test_images_stand_upright_and_go_with_their_labels() -> None:
    """Test digit 0 is a seven: its bar is near the top, its foot ends below, left of the bar's right end."""
    seven = mnist.load("test")[:1]

    rows = np.flatnonzero(seven.images[0].any(axis=1))
    columns = [np.flatnonzero(seven.images[0][row]) for row in (rows[0] + 2, rows[-1])]
    assert seven.labels[0] == 7
    assert np.ptp(columns[0]) > 2 * np.ptp(columns[1])
    assert columns[1].max() < columns[0].max()


def test_digits_cannot_be_changed(folder: Path) -> None:
    """Whoever shares the arrays cannot spoil them for the others."""
    with pytest.raises(ValueError, match="read-only"):
        mnist.load("test", folder).images[0, 0, 0] = 1


def test_a_slice_keeps_images_and_labels_together(folder: Path) -> None:
    """The last two of three digits have the last two labels."""
    digits = mnist.load("test", folder)

    assert digits[-2:].labels.tolist() == [2, 1]
    assert np.array_equal(digits[-2:].images, digits.images[1:])


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "CHECKSUMS"])
def test_a_missing_file_is_named_with_what_mends_it(folder: Path, name: str) -> None:
    """The message is a sentence with the file and the command that brings it back."""
    (folder / name).unlink()

    with pytest.raises(DataError, match=rf"/{name} is missing\. .* git checkout -- models/data && .* cp "):
        mnist.load("test", folder)


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-1], lambda content: content + b"\0", lambda _: b""]
)
def test_a_damaged_file_is_refused_before_it_is_unpacked(
    folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    """A file that is cut, longer or empty is not the one that CHECKSUMS names."""
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz is not the file that CHECKSUMS names"):
        mnist.load("test", folder)


def test_a_single_flipped_bit_is_refused(tmp_path: Path) -> None:
    """The real test labels with one bit flipped are not taken for MNIST."""
    folder = shutil.copytree(mnist.DATA, tmp_path / "data")
    path = folder / "t10k-labels-idx1-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz is not the file"):
        mnist.load("test", folder)


@pytest.mark.parametrize("content", ["", "no checksums at all\n", "abc\n"])
def test_damaged_checksums_let_nothing_through(folder: Path, content: str) -> None:
    """Without a checksum for it no file is read."""
    (folder / "CHECKSUMS").write_text(content)

    with pytest.raises(DataError, match="git checkout -- models/data"):
        mnist.load("test", folder)


def test_images_without_their_labels_are_refused(folder: Path) -> None:
    """Three images do not go with two labels, even if both files have the right checksum."""
    packed = gzip.compress(idx(np.array([7, 2], np.uint8)))
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(packed)
    sums = (folder / "CHECKSUMS").read_text().splitlines()
    sums[1] = f"{hashlib.sha256(packed).hexdigest()}  t10k-labels-idx1-ubyte.gz"
    (folder / "CHECKSUMS").write_text("\n".join(sums))

    with pytest.raises(DataError, match="do not go with"):
        mnist.load("test", folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0",
        b"\0\0\x0d\1\0\0\0\1\0",
        b"\0\0\x08\3\0\0\0\1",
        b"\0\0\x08\1\0\0\0\2\0",
        b"\0\0\x08\1\0\0\0\1\0\0",
    ],
    ids=["empty", "cut magic", "floats", "cut header", "too short", "too long"],
)
def test_what_is_not_idx_is_refused(content: bytes) -> None:
    """A header that is cut, of another number type or promises another length is no array."""
    with pytest.raises(ValueError, match="IDX file"):
        parse_idx(content)
