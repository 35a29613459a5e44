from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from models.architectures.recipe.augmentation import OTHER_HANDS, Augmentation
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import prepare

NOTHING = Augmentation(**{field.name: 0.0 for field in fields(Augmentation)} | {"smoothness": 4.0})


@pytest.fixture(scope="module")
def digits() -> Floats:
    return prepare(mnist.load("train").images[:64])


def test_moving_by_nothing_changes_nothing(digits: Floats, rng: np.random.Generator) -> None:
    """With every strength at zero the digits come back."""
    assert NOTHING.apply(digits, rng) == pytest.approx(digits, abs=1e-6)


@pytest.mark.parametrize("part", ["rotation", "scale", "shear", "shift", "elastic"])
def test_each_strength_moves_ink(part: str, digits: Floats, rng: np.random.Generator) -> None:
    """Each alone changes every digit, and no two copies of a digit in the same way."""
    moved = replace(NOTHING, **{part: getattr(OTHER_HANDS, part)}).apply(
        np.repeat(digits[:1], 8, axis=0), rng
    )

    assert len(np.unique(moved.reshape(8, -1), axis=0)) == 8
    assert all(abs(each - digits[0]).max() > 0.01 for each in moved)


def test_moved_digits_are_digits(digits: Floats, rng: np.random.Generator) -> None:
    """Same shape and type, within [0, 1], about as much ink as before."""
    moved = OTHER_HANDS.apply(digits, rng)

    assert moved.shape == digits.shape
    assert moved.dtype == np.float32
    assert moved.min() >= 0
    assert moved.max() <= 1
    assert moved.sum() == pytest.approx(digits.sum(), rel=0.1)


def test_the_same_random_numbers_move_the_same_way(digits: Floats) -> None:
    """A seed names a sequence of digits, so that a training can be repeated."""
    one, same, other = (OTHER_HANDS.apply(digits, np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
