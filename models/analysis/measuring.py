"""What is measured on a network that is there already, by a command, and written beside its checkpoint."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from models.analysis.ending import in_a_sentence
from models.arrays import Floats, Labels
from models.datasets import mnist
from models.datasets.mnist import Part, prepare
from models.store import manifest
from models.store.manifest import File

if TYPE_CHECKING:
    import keras

Found = TypeVar("Found")


def chosen(
    module: str, doc: str | None, arguments: Sequence[str], folder: Path
) -> tuple[argparse.Namespace, list[str]]:
    """Return what a command line asks for, `folder` among it, and the networks: those named, or all there.

    Raises:
        CheckpointError: The folder's manifest cannot be used.
        SystemExit: There is no network of a name.
    """
    parser = argparse.ArgumentParser(prog=f"python -m models.measure {module}", description=doc)
    parser.add_argument("key", nargs="*", help="a network of the manifest; all without one")
    parser.add_argument("--folder", type=Path, default=folder, help="where the networks lie")
    asked = parser.parse_args(arguments)
    known = [entry.key for entry in manifest.read(asked.folder)]
    if unknown := sorted(set(asked.key) - set(known)):
        parser.error(f"there is no network {', '.join(unknown)}; there are {', '.join(known)}")
    return asked, asked.key or known


@in_a_sentence()
def command(
    field: str,
    doc: str | None,
    arguments: Sequence[str],
    run: Callable[[keras.Model, Floats, Labels], Found | None],
    write: Callable[[Found, File, Path], File],
    *,
    part: Part = "test",
    folder: Path = manifest.CHECKPOINTS,
) -> None:
    """Measure the networks that the command line names, or all.

    All of them are opened before the first is measured, which takes minutes. Where one cannot be, or a file
    is missing, the process ends with a sentence.

    Args:
        field: Of the manifest's entries, which names the file; and of the module that is run.
        doc: What the command does.
        arguments: Of the command line.
        run: Measures a network on digits, (n, 28, 28, 1) in [0, 1], with their labels; None where there is
            nothing to measure.
        write: Writes what was found beside the checkpoint.
        part: Which digits it is measured on.
        folder: Of the manifest.
    """
    asked, keys = chosen(field, doc, arguments, folder)
    folder = asked.folder
    known = mnist.load(part)
    for key in keys:
        manifest.load(manifest.find(key, folder), folder)
    for key in keys:
        started, entry = time.monotonic(), manifest.find(key, folder)
        found = run(manifest.load(entry, folder), prepare(known.images), known.labels)
        if found is None:
            print(f"{key}: has nothing to measure")
            continue
        with manifest.nothing_unnamed(entry.checkpoint.name, folder):
            file = write(found, entry.checkpoint, folder)
            entry = manifest.find(key, folder)  # others may have written meanwhile
            before, changed = getattr(entry, field), dict[str, Any]({field: file})
            manifest.write(replace(entry, **changed), folder)
        if before and before.name != file.name:
            (folder / before.name).unlink(missing_ok=True)
        print(f"{key}: {file.bytes:,} bytes in {file.name}, after {time.monotonic() - started:.0f} s")
