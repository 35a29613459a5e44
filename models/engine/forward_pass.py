"""What one network computed for one digit, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.arrays import Floats

Stage = Literal["pre", "post"]
STAGES: tuple[Stage, ...] = ("pre", "post")


@dataclass(frozen=True)
class ForwardPass:
    """Every layer's tensors for one digit, float32, channels last, without the batch axis.

    Attributes:
        pre: Values before the layer's activation function.
        post: Values after it; the same arrays where the layer has none.
    """

    pre: Mapping[str, Floats]
    post: Mapping[str, Floats]

    def tensor(self, layer: str, stage: Stage) -> Floats:
        """Return one layer's values.

        Raises:
            KeyError: There is no such layer.
        """
        return self.pre[layer] if stage == "pre" else self.post[layer]

    def minus(self, other: ForwardPass) -> ForwardPass:
        """Return by how much every value is larger than that of another digit in the same network."""

        def less(values: Mapping[str, Floats], others: Mapping[str, Floats]) -> dict[str, Floats]:
            with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged
                return {name: values[name] - others[name] for name in values}

        return ForwardPass(less(self.pre, other.pre), less(self.post, other.post))

    @property
    def logits(self) -> Floats:
        """The last layer before its softmax: (classes,), any range."""
        return list(self.pre.values())[-1]

    @property
    def probabilities(self) -> Floats:
        """The last layer after its softmax: (classes,), in [0, 1], summing to 1."""
        return list(self.post.values())[-1]
