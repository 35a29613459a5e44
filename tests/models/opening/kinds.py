"""One network with a layer of every kind that opens, side by side; each reads what it needs of the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.models.opening.files import randomise

if TYPE_CHECKING:
    import keras

IMAGE = (8, 9, 4)
Make = Callable[..., Any]
NEW = frozenset(  # kinds that Keras 2 had not
    {
        *("RMSNormalization", "AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D", "GroupedQueryAttention"),
        *("MultiHeadAttention", "Conv3DTranspose", "DepthwiseConv1D", "GroupNormalization", "Identity"),
        *("UnitNormalization", "SpectralNormalization", "EinsumDense", "Normalization"),
    }
)  # or that it called with arguments of their own, as attention


def behind(layer: Make, *before: Make) -> Make:
    """Return a layer that reads what others make of the image, each as an argument of its own."""
    return lambda image: layer(*(each(image) for each in before))


def together(layer: Make, *before: Make) -> Make:
    """Return a layer that reads what others make of the image, in one list."""
    return lambda image: layer([each(image) for each in before])


def flat(kinds: dict[str, Make]) -> None:
    """Add the kinds that read maps."""
    from keras import layers

    window: dict[str, tuple[Any, ...]] = {
        "Conv2D": (3, 3),
        "Conv2DTranspose": (3, 2),
        "SeparableConv2D": (3, 3),
        "DepthwiseConv2D": (3,),
        "MaxPooling2D": (2,),
        "AveragePooling2D": ((2, 3),),
        "GlobalMaxPooling2D": (),
        "GlobalAveragePooling2D": (),
        "AdaptiveAveragePooling2D": ((2, 3),),
        "AdaptiveMaxPooling2D": ((2, 3),),
        "ZeroPadding2D": (((1, 2), (0, 1)),),
        "Cropping2D": (1,),
        "UpSampling2D": ((2, 1),),
        "Resizing": (5, 6),
        "Rescaling": (0.5, 0.1),
        "Normalization": (-1, [0.1, 0.2, 0.3, 0.4], [1.0, 2.0, 3.0, 4.0]),
        "BatchNormalization": (),
        "LayerNormalization": (),
        "GroupNormalization": (2,),
        "UnitNormalization": (),
        "RMSNormalization": (),
        "Dense": (5,),
        "Activation": ("tanh",),
        "ReLU": (1.0, 0.1, 0.2),
        "LeakyReLU": (0.2,),
        "ELU": (0.7,),
        "PReLU": (),
        "Softmax": (),
        "Flatten": (),
        "Reshape": ((12, 24),),
        "Permute": ((2, 1, 3),),
        "Dropout": (0.3,),
        "SpatialDropout2D": (0.3,),
        "AlphaDropout": (0.3,),
        "GaussianDropout": (0.3,),
        "GaussianNoise": (0.3,),
        "ActivityRegularization": (),
        "Identity": (),
        "RandomFlip": (),
        "RandomRotation": (0.1,),
        "RandomTranslation": (0.1, 0.1),
        "RandomZoom": (0.1,),
        "RandomContrast": (0.1,),
        "Masking": (),
    }
    kinds.update(
        {kind: getattr(layers, kind)(*how, name=f"a_{kind.lower()}") for kind, how in window.items()}
    )
    wrapped = layers.Conv2D(3, 3, name="wrapped")
    kinds["SpectralNormalization"] = layers.SpectralNormalization(wrapped, name="spectral")
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        merge = getattr(layers, kind)(name=f"a_{kind.lower()}")
        kinds[kind] = together(merge, lambda image: image, kinds["Activation"])


def rows(kinds: dict[str, Make]) -> None:
    """Add the kinds that read rows of numbers, volumes, or steps in time."""
    from keras import layers

    row, volume = layers.Reshape((72, 4), name="row"), layers.Reshape((8, 3, 3, 4), name="volume")
    times = layers.Reshape((3, 3, 8, 4), name="times")
    for axes, read in ((1, row), (3, volume)):
        window: dict[str, tuple[Any, ...]] = {
            f"Conv{axes}D": (3, 2),
            f"Conv{axes}DTranspose": (3, 2),
            f"MaxPooling{axes}D": (2,),
            f"AveragePooling{axes}D": (2,),
            f"GlobalMaxPooling{axes}D": (),
            f"GlobalAveragePooling{axes}D": (),
            f"ZeroPadding{axes}D": (1,),
            f"Cropping{axes}D": (1,),
            f"UpSampling{axes}D": (2,),
        }
        if axes == 1:
            window |= {"SeparableConv1D": (3, 2), "DepthwiseConv1D": (2,), "SpatialDropout1D": (0.2,)}
        for kind, how in window.items():
            layer = getattr(layers, kind)(*how, name=f"a_{kind.lower()}")
            kinds[kind] = behind(layer, read)
    steps: dict[str, Any] = {
        "LSTM": layers.LSTM(3, return_sequences=True, name="lstm"),
        "GRU": layers.GRU(3, name="gru"),
        "SimpleRNN": layers.SimpleRNN(3, name="simple"),
        "LSTMCell": layers.RNN(layers.LSTMCell(3, name="cell"), name="by_cell"),
        "StackedRNNCells": layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)], name="by_cells"),
        "Bidirectional": layers.Bidirectional(layers.LSTM(2, name="two"), name="both_ways"),
        "TimeDistributed": layers.TimeDistributed(layers.Dense(3, name="each"), name="at_each"),
        "EinsumDense": layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d", name="einsum"),
    }
    steps |= {
        "GRUCell": steps["StackedRNNCells"],
        "SimpleRNNCell": steps["StackedRNNCells"],
        "RNN": steps["LSTMCell"],
    }
    for kind, layer in steps.items():
        kinds[kind] = behind(layer, row)
    for kind, layer in {
        "Attention": layers.Attention(name="attention"),
        "AdditiveAttention": layers.AdditiveAttention(name="additive"),
        "Dot": layers.Dot(2, name="dot"),
    }.items():
        kinds[kind] = together(layer, row, row)
    for kind, layer in {
        "MultiHeadAttention": layers.MultiHeadAttention(2, 3, name="heads"),
        "GroupedQueryAttention": layers.GroupQueryAttention(3, 4, 2, name="grouped"),
    }.items():
        kinds[kind] = behind(layer, row, row)
    kinds["ConvLSTM1D"] = lambda image: layers.ConvLSTM1D(2, 3, name="conv_lstm_1")(
        layers.Reshape((4, 6, 12))(image)
    )
    kinds["ConvLSTM2D"] = lambda image: layers.ConvLSTM2D(2, 2, name="conv_lstm_2")(times(image))
    kinds["Embedding"] = lambda image: layers.Embedding(9, 3, name="embedded")(
        layers.Rescaling(8.0)(kinds["Flatten"](image))
    )
    kinds["RepeatVector"] = lambda image: layers.RepeatVector(3, name="repeated")(kinds["Flatten"](image))


def network(without: frozenset[str] = frozenset()) -> tuple[keras.Model, frozenset[str]]:
    """Return the network, with random weights, and the kinds that are in it."""
    import keras

    kinds: dict[str, Make] = {}
    flat(kinds)
    rows(kinds)
    image = keras.Input(IMAGE, name="image")
    made = {kind: make(image) for kind, make in kinds.items() if kind not in without}
    return randomise(keras.Model(image, list(made.values()), name="kinds")), frozenset(made)


def tensors(model: keras.Model) -> dict[str, Any]:
    """Return every layer's values of two random images, by the layers' names."""
    import keras

    images = np.random.default_rng(6).random((2, *IMAGE), np.float32)
    outputs = {layer.name: layer.output for layer in model.layers if len(layer._inbound_nodes) == 1}
    given: dict[str, Any] = keras.Model(model.inputs, outputs)(images, training=False)
    return {name: np.asarray(values) for name, values in given.items()}
