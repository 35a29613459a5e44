"""What one step of a training learns: images in an order, and moved, as the seed and the epoch say."""

from __future__ import annotations

import keras
import numpy as np

from models.architectures.recipe import Recipe
from models.arrays import Floats, Labels
from models.datasets.dataset import Dataset


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
    """The batches of one epoch at a time; every epoch has its own order and its own movements.

    All of them follow from the seed, the epoch and the step, and from nothing before: a training that goes on
    after an interruption learns what it would have learned.

    Attributes:
        recipe: Says how large a batch is, and how images are moved.
        seed: Of order and movements.
    """

    def __init__(self, learned: Dataset, recipe: Recipe, seed: int) -> None:
        """Take what is to be learned; the first epoch begins.

        Args:
            learned: All of it.
            recipe: Says how large a batch is, and how images are moved.
            seed: Of order and movements.
        """
        super().__init__()
        self._inputs, self._labels, self._classes = learned.inputs, learned.labels, len(learned.classes)
        self.recipe, self.seed = recipe, seed
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Put the images into the order of an epoch, counted from 0."""
        size = self.recipe.batch_size
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self._labels))
        self._epoch = epoch, order[: len(self) * size].reshape(len(self), size)

    def __len__(self) -> int:
        """Return how many full batches there are; what does not fill the last one is left out this time."""
        return len(self._labels) // self.recipe.batch_size

    def __getitem__(self, step: int) -> tuple[Floats, Labels | Floats]:
        """Return what is learned in a step of the epoch: inputs, and their labels, or shares of all classes.

        Shares, (images, classes) float32, are learned by a recipe that blends images, in every step.
        """
        epoch, order = self._epoch
        inputs, labels = self._inputs[order[step]], self._labels[order[step]]
        rng = np.random.default_rng((self.seed, epoch, step))
        if augmentation := self.recipe.augmented(epoch):
            inputs = augmentation.apply(inputs, rng)
        if not self.recipe.blended:
            return inputs, labels
        return blended(inputs, shares(labels, self._classes), self.recipe.blends(epoch), rng)


def shares(labels: Labels, classes: int) -> Floats:
    """Return labels as shares of all classes: (images, classes) float32.

    >>> shares(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    return np.eye(classes, dtype=np.float32)[labels]


def blended(inputs: Floats, targets: Floats, share: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return inputs and targets, a share of them blended by chance with another one, which adds at most half.

    Args:
        inputs: (images, …).
        targets: (images, classes).
        share: Of the images that are blended, from 0 to 1.
        rng: Of the chances.

    Source: Zhang et al. (2018), mixup, arXiv:1710.09412, with weights that are uniform.
    """
    count = len(inputs)
    weights = np.where(rng.random(count) < share, rng.uniform(0.5, 1, count), 1).astype(np.float32)
    others = rng.permutation(count)

    def mixed(values: Floats) -> Floats:
        weight = weights.reshape(-1, *[1] * (values.ndim - 1))
        return values * weight + values[others] * (1 - weight)

    return mixed(inputs), mixed(targets)
