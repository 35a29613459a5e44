"""The one safe way from a name in the manifest to a Keras model."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from models.gc_freeze import load_keras
from models.graph.description import layers_of
from models.graph.refusal import UnopenableError
from models.graph.requirements import MAX_BYTES, foreign, require_readable
from models.remedy import of_machine, require_temporary
from models.store.artefact import CHECKPOINTS, checked, unusable
from models.store.entry import Entry

if TYPE_CHECKING:
    import keras


def load(entry: Entry, folder: Path = CHECKPOINTS) -> keras.Model:
    """Return the trained network, after checking its file, and that it can be shown.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, holds anything but the
            layers that ConvLens knows, cannot be opened, or holds a network that cannot be shown rightly or
            has other layers than the manifest says.
        MachineError: There is no temporary folder, or Keras cannot be imported.
    """
    checked(entry.checkpoint, folder, entry.key)
    path = folder / entry.checkpoint.name
    try:
        refuse_foreign(path)
    except ValueError as error:
        raise unusable(entry.checkpoint, folder, entry.key, str(error)) from error
    require_temporary()
    try:
        load_keras()
        import keras  # noqa: PLC0415 - takes seconds; reading the manifest must not
    except ImportError as error:
        raise of_machine(error) or error from error
    try:
        model: keras.Model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises anything at all over a bad file
        raise of_machine(error) or unusable(
            entry.checkpoint, folder, entry.key, "cannot be opened"
        ) from error
    try:
        graph = require_readable(model)
    except UnopenableError as error:
        raise unusable(entry.checkpoint, folder, entry.key, f"cannot be shown: {error}") from error
    if (graph.image, layers_of(graph)) != (entry.image, entry.layers):
        raise unusable(entry.checkpoint, folder, entry.key, "has other layers than the manifest says")
    return model


def refuse_foreign(path: Path) -> None:
    """Read a checkpoint's plan without importing anything it names.

    Raises:
        ValueError: It is not a `.keras` archive, is too large, or names a class that is not allowed; the
            message goes on where a sentence has named the file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
            names = foreign(json.loads(archive.read("config.json"))) if size <= MAX_BYTES else []
    except Exception as error:  # anything at all may come of a foreign archive
        raise ValueError("is not a Keras checkpoint") from error
    if size > MAX_BYTES or path.suffix != ".keras":
        raise ValueError(f"is not a .keras file of at most {MAX_BYTES >> 20} MiB")
    if names:
        raise ValueError(f"holds {', '.join(names)}, which ConvLens does not open")
