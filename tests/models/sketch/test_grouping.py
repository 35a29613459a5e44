from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from models.sketch.grouping import extent, grouped

Box = tuple[int, int, int, int]  # top, left, bottom, right

DIGIT = (20, 20, 60, 45)


def numbers(*parts: Box) -> list[int]:
    """Return the digit that each part, a filled box, belongs to."""
    names = np.zeros((200, 300), np.int32)
    for number, (top, left, bottom, right) in enumerate(parts, 1):
        names[top:bottom, left:right] = number
    boxes = np.array([[(side.start, side.stop) for side in box] for box in ndimage.find_objects(names)])
    return [int(number) for number in grouped(names, boxes)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((DIGIT,), [1]),
        ((DIGIT, (20, 60, 60, 85)), [1, 2]),
        ((DIGIT, (20, 49, 60, 74)), [1, 2]),
        (((20, 60, 60, 85), DIGIT), [2, 1]),
        ((DIGIT, (90, 20, 130, 45)), [1, 2]),
        ((DIGIT, (8, 30, 14, 60)), [1, 1]),
        ((DIGIT, (20, 47, 26, 75)), [1, 1]),
        ((DIGIT, (20, 47, 26, 90)), [1, 1]),
        ((DIGIT, (20, 52, 26, 90)), [1, 2]),
        (((20, 20, 40, 45), (44, 20, 64, 45)), [1, 1]),
        (((20, 20, 45, 38), (20, 40, 60, 45)), [1, 1]),
        ((DIGIT, (55, 48, 60, 52)), [1, 1]),
        ((DIGIT, (120, 200, 130, 210)), [1, 0]),
        ((DIGIT, (38, 100, 44, 140)), [1, 2]),
        ((DIGIT, (20, 80, 32, 100), (36, 80, 48, 100), (52, 80, 60, 100)), [1, 2, 2, 2]),
        ((DIGIT, (20, 70, 60, 95), (50, 62, 58, 68)), [1, 2, 2]),
    ],
    ids=[
        "alone", "two", "two, close", "two, from left to right", "one below the other", "a bar above",
        "a bar at the right", "a long one", "a long one, not as near", "broken in two", "an open four",
        "a dot near", "a dot far away", "low and wide",
        "broken in many, none as high as the other", "a dot belongs to the nearer one",
    ],
)  # fmt: skip
def test_strokes_make_digits(parts: tuple[Box, ...], expected: list[int]) -> None:
    """Strokes above each other, and pieces near, are one digit; what stands beside is another."""
    assert numbers(*parts) == expected


def test_lines_are_read_one_after_the_other() -> None:
    """Also where they rise, so that the end of the second is as high as the beginning of the first."""
    first = [(60 - 7 * i, 14 + 40 * i, 90 - 7 * i, 34 + 40 * i) for i in range(6)]
    second = [(120 - 7 * i, 10 + 40 * i, 150 - 7 * i, 30 + 40 * i) for i in range(6)]

    assert second[-1][0] < first[0][2]
    assert numbers(*second[::-1], *first) == [12, 11, 10, 9, 8, 7, 1, 2, 3, 4, 5, 6]


PARTS = st.lists(
    st.tuples(st.integers(0, 150), st.integers(0, 250), st.integers(1, 50), st.integers(1, 50)),
    min_size=1,
    max_size=12,
)


@given(PARTS)
def test_digits_are_numbered_without_a_gap(sizes: list[Box]) -> None:
    """Whatever lies wherever: each digit has a number of its own, and the tallest part has one."""
    ink = np.zeros((200, 300), np.bool_)
    for top, left, rows, columns in sizes:
        ink[top : top + rows, left : left + columns] = True
    names, _ = ndimage.label(ink, np.ones((3, 3)))
    boxes = np.array([[(side.start, side.stop) for side in box] for box in ndimage.find_objects(names)])

    found = grouped(names, boxes)

    assert set(found[found > 0]) == set(range(1, int(found.max()) + 1))
    assert found[np.ptp(boxes[:, 0], axis=1).argmax()] > 0
    whole = extent(boxes)
    assert (whole[:, 0] == boxes[..., 0].min(axis=0)).all()
    assert (whole[:, 1] == boxes[..., 1].max(axis=0)).all()
