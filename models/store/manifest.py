"""The list of trained networks, and what may lie beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, with_config

from models.remedy import allowed, into, place, restored, unread
from models.store import artefact
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.entry import Entry
from models.store.records import STRICT, record_of

MANIFEST = "manifest.json"


@with_config(STRICT)
@dataclass(frozen=True)
class Manifest:
    """The file that lists the networks, in the order in which they are shown."""

    models: tuple[Entry, ...]


FORM = TypeAdapter(Manifest)


def read(folder: Path = CHECKPOINTS) -> tuple[Entry, ...]:
    """Return every network of the manifest, in its order, without opening any.

    Raises:
        CheckpointError: The manifest is missing, is not one, or names what cannot be.
    """
    try:
        return entries_of((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise _unusable_manifest(folder, unread(error), error) from error
    except ValueError as error:
        raise _unusable_manifest(folder, f"is damaged: {error}", error) from error


def _unusable_manifest(folder: Path, fault: str, error: Exception) -> CheckpointError:
    mend = allowed(error, folder) or f"Restore it: {restored(folder, CHECKPOINTS)}"
    return CheckpointError(f"{place(folder)}/{MANIFEST} {fault}. {mend}")


def entries_of(content: bytes) -> tuple[Entry, ...]:
    """Return the networks that a manifest lists.

    Raises:
        ValueError: It is none, or names what cannot be: the first of it, as a sentence goes on that has named
            the file.
    """
    entries = record_of(content, FORM).models
    keys = [entry.key for entry in entries]
    if not keys:
        raise ValueError("it names no networks")
    if len(set(keys)) < len(keys):
        raise ValueError("it names a network twice")
    for entry in entries:
        if wrong := next(entry.faults(), None):
            raise ValueError(f"of {entry.key!r}, {wrong}")
    return entries


def find(key: str, folder: Path = CHECKPOINTS) -> Entry:
    """Return the network of that key.

    Raises:
        CheckpointError: The manifest cannot be used, or has no such network.
    """
    for entry in read(folder):
        if entry.key == key:
            return entry
    raise CheckpointError(
        f"There is no network {key} in {place(folder)} yet. "
        f"Train it: python -m models.train {key}{into(folder, CHECKPOINTS)}"
    )


def write(entry: Entry, folder: Path = CHECKPOINTS) -> None:
    """Put an entry into the manifest in place of the one with its key, or behind the last one.

    Raises:
        CheckpointError: There is a manifest, and it is damaged; or the new one could not be read again.
    """
    entries = {old.key: old for old in read(folder)} if (folder / MANIFEST).exists() else {}
    entries[entry.key] = entry
    plain = {"models": [each.to_json() for each in entries.values()]}
    content = json.dumps(plain, indent=1).encode() + b"\n"
    try:
        entries_of(content)
    except ValueError as error:
        raise CheckpointError(
            f"{place(folder)}/{MANIFEST} was left as it was. As written, {error}."
        ) from error
    artefact.write_whole(folder / MANIFEST, content)


@contextmanager
def nothing_unnamed(checkpoint: str, folder: Path) -> Iterator[None]:
    """Remove again what was written meanwhile of a checkpoint, if that fails before the manifest names it.

    Args:
        checkpoint: Name of its file, with which the names of all that is measured on it begin.
        folder: Of the manifest.
    """
    pattern = f"{Path(checkpoint).stem}.*"
    before = set(folder.glob(pattern))
    try:
        yield
    except (Exception, KeyboardInterrupt):
        named = _named(folder)
        for path in set(folder.glob(pattern)) - before:
            if path.name not in named:
                path.unlink(missing_ok=True)
        raise


def _named(folder: Path) -> set[str]:
    """Return the names of all files of a manifest; none where it cannot be read."""
    try:
        return {file.name for entry in read(folder) for file in entry.files}
    except CheckpointError:
        return set()
