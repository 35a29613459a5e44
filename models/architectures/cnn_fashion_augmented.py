"""The article's convolutional network for clothing: pieces are moved and mirrored anew each time."""

from __future__ import annotations

from dataclasses import replace

from models.architectures import cnn_fashion
from models.architectures.cnn_fashion import DATASET, build
from models.architectures.recipe.augmentation import OTHER_PIECES

__all__ = ["DATASET", "NAME", "RECIPE", "TITLE", "build"]

TITLE, NAME = "Convolutional network, clothing, augmented", "CNN augmented"
RECIPE = replace(cnn_fashion.RECIPE, epochs=30, augmentation=OTHER_PIECES, refined=0.1)
