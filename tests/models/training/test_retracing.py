from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.architectures import find
from models.architectures.recipe import HELD_OUT, Recipe
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.training.retracing import is_early, retrace

pytestmark = pytest.mark.keras
LEARNED = 100


@pytest.fixture
def images(rng: np.random.Generator) -> Dataset:
    """Noise of the form of digits: a hundred to learn, and those that are held out."""
    count = LEARNED + HELD_OUT
    return mnist.dataset(
        rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count, np.uint8)
    )


def test_a_training_is_kept_from_its_beginning_to_its_end(
    images: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random weights, steps ever further apart within the first epoch, and the end of every epoch."""
    import keras

    recipe = Recipe(epochs=2, batch_size=10, learning_rate=0.01)
    source = replace(find("fcn").source, load=lambda *_: images)
    monkeypatch.setattr("models.architectures.SOURCES", {"mnist": source})
    network = replace(find("fcn"), recipe=recipe)
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    begun = model.get_weights()
    held = retrace(model, network, seed=3)

    assert [(each.step, each.epoch) for each in held] == [(0, 0), (1, None), (4, None), (10, 1), (20, 2)]
    assert all(np.array_equal(one, other) for one, other in zip(begun, held[0].weights, strict=True))
    assert [len({each.weights[0].tobytes() for each in held})] == [5]


def test_early_moments_lie_ever_further_apart() -> None:
    """Each has four times as many steps before it as the one in front of it."""
    assert [step for step in range(1, 5000) if is_early(step)] == [1, 4, 16, 64, 256, 1024, 4096]
