from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.datasets import mnist
from models.datasets.mnist import prepare
from models.pictures.parts import ImageError
from models.sketch.drawing import PAD, Bilevel
from models.sketch.image_file import read
from models.sketch.ink import MOST_DIGITS, Ink, find_ink
from models.sketch.preparation import prepare_drawing
from models.sketch.segmentation import otsu
from models.store import artefact, loading, manifest
from tests.models.photographs import light, number, photograph, picture

Pictures = NDArray[np.float32]

COUNTS = {photograph: 20, picture: 20}


def coloured(grey: NDArray[np.floating], *colour: float) -> Pictures:
    """Return a picture in shades of one colour, white unless another is named."""
    return np.asarray(grey[..., np.newaxis] * np.array(colour or (1, 1, 1)), np.float32)


def seven(rows: int = 200, columns: int = 150, top: int = 60, left: int = 40) -> NDArray[np.bool_]:
    """Return a seven of 80×50, lines 12 wide."""
    ink = np.zeros((rows, columns), np.bool_)
    ink[top : top + 12, left : left + 50] = True
    for row in range(80):
        ink[top + row, left + 38 - row // 3 : left + 50 - row // 3] = True
    return ink


def same(one: Ink, other: Ink) -> bool:
    """Whether two drawings differ in no more than the rims of their ink."""
    return float(np.mean(drawn(one) != drawn(other))) < 0.02


def drawn(found: Ink) -> Bilevel:
    """Return the drawing of the digit with most ink."""
    return found.digits[found.largest].drawing


SEVEN = find_ink(coloured(np.where(seven(), 0.1, 0.9)))


def test_it_is_fitted_into_the_pad() -> None:
    """In the middle, 80 of 112 points long, as 20 of 28 pixels are: all of it, and nothing else."""
    rows, columns = np.nonzero(drawn(SEVEN))

    assert set(np.unique(drawn(SEVEN))) == {0, 255}
    assert (rows.min(), rows.max() + 1) == (16, 96)
    assert columns.min() + columns.max() == pytest.approx(PAD - 1, abs=1)
    assert np.mean(drawn(SEVEN) > 0) == pytest.approx(seven().sum() / PAD**2, rel=0.1)
    assert (SEVEN.dark, SEVEN.digits[0].widened, SEVEN.dropped, SEVEN.channel) == (True, False, 0, "grey")
    assert SEVEN.contrast == pytest.approx(0.8 / 0.9, abs=0.02)


def test_light_ink_on_dark_is_found_and_said() -> None:
    """The same drawing, of a picture with black and white changed."""
    found = find_ink(coloured(np.where(seven(), 0.9, 0.1)))

    assert not found.dark
    assert same(found, SEVEN)


def test_a_shadow_is_no_ink(rng: np.random.Generator) -> None:
    """Neither what light leaves dark on one side, nor a shadow at the border that is darker than the ink."""
    ink = seven()
    uneven = np.where(ink, 0.5, 0.95) * light(200, 150, rng)
    uneven[:70, 110:] *= 0.3

    assert uneven[ink].max() > uneven[~ink].min()
    assert same(find_ink(coloured(uneven)), SEVEN)


def test_dirt_is_left_out_and_what_belongs_to_it_is_not() -> None:
    """A speck, and a short line far away, are dropped; the bar through a seven stays."""
    ink = seven(400, 400)
    barred = ink.copy()
    barred[95:103, 50:66] = True
    far = barred.copy()
    far[340:370, 350:360] = far[20, 20] = True

    found = find_ink(coloured(np.where(far, 0.1, 0.9)))

    assert found.dropped == 2
    assert same(found, find_ink(coloured(np.where(barred, 0.1, 0.9))))


def test_a_sheet_on_a_table_is_no_ink(rng: np.random.Generator) -> None:
    """Light paper on a dark table: what is found is on the paper; also where the paper leaves the picture."""
    ink, table = np.pad(seven(), 60), 0.25 + 0.03 * rng.normal(size=(320, 270))
    rows, columns = np.mgrid[:320, :270]
    inside = (abs(rows - 160 + 0.1 * columns) < 110) & (abs(columns - 130 - 0.1 * rows) < 90)
    beside = columns + 0.2 * rows < 230

    for sheet in (inside, beside):
        found = find_ink(coloured(np.where(sheet, np.where(ink, 0.2, 0.9), table)))
        assert found.dark
        assert same(found, SEVEN)


def test_a_digit_may_fill_the_picture() -> None:
    """Cut out along its ink, so that it touches all sides."""
    ring = np.zeros((90, 70), np.bool_)
    rows, columns = np.mgrid[-1:1:90j, -1:1:70j]
    ring[(rows**2 + columns**2 < 1) & (rows**2 + columns**2 > 0.5)] = True

    for dark in (True, False):
        found = find_ink(coloured(np.where(ring == dark, 0.05, 0.95)))
        assert found.dark == dark
        assert not drawn(found)[56, 56]
        assert np.mean(drawn(found) > 0) == pytest.approx(ring.sum() * (80 / 90) ** 2 / PAD**2, rel=0.1)


@pytest.mark.parametrize(
    ("ink", "paper", "channel"), [((1, 1, 0), (1, 1, 1), "blue"), ((0.9, 0.3, 0), (0, 0.6, 0), "red")]
)
def test_a_colour_that_is_hardly_darker_is_seen(
    ink: tuple[float, ...], paper: tuple[float, ...], channel: str
) -> None:
    """Yellow on white, and red on a green of about its brightness, by the channel in which they differ."""
    found = find_ink(np.where(seven()[..., np.newaxis], ink, paper).astype(np.float32))

    assert found.channel == channel
    assert same(found, SEVEN)


def test_slim_lines_are_widened_and_that_is_said() -> None:
    """A line of a pixel would vanish in a digit of 28×28; a digit still fits."""
    ink = np.zeros((300, 300), np.bool_)
    ink[50:250, 150] = ink[50, 100:150] = True

    found = find_ink(coloured(np.where(ink, 0.2, 0.8)))

    assert found.digits[0].widened
    assert (prepare_drawing(drawn(found)).pixels > 200).sum() > 20
    assert np.ptp(np.nonzero(drawn(found))[0]) == 79


def test_digits_are_told_apart_and_read_in_order() -> None:
    """Two lines of sevens: each by itself, with its box; the line above first, the largest taken."""
    places = ((40, 50), (48, 200), (36, 330), (220, 90), (230, 260))
    ink = np.logical_or.reduce([seven(400, 480, top, left) for top, left in places])
    ink[230 + 80 : 230 + 84, 280:292] = True  # the last one has a little more ink

    found = find_ink(coloured(np.where(ink, 0.1, 0.9)))

    assert (found.count, found.largest, found.dropped) == (5, 4, 0)
    for (top, left), digit in zip(places[:4], found.digits[:4], strict=True):
        assert digit.box == pytest.approx(
            (top / 400, left / 480, (top + 80) / 400, (left + 50) / 480), abs=0.008
        )
        assert digit.ink == pytest.approx(seven().sum() / ink.size, rel=0.1)
        assert float(np.mean(digit.drawing != drawn(SEVEN))) < 0.02


def test_on_a_sheet_a_digit_is_where_it_is_in_the_picture() -> None:
    """Its box is that of the whole picture, table and all."""
    ink = np.pad(seven(), 60)
    sheet = np.zeros_like(ink)
    sheet[50:270, 50:240] = True

    found = find_ink(coloured(np.where(sheet, np.where(ink, 0.2, 0.9), 0.2)))

    assert found.count == 1
    box = (120 / 320, 100 / 270, 200 / 320, 150 / 270)
    assert found.digits[0].box == pytest.approx(box, abs=0.01)


def test_of_very_many_the_first_are_kept() -> None:
    """As many as can be looked at, in order; how many there are is known."""
    sheet = np.zeros((480, 640), np.bool_)
    for top in range(20, 440, 60):
        for left in range(20, 600, 60):
            sheet[top : top + 36, left : left + 8] = True

    found = find_ink(coloured(np.where(sheet, 0.1, 0.9)))

    assert (found.count, len(found.digits)) == (70, MOST_DIGITS)
    assert found.digits[0].box[:2] == pytest.approx((20 / 480, 20 / 640), abs=0.005)
    assert found.digits[11].box[:2] == pytest.approx((80 / 480, 80 / 640), abs=0.005)
    assert found.largest < MOST_DIGITS


def test_what_is_much_wider_than_high_may_be_two_that_touch() -> None:
    """Two sevens in one piece are one digit, which says so; one alone does not."""
    both = seven(200, 300) | seven(200, 300, 60, 88)

    found = find_ink(coloured(np.where(both, 0.1, 0.9)))

    assert found.count == 1
    assert not found.digits[0].is_wide(300, 200)
    wide = find_ink(coloured(np.where(both | seven(200, 300, 60, 130), 0.1, 0.9)))
    assert wide.digits[0].is_wide(300, 200)
    assert not SEVEN.digits[0].is_wide(150, 200)


@pytest.mark.parametrize(
    ("grey", "why"),
    [
        (np.full((40, 40), 0.5), "same brightness"),
        (np.full((40, 40), 0.0), "same brightness"),
        (np.linspace(0.2, 0.8, 3600).reshape(60, 60), "stands out"),
        (0.5 + 0.1 * np.random.default_rng(7).normal(size=(300, 300)), "stands out"),
    ],
    ids=["grey", "black", "light alone", "noise"],
)
def test_where_there_is_no_digit_none_is_made(grey: NDArray[np.float64], why: str) -> None:
    """Nothing is invented: a sentence says why."""
    with pytest.raises(ImageError, match=why):
        find_ink(coloured(np.clip(grey, 0, 1)))


SHAPES = st.tuples(st.integers(8, 40), st.integers(8, 40), st.just(3))


@settings(max_examples=15)
@given(arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)))
def test_whatever_is_sent_is_drawn_or_refused(colours: Pictures) -> None:
    """Any picture at all: a drawing with ink in it, or a sentence."""
    with suppress(ImageError):
        found = find_ink(colours)
        assert 1 <= len(found.digits) <= MOST_DIGITS
        assert len(found.digits) == min(found.count, MOST_DIGITS)
        assert all(digit.drawing.any() for digit in found.digits)
        assert 0 <= found.contrast <= 1


def test_otsu_parts_what_differs_most(rng: np.random.Generator) -> None:
    """Two heaps of different sizes, whichever is larger, are parted between them."""
    for share in (0.1, 0.5, 0.9):
        heaps = np.where(rng.random(2000) < share, rng.normal(0.2, 0.04, 2000), rng.normal(0.8, 0.04, 2000))
        assert 0.3 < otsu(heaps) < 0.7


def test_numbers_are_counted(rng: np.random.Generator) -> None:
    """Of photographs of two to eight digits in a line nine in ten are counted right, of one digit more."""
    test = mnist.load("test").images
    rows = [rng.choice(len(test), rng.integers(2, 9)) for _ in range(15)]
    counts = [len(find_ink(read(number([test[i] for i in row], rng)).colours).digits) for row in rows]
    assert np.mean([count == len(row) for count, row in zip(counts, rows, strict=True)]) >= 0.9

    single = [find_ink(read(photograph(test[i], rng)).colours).count for i in rng.choice(len(test), 20)]
    assert np.mean(np.equal(single, 1)) >= 0.95


@pytest.mark.keras
def test_what_was_photographed_is_read() -> None:
    """Of test digits in pencil on paper, and of clean pictures of them, the CNN names 95 % right and more."""
    rng, test = np.random.default_rng(7), mnist.load("test")
    entry = next(entry for entry in manifest.read() if entry.key == "cnn")
    model = loading.load(entry, artefact.CHECKPOINTS)
    for made, count in COUNTS.items():
        chosen = rng.choice(len(test.images), count, replace=False)
        found = [find_ink(read(made(test.images[index], rng)).colours) for index in chosen]
        digits = prepare(np.stack([prepare_drawing(drawn(each)).pixels for each in found]))
        said = model(digits, training=False).numpy().argmax(axis=1)
        assert np.mean(said == test.labels[chosen]) >= 0.95, made.__name__
