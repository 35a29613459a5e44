"""Images that somebody keeps as arrays: an `.npz` archive, or an IDX file as MNIST has it."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.datasets.dataset import WHITE, DataError, ImageSpec
from models.datasets.idx import parse_idx
from models.datasets.own_names import refused
from models.remedy import allowed, unread

MOST_BYTES = 2**31  # that an archive may unpack to
IMAGES, LABELS, NAMES = ("x", "images", "x_test"), ("y", "labels", "y_test"), ("class_names", "classes")
FORMS = "Images are (n, rows, columns), (n, rows, columns, 3) or (n, numbers)"
GZIP = b"\x1f\x8b"


def members(path: Path) -> Mapping[str, NDArray[Any]]:
    """Return the arrays of an `.npz` archive under plain names: images, labels, names.

    Raises:
        DataError: It is damaged, unpacks to too much, or has no images.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(max(info.file_size, _declared(archive, info)) for info in archive.infolist())
        if size > MOST_BYTES:
            raise refused(
                path, f"unpacks to {size / 2**30:.1f} GiB", f"At most {MOST_BYTES >> 30} can be opened."
            )
        with np.load(path, allow_pickle=False) as archive:
            kept = {"images": IMAGES, "labels": LABELS, "names": NAMES}
            named = {
                plain: [each for each in names if each in archive.files] for plain, names in kept.items()
            }
            found = {plain: np.asarray(archive[names[0]]) for plain, names in named.items() if names}
            others = ", ".join(archive.files)
    except OSError as error:
        raise refused(path, unread(error), allowed(error, path) or "Bring another file.") from error
    except (DataError, MemoryError):
        raise
    except Exception as error:  # NumPy and zipfile raise anything at all over a bad archive
        raise refused(
            path, "is no archive of plain arrays", "Write it with numpy.savez(path, x=…, y=…)."
        ) from error
    if "images" not in found:
        raise refused(path, f"has no images under x or images, but {others or 'nothing'}", FORMS + ".")
    return found


def _declared(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return how many bytes an array says that it has: so many are made room for, whatever follows."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, kind = read(file)
    return math.prod(shape) * kind.itemsize


def texts(names: NDArray[Any]) -> tuple[str, ...]:
    """Return an array of names, as characters or as bytes, as texts."""
    every = names.ravel().tolist()
    return tuple(each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in every)


def idx(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of an IDX file, packed or not, in their shape.

    Raises:
        DataError: It is none, or damaged.
    """
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            unpacker = zlib.decompressobj(wbits=31)
            content = unpacker.decompress(content, MOST_BYTES)
        return parse_idx(content)
    except OSError as error:
        raise refused(path, unread(error), allowed(error, path) or "Bring another file.") from error
    except (ValueError, zlib.error) as error:
        raise refused(
            path, "is no whole IDX file of bytes", "Its labels lie beside it, or --labels names them."
        ) from error


def pixels(path: Path, images: NDArray[Any], spec: ImageSpec) -> tuple[NDArray[np.uint8], list[str]]:
    """Return images as bytes in the form that a network reads, and sentences on what was guessed.

    Raises:
        DataError: They are no images, or of another form.
    """
    plain = _shaped(path, images, spec)
    if plain.dtype == np.uint8:
        return plain, []
    if plain.dtype.kind not in "iuf" or not plain.size:
        raise refused(path, f"has images of type {plain.dtype}", "Images are uint8, or floats.")
    least, most = float(plain.min()), float(plain.max())
    for low, high in ((0, 1), (-1, 1), (0, WHITE)):
        if low <= least and most <= high and (plain.dtype.kind == "f" or high == WHITE):
            levels = np.rint((plain.astype(np.float32) - low) * (WHITE / (high - low))).astype(np.uint8)
            note = f"Its numbers go from {least:g} to {most:g} and were taken for {low} to {high}.".replace(
                "-", "−"
            )
            return levels, [note]
    fault = f"has numbers from {least:g} to {most:g}"
    raise refused(path, fault, "Images are uint8, or floats from 0 to 1, −1 to 1 or 0 to 255.")


def _shaped(path: Path, images: NDArray[Any], spec: ImageSpec) -> NDArray[Any]:
    """Return images with as many channels as the network reads, whatever their size."""
    if images.ndim == 2 and images.shape[1] in (spec.size, spec.rows * spec.columns):
        images = images.reshape(-1, *(spec.sides if images.shape[1] == spec.size else spec.shape[:2]))
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    colours = images.ndim == 4 and images.shape[-1] == 3
    if images.ndim not in (3, 4) or (images.ndim == 4 and not colours) or 0 in images.shape:
        raise refused(
            path, f"has images of shape {images.shape}, and the network reads {spec.said}", FORMS + "."
        )
    return images
