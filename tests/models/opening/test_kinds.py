"""Every kind of layer, as Keras 3 and as Keras 2 wrote it, gives what it gave, in every tensor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.graph.requirements import opened_layers
from models.opening.rebuilt import network
from tests.models.opening import files, kinds

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras
BESIDE = frozenset(  # the image; another name of a kind; one that Keras itself cannot write as HDF5
    {"InputLayer", "GroupQueryAttention", "RandomBrightness"}
)


@pytest.fixture(scope="module")
def whole() -> tuple[keras.Model, dict[str, Any]]:
    """The network of all kinds, and its values."""
    model, made = kinds.network()
    assert made | BESIDE == opened_layers()
    return model, kinds.tensors(model)


def require_same(made: keras.Model, wanted: dict[str, Any]) -> None:
    """Fail unless every tensor is what plain Keras gave, to 1e-5 of its size."""
    given = kinds.tensors(made)
    assert given.keys() == wanted.keys()
    for name, values in wanted.items():
        error = np.abs(given[name] - values) / np.maximum(1, np.abs(values))
        assert error.max() <= 1e-5, name


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_keras_3_wrote(tmp_path: Path, whole: tuple[keras.Model, dict[str, Any]], suffix: str) -> None:
    """As an archive and as HDF5."""
    model, wanted = whole
    path = tmp_path / f"kinds{suffix}"
    model.save(path)
    require_same(network(path), wanted)


def test_what_keras_2_wrote(tmp_path: Path) -> None:
    """By a writer of its own: calls as lists, old names of settings, a fixed batch, initial values."""
    model, _ = kinds.network(kinds.NEW)
    files.old_graph(model, tmp_path / "kinds.h5")
    require_same(network(tmp_path / "kinds.h5"), kinds.tensors(model))
