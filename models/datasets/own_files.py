"""Which files of a folder are images, and what they show: a subfolder a class, or a table of labels."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unicodedata import normalize

from models.datasets.own_names import called, listed, natural, printable, refused
from models.remedy import allowed, unread

TABLE = "labels.csv"
TABLE_BYTES = 2**26
FILE_TITLES = ("file", "filename", "path", "image")
LABEL_TITLES = ("label", "labels", "class", "category")
LABELLED = f"Make a subfolder of each class, or a {TABLE} with the columns file and label."


@dataclass(frozen=True)
class Files:
    """Files in the order in which they are read.

    Attributes:
        files: Paths of what may be images.
        labels: Of each what it shows, as somebody wrote it; () where nobody did.
        table: The file of the labels, None where the subfolders are the classes.
        notes: Sentences on what was left out.
    """

    files: tuple[Path, ...]
    labels: tuple[str, ...]
    table: Path | None = None
    notes: tuple[str, ...] = ()


def found(folder: Path, table: Path | None, most: int) -> Files:
    """Return the files of a folder, and their labels.

    Args:
        folder: With a subfolder a class, or with a table.
        table: Of labels; None for the one in the folder, where there is one.
        most: Files that it may have.

    Raises:
        DataError: It cannot be read, has no files or too many, or no labels.
    """
    try:
        files = list(islice(walked(folder), most + 1))
    except OSError as error:
        mend = allowed(error, folder) or "Open another folder."
        raise refused(folder, unread(error), mend) from error
    if len(files) > most:
        raise refused(folder, f"has more than {most:,} files", f"Bring at most {most:,} images.")
    own = folder / TABLE
    if table is None and own in files:
        table = own
    files = [file for file in files if file not in (own, table)]
    if not files:
        raise refused(folder, "has no images", f"{LABELLED} Hidden files are passed over.")
    return _by_table(folder, files, table) if table else _by_subfolder(folder, files)


def walked(folder: Path, above: Collection[str] = ()) -> Iterator[Path]:
    """Yield the files of a folder and of all folders in it, without hidden ones, in natural order.

    Args:
        folder: Links to folders are followed, but for those that lead back up.
        above: Real paths of the folders through which one came here.

    Raises:
        OSError: One of the folders cannot be read.
    """
    with os.scandir(folder) as entries:
        shown = [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]
    way = {*above, os.path.realpath(folder)}
    for entry in sorted(shown, key=lambda entry: natural(entry.name)):
        if entry.is_dir():
            if os.path.realpath(entry.path) not in way:  # a link upwards would never end
                yield from walked(Path(entry.path), way)
        elif entry.is_file():
            yield Path(entry.path)


def _by_subfolder(folder: Path, files: Sequence[Path]) -> Files:
    names = [file.relative_to(folder).parts for file in files]
    inside = [(file, parts[0]) for file, parts in zip(files, names, strict=True) if len(parts) > 1]
    beside = [file.name for file, parts in zip(files, names, strict=True) if len(parts) == 1]
    if not inside:
        return Files(tuple(files), ())
    notes = (left_out(beside, len(files), "beside the subfolders"),) if beside else ()
    paths, labels = zip(*in_turn(inside), strict=True)
    return Files(paths, labels, notes=notes)


def in_turn(labelled: Sequence[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Return files, one of each label in turn: the first of them are of all classes, however few they are.

    >>> [path.name for path, _ in in_turn([(Path("a1"), "a"), (Path("a2"), "a"), (Path("b1"), "b")])]
    ['a1', 'b1', 'a2']
    """
    seen: Counter[str] = Counter()
    turns = []
    for _, label in labelled:
        turns.append(seen[label])
        seen[label] += 1
    order = sorted(range(len(labelled)), key=turns.__getitem__)  # stable: as they came, within a turn
    return [labelled[place] for place in order]


def left_out(names: Sequence[str], count: int, why: str) -> str:
    """Return the sentence on files that were left out.

    >>> left_out(["a.txt"], 400, "no pictures")
    '1 of 400 files is no picture and was left out: a.txt.'
    """
    if len(names) == 1:
        one = why.removesuffix("s") if why.startswith("no ") else why
        return f"1 of {count:,} files is {one} and was left out: {listed(names)}."
    return f"{len(names):,} of {count:,} files are {why} and were left out: {listed(names)}."


def _by_table(folder: Path, files: Sequence[Path], table: Path) -> Files:
    rows = _rows(table)
    known = {normalize("NFC", file.relative_to(folder).as_posix()): file for file in files}
    places = [normalize("NFC", Path(name).as_posix()) for name, _ in rows]
    lacking = [
        name for name, place in zip((name for name, _ in rows), places, strict=True) if place not in known
    ]
    if lacking:
        some = f"{len(lacking):,} files that are" if len(lacking) > 1 else "a file that is"
        fault = f"names {some} not in {called(folder)}: {listed(lacking)}"
        raise refused(table, fault, "Name each file by its path from the folder on.")
    counts = Counter(places)
    if len(counts) < len(places):
        twice = sorted((place for place, count in counts.items() if count > 1), key=natural)
        raise refused(table, f"names some files more than once: {listed(twice)}", "Name each file once.")
    others = [file.name for place, file in known.items() if place not in counts]
    notes = (left_out(others, len(files), f"not in {called(table)}"),) if others else ()
    return Files(tuple(known[place] for place in places), tuple(label for _, label in rows), table, notes)


def _rows(table: Path) -> list[tuple[str, str]]:
    """Return file and label of each row of a table."""
    try:
        if table.stat().st_size > TABLE_BYTES:
            raise refused(table, f"is larger than {TABLE_BYTES // 2**20} MiB", "Bring fewer images.")
        text = table.read_text("utf-8-sig")
        begin = text.partition("\n")[0]
        mark = max(",;\t", key=begin.count)
        rows = [
            (number, row)
            for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=mark), 1)
            if any(map(str.strip, row))
        ]
    except OSError as error:
        raise refused(table, unread(error), allowed(error, table) or LABELLED) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise refused(table, "is no table of text", "Save it as CSV in UTF-8.") from error
    file, label = _columns(rows[0][1]) if rows else (0, 1)
    if rows and _titles(rows[0][1]):
        rows = rows[1:]
    if not rows:
        raise refused(table, "names no files", "Write a file and its label into each row.")
    for number, row in rows:
        if len(row) <= max(file, label) or not row[file].strip() or not row[label].strip():
            raise refused(table, f"lacks a file or a label in row {number:,}", "Write both into each row.")
    return [(row[file].strip(), row[label]) for _, row in rows]


def _titles(row: Sequence[str]) -> list[str]:
    """Return the titles of columns in lower letters, [] where the row has none."""
    plain = [printable(cell).casefold() for cell in row]
    is_head = any(each in FILE_TITLES for each in plain) and any(each in LABEL_TITLES for each in plain)
    return plain if is_head else []


def _columns(row: Sequence[str]) -> tuple[int, int]:
    """Return which columns are file and label, by the first row of a table."""
    titles = _titles(row)
    if not titles:
        return 0, 1
    return (
        next(place for place, title in enumerate(titles) if title in FILE_TITLES),
        next(place for place, title in enumerate(titles) if title in LABEL_TITLES),
    )
