"""A small residual network: what a block adds to its input is learned, and the input passes by as it is.

Source: He, Zhang, Ren & Sun (2016), Deep Residual Learning for Image Recognition, arXiv:1512.03385, with few
channels and few blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets import fashion_mnist
from models.datasets.shipped import SOURCES, Source

if TYPE_CHECKING:
    import keras

TITLE, NAME = "Residual network, clothing", "ResNet"
DATASET = fashion_mnist.KEY
RECIPE = Recipe(epochs=4, batch_size=128, learning_rate=0.004)
WIDTH = 16  # channels of the first convolution


def build(
    learned: Source = SOURCES[DATASET],
    maps: Sequence[int] = (WIDTH, 2 * WIDTH),
    kernel: int = 3,
    activation: str = "relu",
    name: str = "resnet-fashion",
) -> keras.Model:
    """Return it with fresh weights: images, (rows, columns, channels), to a probability of each class.

    Args:
        learned: The data set, which says what an image is like and how many classes there are.
        maps: Of each block; where a block has others than the one before, it takes every second cell.
        kernel: Side of every kernel, but for those of what passes by.
        activation: Behind every normalisation.
        name: Of the model.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading TITLE and RECIPE must not

    image = keras.Input(learned.spec.shape)
    first = keras.layers.Conv2D(maps[0], kernel, strides=2, padding="same", use_bias=False, name="conv1")
    x = keras.layers.Activation(activation, name="relu1")(_normalised(first(image), "norm1"))
    before = maps[0]
    for number, channels in enumerate(maps, 1):
        x = _block(x, f"block{number}", (channels, kernel, activation), stride=1 + (channels != before))
        before = channels
    x = keras.layers.GlobalAveragePooling2D(name="mean")(x)
    classes = keras.layers.Dense(len(learned.classes), activation="softmax", name="output")(x)
    return keras.Model(image, classes, name=name)


def _block(x: keras.KerasTensor, name: str, form: tuple[int, int, str], stride: int = 1) -> keras.KerasTensor:
    """Return what a block makes of maps: two convolutions of them, added to the maps themselves.

    Where it takes every second cell, a convolution of 1×1 does so to the maps that pass by.

    Args:
        x: The maps.
        name: Of the block.
        form: How many maps it makes, the side of its kernels, and its activation.
        stride: Cells that a step goes.
    """
    import keras  # noqa: PLC0415

    channels, kernel, activation = form

    def convolved(x: keras.KerasTensor, side: int, step: int, end: str) -> keras.KerasTensor:
        layer = keras.layers.Conv2D(
            channels, side, strides=step, padding="same", use_bias=False, name=f"{name}_conv{end}"
        )
        return _normalised(layer(x), f"{name}_norm{end}")

    y = keras.layers.Activation(activation, name=f"{name}_relu1")(convolved(x, kernel, stride, "1"))
    y = convolved(y, kernel, 1, "2")
    past = x if stride == 1 else convolved(x, 1, stride, "_past")
    return keras.layers.Activation(activation, name=f"{name}_relu2")(
        keras.layers.Add(name=f"{name}_add")([y, past])
    )


def _normalised(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    import keras  # noqa: PLC0415

    return keras.layers.BatchNormalization(name=name)(x)
