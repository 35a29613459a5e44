from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.architectures.recipe import Recipe
from models.architectures.recipe.augmentation import OTHER_HANDS
from models.datasets.dataset import Dataset, ImageSpec

if TYPE_CHECKING:
    from models.training.batches import Batches

pytestmark = pytest.mark.keras

GREY = ImageSpec(6, 9, 1)
PLAIN = Recipe(epochs=5, batch_size=8, learning_rate=0.1)
MOVED = replace(PLAIN, augmentation=OTHER_HANDS, refined=0.2)


def numbered(images: int, spec: ImageSpec = GREY) -> Dataset:
    """Return random images, each with its number for its label."""
    pixels = np.random.default_rng(0).integers(0, 256, (images, *spec.shape)).astype(np.uint8)
    return Dataset(
        pixels, np.arange(images, dtype=np.uint16), spec, tuple(f"class {place}" for place in range(images))
    )


def batches(learned: Dataset, recipe: Recipe = PLAIN, seed: int = 7, epoch: int = 0) -> Batches:
    from models.training.batches import Batches

    made = Batches(learned, recipe, seed)
    made.begin(epoch)
    return made


def order(found: Batches) -> list[int]:
    """Return the numbers of the images in the order in which they are learned."""
    return [int(number) for step in range(len(found)) for number in found[step][1]]


@pytest.mark.parametrize(("images", "size"), [(0, 8), (7, 8), (8, 8), (37, 8), (37, 1)])
def test_batches_are_full_and_no_image_comes_twice(images: int, size: int) -> None:
    """All batches have one size; together they hold different images, and all but less than a batch."""
    found = batches(numbered(images), replace(PLAIN, batch_size=size))

    assert {len(found[step][1]) for step in range(len(found))} <= {size}
    assert len(set(order(found))) == len(order(found)) == images - images % size


def test_every_epoch_and_every_seed_has_another_order() -> None:
    """It follows from seed and epoch alone, so that it needs none of the epochs before."""
    learned = numbered(37)
    found = batches(learned)
    first = order(found)
    found.begin(3)

    assert first != order(found) == order(batches(learned, epoch=3))
    assert first == order(batches(learned))
    assert first != order(batches(learned, seed=8))


def test_moved_images_are_learned_first_and_others_last() -> None:
    """The last fifth of the epochs learns every image as it is; before, each is moved anew with its label."""
    learned = numbered(37)
    still, early, later, last = (
        batches(learned, recipe, epoch=epoch)
        for recipe, epoch in ((PLAIN, 0), (MOVED, 0), (MOVED, 1), (MOVED, 4))
    )

    assert np.array_equal(early[2][1], still[2][1])
    assert not np.allclose(early[2][0], still[2][0], atol=0.05)
    assert np.array_equal(early[2][0], batches(learned, MOVED)[2][0])
    assert not np.allclose(early[2][0], early[3][0], atol=0.05)
    assert not np.allclose(early[2][0], later[2][0], atol=0.05)
    inputs, labels = last[1]
    assert np.array_equal(inputs, learned.inputs[labels])


def test_coloured_images_are_learned_too() -> None:
    """A batch has the form that the data set says."""
    inputs, labels = batches(numbered(37, ImageSpec(12, 20, 3)))[0]

    assert inputs.shape == (8, 12, 20, 3)
    assert inputs.dtype == np.float32
    assert labels.shape == (8,)


def test_blended_images_come_with_the_shares_of_their_classes() -> None:
    """Each is at least half itself, and as much another one as its label says; the last ones are whole."""
    learned = numbered(37)
    recipe = replace(PLAIN, blended=0.5, refined=0.2)
    early, again, last = (batches(learned, recipe, epoch=epoch) for epoch in (0, 0, 4))
    pure = 0
    for step in range(len(early)):
        inputs, targets = early[step]
        np.testing.assert_allclose(targets.sum(1), 1, atol=1e-6)
        np.testing.assert_allclose(inputs, np.einsum("nc,c...->n...", targets, learned.inputs), atol=1e-6)
        assert (targets.argmax(1) == batches(learned)[step][1]).all()
        assert targets.max(1).min() >= 0.5
        pure += int((targets.max(1) == 1).sum())
        assert np.array_equal(inputs, again[step][0])
    assert 8 < pure < 24  # of 32, half of them for certain to be blended
    for step in range(len(last)):
        inputs, targets = last[step]
        assert set(targets.max(1)) == {1.0}
        assert np.array_equal(inputs, learned.inputs[targets.argmax(1)])
