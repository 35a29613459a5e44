"""A stand-in for a layer: it gives shapes, computes nothing, and leaves no trace on the layer itself."""

from __future__ import annotations

from typing import Any

import keras


class StandIn(keras.Operation):  # type: ignore[misc]  # Keras ships no types
    """Takes the place of a layer while Keras walks over a model to tell what reads what.

    Calling the layer itself would add to what it remembers of its calls, and copying it would make weights.

    Attributes:
        layer: The layer, or another operation of Keras.
    """

    def __init__(self, layer: Any, name: str) -> None:
        super().__init__(name=name)
        self.layer = layer

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return a tensor without values, or several, of the shape that the layer would give."""
        return self.layer.compute_output_spec(*args, **kwargs)
