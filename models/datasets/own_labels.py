"""From the labels that somebody wrote, names or numbers, to the classes that a network tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Labels
from models.datasets.dataset import index_type, no_labels
from models.datasets.own_files import LABELLED
from models.datasets.own_names import class_names, listed, natural, printable, refused

MOST_CLASSES = 65_536


@dataclass(frozen=True)
class Classes:
    """What is known of the classes before any label is read.

    Attributes:
        names: Of the network's classes, in the order of their numbers; () where they have none.
        count: How many the network tells apart, None where that is not known.
    """

    names: tuple[str, ...] = ()
    count: int | None = None

    @property
    def told(self) -> str:
        """How a sentence ends that has named another number."""
        return f"and the network tells {self.count:,} {'class' if self.count == 1 else 'classes'} apart"

    def named(self, count: int) -> tuple[str, ...]:
        """Return the name of each of so many classes; those without one get their number."""
        return class_names([*self.names, *map(str, range(len(self.names), count))][:count])

    def lacks(self, number: int) -> bool:
        """Return whether a network is known to tell another number of classes apart."""
        return self.count is not None and number != self.count


@dataclass(frozen=True)
class Labelled:
    """The labels of images as a data set has them.

    Attributes:
        labels: (n,) unsigned, indices of `classes`.
        classes: Name of each class.
        notes: Sentences on what was guessed.
    """

    labels: Labels
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()


def unlabelled(images: int, known: Classes, source: Path) -> Labelled:
    """Return what stands for the labels of images that have none.

    Raises:
        DataError: It is not known either which classes there are.
    """
    if known.count is None:
        raise refused(source, "has no labels, and it is not known which classes there are", LABELLED)
    note = (
        "The images have no labels: what networks make of them is shown, and not what is right. For that, "
        "make a subfolder of each class, a labels.csv, or an array y beside x."
    )
    return Labelled(no_labels(images, known.count), known.named(known.count), (note,))


def of_numbers(values: NDArray[np.integer[Any]], known: Classes, source: Path) -> Labelled:
    """Return labels that are written as the numbers of their classes.

    Args:
        values: (n,) of any integers, n at least 1.
        known: What is known of the classes.
        source: File that they are from.

    Raises:
        DataError: One of them is no class's number, or names that are given are too many.
    """
    least, largest = int(values.min()), int(values.max())
    if least < 0:
        raise refused(source, f"has the label {least}, which is below 0", "Count the classes from 0 on.")
    if known.count is not None and largest >= known.count:
        fault = f"has the label {largest:,}, {known.told}"
        raise refused(source, fault, f"Count the classes from 0 to {known.count - 1:,}.")
    if known.count is not None and len(known.names) > known.count:
        fault = f"comes with the names of {len(known.names):,} classes, {known.told}"
        raise refused(source, fault, "Name each class once.")
    count = known.count or max(largest + 1, len(known.names))
    if count > MOST_CLASSES:
        fault = f"has the label {largest:,}, and at most {MOST_CLASSES:,} classes can be opened"
        raise refused(source, fault, "Count the classes from 0 on.")
    return Labelled(values.astype(index_type(count)), known.named(count))


def of_names(labels: Sequence[str], known: Classes, source: Path, noun: str) -> Labelled:
    """Return labels that are names of classes, each by the network's class of this name.

    Where the names are others than the network's, they count in their natural order.

    Args:
        labels: Of each image, at least one.
        known: What is known of the classes.
        source: File or folder that they are from.
        noun: What the different names are: "subfolders".

    Raises:
        DataError: There are more or fewer names than the network has classes, and they are not its own.
    """
    names = sorted(set(labels), key=natural)
    numbers, classes, note = _matched(names, known, source, noun)
    index = dict(zip(names, numbers, strict=True))
    found = np.array([index[label] for label in labels], index_type(len(classes)))
    return Labelled(found, classes, (note,) if note else ())


def _matched(
    names: Sequence[str], known: Classes, source: Path, noun: str
) -> tuple[Sequence[int], tuple[str, ...], str]:
    """Return the number of the class of each name, the names of all classes, and what was guessed."""
    count = known.count or max(len(known.names), len(names))
    theirs = known.named(count)
    own = {printable(name): number for number, name in enumerate([*known.names, *theirs[len(known.names) :]])}
    wanted = [printable(name) for name in names]
    if (known.names or known.count) and own.keys() >= set(wanted) and len(set(wanted)) == len(wanted):
        return [own[name] for name in wanted], theirs, ""
    if known.lacks(len(names)):
        fault = f"has {len(names):,} {noun}, {known.told}"
        mend = f"Name them as the network's classes are named: {listed(theirs)}; or bring one of each."
        raise refused(source, fault, mend)
    if len(names) > MOST_CLASSES:
        fault = f"has {len(names):,} {noun}, and at most {MOST_CLASSES:,} classes can be opened"
        raise refused(source, fault, "Bring fewer.")
    note = ""
    if known.names and known.count is not None:
        note = f"The names of the classes are not the network's; they are taken in order: {_paired(names)}."
    return range(len(names)), class_names(names), note


def _paired(names: Sequence[str]) -> str:
    return listed([f"{printable(name)} is class {number}" for number, name in enumerate(names)])


def of_texts(labels: Sequence[str], known: Classes, source: Path) -> Labelled:
    """Return labels that stand in a table: the network's names, numbers of its classes, or names of others.

    Raises:
        DataError: They do not go with the network's classes.
    """
    plain = [label.strip() for label in labels]
    own = {printable(name) for name in known.names}
    if not own >= set(map(printable, plain)) and all(map(_is_number, plain)):
        return of_numbers(np.array([int(label) for label in plain], np.int64), known, source)
    return of_names(plain, known, source, "different labels")


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 19


def of_array(values: NDArray[Any], known: Classes, source: Path) -> Labelled:
    """Return labels that are an array: numbers, (n,) or (n, 1); one-hot, (n, classes); or names, (n,).

    Raises:
        DataError: An array of another form, or labels that do not go with the network's classes.
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 1 and values.dtype.kind == "U":
        return of_texts(values.tolist(), known, source)
    form = f"has labels of shape {values.shape} and type {values.dtype}"
    mend = "Labels are whole numbers, (n,), or one-hot, (n, classes)."
    if values.ndim not in (1, 2) or values.dtype.kind not in "biuf":
        raise refused(source, form, mend)
    if values.ndim == 2:
        return of_numbers(_hot(values, known, source), known, source)
    if values.dtype.kind == "f" and not (np.isfinite(values).all() and (values == np.rint(values)).all()):
        raise refused(source, "has labels that are no whole numbers", mend)
    if values.dtype.kind == "f" and np.abs(values).max() >= 2**53:
        raise refused(source, "has labels that are far too large", mend)
    return of_numbers(values.astype(np.int64) if values.dtype.kind in "bf" else values, known, source)


def _hot(values: NDArray[Any], known: Classes, source: Path) -> NDArray[np.int64]:
    """Return the number of the class that each row, of zeros and a one, stands for."""
    if known.lacks(values.shape[1]):
        fault = f"has one-hot labels of {values.shape[1]:,} classes, {known.told}"
        raise refused(source, fault, f"Each row of labels has {known.count:,} numbers.")
    if not ((values == 0) | (values == 1)).all() or not (values.sum(axis=1, dtype=np.int64) == 1).all():
        fault = "has labels with several columns, and not one 1 and else 0 in each row"
        raise refused(source, fault, "Labels are whole numbers, (n,), or one-hot, (n, classes).")
    return np.asarray(values.argmax(axis=1), np.int64)
