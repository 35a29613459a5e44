"""The article's fully connected network, trained on digits that are moved anew each time they are seen."""

from __future__ import annotations

from models.architectures.fcn import build
from models.architectures.recipe import Recipe
from models.architectures.recipe.augmentation import OTHER_HANDS

__all__ = ["RECIPE", "TITLE", "build"]

TITLE = "Fully connected network, augmented"
RECIPE = Recipe(
    epochs=200,
    batch_size=128,
    learning_rate=0.002,
    augmentation=OTHER_HANDS,
)
