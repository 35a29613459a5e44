"""The article's fully connected network: every unit of `dense1` sees the whole image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.mnist import SPEC

if TYPE_CHECKING:
    import keras

TITLE = "Fully connected network"
RECIPE = Recipe(epochs=8, batch_size=64, learning_rate=0.002)


def build(first: int = 512, second: int = 256, name: str = "fcn") -> keras.Model:
    """Return it with fresh weights: images of MNIST, in [0, 1], to 10 probabilities; 535,818 parameters.

    Args:
        first: Units of `dense1`.
        second: Units of `dense2`.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    return keras.Sequential(
        [
            keras.Input(SPEC.shape),
            keras.layers.Flatten(name="flatten"),  # 784
            keras.layers.Dense(first, activation="relu", kernel_initializer="he_uniform", name="dense1"),
            keras.layers.Dense(second, activation="relu", kernel_initializer="he_uniform", name="dense2"),
            keras.layers.Dense(10, activation="softmax", name="output"),
        ],
        name=name,
    )
