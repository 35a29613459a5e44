"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that whoever reads it finds the old content or the new, never a part."""
    fill_whole(path, lambda file: file.write(content))


def fill_whole(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file as `write_whole` does, of which not all need be in memory at once.

    Args:
        path: Of the file.
        fill: Writes what is to be in it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def fill_whole_folder(path: Path, fill: Callable[[Path], object]) -> None:
    """Write a folder so that whoever finds it finds all of it.

    What an earlier try left, here or under the temporary name, is removed first: only one may try at a time.

    Args:
        path: Of the folder.
        fill: Writes files into the empty folder that it is given.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir()
        fill(temporary)
        for file in (each for each in temporary.rglob("*") if each.is_file()):
            with file.open("rb") as written:
                os.fsync(written.fileno())
        if path.exists():
            shutil.rmtree(path)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
