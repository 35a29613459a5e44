from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.analysis.metrics import answers
from models.graph.description import Layer, switchable
from models.store import interim
from tests import networks

DIGITS = 107  # no multiple of any batch


def test_every_layer_but_the_last_can_lose_channels() -> None:
    """What only reshapes has no channels of its own, and without the last layer there is no answer."""
    assert [layer.name for layer in switchable(networks.CNN)] == ["conv1", "conv2", "pool", "dense"]
    assert [layer.name for layer in switchable(networks.FCN)] == ["dense1", "dense2"]


def test_changed_answers_are_kept_channel_by_channel(rng: np.random.Generator) -> None:
    """Whoever puts the changes into the old answers has the new ones; right ones are counted over all."""
    pytest.importorskip("tensorflow")
    from models.analysis.ablation import with_answers

    layer = networks.dense("dense", 6, 5)
    named, labels = (rng.integers(0, 10, 40).astype(np.uint8) for _ in range(2))
    without = np.tile(named, (5, 1))
    without[[1, 1, 4], [0, 39, 7]] = (named[[0, 39, 7]] + 1) % 10
    before = networks.layer_survey(layer, 40, rng, tried=False)

    told = with_answers(before, without, named, labels)

    assert told.correct_without.tolist() == [(each == labels).sum() for each in without]
    assert told.start.tolist() == [0, 0, 2, 2, 2, 3]
    for channel in range(5):
        digits, new = told.changed(channel)
        again = named.copy()
        again[digits] = new
        assert np.array_equal(again, without[channel])
    assert told.makes_sense(40, 10)


@pytest.mark.keras
@pytest.mark.parametrize("chain", [networks.FCN, networks.CNN], ids=["fcn", "cnn"])
def test_every_channel_is_tried_without(chain: tuple[Layer, ...], rng: np.random.Generator) -> None:
    """Each equals a network whose weights behind that channel alone are zero, on every digit."""
    from models.analysis import ablation
    from models.engine.probe import Probe

    model = networks.build(chain)
    images = rng.random((DIGITS, 28, 28, 1), np.float32)
    probe = Probe(model)

    found = ablation.all_answers(model, images)

    assert list(found) == [layer.name for layer in switchable(chain)]
    for layer in switchable(chain):
        assert found[layer.name].shape == (layer.channels, DIGITS)
        for channel in range(layer.channels):
            logits = probe.logits_without(images, {layer.name: [channel]})
            assert np.array_equal(found[layer.name][channel], answers(logits))
    assert any((values != answers(probe.logits_without(images, {}))).any() for values in found.values())


@pytest.mark.keras
def test_it_goes_on_where_it_was_ended(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the images that are left: their answers and those that were kept are those of all images."""
    from models.analysis import ablation

    monkeypatch.setattr(ablation, "BATCH", 40)
    monkeypatch.setattr(interim, "SPARED", 0.0)
    model, images = networks.build(networks.FCN), rng.random((DIGITS, 28, 28, 1), np.float32)
    whole = ablation.all_answers(model, images)

    def ended(done: int, _: int) -> None:
        if done == 80:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ablation.all_answers(model, images, ended, interim.Interim(tmp_path))
    told: list[int] = []
    again = ablation.all_answers(model, images, lambda done, _: told.append(done), interim.Interim(tmp_path))
    assert told == [80, DIGITS]  # the last batch before the end was not kept yet
    assert all(np.array_equal(again[name], whole[name]) for name in whole)
