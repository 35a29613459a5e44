"""What is done to an image's numbers before a network reads them, as layers in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.arrays import Floats
from models.graph.refusal import UnopenableError

if TYPE_CHECKING:
    import keras

Order = Literal["rgb", "bgr"]
EXCHANGE, STANDARDISE = "rgb_to_bgr", "standardise"  # names of the layers


@dataclass(frozen=True)
class Preprocessing:
    """What is done to inputs, after pixels became numbers of a range.

    Attributes:
        mean: Taken away, one for all channels or one for each, in the order as they are fed; () for none.
        std: By which the rest is divided, likewise.
        order: Of the channels as they are fed.
    """

    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    order: Order = "rgb"

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return self != Preprocessing()

    @property
    def said(self) -> str:
        """What it does, in words that go on after "Pixels are fed"."""
        numbers = {"less": self.mean, "divided by": self.std}
        parts = [f"{how} {', '.join(f'{each:g}' for each in told)}" for how, told in numbers.items() if told]
        layers = [EXCHANGE] * (self.order == "bgr") + [STANDARDISE] * bool(parts)
        words = ["blue first"] * (self.order == "bgr") + parts
        count = "a layer" if len(layers) == 1 else "two layers"
        return f"{', '.join(words)}: by {count} put in front of the network, {' and '.join(layers)}"

    def of(self, inputs: Floats) -> Floats:
        """Return what becomes of inputs, (…, channels)."""
        ordered = inputs[..., ::-1] if self.order == "bgr" else inputs
        mean, std = np.array(self.mean or (0,), np.float32), np.array(self.std or (1,), np.float32)
        return np.asarray((ordered - mean) / std, np.float32)


WORDS: Mapping[str, tuple[tuple[float, float], Preprocessing]] = MappingProxyType(  # of keras.applications
    {
        "caffe": ((0.0, 255.0), Preprocessing((103.939, 116.779, 123.68), order="bgr")),
        "torch": ((0.0, 1.0), Preprocessing((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))),
        "tf": ((-1.0, 1.0), Preprocessing()),
    }
)


def behind(steps: Preprocessing, model: keras.Model) -> keras.Model:
    """Return a model that does this to an image, and then what another model does.

    Raises:
        UnopenableError: The model's images have other channels.
    """
    import keras  # noqa: PLC0415 - takes seconds

    if not steps:
        return model
    channels = model.input_shape[-1]
    reads = f"it reads images of {channels} channel{'s' * (channels != 1)}"
    for name, numbers in (("--mean", steps.mean), ("--std", steps.std)):
        if len(numbers) not in (0, 1, channels):
            raise UnopenableError(f"{reads}, and {name} has {len(numbers)} numbers")
    if steps.order == "bgr" and channels != 3:
        raise UnopenableError(f"{reads}, and --order bgr exchanges red and blue")
    image = keras.Input(model.input_shape[1:], name="image")
    made = image
    if steps.order == "bgr":
        exchange = keras.layers.Conv2D(channels, 1, use_bias=False, name=EXCHANGE)
        made = exchange(made)
        exchange.set_weights([np.eye(channels, dtype=np.float32)[::-1][np.newaxis, np.newaxis]])
    if steps.mean or steps.std:
        mean, std = (
            np.array(each or (none,), np.float64) for each, none in ((steps.mean, 0), (steps.std, 1))
        )
        scale, offset = np.broadcast_arrays(1 / std, -mean / std)
        made = keras.layers.Rescaling(scale.tolist(), offset.tolist(), name=STANDARDISE)(made)
    return keras.Model(image, model(made), name=model.name)
