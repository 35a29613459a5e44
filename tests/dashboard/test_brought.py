from __future__ import annotations

import numpy as np
import pytest

from dashboard.brought import Brought, told, upright
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.sketch.drawing import Drawing, write_ink, write_pixels
from models.sketch.preparation import prepare_drawing
from tests.models.photographs import encoded


def reading(*certain: float) -> object:
    """Return what reads digits: of one 2 or more, of four turns of it their number, so surely."""

    def read(digits: Floats) -> Floats:
        if len(digits) != len(certain):
            return np.zeros((len(digits), 10), np.float32)
        logits = np.zeros((len(digits), 10), np.float32)
        logits[np.arange(len(digits)), np.arange(len(digits))] = np.log(
            9 * np.array(certain) / (1 - np.array(certain))
        )
        return logits

    return read


SIDEWAYS = Drawing(write_ink(np.tri(112)))


@pytest.mark.parametrize(
    ("certain", "turn", "words"),
    [
        ((0.41, 0.5, 0.5, 0.9988), 270, "Turned a quarter to the left it is read as 3 with 99.9 %"),
        ((0.41, 0.9999, 0.5, 0.5), 90, "Turned a quarter to the right it is read as 1 with > 99.9 %"),
        ((0.41, 0.5, 0.9988, 0.5), 180, "Turned upside down it is read as 2 with 99.9 %"),
        ((0.999, 0.5, 0.5, 0.9999999), None, ""),
        ((0.6, 0.5, 0.5, 0.7), None, ""),
    ],
)  # fmt: skip
def test_it_is_said_how_an_image_is_to_be_turned(
    certain: tuple[float, ...], turn: int | None, words: str
) -> None:
    """Only where it is read with far more certainty; in words that can be checked."""
    found = upright(SIDEWAYS, 0, reading(*certain))  # type: ignore[arg-type]

    assert (found and found["turn"]) == turn
    assert (found["words"] if found else "") == words + (" instead of 0 with 41.0 %." if words else "")


def test_the_turn_is_that_of_the_file() -> None:
    """Of an image that was turned already, not a turn on top of it."""
    found = upright(SIDEWAYS, 180, reading(0.4, 0.5, 0.5, 0.9999))  # type: ignore[arg-type]

    assert found
    assert found["turn"] == 90


def test_what_is_asked_about_is_the_drawing_that_is_turned(test_digits: Dataset) -> None:
    """Clockwise; of ink and of pixels, prepared anew."""
    pixels = test_digits.images[0]
    asked: list[Floats] = []

    def read(digits: Floats) -> Floats:
        asked.append(digits)
        return np.zeros((len(digits), 10), np.float32)

    ink = np.kron(pixels > 127, np.ones((4, 4), np.uint8))
    for drawing in (Drawing(write_pixels(pixels), "pixels"), Drawing(write_ink(ink))):
        upright(drawing, 0, read)
        assert np.array_equal(asked[-1][0, ..., 0] * 255, drawing.pixels)
        for quarter in (1, 2, 3):
            clockwise = np.ascontiguousarray(np.rot90(drawing.drawn, 4 - quarter))
            assert np.array_equal(asked[-1][quarter, ..., 0] * 255, prepare_drawing(clockwise).pixels)


def test_the_network_is_asked_twice_and_no_more(test_digits: Dataset) -> None:
    """Once of all digits, once of one digit's turns: however many there are."""
    row = np.concatenate([test_digits.images[index] for index in (0, 1, 3, 7)], axis=1)
    asked: list[int] = []

    def read(digits: Floats) -> Floats:
        asked.append(len(digits))
        return np.zeros((len(digits), 10), np.float32)

    told(Brought.of(encoded(255 - np.kron(row, np.ones((4, 4), np.uint8))), 0), read, "cnn")

    assert asked == [4, 4]
