"""What a network that is learning makes of an image, against plain Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.training import snapshots
from models.training.moments import Moments
from models.training.order import Order, ordered
from models.training.snapshots import SnapshotError, Snapshots

pytestmark = pytest.mark.keras
ORDERS: dict[str, dict[str, Any]] = {
    "cnn": {"widths": [3, 4], "units": 8},
    "fcn": {"architecture": "fcn", "widths": [8]},
    "resnet": {"architecture": "resnet", "widths": [3, 4], "activation": "tanh"},
}


def written(order: Order, folder: Path) -> Snapshots:
    """Return snapshots at the start, and after two steps by which every weight changes."""
    import keras

    from convlens.snapshots import Snapshots as Callback
    from models.training.built import built
    from models.training.trainer import compiled

    keras.utils.set_random_seed(7)
    digits = mnist.load("test")[:64]
    model = built(order)
    compiled(model, order.recipe, 2).fit(
        digits.inputs, digits.labels, batch_size=32, verbose=0, callbacks=[Callback(folder, dtype="float16")]
    )
    return snapshots.read(folder)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return mnist.load("test")[:3]


@pytest.mark.parametrize("kind", ORDERS)
def test_every_moment_is_that_of_its_snapshot(kind: str, tmp_path: Path, digits: Dataset) -> None:
    """Whichever was asked for before; maps end in an activation function or pool."""
    import keras

    order, moments = ordered(ORDERS[kind]), Moments()
    kept = written(order, tmp_path / "run")
    image = digits.inputs[1]
    for moment in (kept.at(0), kept.at(), kept.at(0)):
        seen = moments.seen("run", order, (kept.folder, moment), image)
        model = keras.models.load_model(kept.pack(moment, tmp_path), compile=False)
        values = {layer.name: layer.output for layer in model.layers if layer.name in (*seen.maps, "output")}
        plain = keras.Model(model.inputs[0], values)(image[np.newaxis], training=False)
        for name, each in seen.maps.items():
            assert np.allclose(each, plain[name][0], atol=1e-5)
        assert np.allclose(seen.probabilities, plain["output"][0], atol=1e-5)
        if seen.kernels is not None:
            assert np.array_equal(seen.kernels, model.get_layer(seen.first).kernel)
    assert (seen.kernels is None) == (kind == "fcn")
    assert not [name for name in seen.maps if kind == "resnet" and "conv" in name]


def test_a_snapshot_that_is_gone_is_said(tmp_path: Path, digits: Dataset) -> None:
    """In a sentence; the next one is shown as if nothing had been."""
    order, moments = ordered(ORDERS["fcn"]), Moments()
    kept = written(order, tmp_path / "run")
    gone = kept.at(0)
    (kept.folder / gone.file).write_bytes(b"\x89HDF damaged")

    with pytest.raises(SnapshotError, match=r"000000\.weights\.h5 cannot be read"):
        moments.seen("run", order, (kept.folder, gone), digits.inputs[0])
    assert moments.seen("run", order, (kept.folder, kept.at()), digits.inputs[0]).probabilities.sum() > 0.99
