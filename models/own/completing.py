"""What the network of a training still lacks is measured as a piece of work: what takes minutes.

It begins with the folder that measuring it first left (models/training/opening.py), and ends with one that
has more: changed images, what its filters fire for, where its images lie, what is right without each channel.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from models.gc_freeze import load_keras
from models.own.rest import measured
from models.store import manifest
from models.store.artefact import CheckpointError
from models.training.opening import WORLD, telling
from models.watcher import Watcher, WorkError, heed
from models.whole import fill_whole_folder


def complete(settings: Mapping[str, Any], watcher: Watcher) -> dict[str, Any]:
    """Measure what a network lacks, and go on where it was left; return its key.

    Args:
        settings: `network`, the hash of the folder as `archive` packs it, and `key` of the network in it.
        watcher: Has the archive.

    Raises:
        WorkError: It cannot be done.
        StoppedError: It was asked to end.
    """
    folder = watcher.folder / WORLD
    told = telling(watcher)

    def say(sentence: str) -> None:
        heed(watcher)
        watcher.tell({"event": "measuring", "what": sentence})

    try:
        if not (folder / manifest.MANIFEST).exists():
            _unpack(watcher.given(settings["network"]), folder)
        load_keras()
        measured(folder, say, told)
    except CheckpointError as error:
        raise WorkError(str(error)) from error
    return {"key": settings["key"]}


def archive(folder: Path) -> bytes:
    """Return a folder of a manifest and of what it names as one file; the manifest comes last.

    Raises:
        CheckpointError: What it names is not there.
    """
    names = [file.name for entry in manifest.read(folder) for file in entry.files]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name in (*names, manifest.MANIFEST):
            try:
                into.write(folder / name, name)
            except OSError as error:
                raise CheckpointError(f"{name} is missing.") from error
    return packed.getvalue()


def _unpack(packed: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(packed) as members:
            fill_whole_folder(folder, members.extractall)
    except (OSError, zipfile.BadZipFile) as error:
        raise WorkError("What was measured of the network cannot be read.") from error
