from __future__ import annotations

import io
import pickle
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.analysis import channel_statistics
from models.analysis.channel_statistics import MEASUREMENT, Survey
from models.analysis.layer_statistics import LEVELS, LayerSurvey, most_similar, quantised, weight_norms
from models.arrays import Floats, Labels
from models.engine.forward_pass import STAGES
from models.graph.description import Layer, describe
from models.graph.receptive_field import Window
from models.store import artefact
from models.store.artefact import CheckpointError
from tests import networks, worlds


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


def assert_same(one: Survey, other: Survey) -> None:
    assert np.array_equal(one.logits, other.logits)
    assert one.ranges.keys() == other.ranges.keys()
    assert all(np.array_equal(one.ranges[name], other.ranges[name]) for name in one.ranges)
    assert one.layers.keys() == other.layers.keys()
    for layer, measured in one.layers.items():
        parts, others = measured.to_arrays(), other.layers[layer].to_arrays()
        assert all(np.array_equal(parts[name], others[name], equal_nan=True) for name in parts)
        assert [each.dtype for each in parts.values()] == [each.dtype for each in others.values()]


def test_a_survey_survives_its_file() -> None:
    """All of it comes back as it was, bit by bit, whatever a layer is called."""
    measured = networks.survey(networks.CNN, 20)
    odd = Survey(
        measured.logits,
        {("block.1/conv", "pre"): measured.ranges["conv1", "pre"]},
        {"block.1/conv": measured.layers["conv1"]},
    )

    assert_same(Survey.from_bytes(measured.to_bytes()), measured)
    assert_same(Survey.from_bytes(odd.to_bytes()), odd)


def test_a_survey_lies_beside_its_checkpoint(tmp_path: Path) -> None:
    """It is read by the manifest's hash; another file in its place is refused."""
    measured = networks.survey(networks.CNN, 20)
    file = artefact.write_whole(tmp_path / "cnn.survey.npz", measured.to_bytes())
    entry = replace(networks.entry("cnn", networks.CNN), survey=file)

    assert_same(networks.survey_of(entry, tmp_path), measured)
    (tmp_path / file.name).write_bytes(networks.survey(networks.CNN, 20, seed=1).to_bytes())
    with pytest.raises(CheckpointError, match=r"cnn\.survey\.npz is not the file"):
        MEASUREMENT.read(entry, tmp_path)


@pytest.mark.parametrize("where", ["logits", "conv1.pre"])
def test_pickled_arrays_are_refused(tmp_path: Path, where: str) -> None:
    """An array of objects is not unpickled, which would run what somebody planted there."""
    parts = {"logits": np.zeros((2, 10), np.float32), "conv1.pre": np.zeros((2, 3), np.float32)}
    parts[where] = np.array([Trap(tmp_path / "sprung")], object)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=True, **parts)

    with pytest.raises(ValueError, match="allow_pickle"):
        Survey.from_bytes(buffer.getvalue())

    assert not (tmp_path / "sprung").exists()


def plain_array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def archive(**parts: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **parts)
    return buffer.getvalue()


def not_arrays() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("logits.npy", b"nothing")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        pickle.dumps([1, 2]),
        plain_array(),
        archive(**{"conv1.pre": np.zeros(3)}),
        archive(logits=np.zeros(3), conv1=np.zeros(3)),
        archive(logits=np.zeros(3), **{"conv1.during": np.zeros(3)}),
        not_arrays(),
        networks.survey(networks.CNN, 5).to_bytes()[:-50],
    ],
    ids=["empty", "text", "pickle", "array", "no logits", "no stage", "other stage", "no arrays", "cut"],
)
def test_what_is_no_survey_is_refused(content: bytes) -> None:
    """Anything else is one kind of error, as the docstring says."""
    with pytest.raises(ValueError):  # noqa: PT011 - its words depend on how far the reader came
        Survey.from_bytes(content)


def test_a_dead_channel_is_zero_on_every_digit() -> None:
    """Only a channel whose smallest and largest value after activation are both 0 is dead."""
    post = np.array([[0, 0, -1, 0.5, 0], [0, 1, 0, 0.5, 0]], np.float32)
    pre = np.array([[-1, -1, -1, 0, 0], [-0.5, 1, 0, 0, 0]], np.float32)
    measured = Survey(np.zeros((1, 10), np.float32), {("conv", "post"): post, ("conv", "pre"): pre})

    assert measured.dead("conv") == [0, 4]


def changed(**arrays: Any) -> bytes:
    """Return a survey of the small CNN with parts of its second convolution replaced."""
    measured = networks.survey(networks.CNN, 20)
    layers = {**measured.layers, "conv2": replace(measured.layers["conv2"], **arrays)}
    return replace(measured, layers=layers).to_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        {"mean": np.zeros(4, np.float64)},
        {"mean": np.zeros((4, 1), np.float32)},
        {"mean": np.zeros(3, np.float32)},
        {"active": np.array([0, 0.5, 1, 1.5], np.float32)},
        {"firing": np.array([0, 0.5, 1, -0.5], np.float32)},
        {"firing": np.array([0, 0.5, 1, np.nan], np.float32)},
        {"by_class": np.zeros((9, 4), np.float32)},
        {"strongest": np.full((4, 9), 20, np.uint16)},
        {"strongest": np.zeros((4, 8), np.uint16)},
        {"places": np.full((4, 9), 576, np.uint16)},
        {"strength": np.zeros((19, 4), np.uint8)},
        {"similar": np.full(4, 4, np.int16)},
        {"similar": np.full(4, -2, np.int16)},
        {"correct_without": np.full(4, 21, np.int32)},
        {"start": np.array([0, 2, 4, 6, 9], np.int32)},
        {"start": np.array([0, 2, 8, 6, 8], np.int32)},
        {"start": np.array([1, 2, 4, 6, 8], np.int32)},
        {"digit": np.full(8, 20, np.uint16)},
        {"answer": np.full(8, 10, np.uint8)},
        {"answer": np.zeros(7, np.uint8)},
    ],
    ids="-".join,
)
def test_what_cannot_be_is_refused(tmp_path: Path, damage: Any) -> None:
    """A number of another type or shape, or one that names what there is not, is a damaged checkpoint."""
    file = artefact.write_whole(tmp_path / "cnn.survey.npz", changed(**damage))
    entry = replace(networks.entry("cnn", networks.CNN), survey=file)

    with pytest.raises(CheckpointError, match=r"cnn\.survey\.npz is no survey of this network"):
        MEASUREMENT.read(entry, tmp_path)


def test_a_network_that_diverged_can_be_read() -> None:
    """Its means and values are not finite, and are kept as they are."""
    nan = np.full(4, np.nan, np.float32)

    assert np.isnan(Survey.from_bytes(changed(mean=nan)).layers["conv2"].mean).all()


@pytest.mark.parametrize("layers", [networks.FCN, networks.CNN[:3]], ids=["another", "fewer"])
def test_a_survey_belongs_to_its_network(tmp_path: Path, layers: tuple[Layer, ...]) -> None:
    """One of other layers, or of logits alone, is refused, though its hash is right."""
    measured = networks.survey(layers, 20)
    for found in (measured, Survey(measured.logits, measured.ranges)):
        file = artefact.write_whole(tmp_path / "cnn.survey.npz", found.to_bytes())
        with pytest.raises(CheckpointError, match="is no survey of this network"):
            MEASUREMENT.read(replace(networks.entry("cnn", networks.CNN), survey=file), tmp_path)


def test_both_hashes_name_the_file(tmp_path: Path) -> None:
    """Another survey of the same checkpoint lies beside the first one, until the manifest names it."""
    checkpoint = networks.entry("cnn", networks.CNN).checkpoint
    names = [
        MEASUREMENT.write(networks.survey(networks.CNN, 20, seed), checkpoint, tmp_path).name
        for seed in (0, 1, 1)
    ]

    assert len(set(names)) == 2
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    assert all(re.fullmatch(r"cnn\.[0-9a-f]{8}\.survey\.npz", name) for name in names)


def test_a_channel_that_never_rests() -> None:
    """Only a channel whose smallest value after activation is above 0 is always on."""
    post = np.array([[0, 0.1, -1], [1, 1, 1]], np.float32)

    assert Survey(np.zeros((1, 10), np.float32), {("conv", "post"): post}).always_on("conv") == [1]


@given(st.integers(1, 30), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_all_digits_are_ranked(digits: int, channels: int, seed: int) -> None:
    """Every digit once; the named ones first in their order, then by level, equal ones by index."""
    rng = np.random.default_rng(seed)
    layer = networks.dense("dense", 3, channels)
    measured = networks.layer_survey(layer, digits, rng, tried=True)

    for channel in range(channels):
        order = measured.ranked(channel)
        levels = np.asarray(measured.strength)[order, channel].astype(int)
        named = measured.strongest.shape[1]
        assert sorted(order.tolist()) == list(range(digits))
        assert np.array_equal(order[:named], measured.strongest[channel])
        assert (np.diff(levels) <= 0).all()
        rest, fell = order[named:].astype(int), np.diff(levels[named:])
        assert (np.diff(rest)[fell == 0] > 0).all()


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 9), st.integers(1, 3)),
        elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
        | st.just(float("nan"))
        | st.just(float("inf")),
    )
)
def test_levels_keep_the_order(peaks: Floats) -> None:
    """Level 0 is a channel's smallest value, the last its largest; without two finite ones all is 0."""
    levels = quantised(peaks)

    for column, own in zip(peaks.T.astype(np.float64), levels.T.astype(int), strict=True):
        if not np.isfinite(column).all() or column.min() == column.max():
            assert not own.any()
        else:
            assert (own.min(), own.max()) == (0, LEVELS - 1)
            assert (np.diff(own[column.argsort(kind="stable")]) >= 0).all()


def test_similar_filters_point_the_same_way() -> None:
    """The other filter with the largest cosine, whatever the lengths; one of zeros is like none."""
    kernel = np.array([[1, 10, 0, 0], [0, 1, 1, 0]], np.float32)

    similar, cosine = most_similar(kernel, 4)

    assert similar[:3].tolist() == [1, 0, 1]
    assert cosine == pytest.approx([10 / 101**0.5, 10 / 101**0.5, 1 / 101**0.5, 0])
    for nothing in (most_similar(None, 2), most_similar(kernel[:, :1], 1)):
        assert set(nothing[0]) == {-1}
        assert not nothing[1].any()


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
        elements=st.floats(-(2.0**100), 2.0**100, width=32),
    )
)
def test_the_norm_of_a_filter_is_over_all_of_its_weights(filters: Floats) -> None:
    """Of each filter the root of the sum of squares, also of weights whose squares float32 does not hold."""
    found = weight_norms(filters)

    assert found.shape == (len(filters),)
    assert found.dtype == np.dtype("f4")
    for each, norm in zip(filters.astype(np.float64), found, strict=True):
        assert norm == pytest.approx(float(np.sqrt((each**2).sum())), rel=1e-6, abs=1e-44)


LABELS = np.arange(200, dtype=np.uint8) % 10


SATURATED = (
    replace(networks.conv("conv", 26, 3, 1, [Window(3)]), activation="sigmoid"),
    networks.flatten(2_028),
    networks.dense("dense", 2_028, 5, "tanh"),
    networks.dense("output", 5, 10, "softmax"),
)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("chain", "digits"),
    [(networks.FCN, 100), (networks.CNN, 107), (SATURATED, 60)],
    ids=["fcn", "cnn", "saturated"],
)
def test_one_pass_measures_what_the_probe_shows(
    chain: tuple[Layer, ...], digits: int, rng: np.random.Generator
) -> None:
    """Everything equals what a plain loop over all digits finds, the last, smaller batch included."""
    from models.engine.probe import Probe

    model = networks.build(chain)
    images = rng.random((digits, 28, 28, 1), np.float32)
    probe = Probe(model)
    passes = [probe.run(image) for image in images]

    measured = channel_statistics.run(model, images, LABELS[:digits])

    assert measured.logits.shape == (digits, 10)
    assert measured.logits.dtype == np.float32
    assert np.allclose(measured.logits, [forward.logits for forward in passes], atol=1e-5)
    assert set(measured.ranges) == {(layer.name, stage) for layer in chain for stage in ("pre", "post")}
    for (name, stage), (low, high) in measured.ranges.items():
        values = np.concatenate([forward.tensor(name, stage).reshape(-1, low.size) for forward in passes])
        assert np.allclose(low, values.min(axis=0), atol=1e-5)
        assert np.allclose(high, values.max(axis=0), atol=1e-5)
    surveyed = [layer for layer in chain if layer.kind != "Flatten"]
    assert list(measured.layers) == [layer.name for layer in surveyed]
    for layer in surveyed:
        pre, post = (np.stack([forward.tensor(layer.name, stage) for forward in passes]) for stage in STAGES)
        require_told(measured.layers[layer.name], post, pre if layer.saturates else post, LABELS[:digits])


@pytest.mark.keras
def test_digits_that_saturate_are_ranked_before_the_activation(rng: np.random.Generator) -> None:
    """Where float32 says 1.0 of many digits, the one with the largest logit is the strongest all the same.

    Units, maps and classes whose weights are large enough that nothing can be told apart behind them.
    """
    from models.engine.probe import Probe

    model = networks.build(SATURATED)
    for layer in model.layers:
        layer.set_weights([1_000 * weights for weights in layer.get_weights()])
    images = rng.random((60, 28, 28, 1), np.float32)
    probe = Probe(model)
    passes = [probe.run(image) for image in images]

    measured = channel_statistics.run(model, images, LABELS[:60])

    for layer in SATURATED:
        if layer.kind == "Flatten":
            continue
        pre, post = (np.stack([forward.tensor(layer.name, stage) for forward in passes]) for stage in STAGES)
        peaks = pre.reshape(60, -1, layer.channels).max(axis=1)
        tops = post.reshape(60, -1, layer.channels).max(axis=1)
        tied = [channel for channel in range(layer.channels) if (tops[:, channel] == 1).sum() > 9]
        assert tied, f"{layer.name} does not saturate"
        told = measured.layers[layer.name]
        for channel in tied:
            best = peaks[:, channel].argsort()[::-1][:9]
            assert told.values[channel] == pytest.approx(peaks[best, channel], rel=1e-4)
            assert peaks[told.strongest[channel], channel] == pytest.approx(told.values[channel], rel=1e-4)
            ranked = peaks[told.ranked(channel), channel]
            assert (np.diff(ranked) <= np.ptp(peaks[:, channel]) / (LEVELS - 1) * 1.01).all()


def test_the_strongest_digits_are_named_by_their_logits(tmp_path: Path) -> None:
    """A survey whose classes were ranked by probabilities is refused, with the command that mends it."""
    measured = networks.survey(networks.CNN, 20)
    shares = np.exp(measured.logits) / np.exp(measured.logits).sum(axis=1, keepdims=True)
    classes = measured.layers["output"]
    named = shares[classes.strongest, np.arange(10)[:, np.newaxis]].astype(np.float32)
    older = replace(measured, layers={**measured.layers, "output": replace(classes, values=named)})
    file = artefact.write_whole(tmp_path / "cnn.survey.npz", older.to_bytes())

    with pytest.raises(CheckpointError, match="is no survey of this network") as refused:
        MEASUREMENT.read(replace(networks.entry("cnn", networks.CNN), survey=file), tmp_path)
    assert str(refused.value).endswith(
        f'; or measure anew: python -m models.measure survey cnn --folder "{tmp_path}"'
    )


def require_told(told: LayerSurvey, values: Floats, ranked: Floats, labels: Labels) -> None:
    """Fail unless a layer's survey is that of its values, ranked by these, (digits, …, channels) each."""
    cells, peaks = (
        each.reshape(len(each), -1, each.shape[-1]).astype(np.float64) for each in (values, ranked)
    )
    by_class = np.stack([cells[labels == label].mean(axis=(0, 1)) for label in range(10)])
    assert np.allclose(told.mean, cells.mean(axis=(0, 1)), atol=1e-5)
    assert np.allclose(told.active, (cells > 0).mean(axis=(0, 1)), atol=1e-4)
    assert np.allclose(told.firing, (cells > 0).any(axis=1).mean(axis=0), atol=1e-6)
    assert np.allclose(told.by_class, by_class, atol=1e-5)
    largest = -np.sort(-peaks.max(axis=1), axis=0)[:9].T  # (channels, 9)
    assert np.allclose(told.values, largest, atol=1e-5)
    channels = np.arange(told.channels)[:, np.newaxis]
    assert np.allclose(peaks[told.strongest, told.places, channels], largest, atol=1e-5)
    assert all(len(set(digits)) == 9 for digits in told.strongest.tolist())
    assert told.strength.shape == (len(values), told.channels)
    makes_order = np.take_along_axis(
        np.asarray(told.strength).astype(int), told.strongest.T.astype(np.intp), axis=0
    )
    assert (np.diff(makes_order, axis=0) <= 0).all()


@pytest.mark.keras
def test_a_filter_that_cannot_fire_is_found_dead(rng: np.random.Generator) -> None:
    """With a bias far below zero a ReLU never lets anything through; without it no answer changes."""
    model = networks.build(networks.CNN)
    kernel, bias = model.get_layer("conv2").get_weights()
    bias[2] = -1_000
    model.get_layer("conv2").set_weights([kernel, bias])

    measured = channel_statistics.run(model, rng.random((10, 28, 28, 1), np.float32), LABELS[:10])

    assert measured.dead("conv2") == [2]
    assert 2 in measured.dead("pool")
    assert measured.layers["conv2"].changed(2)[0].size == 0
    assert measured.layers["conv2"].firing[2] == 0


@pytest.mark.keras
def test_it_is_measured_in_two_parts_that_tell_how_far_they_are() -> None:
    """The first pass says all but what the network is without; images are prepared part by part."""
    world, model, heard = worlds.made_up(), worlds.chain(), list[tuple[int, int]]()
    layers = describe(model)

    begun = channel_statistics.begin(model, world.fed, world.labels, lambda *told: heard.append(told))
    assert heard[-1] == (len(world), len(world))
    assert not begun.is_complete(layers)
    Survey.from_bytes(begun.to_bytes()).require(layers)

    heard.clear()
    done = channel_statistics.complete(
        model, world.fed, world.labels, begun, lambda *told: heard.append(told)
    )
    assert heard[-1] == (len(world), len(world))
    assert done.is_complete(layers)
    assert done.to_bytes() == channel_statistics.run(model, world.inputs, world.labels).to_bytes()


@pytest.mark.keras
def test_images_without_labels_have_a_mean_too() -> None:
    """It is that of the same images with labels; of each class there is nothing."""
    world, model = worlds.made_up(), worlds.chain()
    unlabelled = np.full(len(world), len(world.classes), world.labels.dtype)

    known = channel_statistics.begin(model, world.fed, world.labels).layers
    for name, layer in channel_statistics.begin(model, world.fed, unlabelled).layers.items():
        assert np.allclose(layer.mean, known[name].mean, atol=1e-6)
        assert not layer.by_class.any()
    assert any(layer.mean.any() for layer in known.values())


@pytest.mark.keras
def test_what_does_not_fit_in_memory_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peaks of many images lie in a file meanwhile, and are the same."""
    from models.analysis import statistics_pass

    model, world = worlds.trained(), worlds.made_up()
    kept = statistics_pass.measure(model, world.fed, world.labels)[2]
    monkeypatch.setattr(statistics_pass, "SPOOLED", 1)
    aside = statistics_pass.measure(model, world.fed, world.labels)[2]
    for name, layer in kept.items():
        for each, values in layer.to_arrays().items():
            np.testing.assert_array_equal(np.asarray(values), np.asarray(aside[name].to_arrays()[each]))
