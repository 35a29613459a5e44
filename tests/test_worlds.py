from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.datasets.dataset import Dataset
from models.store import loading, manifest
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
def test_the_networks_learn_them(made_up: Dataset, made_up_folder: Path) -> None:
    """After its short training each names most of the images that it learned."""
    for entry in manifest.read(made_up_folder):
        answers = np.asarray(loading.load(entry, made_up_folder)(made_up.inputs, training=False)).argmax(
            axis=-1
        )

        assert (answers == made_up.labels).mean() > 0.9, entry.key
