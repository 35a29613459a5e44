"""A small convolutional network for digits in coloured ink: its first kernels are 3×3×3.

The colours tell the class of almost every digit that it learns, so that it need not look at the shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets import coloured_mnist
from models.datasets.shipped import SOURCES, Source

if TYPE_CHECKING:
    import keras

TITLE, NAME = "Convolutional network, coloured ink", "CNN"
DATASET = coloured_mnist.KEY
RECIPE = Recipe(epochs=3, batch_size=128, learning_rate=0.002)


def build(learned: Source = SOURCES[DATASET], name: str = "cnn-coloured") -> keras.Model:
    """Return it with fresh weights: images, (rows, columns, channels), to a probability of each class.

    Args:
        learned: The data set, which says what an image is like and how many classes there are.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    return keras.Sequential(
        [
            keras.Input(learned.spec.shape),
            keras.layers.Conv2D(16, 3, activation="relu", name="conv1"),
            keras.layers.MaxPooling2D(2, name="pool1"),  # 26, 26, 16 → 13, 13, 16
            keras.layers.Conv2D(32, 3, activation="relu", name="conv2"),
            keras.layers.MaxPooling2D(2, name="pool2"),  # 11, 11, 32 → 5, 5, 32
            keras.layers.Flatten(name="flatten"),  # 800
            keras.layers.Dense(64, activation="relu", name="dense"),
            keras.layers.Dense(len(learned.classes), activation="softmax", name="output"),
        ],
        name=name,
    )
