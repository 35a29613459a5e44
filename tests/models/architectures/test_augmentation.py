from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from models.architectures.recipe.augmentation import OTHER_HANDS, OTHER_PIECES, Movement, Recolouring
from models.arrays import Floats
from models.datasets import coloured_mnist, mnist
from models.datasets.mnist import prepare

NOTHING = Movement(**{field.name: 0.0 for field in fields(Movement)} | {"smoothness": 4.0})


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


def test_pieces_are_turned_left_for_right_by_chance(digits: Floats, rng: np.random.Generator) -> None:
    """Moved by nothing else, about half of them are mirrored, and the others are as they were."""
    still = {field.name: 0.0 for field in fields(Movement)} | {"smoothness": 4.0}
    turned = replace(OTHER_PIECES, **still).apply(digits, rng)
    mirrored = [abs(one - other[:, ::-1]).max() < 1e-5 for one, other in zip(turned, digits, strict=True)]
    same = [abs(one - other).max() < 1e-5 for one, other in zip(turned, digits, strict=True)]

    assert all(one or other for one, other in zip(mirrored, same, strict=True))
    assert 16 < sum(mirrored) < 48


def test_recolouring_keeps_the_shape_and_forgets_the_colour(rng: np.random.Generator) -> None:
    """The ink is as strong as before in its brightest channel; a class comes in every colour there is."""
    images = coloured_mnist.load("test")[:400]
    changed = Recolouring().apply(images.inputs, rng)
    worn = {tuple(np.rint(255 * image.reshape(-1, 3).max(axis=0)).astype(int)) for image in changed}

    assert changed.shape == images.inputs.shape
    assert changed.dtype == np.float32
    assert coloured_mnist.grey(changed) == pytest.approx(coloured_mnist.grey(images.inputs), abs=1e-6)
    assert len(worn) >= len(coloured_mnist.INKS)
