"""How a network is trained: the settings, and when images are changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.architectures.recipe.augmentation import Augmentation

HELD_OUT = 5_000  # of the training images, the last ones, which choose the epoch and are never learned


@dataclass(frozen=True)
class Recipe:
    """Settings of one training with Adam (Kingma & Ba 2015, arXiv:1412.6980) as Keras sets it.

    Attributes:
        epochs: Times that every image is seen.
        batch_size: Images of one step.
        learning_rate: Of the first step; it then falls along half a cosine to zero.
        augmentation: How images are changed before they are learned, each time anew; None for not at all.
        refined: Share of the epochs, the last ones, in which images are learned as they are: a network that
            learns changed images alone fits the others less well (He et al. 2019, arXiv:1909.09148).
        dropout: By layer, the share of its inputs that is left out at random while it learns (Srivastava et
            al. 2014, JMLR 15:1929). It is no part of the network that comes of it.
        blended: Share of the images that are learned blended with another one, and so are their labels (Zhang
            et al. 2018, arXiv:1710.09412); as long as images are not learned as they are.
        decay: Share of each weight, times the learning rate, that is taken off it in every step (Loshchilov &
            Hutter 2019, arXiv:1711.05101).
    """

    epochs: int
    batch_size: int
    learning_rate: float
    augmentation: Augmentation | None = None
    refined: float = 0.0
    dropout: Mapping[str, float] = field(default_factory=dict)
    blended: float = 0.0
    decay: float = 0.0

    def blends(self, epoch: int) -> float:
        """Return the share of the images that are blended with another in an epoch, counted from 0."""
        return 0.0 if self.refines(epoch) else self.blended

    def augmented(self, epoch: int) -> Augmentation | None:
        """Return how images are changed in an epoch, counted from 0; None for not at all.

        >>> from models.architectures.recipe.augmentation import OTHER_HANDS
        >>> recipe = Recipe(45, 128, 0.002, OTHER_HANDS, refined=0.2)
        >>> [recipe.augmented(epoch) is None for epoch in (0, 35, 36, 44)]
        [False, False, True, True]
        """
        return None if self.refines(epoch) else self.augmentation

    def refines(self, epoch: int) -> bool:
        """Return whether images are learned as they are in an epoch, counted from 0: in the last ones."""
        return epoch >= self.epochs * (1 - self.refined)
