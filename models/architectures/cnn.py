"""The article's convolutional network: filters of 3×3 slide over the image, then over what they found.

The article gives the width of the second convolution only in a picture; 64 is the classic choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.mnist import SPEC

if TYPE_CHECKING:
    import keras

TITLE = "Convolutional network"
RECIPE = Recipe(epochs=4, batch_size=128, learning_rate=0.003)


def build() -> keras.Model:
    """Return it with fresh weights: images of MNIST, in [0, 1], to 10 probabilities; 1,199,882 parameters."""
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    return keras.Sequential(
        [
            keras.Input(SPEC.shape),
            keras.layers.Conv2D(32, 3, activation="relu", name="conv1"),
            keras.layers.Conv2D(64, 3, activation="relu", name="conv2"),
            keras.layers.MaxPooling2D(2, name="pool"),  # 24, 24, 64 → 12, 12, 64
            keras.layers.Flatten(name="flatten"),  # 9216
            keras.layers.Dense(128, activation="relu", name="dense"),
            keras.layers.Dense(10, activation="softmax", name="output"),
        ],
        name="cnn",
    )
