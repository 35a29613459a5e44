"""The article's convolutional network, trained on digits that are moved anew each time they are seen."""

from __future__ import annotations

from models.architectures.cnn import build
from models.architectures.recipe import Recipe
from models.architectures.recipe.augmentation import OTHER_HANDS

__all__ = ["RECIPE", "TITLE", "build"]

TITLE = "Convolutional network, augmented"
RECIPE = Recipe(
    epochs=45,
    batch_size=128,
    learning_rate=0.002,
    augmentation=OTHER_HANDS,
    refined=0.2,
    dropout={"output": 0.2},
)
