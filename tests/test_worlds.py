from __future__ import annotations

import numpy as np
import pytest

from models.datasets.dataset import Dataset
from tests import worlds


def test_the_made_up_images_are_no_digits() -> None:
    """37 images, neither square nor grey, of three classes with names, the same for one seed."""
    world = worlds.made_up()

    assert world.images.shape == (37, 12, 20, 3)
    assert world.images.dtype == np.uint8
    assert sorted(np.bincount(world.labels)) == [12, 12, 13]
    assert len(set(world.classes)) == 3
    assert world.inputs.max() <= 1
    assert np.array_equal(world.images, worlds.made_up.__wrapped__(0).images)
    assert not np.array_equal(world.images, worlds.made_up(1).images)


@pytest.mark.keras
def test_the_branching_network_learns_them(made_up: Dataset) -> None:
    """After its short training it names most of the images that it learned."""
    answers = np.asarray(worlds.trained()(made_up.inputs, training=False)).argmax(axis=-1)

    assert (answers == made_up.labels).mean() > 0.9
