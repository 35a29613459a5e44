from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import registry, survey
from models.description import Layer
from models.registry import CheckpointError
from models.survey import BATCH, Survey
from tests import networks


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


def test_a_survey_survives_its_file() -> None:
    """Logits and ranges come back as they were, bit by bit, whatever a layer is called."""
    measured = networks.survey(networks.CNN, 20)
    odd = Survey(measured.logits, {("block.1/conv", "pre"): measured.ranges["conv1", "pre"]})

    assert_same(Survey.from_bytes(measured.to_bytes()), measured)
    assert_same(Survey.from_bytes(odd.to_bytes()), odd)


def test_a_survey_lies_beside_its_checkpoint(tmp_path: Path) -> None:
    """It is read by the manifest's hash; another file in its place is refused."""
    from dataclasses import replace

    measured = networks.survey(networks.CNN, 20)
    file = registry.write_whole(tmp_path / "cnn.survey.npz", measured.to_bytes())
    entry = replace(networks.entry("cnn", networks.CNN), survey=file)

    assert_same(survey.read(entry, tmp_path), measured)
    (tmp_path / file.name).write_bytes(networks.survey(networks.CNN, 20, seed=1).to_bytes())
    with pytest.raises(CheckpointError, match=r"cnn\.survey\.npz is not the file"):
        survey.read(entry, tmp_path)


@pytest.mark.parametrize("where", ["logits", "conv1.pre"])
def test_pickled_arrays_are_refused(tmp_path: Path, where: str) -> None:
    """An array of objects is not unpickled, which would run what somebody planted there."""
    arrays = {"logits": np.zeros((2, 10), np.float32), "conv1.pre": np.zeros((2, 3), np.float32)}
    arrays[where] = np.array([Trap(tmp_path / "sprung")], object)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=True, **arrays)

    with pytest.raises(ValueError, match="allow_pickle"):
        Survey.from_bytes(buffer.getvalue())

    assert not (tmp_path / "sprung").exists()


def plain_array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def archive(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
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


@pytest.mark.keras
@pytest.mark.parametrize(
    ("chain", "digits"), [(networks.FCN, 2 * BATCH), (networks.CNN, 2 * BATCH + 7)], ids=["fcn", "cnn"]
)
def test_one_pass_measures_what_the_probe_shows(
    chain: tuple[Layer, ...], digits: int, rng: np.random.Generator
) -> None:
    """Logits and ranges equal those of a plain loop over all digits, the last, smaller batch included."""
    from models.probe import Probe

    model = networks.build(chain)
    images = rng.random((digits, 28, 28, 1), np.float32)
    probe = Probe(model)
    passes = [probe.run(image) for image in images]

    measured = survey.run(model, images)

    assert measured.logits.shape == (digits, 10)
    assert measured.logits.dtype == np.float32
    assert np.allclose(measured.logits, [forward.logits for forward in passes], atol=1e-5)
    assert set(measured.ranges) == {(layer.name, stage) for layer in chain for stage in ("pre", "post")}
    for (name, stage), (low, high) in measured.ranges.items():
        values = np.concatenate([forward.tensor(name, stage).reshape(-1, low.size) for forward in passes])
        assert np.allclose(low, values.min(axis=0), atol=1e-5)
        assert np.allclose(high, values.max(axis=0), atol=1e-5)


@pytest.mark.keras
def test_a_filter_that_cannot_fire_is_found_dead(rng: np.random.Generator) -> None:
    """With a bias far below zero a ReLU never lets anything through, and the survey says so."""
    model = networks.build(networks.CNN)
    kernel, bias = model.get_layer("conv2").get_weights()
    bias[2] = -1_000
    model.get_layer("conv2").set_weights([kernel, bias])

    measured = survey.run(model, rng.random((10, 28, 28, 1), np.float32))

    assert measured.dead("conv2") == [2]
    assert 2 in measured.dead("pool")
