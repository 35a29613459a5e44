"""The article's fully connected network for clothing: pieces are moved and mirrored anew each time."""

from __future__ import annotations

from dataclasses import replace

from models.architectures import fcn_fashion
from models.architectures.fcn_fashion import DATASET, build
from models.architectures.recipe.augmentation import OTHER_PIECES

__all__ = ["DATASET", "NAME", "RECIPE", "TITLE", "build"]

TITLE, NAME = "Fully connected network, clothing, augmented", "FCN augmented"
RECIPE = replace(fcn_fashion.RECIPE, epochs=60, augmentation=OTHER_PIECES)
