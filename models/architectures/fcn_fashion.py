"""The article's fully connected network, for pieces of clothing instead of digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures import fcn
from models.architectures.recipe import Recipe
from models.datasets import fashion_mnist
from models.datasets.shipped import SOURCES

if TYPE_CHECKING:
    import keras

TITLE, NAME = "Fully connected network, clothing", "FCN"
DATASET = fashion_mnist.KEY
RECIPE = Recipe(epochs=24, batch_size=128, learning_rate=0.0015, dropout={"dense2": 0.2, "output": 0.2})


def build() -> keras.Model:
    """Return it with fresh weights, and the layers of the FCN that reads digits."""
    return fcn.build(SOURCES[DATASET], name="fcn-fashion")
