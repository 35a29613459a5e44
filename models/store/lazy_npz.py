"""Arrays of an `.npz` archive: all at once, or one that stays packed until it is read."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


def arrays_of(content: bytes) -> dict[str, NDArray[Any]]:
    """Return all arrays of an archive, by name.

    Raises:
        ValueError: It is none, is damaged, or holds anything else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (EOFError, KeyError, TypeError, OSError, AttributeError, NotImplementedError) as error:
        raise ValueError("This is no archive of arrays.") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ValueError("This archive of arrays is damaged.") from error


def archive_of(arrays: Mapping[str, Any]) -> bytes:
    """Return a compressed archive of arrays, such as `arrays_of` reads."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


@dataclass(frozen=True)
class Packed:
    """What numpy takes for an array; reading it unpacks it anew, so it suits what is large and seldom read.

    Attributes:
        content: The whole archive.
        name: Of the array in it.
        dtype: Of its values.
        shape: Of the array.
    """

    content: bytes
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @classmethod
    def found(cls, content: bytes, name: str, archive: zipfile.ZipFile) -> Packed:
        """Return an array of an archive, of which only the header is read.

        Args:
            content: The whole archive.
            name: Of the array.
            archive: The same, opened.

        Raises:
            ValueError: What bears this name is no array.
        """
        with archive.open(f"{name}.npy") as member:
            npy.read_magic(member)
            shape, _, dtype = npy.read_array_header_1_0(member)
        return cls(content, name, dtype, shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Unpack it."""
        if copy is False:
            raise ValueError("What is packed has to be copied.")
        with np.load(io.BytesIO(self.content), allow_pickle=False) as archive:
            return np.asarray(archive[self.name], dtype)


Array = NDArray[np.generic] | Packed
