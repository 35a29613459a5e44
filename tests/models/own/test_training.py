"""A folder of snapshots is opened with the training that it tells of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.analysis import timeline
from models.opening import apart
from models.own import rest, training
from models.own.wish import Wish
from models.own.world import prepared
from models.store import manifest
from models.training.snapshots import Moment
from tests import worlds

EVERY = [Moment(file="000000.weights.h5", kind="start", step=0, epoch=0)]
EVERY += [Moment(file="000000.weights.h5", kind="step", step=2**power, epoch=0) for power in range(8)]
EVERY += [
    Moment(file="000000.weights.h5", kind="epoch", step=500 * epoch, epoch=epoch) for epoch in range(1, 101)
]


@pytest.mark.keras
def test_the_moments_of_a_training_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of each is the network of its file, rounded; and its right answers are plain Keras'."""
    monkeypatch.setattr(apart, "opened", apart.rewritten)
    import keras

    import convlens

    world, model = worlds.made_up(), worlds.chain()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    callback = convlens.Snapshots(tmp_path / "run", early=0)
    model.fit(world.inputs, world.labels, batch_size=10, verbose=0, callbacks=[callback])
    np.savez(tmp_path / "images.npz", x=world.images, y=world.labels)
    wish = Wish((tmp_path / "run",), tmp_path / "images.npz", span=(0.0, 1.0))
    folder = prepared(wish, tmp_path / "cache", lambda _: None)
    entry = manifest.read(folder)[0]
    taught = training.to_measure(entry, folder)
    assert taught is not None

    said: list[str] = []
    for title, step in rest._steps([entry], folder, lambda *_: None):
        if "training" in title:
            said.append(title)
            step()
    entry = manifest.read(folder)[0]
    kept, weights = timeline.read(entry, folder, len(world)), timeline.moments(entry, folder)

    assert said == ["what it was at moments of its training: run@4.keras"]
    assert kept is not None
    assert weights is not None
    assert [each.key for each in kept.moments] == ["0", "1"]
    assert np.array_equal(
        weights.at(1)["hidden.kernel"], timeline.rounded(model.get_layer("hidden").kernel.numpy())
    )
    right = (np.asarray(model(world.inputs)).argmax(axis=1) == world.labels).sum()
    assert kept.moments[1].test
    assert abs(kept.moments[1].test.correct - right) <= 1  # of rounded weights
    assert training.to_measure(entry, folder) is None


def test_of_a_long_training_the_early_moments_and_some_epochs_are_kept() -> None:
    """The last epoch is always among them; of a large network only what there is room for."""
    found = training.chosen(EVERY, parameters=1000)
    assert [each.step for each in found[:9]] == [0, 1, 2, 4, 8, 16, 32, 64, 128]
    assert len(found) == training.MOST
    assert found[-1].epoch == 100
    assert training.chosen(EVERY[:12], parameters=1000) == EVERY[:12]
    few = training.chosen(EVERY, parameters=training.ROOM // 8)
    assert [each.step for each in few] == [0, 1, 25_000, 50_000]
