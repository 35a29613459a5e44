"""Arrays that stay packed in their archive until they are read."""

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from models.store.lazy_npz import Array, Packed


def archive(**arrays: Array) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def packed_in(content: bytes, name: str) -> Packed:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return Packed.found(content, name, opened)


@pytest.mark.parametrize("lay", [np.ascontiguousarray, np.asfortranarray])
def test_an_array_comes_back(lay: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> None:
    """Its form is known before it is unpacked, and its values are those that went in, however they lay."""
    values = lay(np.arange(24, dtype=np.uint8).reshape(6, 4))
    packed = packed_in(archive(levels=values, other=values + 1), "levels")

    assert (packed.dtype, packed.shape) == (values.dtype, values.shape)
    assert np.array_equal(np.asarray(packed), values)
    assert np.array_equal(np.asarray(packed, np.int16), values)


def test_it_goes_into_another_archive() -> None:
    """An archive that is written of packed arrays is one of arrays."""
    values = np.eye(3, dtype=np.float32)
    again = archive(levels=packed_in(archive(levels=values), "levels"))

    with np.load(io.BytesIO(again), allow_pickle=False) as found:
        assert np.array_equal(found["levels"], values)


def test_what_is_not_there_is_refused() -> None:
    """A name that the archive does not have is a KeyError, as numpy's would be."""
    with pytest.raises(KeyError):
        packed_in(archive(levels=np.zeros(2)), "values")


def test_no_view_is_promised() -> None:
    """Whoever insists on an array without a copy is refused."""
    with pytest.raises(ValueError, match="copied"):
        np.asarray(packed_in(archive(levels=np.zeros(2)), "levels"), copy=False)
