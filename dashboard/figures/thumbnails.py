"""Digits as tiny pictures that a page can hold itself."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY = (8, 0, 0, 0, 0)  # bits per pixel, grey, and the only way to compress, to filter and to interlace


def address(pixels: NDArray[np.uint8]) -> str:
    """Return an address that holds the picture itself, as PNG.

    Args:
        pixels: (rows, columns), 0 black.
    """
    return f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}"


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a grey PNG (ISO/IEC 15948) of (rows, columns) uint8."""
    rows, columns = pixels.shape
    unfiltered = np.insert(pixels, 0, 0, axis=1).tobytes()  # in front of each row stands its filter: none
    header = struct.pack(">IIBBBBB", columns, rows, *GREY)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
