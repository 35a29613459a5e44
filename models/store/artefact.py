"""Files beside the manifest: written whole, known by their hashes, with a remedy where one is unusable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from models import whole
from models.remedy import allowed, into, place, restored, unread
from models.store.entry import File

Found = TypeVar("Found")
CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"


class CheckpointError(Exception):
    """A checkpoint or the manifest cannot be used; the message names the file and what mends it."""


def write_whole(path: Path, content: bytes) -> File:
    """Write a file whole or not at all, and return it with its hash."""
    whole.write_whole(path, content)
    return File(path.name, hashlib.sha256(content).hexdigest(), len(content))


def write_beside(checkpoint: File, content: bytes, suffix: str, folder: Path) -> File:
    """Write what was measured on a checkpoint; both hashes name the file, so that no other is replaced."""
    stem = f"{Path(checkpoint.name).stem}.{hashlib.sha256(content).hexdigest()[:8]}"
    return write_whole(folder / f"{stem}.{suffix}", content)


def checked(file: File, folder: Path, key: str, measure: str = "") -> bytes:
    """Return the bytes of a file of the manifest, after comparing them with their hash.

    Args:
        file: As the manifest names it.
        folder: Of the manifest.
        key: Of the network.
        measure: What measures it anew, as `python -m models.measure` takes it, as `unusable` takes it.

    Raises:
        CheckpointError: The file is missing or is not the one that the manifest names.
    """
    try:
        content = (folder / file.name).read_bytes()
    except OSError as error:
        if mend := allowed(error, folder):
            raise CheckpointError(f"{place(folder)}/{file.name} {unread(error)}. {mend}") from error
        raise unusable(file, folder, key, unread(error), measure) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise unusable(file, folder, key, "is not the file that the manifest names", measure)
    return content


def read_beside(
    file: File | None,
    parse: Callable[[bytes], Found],
    folder: Path,
    key: str,
    *,
    fault: str,
    measure: str,
) -> Found | None:
    """Return what was measured on a checkpoint and lies beside it; None where nothing was.

    Args:
        file: As the manifest names it.
        parse: Makes of its bytes what they hold; raises anything at all where they make no sense.
        folder: Of the manifest.
        key: The network.
        fault: What is then said of the file.
        measure: What measures it anew, as `python -m models.measure` takes it, as `unusable` takes it.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, or makes no sense.
    """
    return parsed(file, parse, folder, key, fault=fault, measure=measure) if file else None


def parsed(
    file: File, parse: Callable[[bytes], Found], folder: Path, key: str, *, fault: str, measure: str
) -> Found:
    """Return what lies in a file beside a checkpoint, as `read_beside` does where there is one."""
    content = checked(file, folder, key, measure)
    try:
        return parse(content)
    except Exception as error:  # NumPy and zipfile raise anything at all over a bad archive
        raise unusable(file, folder, key, fault, measure) from error


def unusable(file: File, folder: Path, key: str, fault: str, measure: str = "") -> CheckpointError:
    """Return the error that names a file, its fault and the commands that mend it.

    Args:
        file: Beside the manifest.
        folder: Of the manifest.
        key: Of the network.
        fault: What goes on where a sentence has named the file.
        measure: The module that measures such a file anew; "" where only training makes it.
    """
    anew = (
        f"measure anew: python -m models.measure {measure}"
        if measure
        else "train anew: python -m models.train"
    )
    elsewhere = into(folder, CHECKPOINTS)  # where nobody but its owner knows what lay there
    restore = "Restore it" if elsewhere else f"Restore it: {restored(folder, CHECKPOINTS)}"
    return CheckpointError(f"{place(folder)}/{file.name} {fault}. {restore}; or {anew} {key}{elsewhere}")
