"""The article's convolutional network: filters of 3×3 slide over the image, then over what they found.

The article gives the width of the second convolution only in a picture; 64 is the classic choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.shipped import DEFAULT, SOURCES, Source

if TYPE_CHECKING:
    import keras

TITLE = "Convolutional network"
RECIPE = Recipe(epochs=4, batch_size=128, learning_rate=0.003)


def build(
    learned: Source = SOURCES[DEFAULT],
    maps: Sequence[int] = (32, 64),
    kernel: int = 3,
    units: int = 128,
    *,
    activation: str = "relu",
    name: str = "cnn",
) -> keras.Model:
    """Return it with fresh weights: images, (rows, columns, channels), to a probability of each class.

    Args:
        learned: The data set, which says what an image is like and how many classes there are. On MNIST the
            network has 1,199,882 parameters.
        maps: Of `conv1`, `conv2` and so on; behind every second and behind the last one is a pooling layer.
        kernel: Side of every kernel.
        units: Of `dense`.
        activation: Of all these.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    seeing: list[keras.Layer] = []
    for number, count in enumerate(maps, 1):
        seeing.append(keras.layers.Conv2D(count, kernel, activation=activation, name=f"conv{number}"))
        if pool := pooled(number, len(maps)):
            seeing.append(keras.layers.MaxPooling2D(2, name=pool))  # of MNIST 24, 24, 64 → 12, 12, 64
    return keras.Sequential(
        [
            keras.Input(learned.spec.shape),
            *seeing,
            keras.layers.Flatten(name="flatten"),  # 9216
            keras.layers.Dense(units, activation=activation, name="dense"),
            keras.layers.Dense(len(learned.classes), activation="softmax", name="output"),
        ],
        name=name,
    )


def pooled(number: int, convolutions: int) -> str:
    """Return what the pooling layer behind a convolution is called, "" where there is none.

    Args:
        number: Of the convolution, from 1.
        convolutions: How many there are.

    >>> [pooled(number, 3) for number in (1, 2, 3)], pooled(2, 2)
    (['', 'pool1', 'pool2'], 'pool')
    """
    if number % 2 and number < convolutions:
        return ""
    return "pool" if convolutions <= 2 else f"pool{(number + 1) // 2}"
