"""A fully connected network with as many parameters as the article's convolutional one, but for 41.

A difference between the two is then not one of size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.architectures import fcn

if TYPE_CHECKING:
    import keras

TITLE = "Fully connected network, as large as the CNN"
RECIPE = fcn.RECIPE


def build() -> keras.Model:
    """Return it with fresh weights: (28, 28, 1) in [0, 1] to 10 probabilities; 1,199,841 parameters."""
    return fcn.build(units=(955, 466), name="fcn-matched")
