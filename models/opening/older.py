"""Layers and settings as older Keras wrote them, in today's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from models.graph.refusal import UnopenableError

KINDS: Mapping[str, str] = MappingProxyType(  # of Keras 1, and of HDF5
    {
        **{f"Convolution{axes}D": f"Conv{axes}D" for axes in (1, 2, 3)},
        "AtrousConvolution2D": "Conv2D",
        "SeparableConvolution2D": "SeparableConv2D",
        "Deconvolution2D": "Conv2DTranspose",
        "GroupedQueryAttention": "GroupQueryAttention",  # the class, and what it is exported as
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "alpha": "negative_slope",
        "output_dim": "units",
        "p": "rate",
        "sigma": "stddev",
        "nb_filter": "filters",
        "subsample": "strides",
        "subsample_length": "strides",
        "filter_length": "kernel_size",
        "border_mode": "padding",
        "bias": "use_bias",
        "atrous_rate": "dilation_rate",
        "pool_length": "pool_size",
        "stride": "strides",
        "mode": "interpolation",
    }
)
SIDES = ("nb_row", "nb_col")  # of a kernel
ORDERS: Mapping[str, str] = MappingProxyType({"tf": "channels_last", "th": "channels_first"})


def kind_of(layer: Mapping[str, Any]) -> str:
    """Return what a layer's class is called today."""
    kind = str(layer.get("class_name"))
    return KINDS.get(kind, kind)


def settings_of(config: Mapping[str, Any], can: Collection[str]) -> dict[str, Any]:
    """Return a layer's settings under today's names.

    Args:
        config: As it was written.
        can: What the layer's class can be told today.
    """
    made = {(WORDS.get(key, key) if key not in can else key): value for key, value in config.items()}
    if all(side in config for side in SIDES) and "kernel_size" not in config:
        made["kernel_size"] = [config[side] for side in SIDES]
    if config.get("dim_ordering") in ORDERS:
        made["data_format"] = ORDERS[config["dim_ordering"]]
    if "activation" not in can and config.get("activation") not in (None, "linear"):
        raise UnopenableError("a layer of it has an activation, and has none in Keras today")
    return made
