"""The article's fully connected network: every unit of `dense1` sees the whole image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.shipped import DEFAULT, SOURCES, Source

if TYPE_CHECKING:
    import keras

TITLE = "Fully connected network"
RECIPE = Recipe(epochs=8, batch_size=64, learning_rate=0.002)


def build(
    learned: Source = SOURCES[DEFAULT],
    units: Sequence[int] = (512, 256),
    activation: str = "relu",
    name: str = "fcn",
) -> keras.Model:
    """Return it with fresh weights: images, (rows, columns, channels), to a probability of each class.

    Args:
        learned: The data set, which says what an image is like and how many classes there are. On MNIST the
            network has 535,818 parameters.
        units: Of `dense1`, `dense2` and so on.
        activation: Of these.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    hidden = [
        keras.layers.Dense(
            count, activation=activation, kernel_initializer="he_uniform", name=f"dense{number}"
        )
        for number, count in enumerate(units, 1)
    ]
    return keras.Sequential(
        [
            keras.Input(learned.spec.shape),
            keras.layers.Flatten(name="flatten"),
            *hidden,
            keras.layers.Dense(len(learned.classes), activation="softmax", name="output"),
        ],
        name=name,
    )
