"""The functions that end a layer, as far as each takes one number: by Keras' names, with Keras' defaults.

Softmax and its like take a whole row of numbers and are not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import erf, sqrt
from types import MappingProxyType

import numpy as np

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al. (2017), arXiv:1706.02515


def _sigmoid(value: float) -> float:
    return float(0.5 * (1 + np.tanh(value / 2)))


def _softplus(value: float) -> float:
    return float(np.logaddexp(0, value))


def _elu(value: float) -> float:
    return value if value > 0 else float(np.expm1(value))


def _hard_sigmoid(value: float) -> float:
    return min(max(value + 3, 0.0), 6.0) / 6


def _exponential(value: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(np.float64(value)))


FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "linear": float,
        "relu": lambda value: max(0.0, value),
        "relu6": lambda value: min(max(0.0, value), 6.0),
        "leaky_relu": lambda value: value if value > 0 else 0.2 * value,
        "elu": _elu,
        "celu": _elu,
        "selu": lambda value: SELU_SCALE * (value if value > 0 else SELU_ALPHA * float(np.expm1(value))),
        "gelu": lambda value: 0.5 * value * (1 + erf(value / sqrt(2))),
        "silu": lambda value: value * _sigmoid(value),
        "mish": lambda value: value * float(np.tanh(_softplus(value))),
        "tanh": lambda value: float(np.tanh(value)),
        "sigmoid": _sigmoid,
        "log_sigmoid": lambda value: -_softplus(-value),
        "softplus": _softplus,
        "softsign": lambda value: value / (1 + abs(value)),
        "squareplus": lambda value: (value + sqrt(value * value + 4)) / 2,
        "exponential": _exponential,
        "hard_sigmoid": _hard_sigmoid,
        "hard_silu": lambda value: value * _hard_sigmoid(value),
        "hard_tanh": lambda value: min(max(value, -1.0), 1.0),
        "tanh_shrink": lambda value: value - float(np.tanh(value)),
    }
)


def activated(value: float | np.float32, activation: str | None) -> float | None:
    """Return a value after its layer's activation, the same without one.

    None where it takes more than that value to tell, or nobody wrote the function down.
    """
    if activation is None:
        return float(value)
    return FUNCTIONS[activation](float(value)) if activation in FUNCTIONS else None
