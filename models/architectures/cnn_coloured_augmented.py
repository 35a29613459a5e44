"""The network for digits in coloured ink, trained on digits whose ink is another each time they are seen."""

from __future__ import annotations

from dataclasses import replace

from models.architectures import cnn_coloured
from models.architectures.cnn_coloured import DATASET, build
from models.architectures.recipe.augmentation import Recolouring

__all__ = ["DATASET", "NAME", "RECIPE", "TITLE", "build"]

TITLE, NAME = "Convolutional network, coloured ink, augmented", "CNN augmented"
RECIPE = replace(cnn_coloured.RECIPE, augmentation=Recolouring())
