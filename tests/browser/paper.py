"""What a browser prints, page by page: the pictures and the words on paper, and where they lie."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from tests.browser.canvas import Pixels

Bounds = tuple[float, float, float, float]  # left, bottom, right, top, in points from the lower left corner
DEEP = 5  # forms within forms


@dataclass(frozen=True)
class Picture:
    """One picture on one sheet of paper.

    Attributes:
        size: Columns and rows of its own pixels.
        bounds: Where it lies, what is cut off included.
        pixels: (rows, columns, 3).
    """

    size: tuple[int, int]
    bounds: Bounds
    pixels: Pixels

    @property
    def is_blank(self) -> bool:
        """Whether it has one colour alone."""
        return bool((self.pixels == self.pixels[0, 0]).all())


@dataclass(frozen=True)
class Sheet:
    """One sheet of paper.

    Attributes:
        size: Width and height in points.
        pictures: All on it.
        words: All that is written on it.
        bare: It without its pictures, (rows, columns, 3), a pixel to a point.
    """

    size: tuple[float, float]
    pictures: tuple[Picture, ...]
    words: str
    bare: Pixels


def sheets(pdf: bytes) -> list[Sheet]:
    """Return what is on each sheet of a PDF."""
    return [_sheet(page) for page in pypdfium2.PdfDocument(pdf)]


def sizes(paper: list[Sheet]) -> Counter[tuple[int, int]]:
    """Return how many pictures of each size there are on all sheets."""
    return Counter(picture.size for sheet in paper for picture in sheet.pictures)


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    found = list(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=DEEP))
    pictures = tuple(
        Picture(each.get_px_size(), each.get_bounds(), _rgb(each.get_bitmap())) for each in found
    )
    for each in found:
        page.remove_obj(each)
    page.gen_content()
    return Sheet(page.get_size(), pictures, page.get_textpage().get_text_bounded(), _rgb(page.render()))


def _rgb(bitmap: pypdfium2.PdfBitmap) -> Pixels:
    """Return a bitmap's pixels, of grey ones three times the same."""
    pixels: NDArray[np.uint8] = bitmap.to_numpy()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return pixels[..., 2::-1]
