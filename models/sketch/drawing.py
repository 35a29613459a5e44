"""A digit that somebody drew, as text, and what the networks are fed of it."""

from __future__ import annotations

import binascii
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.dataset import ImageSpec
from models.datasets.mnist import SIDE, SPEC, prepare
from models.datasets.perturbation import Move
from models.sketch.preparation import prepare_drawing

PAD = 112  # rows and columns of a drawing: four to each pixel of a digit
BYTES = PAD * PAD // 8
LONGEST = 2200  # characters of a text: of a drawing, what deflates worst takes 2106; of pixels, 1062
WAYS = {"ink": PAD, "raw": PAD, "pixels": SIDE}  # and its side: prepared, only made smaller, as it is

Bilevel = NDArray[np.uint8]  # 0 or 255


@dataclass(frozen=True)
class Drawing:
    """What somebody drew instead of a digit.

    Attributes:
        ink: The drawing as text: base64url, without padding, of its deflated bits, row by row, 1 is ink; or
            of a digit's deflated pixels, row by row, 255 is white ink.
        way: "ink" where it is prepared as the digits of MNIST were, "raw" where it is only made smaller,
            "pixels" where it has the size of a digit already.
        move: What is done to it then, None for nothing.
    """

    ink: str
    way: str = "ink"
    move: Move | None = None

    @property
    def text(self) -> str:
        """As it stands in an address: `ink:eNpj…`, `pixels:eNpj…` or `ink:eNpj…,rotation:15`."""
        return f"{self.way}:{self.ink}" + (f",{self.move.text}" if self.move else "")

    @property
    def drawn(self) -> NDArray[np.uint8]:
        """As it was drawn: (112, 112), 0 or 255, or (28, 28) where it has the size of a digit already.

        Raises:
            ValueError: The text is no drawing.
        """
        return read_pixels(self.ink) if self.way == "pixels" else read_ink(self.ink)

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """As the networks are fed, before anything is done to it: (28, 28) uint8.

        Raises:
            ValueError: The text is no drawing.
        """
        drawn = self.drawn
        if self.way == "pixels":
            return drawn
        if self.way == "ink":
            return prepare_drawing(drawn).pixels
        means = drawn.reshape(SIDE, PAD // SIDE, SIDE, PAD // SIDE).mean(axis=(1, 3))
        return np.asarray(np.rint(means), np.uint8)

    def of(self, digits: Floats, spec: ImageSpec = SPEC) -> Floats:
        """Return it in the place of digits, (..., 28, 28, 1) in [0, 1]."""
        drawn = np.broadcast_to(prepare(self.pixels), digits.shape).copy()
        return self.move.of(drawn, spec) if self.move else drawn


Change = Move | Drawing  # what is done to a digit


def read_ink(text: str) -> Bilevel:
    """Return a drawing, (112, 112), 0 or 255.

    Raises:
        ValueError: The text is too long, damaged, or of another size.
    """
    return np.unpackbits(_read(text, BYTES)).reshape(PAD, PAD) * np.uint8(255)


def read_pixels(text: str) -> NDArray[np.uint8]:
    """Return a digit, (28, 28), 255 is white ink.

    Raises:
        ValueError: The text is too long, damaged, or of another size.
    """
    return _read(text, SIDE * SIDE).reshape(SIDE, SIDE)


def _read(text: str, size: int) -> NDArray[np.uint8]:
    """Return the bytes of a text, as many as there must be."""
    if len(text) > LONGEST or not text.isascii():
        raise ValueError("The text is too long.")
    opener = zlib.decompressobj()
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        content = opener.decompress(packed, size + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("The text is damaged.") from error
    if urlsafe_b64encode(packed).rstrip(b"=") != text.encode():
        raise ValueError("The text is not base64url.")
    if len(content) != size or not opener.eof or opener.unused_data:
        raise ValueError(f"The text does not hold {size} bytes.")
    return np.frombuffer(content, np.uint8)


def write_ink(drawing: NDArray[np.generic]) -> str:
    """Return the text of a drawing, (112, 112), ink where it is not zero.

    Raises:
        ValueError: It has another size.
    """
    if drawing.shape != (PAD, PAD):
        raise ValueError(f"A drawing is {PAD}×{PAD}, not {drawing.shape}.")
    return _write(np.packbits(drawing != 0))


def write_pixels(pixels: NDArray[np.uint8]) -> str:
    """Return the text of a digit, (28, 28) uint8.

    Raises:
        ValueError: It has another size or type.
    """
    if pixels.shape != (SIDE, SIDE) or pixels.dtype != np.uint8:
        raise ValueError(f"A digit is {SIDE}×{SIDE} uint8, not {pixels.shape} {pixels.dtype}.")
    return _write(pixels)


def _write(content: NDArray[np.uint8]) -> str:
    return urlsafe_b64encode(zlib.compress(content.tobytes(), 9)).rstrip(b"=").decode()
