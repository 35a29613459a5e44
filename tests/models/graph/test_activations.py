from __future__ import annotations

import numpy as np
import pytest

from models.graph.activations import FUNCTIONS, activated

VALUES = [-100.0, -7.3, -3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.9, 6.0, 20.0]


@pytest.mark.keras
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_kerass(name: str) -> None:
    """Of each name Keras' own function with its own defaults, to 1e-5 of its value, on both sides of zero."""
    import keras

    expected = np.asarray(keras.activations.get(name)(np.array(VALUES, np.float32)))

    assert keras.activations.get(name).__name__ == name
    for value, own in zip(VALUES, expected, strict=True):
        found = activated(np.float32(value), name)
        assert found is not None
        assert abs(found - own) <= 1e-5 * max(1, abs(own))


def test_without_an_activation_a_value_stays() -> None:
    """None is the name of no function, and nothing is done."""
    assert activated(np.float32(-0.25), None) == -0.25


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "glu", "somebodys_own"])
def test_what_takes_more_than_a_number_is_not_told(name: str) -> None:
    """No number is made up for a function of a whole row, or for one that nobody wrote down."""
    assert activated(np.float32(1), name) is None
