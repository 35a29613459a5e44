"""Reads back what was painted."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator

from models.arrays import Floats
from tests.browser import at_rest

Pixels = NDArray[np.uint8]

BRIGHT, DARK = (255, 212, 0, 255), (0, 0, 0, 255)  # of an outline
EDGE = 2  # screen pixels by which outlines may lie outside of their sheet

READ = """(element) => {
  const canvas = element.matches("canvas") ? element : element.querySelector("canvas");
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) {
    text += String.fromCharCode(...data.subarray(at, at + 32768));
  }
  const whole = canvas.getBoundingClientRect();
  const zoom = width / whole.width;
  const cells = [...element.querySelectorAll("button")].map((button) => {
    const box = button.getBoundingClientRect();
    const sides = [box.top - whole.top, box.left - whole.left, box.height, box.width];
    return sides.map((side) => Math.round(side * zoom));
  });
  return { width, height, cells, bytes: btoa(text) };
}"""


def read(canvas: Locator) -> Pixels:
    """Return what a canvas shows: (rows, columns, 4), red, green, blue and opacity."""
    return _pixels(at_rest.told(canvas, READ))


def pictures(sheet: Locator) -> list[Pixels]:
    """Return what lies under each button of a sheet: (rows, columns, 3), red, green and blue.

    Where the button lies decides: it is what a person points at, and what a screen reader names.
    """
    found = at_rest.told(sheet, READ)
    pixels = _pixels(found)
    boxes = found["cells"]
    return [pixels[top : top + rows, left : left + columns, :3] for top, left, rows, columns in boxes]


def greys(picture: Pixels) -> Pixels:
    """Return a grey picture's brightness, (rows, columns), 0 to 255."""
    assert (np.ptp(picture, axis=-1) == 0).all(), "not grey"
    return picture[..., 0]


def assert_grey_shows(picture: Pixels, values: Floats, levels: int) -> None:
    """Black is the smallest value, white the largest, and what lies between is true to one level."""
    shown = greys(picture)
    assert shown.shape == values.shape
    order = np.argsort(values, axis=None)
    assert (np.diff(shown.ravel()[order].astype(int)) >= 0).all(), "a larger value is darker"
    span = values.max() - values.min()
    if span == 0:
        assert not shown.any()
        return
    assert (shown.min(), shown.max()) == (0, 255)
    assert np.abs(shown / 255 - (values - values.min()) / span).max() <= 1 / (levels - 1)


def outlines(sheet: Locator, part: tuple[int, ...], columns: int) -> bool:
    """Return whether on every picture of a sheet just this part is outlined, bright inside and dark outside.

    Args:
        sheet: Of pictures that have `columns` columns.
        part: First row and column, and first row and column behind it, in the pictures' own pixels.
        columns: Of one picture.
    """
    shown = read(sheet.locator(".lines"))
    expected = np.zeros_like(shown)
    boxes = at_rest.told(sheet, READ)["cells"]
    zoom = at_rest.told(sheet.get_by_role("button").first, "(button) => button.offsetWidth") // columns
    top, left, bottom, right = (side * zoom + EDGE for side in part)
    for away, colour in ((2, DARK), (1, BRIGHT)):
        for down, across, _, _ in boxes:
            y, x = down * zoom, across * zoom
            frame = slice(y + top - away, y + bottom + away), slice(x + left - away, x + right + away)
            _draw_frame(expected[frame], colour)
    return np.array_equal(shown, expected)


def _draw_frame(pixels: Pixels, colour: tuple[int, ...]) -> None:
    """Draw a line, one pixel wide, inside the border of a part of a picture."""
    for line in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        line[:] = colour


def _pixels(found: dict[str, Any]) -> Pixels:
    flat = np.frombuffer(base64.b64decode(found["bytes"]), np.uint8)
    return flat.reshape(found["height"], found["width"], 4)
