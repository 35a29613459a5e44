from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.analysis import selectivity, stimuli, tuning
from models.analysis.responses import Responses, cells, responses
from models.analysis.selectivity import KINDS
from models.analysis.stimuli import BANK
from models.analysis.tuning import MEASUREMENT, SEEDS, Tuning
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import SPEC, prepare
from models.graph.receptive_field import Window, receptive_field
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from tests import networks

ENTRY = networks.entry("cnn", networks.CNN)


def some() -> Tuning:
    """Return a tuning of the small network, made up."""
    return networks.tuned(networks.CNN)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """All arrays come back; both hashes name the file, and the manifest names it."""
    file = MEASUREMENT.write(some(), ENTRY.checkpoint, tmp_path)
    manifest.write(replace(ENTRY, tuning=file), tmp_path)
    (entry,) = manifest.read(tmp_path)
    read = MEASUREMENT.read(entry, tmp_path)

    assert read is not None
    assert read.layers.keys() == {"conv1", "conv2"}
    for name, layer in some().layers.items():
        for part, values in vars(layer).items():
            assert np.array_equal(getattr(read.layers[name], part), values)
    assert file.name.startswith("cnn.")
    assert file.name.endswith(".tuning.npz")
    assert file in entry.files


def test_a_network_may_have_none() -> None:
    """A manifest written before there were tunings names none, and none is read."""
    assert MEASUREMENT.read(ENTRY) is None


@pytest.mark.parametrize(
    "damage", [b"", b"PK\x03\x04", some().to_bytes(ENTRY.sha256)[:-9]], ids=["empty", "no end", "cut"]
)
def test_what_is_none_is_refused(damage: bytes, tmp_path: Path) -> None:
    """The message names the file, and the command that mends it."""
    file = artefact.write_whole(tmp_path / "cnn.1.tuning.npz", damage)

    with pytest.raises(CheckpointError, match=r"cnn\.1\.tuning\.npz is no tuning of this network"):
        MEASUREMENT.read(replace(ENTRY, tuning=file), tmp_path)


def test_that_of_another_network_is_refused() -> None:
    """Other weights of the same layers, and other layers, are another network."""
    content = some().to_bytes(ENTRY.sha256)

    with pytest.raises(ValueError, match="of another network"):
        Tuning.from_bytes(content, networks.entry("cnn", networks.CNN, seed=8))
    wider = (networks.conv("conv1", 26, 5, 1, [Window(3)]), *networks.CNN[1:])
    with pytest.raises(ValueError, match="has not the numbers of 5 filters"):
        Tuning.from_bytes(content, replace(ENTRY, layers=wider))
    renamed = (replace(networks.CNN[0], name="first"), *networks.CNN[1:])
    with pytest.raises(ValueError, match="no tuning of these layers"):
        Tuning.from_bytes(content, replace(ENTRY, layers=renamed))


def test_that_by_another_bank_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured with other strokes, or against fewer untrained networks, is not shown as this."""
    content = some().to_bytes(ENTRY.sha256)
    monkeypatch.setattr(tuning, "RECIPE", "3 16 (4, 7) 1.333 32 99")

    with pytest.raises(ValueError, match="measured otherwise"):
        Tuning.from_bytes(content, ENTRY)


@pytest.mark.parametrize("part", ["raised", "lowered", "fired", "paper", "drift", "untrained"])
def test_what_is_no_number_is_refused(part: str) -> None:
    """Of a network that diverged, or where something else was written."""
    layers = dict(some().layers)
    values = getattr(layers["conv2"], part).copy()
    values.flat[0] = np.nan
    layers["conv2"] = replace(layers["conv2"], **{part: values})

    with pytest.raises(ValueError, match=f"{part} has not the numbers"):
        Tuning.from_bytes(Tuning(layers).to_bytes(ENTRY.sha256), ENTRY)


def test_cells_see_nothing_beyond_the_picture() -> None:
    """Without padding all cells; with it those inside; where all see more than there is, the middle.

    Of maps of which nobody can say so, as behind upsampling, all are taken; where there are no maps, none.
    """
    plain = networks.conv("plain", 26, 1, 1, [Window(3)])
    padded = networks.conv("padded", 28, 1, 1, [Window(3, padding="same")])
    strided = networks.conv("strided", 14, 1, 1, [Window(5, 2, padding="same")])
    far = replace(padded, sight=(receptive_field([Window(31, padding="same")], 28),) * 2)

    assert cells(plain, (28, 28)) == (slice(0, 26),) * 2
    assert cells(padded, (28, 28)) == (slice(1, 27),) * 2
    assert cells(strided, (28, 28)) == (slice(1, 13),) * 2
    assert cells(far, (28, 28)) == (slice(14, 15),) * 2
    assert cells(replace(padded, sight=None), (28, 28)) == (slice(None), slice(None))
    with pytest.raises(ValueError, match="flatten has no cells"):
        cells(networks.flatten(784), (28, 28))


def responding(raised: Floats) -> Responses:
    """Return what is raised alike at two places, and lowered nowhere."""
    both = np.stack([raised, raised], axis=1)
    return Responses(both, 0 * both, both, np.zeros(raised.shape[1], np.float32))


def test_half_of_the_untrained_is_held_against_the_other() -> None:
    """Thresholds come from the first half alone; the second is counted by them, not by its own."""
    even = np.ones((len(BANK), 4), np.float32)
    even[selectivity.WHITE] = 0
    dull = [responding(even)] * (SEEDS // 2)
    sharp = np.zeros((len(BANK), 4), np.float32)
    sharp[stimuli.part("bar").start + 2] = 1
    found = tuning.layer_tuning(responding(sharp), [*dull, *[responding(sharp)] * (SEEDS // 2)])
    other = tuning.layer_tuning(responding(sharp), [*[responding(sharp)] * (SEEDS // 2), *dull])

    assert found.untrained.shape == (len(KINDS), 4 * SEEDS // 2)
    assert found.thresholds[0] == pytest.approx(0, abs=1e-6)
    assert [word and word.kind for word in found.words] == ["bar"] * 4
    assert found.chance.tolist() == [4 * SEEDS // 2] * 2
    assert other.words == (None,) * 4
    assert other.chance.tolist() == [0, 4 * SEEDS // 2]


@pytest.mark.keras
def test_a_network_without_convolutions_has_none() -> None:
    """There is nothing to measure, which is no fault."""
    assert tuning.run(networks.build(networks.FCN), SPEC) is None


@pytest.mark.keras
def test_it_is_what_the_layers_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Raised, lowered and fired are the ends of the opened layers' own values, less those on empty paper."""
    from models.engine.probe import Probe

    monkeypatch.setattr(tuning, "SEEDS", 2)
    model = networks.build(networks.CNN)
    found = tuning.run(model, SPEC)
    assert found is not None

    probe = Probe(model)
    empty = probe.run(np.zeros((28, 28, 1), np.float32))
    for at in (0, 21, 90 - 11, selectivity.WHITE):
        passes = [probe.run(prepare(shown)) for shown in stimuli.pictures(28, 28)[at]]
        for name, layer in found.layers.items():
            paper = empty.pre[name][5, 5]
            high = [np.maximum(each.pre[name].max(axis=(0, 1)) - paper, 0) for each in passes]
            low = [np.maximum(paper - each.pre[name].min(axis=(0, 1)), 0) for each in passes]
            fired = np.mean([each.post[name].max(axis=(0, 1)) for each in passes], axis=0)
            assert layer.raised[at] == pytest.approx(np.mean(high, axis=0), abs=1e-5)
            assert layer.lowered[at] == pytest.approx(np.mean(low, axis=0), abs=1e-5)
            assert layer.fired[at] == pytest.approx(fired, abs=1e-5)
            assert layer.paper == pytest.approx(paper, abs=1e-6)
    assert "filters have a word, untrained" in capsys.readouterr().out


@pytest.mark.keras
def test_kernels_by_hand_get_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a real network, beside really untrained ones: an edge, a line; no word for centre and surround."""
    cells = 26 * 26 * 36
    layers = networks.conv("conv1", 26, 36, 1, [Window(3)]), networks.flatten(cells)
    model = networks.build((*layers, networks.dense("output", cells, 10, "softmax")))
    kernel, bias = model.layers[0].get_weights()
    kernel[:, :, 0, :3] = np.stack(
        [
            [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
            [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
            [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
        ],
        axis=-1,
    )
    model.layers[0].set_weights([kernel, bias])
    monkeypatch.setattr(tuning, "SEEDS", 4)  # of 36 filters each

    found = tuning.run(model, SPEC)

    assert found is not None
    texts = [word and word.text for word in found.layers["conv1"].words[:3]]
    assert texts == ["edge: light on the right", "horizontal bar", None]


@pytest.mark.keras
@pytest.mark.parametrize("key", [entry.key for entry in manifest.read() if entry.tuning])
def test_what_is_stored_is_what_the_network_does(key: str) -> None:
    """Every stimulus, through the stored network again, and through an untrained one like it."""
    from models.analysis.attribution_methods import draw, randomised
    from models.engine.opened import Opened

    entry = manifest.find(key)
    stored = MEASUREMENT.read(entry)
    assert stored is not None
    opened = Opened.of(loading.load(entry))
    untrained = randomised(opened)
    draw(untrained, 0)
    found, others = responses(opened, SPEC), responses(untrained, SPEC)

    for name, layer in stored.layers.items():
        own = found[name]
        for part in ("raised", "lowered", "fired"):
            values = getattr(own, part).mean(axis=1)
            assert getattr(layer, part) == pytest.approx(values, abs=1e-4), (name, part)
        assert layer.paper == pytest.approx(own.paper, abs=1e-4)
        assert layer.drift == pytest.approx(selectivity.drift(own.raised), rel=1e-3, abs=1e-3)
        first = layer.untrained[:, : len(layer.paper)]
        assert first == pytest.approx(others[name].selectivity, rel=1e-3, abs=1e-3)


def test_the_digits_are_not_what_is_asked() -> None:
    """The bank is drawn, not taken: none of it is a digit of the test set."""
    digits = mnist.load("test").images.reshape(10_000, -1)

    for each in stimuli.pictures(28, 28)[:, 0]:
        assert not (digits == each.ravel()).all(axis=1).any()
