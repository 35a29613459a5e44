from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.convolution import ReceptiveField
from models.explanation import (
    METHODS,
    ORDERS,
    SQUARE,
    STEPS,
    Question,
    convolutions,
    deleted,
    deletion,
    occluded,
    on_pixels,
)
from models.forward_pass import Floats
from tests import networks

DIGITS = arrays(np.float32, (28, 28, 1), elements=st.sampled_from([0, 0, 0, 0.25, 1]), fill=st.just(0))


def test_a_score_is_a_logit_or_a_lead(rng: np.random.Generator) -> None:
    """The logit of the class, less that of the other one, if there is another."""
    logits = rng.normal(size=(3, 10)).astype(np.float32)

    np.testing.assert_allclose(Question("gradient", 4).score(logits), logits[:, 4])
    np.testing.assert_allclose(
        Question("gradient", 4, 9).score(logits), logits[:, 4] - logits[:, 9], atol=1e-6
    )


def test_every_method_has_its_definition_and_its_source() -> None:
    """One sentence each, and who wrote it, with a DOI."""
    for method in METHODS.values():
        assert method.definition.endswith(".")
        assert "doi:" in method.source


def test_what_grad_cam_can_look_at() -> None:
    """Convolutions; a fully connected network has none."""
    assert [layer.name for layer in convolutions(networks.CNN)] == ["conv1", "conv2"]
    assert convolutions(networks.FCN) == ()


@given(DIGITS)
def test_every_square_with_ink_is_occluded(digit: Floats) -> None:
    """By plain loops: the square around each pixel is black, the rest as it was; none without ink."""
    digits, middles = occluded(digit)

    expected = {}
    for row in range(28):
        for column in range(28):
            changed = digit.copy()
            for y in range(row - SQUARE // 2, row + SQUARE // 2 + 1):
                for x in range(column - SQUARE // 2, column + SQUARE // 2 + 1):
                    if 0 <= y < 28 and 0 <= x < 28:
                        changed[y, x] = 0
            if (changed != digit).any():
                expected[row, column] = changed
    assert [tuple(middle) for middle in middles.tolist()] == list(expected)
    assert all(np.array_equal(*pair) for pair in zip(digits, expected.values(), strict=True))


@given(DIGITS, st.integers(0, 9))
def test_the_most_important_ink_goes_first(digit: Floats, seed: int) -> None:
    """In even steps from all to none of it; whatever is gone was at least as important as what is left."""
    importance = np.random.default_rng(seed).integers(0, 5, (28, 28)).astype(np.float32)

    digits = deleted(digit, importance)

    assert digits.shape == (STEPS + 1, 28, 28, 1)
    assert np.array_equal(digits[0], digit)
    assert not digits[-1].any()
    ink = digit[..., 0] != 0
    for step, left in enumerate(digits[..., 0] != 0):
        gone = ink & ~left
        assert not (left & ~ink).any()
        assert gone.sum() == round(step * ink.sum() / STEPS)
        if gone.any() and left.any():
            assert importance[gone].min() >= importance[left].max()


def test_a_deletion_is_compared_with_random_orders(rng: np.random.Generator) -> None:
    """All begin at the whole digit and end at black; the orders are random, and the same every time."""
    digit = rng.random((28, 28, 1), np.float32)
    weights = rng.random((28, 28, 1), np.float32)

    def score(digits: Floats) -> NDArray[np.float64]:
        return np.asarray((digits * weights).sum(axis=(1, 2, 3), dtype=np.float64) + 3)

    found = deletion(score, digit, (digit * weights)[..., 0])

    assert found.random.shape == (ORDERS, STEPS + 1)
    curves = np.vstack([found.scores, found.random])
    np.testing.assert_allclose(curves[:, 0], score(digit[np.newaxis])[0])
    np.testing.assert_allclose(curves[:, -1], 3)
    assert (found.scores[1:-1] < found.random[:, 1:-1].min(axis=0)).all()
    assert len(np.unique(found.random[:, 1:-1], axis=0)) == ORDERS
    assert np.array_equal(found.random, deletion(score, digit, weights[..., 0]).random)


@pytest.mark.parametrize(
    ("size", "step", "start", "cells"), [(3, 1, 0, 26), (5, 1, 0, 24), (6, 2, 0, 12), (3, 1, -1, 28)]
)
def test_a_map_lies_over_the_digit(size: int, step: int, start: int, cells: int) -> None:
    """A pixel has the value of the cell in the middle of whose field it is, at the border the last one's."""
    axis = ReceptiveField(size, step, start)
    values = np.arange(cells * cells, dtype=np.float32).reshape(cells, cells)

    found = on_pixels(values, (axis, axis))

    assert found.shape == (28, 28)
    for row in range(28):
        middles = [start + step * cell + (size - 1) / 2 for cell in range(cells)]
        nearest = min(range(cells), key=lambda cell, row=row: abs(middles[cell] - row))  # type: ignore[misc]
        assert np.array_equal(found[row], values[nearest, (found[0] % cells).astype(int)])
        assert np.array_equal(found[:, row] % cells, np.full(28, nearest))
