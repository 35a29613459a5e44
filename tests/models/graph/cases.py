"""One small network per kind of layer, and per way in which a layer can be set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.worlds import randomised

if TYPE_CHECKING:
    import keras

IMAGE = (7, 9, 4)
LAST = "last"  # what the layer is called that a case is about
Case = Callable[[], "keras.Model"]


def layer(kind: str, *args: Any, **how: Any) -> Case:
    """Return what makes a network whose last layer, of this kind, reads the image."""

    def build() -> keras.Model:
        import keras

        image = keras.Input(IMAGE)
        made = getattr(keras.layers, kind)(*args, **how, name=LAST)(image)
        return randomised(keras.Model(image, made))

    return build


def row(kind: str, *args: Any, **how: Any) -> Case:
    """Return what makes a network whose last layer, of this kind, reads a row of units."""

    def build() -> keras.Model:
        import keras

        image = keras.Input(IMAGE)
        read = keras.layers.Dense(6)(keras.layers.Flatten()(image))
        return randomised(keras.Model(image, getattr(keras.layers, kind)(*args, **how, name=LAST)(read)))

    return build


def merge(kind: str, narrow: bool = False, inputs: int = 2, **how: Any) -> Case:
    """Return what makes a network whose last layer, of this kind, reads several convolutions.

    Args:
        kind: Of the last layer.
        narrow: Whether the second input is one cell wide.
        inputs: How many it reads.
        how: Settings of the last layer.
    """

    def build() -> keras.Model:
        import keras

        image = keras.Input(IMAGE)
        read = [keras.layers.Conv2D(4, 3, padding="same")(image) for _ in range(inputs)]
        if narrow:
            read[1] = keras.layers.GlobalAveragePooling2D(keepdims=True)(read[1])
        return randomised(keras.Model(image, getattr(keras.layers, kind)(**how, name=LAST)(read)))

    return build


def adapted() -> keras.Model:
    """Return a Normalization whose mean and variance were found in data."""
    import keras
    import numpy as np

    image = keras.Input(IMAGE)
    normalisation = keras.layers.Normalization(name=LAST)
    normalisation.adapt(np.random.default_rng(0).normal(2, 3, (20, *IMAGE)))
    return keras.Model(image, normalisation(image))


CASES: dict[str, Case] = {
    "conv": layer("Conv2D", 5, 3),
    "conv same": layer("Conv2D", 5, (3, 2), padding="same"),
    "conv strided": layer("Conv2D", 5, (2, 4), strides=(2, 3), padding="same"),
    "conv dilated": layer("Conv2D", 5, 3, dilation_rate=(2, 3), padding="same"),
    "conv grouped": layer("Conv2D", 6, 3, groups=2, use_bias=False),
    "conv relu": layer("Conv2D", 5, 3, activation="relu"),
    "depthwise": layer("DepthwiseConv2D", 3, padding="same"),
    "depthwise many": layer("DepthwiseConv2D", 3, strides=2, depth_multiplier=3, activation="relu"),
    "separable": layer("SeparableConv2D", 5, 3, padding="same"),
    "separable many": layer("SeparableConv2D", 5, (3, 3), strides=2, depth_multiplier=2, use_bias=False),
    "transposed": layer("Conv2DTranspose", 5, 3),
    "transposed strided": layer("Conv2DTranspose", 5, 3, strides=2, activation="relu"),
    "transposed same": layer("Conv2DTranspose", 5, (4, 3), strides=(2, 3), padding="same"),
    "transposed gaps": layer("Conv2DTranspose", 3, 2, strides=3, padding="same", use_bias=False),
    "transposed padded": layer("Conv2DTranspose", 3, 3, strides=2, padding="same", output_padding=1),
    "dense": row("Dense", 5, activation="tanh"),
    "dense on maps": layer("Dense", 5, use_bias=False),
    "max": layer("MaxPooling2D", 2),
    "max same": layer("MaxPooling2D", (3, 2), strides=2, padding="same"),
    "average": layer("AveragePooling2D", 2),
    "average same": layer("AveragePooling2D", 3, strides=2, padding="same"),
    "global average": layer("GlobalAveragePooling2D"),
    "global max": layer("GlobalMaxPooling2D", keepdims=True),
    "batch norm": layer("BatchNormalization"),
    "batch norm bare": layer("BatchNormalization", center=False, scale=False),
    "batch norm along rows": layer("BatchNormalization", axis=1),
    "batch norm of a row": row("BatchNormalization"),
    "layer norm": layer("LayerNormalization"),
    "layer norm all": layer("LayerNormalization", axis=(1, 2, 3)),
    "layer norm root": layer("LayerNormalization", rms_scaling=True),
    "layer norm of a row": row("LayerNormalization", scale=False),
    "padding": layer("ZeroPadding2D", ((1, 2), (3, 0))),
    "cropping": layer("Cropping2D", ((1, 2), (3, 0))),
    "upsampling": layer("UpSampling2D", (2, 3)),
    "upsampling bilinear": layer("UpSampling2D", 2, interpolation="bilinear"),
    "resizing": layer("Resizing", 5, 13),
    "resizing nearest": layer("Resizing", 11, 4, interpolation="nearest"),
    "rescaling": layer("Rescaling", 2.0, offset=-1.0),
    "rescaling by channel": layer("Rescaling", [1.0, 2.0, 3.0, 4.0], offset=[0.0, 1.0, 0.0, -1.0]),
    "normalization": layer("Normalization", mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 2.0]),
    "normalization back": layer("Normalization", mean=0.5, variance=4.0, axis=None, invert=True),
    "normalization adapted": adapted,
    "dropout": layer("Dropout", 0.5),
    "activation": layer("Activation", "tanh"),
    "relu": layer("ReLU", max_value=1.0, negative_slope=0.2, threshold=0.1),
    "relu plain": layer("ReLU"),
    "leaky relu": layer("LeakyReLU", negative_slope=0.3),
    "prelu": layer("PReLU", shared_axes=[1, 2]),
    "prelu everywhere": layer("PReLU"),
    "elu": layer("ELU", alpha=0.7),
    "softmax": row("Softmax"),
    "softmax over rows": layer("Softmax", axis=1),
    "add": merge("Add", inputs=3),
    "add narrow": merge("Add", narrow=True),
    "subtract": merge("Subtract"),
    "multiply": merge("Multiply"),
    "average of inputs": merge("Average", inputs=3),
    "maximum": merge("Maximum"),
    "minimum": merge("Minimum"),
    "concatenate": merge("Concatenate", inputs=3),
    "concatenate rows": merge("Concatenate", axis=1),
    "concatenate columns": merge("Concatenate", axis=-2),
    "flatten": layer("Flatten"),
    "reshape": layer("Reshape", (3, 3, 28)),
    "reshape to a row": layer("Reshape", (-1,)),
    "permute": layer("Permute", (2, 1, 3)),
    "permute channels": layer("Permute", (3, 1, 2)),
    **{
        kind: layer(kind, 0.2)
        for kind in (
            *("SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
            *("RandomRotation", "RandomZoom", "RandomContrast", "RandomBrightness"),
        )
    },
    "random translation": layer("RandomTranslation", 0.2, 0.2),
    "random flip": layer("RandomFlip"),
    "identity": layer("Identity"),
    "activity": layer("ActivityRegularization"),
}
