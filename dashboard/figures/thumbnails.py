"""Images as tiny pictures that a page can hold itself."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PLAIN = (0, 0, 0)  # the only way to compress and to filter, and no way to interlace
DEPTH, GREY, COLOURED = 8, 0, 2  # bits of a number, and the types of colour


def address(pixels: NDArray[np.uint8]) -> str:
    """Return an address that holds the picture itself, as PNG.

    Args:
        pixels: (rows, columns) of grey, (rows, columns, 3) of red, green and blue, 0 black.
    """
    return f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}"


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG (ISO/IEC 15948) of (rows, columns) or (rows, columns, 3) uint8."""
    rows, columns = pixels.shape[:2]
    kind = GREY if pixels.ndim == 2 else COLOURED
    lines = pixels.reshape(rows, -1)
    unfiltered = np.insert(lines, 0, 0, axis=1).tobytes()  # in front of each row stands its filter: none
    header = struct.pack(">IIBBBBB", columns, rows, DEPTH, kind, *PLAIN)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
