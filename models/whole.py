"""Files that are there whole or not at all."""

from __future__ import annotations

import os
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
