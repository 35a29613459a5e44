"""The network that somebody ordered, by the recipes that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures import cnn, fcn, resnet_fashion
from models.training.order import Order

if TYPE_CHECKING:
    import keras


def built(order: Order) -> keras.Model:
    """Return it with fresh weights, drawn from Keras' global seed."""
    name, of, activation = order.architecture, order.source, order.activation
    match order.architecture:
        case "fcn":
            return fcn.build(of, order.widths, activation, name)
        case "cnn":
            return cnn.build(of, order.widths, order.kernel, order.units, activation=activation, name=name)
        case "resnet":
            return resnet_fashion.build(of, order.widths, order.kernel, activation, name)
