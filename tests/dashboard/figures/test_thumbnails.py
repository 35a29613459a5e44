import base64
import struct
import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dashboard.figures.thumbnails import address, png


@given(arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_a_picture_holds_every_pixel(pixels: NDArray[np.uint8]) -> None:
    """Read by the standard's own rules: size, 8 bits of grey, whole chunks, rows without a filter."""
    content = png(pixels)
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = {}, 8
    while place < len(content):
        (size,) = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        (check,) = struct.unpack_from(">I", content, place + 8 + size)
        assert check == zlib.crc32(kind + data)
        chunks[kind] = data
        place += 12 + size

    rows, columns = pixels.shape
    assert [*chunks] == [b"IHDR", b"IDAT", b"IEND"]
    assert chunks[b"IHDR"] == struct.pack(">II", columns, rows) + bytes([8, 0, 0, 0, 0])
    read = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(rows, columns + 1)
    assert not read[:, 0].any()
    assert np.array_equal(read[:, 1:], pixels)


def test_its_address_holds_it() -> None:
    """It is a picture that needs no request."""
    pixels = np.eye(28, dtype=np.uint8)

    kind, _, content = address(pixels).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content) == png(pixels)
