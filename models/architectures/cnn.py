"""The article's convolutional network: filters of 3×3 slide over the image, then over what they found.

The article gives the width of the second convolution only in a picture; 64 is the classic choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.shipped import DEFAULT, SOURCES, Source

if TYPE_CHECKING:
    import keras

TITLE = "Convolutional network"
RECIPE = Recipe(epochs=4, batch_size=128, learning_rate=0.003)


def build(learned: Source = SOURCES[DEFAULT], name: str = "cnn") -> keras.Model:
    """Return it with fresh weights: images, (rows, columns, channels), to a probability of each class.

    Args:
        learned: The data set, which says what an image is like and how many classes there are. On MNIST the
            network has 1,199,882 parameters.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    return keras.Sequential(
        [
            keras.Input(learned.spec.shape),
            keras.layers.Conv2D(32, 3, activation="relu", name="conv1"),
            keras.layers.Conv2D(64, 3, activation="relu", name="conv2"),
            keras.layers.MaxPooling2D(2, name="pool"),  # of MNIST 24, 24, 64 → 12, 12, 64
            keras.layers.Flatten(name="flatten"),  # 9216
            keras.layers.Dense(128, activation="relu", name="dense"),
            keras.layers.Dense(len(learned.classes), activation="softmax", name="output"),
        ],
        name=name,
    )
