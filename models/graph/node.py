"""One step of a network: what is computed from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int, ...]
IMAGE = "input"  # what the image is called among the names that a node reads

SATURATING = {  # bounded above, so that large values become one and the same float32
    *("softmax", "log_softmax", "sparsemax"),
    *("sigmoid", "hard_sigmoid", "log_sigmoid", "tanh", "hard_tanh", "softsign", "relu6"),
}


class Output:
    """What follows from the shape and the activation of a layer's values.

    Attributes:
        output_shape: Without the batch axis: (rows, columns, channels) of maps, (units,) of a row of units.
        activation: Name of the function that ends it; None where pre- and post-activation are the same.
    """

    output_shape: Shape
    activation: str | None

    @property
    def channels(self) -> int:
        """Maps of a stack of maps, units of a row of units."""
        return self.output_shape[-1]

    @property
    def has_maps(self) -> bool:
        """Whether the output is a stack of maps rather than a row of units."""
        return len(self.output_shape) == 3

    @property
    def saturates(self) -> bool:
        """Whether large values can no longer be told apart behind the activation, but before it."""
        return self.activation in SATURATING


@dataclass(frozen=True)
class Node(Output):
    """One call of one layer. A layer that is called twice, on two inputs, is two nodes.

    Attributes:
        name: Unique in its graph, of letters, images, dots, hyphens and underscores: addresses hold it.
        kind: Keras' class name, such as "Conv2D".
        layer: Path of the Keras layer, such as "backbone/conv1" of one inside a nested model. Nodes with the
            same path share their weights.
        reads: Names of the nodes whose values it takes, in the order of the call; "input" is the image.
        output_shape: Of its values, without the batch axis: (rows, columns, channels) of maps, (units,).
        activation: Name of the function that ends it; None where pre- and post-activation are the same.
        parameters: Trained and untrained numbers of the layer; 0 of its second call, so that sums are right.
        settings: What else its arithmetic needs, plain, by the names of Keras' configuration.
        weights: Shapes of the layer's arrays as Keras holds them, by name, such as "kernel".
    """

    name: str
    kind: str
    layer: str
    reads: tuple[str, ...]
    output_shape: Shape
    activation: str | None = None
    parameters: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Shape] = field(default_factory=dict)
