"""A person's own images, brought to the form that a network reads, and kept in one file."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.datasets import own_arrays, own_files, own_labels, own_pictures
from models.datasets.dataset import IMAGE, DataError, Dataset, ImageSpec, Noun, Part
from models.datasets.own_files import Files
from models.datasets.own_labels import Classes, Labelled
from models.datasets.own_names import refused, shortened
from models.datasets.own_pictures import Pictures
from models.remedy import place, unread
from models.whole import fill_whole

KEY = "own"
FILE = "images.npz"
NOUN = IMAGE._replace(of="")  # whether they are for a test only their owner knows
MOST = 100_000
MOST_BYTES = 2**31  # of pixels: they are all kept in memory
IDX_ENDS = ("-images-idx3-ubyte", "-images.idx3-ubyte")


@dataclass(frozen=True)
class Brought:
    """Images that somebody brought.

    Attributes:
        dataset: In the form that was asked for.
        count: How many there are, with those that were not asked for.
        notes: Sentences on what was left out, changed, or guessed.
    """

    dataset: Dataset
    count: int
    notes: tuple[str, ...] = ()


def bring(
    path: Path,
    shape: tuple[int, ...],
    *,
    classes: int | None = None,
    names: Sequence[str] = (),
    labels: Path | None = None,
    most: int = MOST,
    first: int | None = None,
) -> Brought:
    """Return the images of a folder or a file, with their labels.

    Args:
        path: A folder with a subfolder for each class, or with a table of labels; an `.npz` archive; an IDX
            file.
        shape: What the network reads: (rows, columns, channels).
        classes: How many it tells apart, None where that is not known.
        names: Of the classes, in the order of their numbers.
        labels: The file of the labels, where it is not the usual one.
        most: How many images there may be.
        first: How many are brought; of folders that is one of each class in turn. None for all.

    Raises:
        DataError: There are none that go with the network.
    """
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise DataError(f"The network reads {shape}, and images are grey or in three colours.")
    spec = ImageSpec(*shape)
    known = _known(path, names, classes)
    if path.is_dir():
        files = own_files.found(path, labels, most)
        count = len(files.files)
        _require_room(path, count, spec, first)
        images, told, notes = _of_folder(path, spec, known, files, first)
    else:
        images, told, notes = _of_file(path, spec, known, labels)
        count = len(images)
        if count > most:
            raise refused(path, f"has {count:,} images", f"Bring at most {most:,}.")
        _require_room(path, count, spec, first)
        images, told = images[:first], replace(told, labels=told.labels[:first])
    title = shortened(path.resolve().name)
    dataset = Dataset(images, told.labels, spec, told.classes, key=KEY, title=title, noun=NOUN)
    return Brought(dataset, count, (*notes, *told.notes))


def _known(path: Path, names: Sequence[str], classes: int | None) -> Classes:
    """Return what is known of the classes, or refuse more or fewer names than the network has classes."""
    if names and classes and len(names) != classes:
        fault = f"is named with {len(names):,} classes, and the network tells {classes:,} apart"
        raise refused(path, fault, "Name each class once, in the order of the network's answers.")
    return Classes(tuple(names), classes)


def _require_room(path: Path, count: int, spec: ImageSpec, first: int | None) -> None:
    """Refuse more pixels than can be kept in memory."""
    if min(count, first or count) * spec.size > MOST_BYTES:
        fault = f"has {count:,} images, which as {spec.said} are {count * spec.size / 1e9:.1f} GB of pixels"
        raise refused(path, fault, f"Open some of them: --most {MOST_BYTES // spec.size:,}.")


def _of_folder(
    path: Path, spec: ImageSpec, known: Classes, files: Files, first: int | None
) -> tuple[NDArray[np.uint8], Labelled, list[str]]:
    read = own_pictures.read_all(files.files[:first], spec)
    notes = list(files.notes)
    for fault, broken in read.faults.items():
        notes.append(own_files.left_out([each.name for each in broken], len(read.seen), fault))
    if not len(read.images):
        raise refused(path, f"has no images that can be read: {notes[-1]}", f"Bring {own_pictures.READ}.")
    notes += _changed(read, spec)
    if files.table:
        told = own_labels.of_texts(files.labels, known, files.table)
    elif files.labels:
        told = own_labels.of_names(files.labels, known, path, "subfolders")
    else:
        told = own_labels.unlabelled(len(files.files), known, path)
    # a class counts, whatever its files hold
    kept = told.labels[:first][[each is not None for each in read.seen]]
    return read.images, replace(told, labels=kept), notes


def _changed(read: Pictures, spec: ImageSpec) -> list[str]:
    """Return sentences on what was done to pictures so that a network can read them."""
    seen = [each for each in read.seen if each]
    wanted = (spec.columns, spec.rows)
    others = sorted({each.sides for each in seen if each.sides != wanted}, key=lambda side: side[0] * side[1])
    notes = []
    if others:
        sizes = f"{others[0]}" if len(others) == 1 else f"{others[0]} to {others[-1]}"
        notes.append(f"Images of {sizes} were brought to {wanted[0]}×{wanted[1]}, as wholes.")
    if clear := sum(each.is_clear for each in seen):
        notes.append(f"What is transparent was laid on white, in {clear:,} of {len(seen):,} images.")
    if greyed := sum(each.is_greyed for each in seen):
        notes.append(f"Colours became grey, in {greyed:,} of {len(seen):,} images, as the network reads.")
    return notes


def _of_file(
    path: Path, spec: ImageSpec, known: Classes, labels: Path | None
) -> tuple[NDArray[np.uint8], Labelled, list[str]]:
    if zipfile.is_zipfile(path):
        found = own_arrays.members(path)
        if not known.names and "names" in found:
            known = Classes(own_arrays.texts(found["names"]), known.count)
        values = own_arrays.idx(labels) if labels else found.get("labels")
        images = found["images"]
    else:
        images = own_arrays.idx(path)
        beside = labels or _labels_beside(path)
        values = own_arrays.idx(beside) if beside else None
    pixels, notes = own_arrays.pixels(path, images, spec)
    if values is not None and values.shape[:1] != (len(pixels),):
        fault = f"has {len(pixels):,} images and {len(values) if values.ndim else 1:,} labels"
        raise refused(path, fault, "Bring one label for each image.")
    if values is None:
        told = own_labels.unlabelled(len(pixels), known, path)
    else:
        told = own_labels.of_array(values, known, labels or path)
    if pixels.shape[1:] != spec.sides:
        sides = f"{pixels.shape[2]}×{pixels.shape[1]}"
        if pixels.shape[1:3] != spec.shape[:2]:
            notes.append(f"Images of {sides} were brought to {spec.columns}×{spec.rows}, as wholes.")
        pixels = _fitted(pixels, spec)
    return pixels, told, notes


def _labels_beside(path: Path) -> Path | None:
    """Return the file of labels that goes with an IDX file of images, by the names that such files have."""
    for end in IDX_ENDS:
        if end in path.name:
            name = path.name.replace(end, end.replace("images", "labels").replace("3", "1"))
            plain = name.removesuffix(".gz")
            every = map(path.with_name, (name, plain, f"{plain}.gz"))
            return next((each for each in every if each.is_file()), None)
    return None


def _fitted(pixels: NDArray[np.uint8], spec: ImageSpec) -> NDArray[np.uint8]:
    from PIL import Image  # noqa: PLC0415 - a tenth of a second; no page waits for it

    mode = "L" if spec.channels == 1 else "RGB"
    return np.stack([own_pictures.fitted(Image.fromarray(each).convert(mode), spec) for each in pixels])


def fingerprint(path: Path, labels: Path | None = None) -> str:
    """Return a hash of what would be read: of a folder names, sizes and times, of a file its bytes.

    Raises:
        DataError: It cannot be read.
    """
    told = hashlib.sha256()
    for each in filter(None, (path, labels or _labels_beside(path))):
        try:
            if each.is_dir():
                for file in own_files.walked(each):
                    stat = file.stat()
                    told.update(os.fsencode(file.relative_to(each)))  # need not be UTF-8
                    told.update(f"\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
            else:
                with each.open("rb") as file_of_bytes:
                    told.update(hashlib.file_digest(file_of_bytes, "sha256").digest())
        except OSError as error:
            raise refused(each, unread(error), "Name a folder or a file that is there.") from error
    return told.hexdigest()


def write(dataset: Dataset, folder: Path) -> None:
    """Write images with all that is known of them into the one file of a folder, whole or not at all."""
    spec = dataset.spec
    about = {
        "classes": dataset.classes,
        "spec": [spec.rows, spec.columns, spec.channels, spec.low, spec.high, spec.background],
        "noun": dataset.noun,
        "title": dataset.title,
        "is_drawn": dataset.is_drawn,
    }
    arrays = {"images": dataset.images, "labels": dataset.labels, "about": np.array(json.dumps(about))}
    fill_whole(folder / FILE, lambda file: np.savez(file, allow_pickle=False, **arrays))


def load(_: Part, folder: Path) -> Dataset:
    """Return the images that `write` wrote; there are no parts of them.

    Raises:
        DataError: The file is missing or damaged.
    """
    try:
        with np.load(folder / FILE, allow_pickle=False) as archive:
            images, labels, text = archive["images"], archive["labels"], str(archive["about"])
        return _dataset(images, labels, json.loads(text))
    except OSError as error:
        raise DataError(f"{place(folder)}/{FILE} {unread(error)}. Open the images again.") from error
    except MemoryError:
        raise
    except Exception as error:  # NumPy and zipfile raise anything at all over a bad archive
        raise DataError(f"{place(folder)}/{FILE} is damaged. Open the images again.") from error


def _dataset(images: NDArray[np.uint8], labels: NDArray[Any], about: dict[str, Any]) -> Dataset:
    return Dataset(
        images,
        labels,
        ImageSpec(*about["spec"]),
        tuple(about["classes"]),
        Noun(*about["noun"]),
        key=KEY,
        title=str(about["title"]),
        is_drawn=bool(about["is_drawn"]),
    )
