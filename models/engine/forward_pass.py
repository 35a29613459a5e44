"""What one network computed for one digit, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.arrays import Floats
from models.graph.head import Head

Stage = Literal["pre", "post"]
STAGES: tuple[Stage, ...] = ("pre", "post")


@dataclass(frozen=True)
class Less(Mapping[str, Floats]):
    """Values of layers less others, each subtracted when it is asked for."""

    values_of: Mapping[str, Floats]
    others: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        """Return one layer's difference.

        Raises:
            KeyError: There is no such layer.
        """
        with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged
            return np.asarray(self.values_of[name] - self.others[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


@dataclass(frozen=True)
class ForwardPass:
    """Every layer's tensors for one image, float32, channels last, without the batch axis.

    Attributes:
        pre: Values before the layer's activation function.
        post: Values after it; the same arrays where the layer has none.
        head: How the answer is read; None of a chain that ends in its softmax.
    """

    pre: Mapping[str, Floats]
    post: Mapping[str, Floats]
    head: Head | None = None

    def tensor(self, layer: str, stage: Stage) -> Floats:
        """Return one layer's values.

        Raises:
            KeyError: There is no such layer.
        """
        return self.pre[layer] if stage == "pre" else self.post[layer]

    def minus(self, other: ForwardPass) -> ForwardPass:
        """Return by how much every value is larger than that of another image in the same network."""
        return ForwardPass(Less(self.pre, other.pre), Less(self.post, other.post), self.head)

    @property
    def logits(self) -> Floats:
        """The last layer before its softmax: (classes,), any range; of one sigmoid unit 0 and its value."""
        last = list(self.pre.values())[-1] if self.head is None else self.pre[self.head.node]
        return last if self.head is None else self.head.logits(last.reshape(-1))

    @property
    def probabilities(self) -> Floats:
        """The last layer after its softmax: (classes,), in [0, 1], summing to 1 but for several sigmoids."""
        if self.head is None:
            return list(self.post.values())[-1]
        if self.head.meaning == "softmax":
            return self.post[self.head.node].reshape(-1)
        return self.head.probabilities(self.pre[self.head.node].reshape(-1))
