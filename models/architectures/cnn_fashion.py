"""The article's convolutional network, for pieces of clothing instead of digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures import cnn
from models.architectures.recipe import Recipe
from models.datasets import fashion_mnist
from models.datasets.shipped import SOURCES

if TYPE_CHECKING:
    import keras

TITLE, NAME = "Convolutional network, clothing", "CNN"
DATASET = fashion_mnist.KEY
RECIPE = Recipe(epochs=10, batch_size=128, learning_rate=0.002, dropout={"flatten": 0.3, "output": 0.5})


def build() -> keras.Model:
    """Return it with fresh weights, and the layers of the CNN that reads digits."""
    return cnn.build(SOURCES[DATASET], name="cnn-fashion")
