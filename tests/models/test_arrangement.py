from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models import arrangement, registry
from models.arrangement import LEVELS, METHODS, Arrangement
from models.forward_pass import Floats
from models.registry import CheckpointError
from tests import networks

DIGITS = 6


def some() -> Arrangement:
    """Return an arrangement of six digits, in another way for each method."""
    plane = np.arange(2 * DIGITS, dtype=np.uint16).reshape(DIGITS, 2)
    return Arrangement({"pca": plane, "tsne": plane[::-1].copy()}, explained=0.25, alike=0.75)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Planes and numbers come back; the name of the file has both hashes."""
    entry = networks.entry("cnn", networks.CNN)
    file = arrangement.write(some(), entry.checkpoint, tmp_path)
    read = arrangement.read(replace(entry, arrangement=file), DIGITS, tmp_path)

    assert read is not None
    assert (read.explained, read.alike) == (0.25, 0.75)
    for method in METHODS:
        assert np.array_equal(read.planes[method], some().planes[method])
    assert (
        file.name
        == f"cnn.{hashlib.sha256((tmp_path / file.name).read_bytes()).hexdigest()[:8]}.arrangement.npz"
    )


def test_a_network_may_have_none() -> None:
    """Nothing is read where the manifest names no file."""
    assert arrangement.read(networks.entry("cnn", networks.CNN), DIGITS) is None


@pytest.mark.parametrize(
    "damage", [b"", b"PK\x03\x04", some().to_bytes()[:-9]], ids=["empty", "no end", "cut"]
)
def test_what_is_none_is_refused(damage: bytes, tmp_path: Path) -> None:
    """The message names the file, and the command that mends it."""
    entry = networks.entry("cnn", networks.CNN)
    file = registry.write_whole(tmp_path / "cnn.1.arrangement.npz", damage)

    with pytest.raises(CheckpointError, match=r"cnn\.1\.arrangement\.npz is no arrangement"):
        arrangement.read(replace(entry, arrangement=file), DIGITS, tmp_path)


def test_other_digits_are_refused() -> None:
    """An arrangement is of as many digits as there are."""
    with pytest.raises(ValueError, match="does not arrange 7 digits"):
        Arrangement.from_bytes(some().to_bytes(), 7)


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.just(2)), elements=st.floats(-1e6, 1e6, width=32)))
def test_distances_keep_their_proportions(points: Floats) -> None:
    """The larger side fills the square, the other is in its middle, both in one unit."""
    placed = arrangement.squared(points).astype(np.float64)
    low, high = placed.min(axis=0), placed.max(axis=0)
    span = np.ptp(points.astype(np.float64), axis=0)

    assert low.min() >= 0
    assert high.max() <= LEVELS - 1
    assert (low + high) / 2 == pytest.approx([(LEVELS - 1) / 2] * 2, abs=1)
    if span.max() > 0:
        assert np.ptp(placed, axis=0) / (LEVELS - 1) == pytest.approx(span / span.max(), abs=2 / LEVELS)


def test_clusters_stay_apart(rng: np.random.Generator) -> None:
    """Three far clouds in ten dimensions are three clouds in both planes; almost all neighbours are alike."""
    labels = np.repeat(np.arange(3, dtype=np.uint8), 40)
    values = (rng.normal(size=(120, 10)) + 30 * np.eye(10)[labels]).astype(np.float32)
    found = arrangement.arranged(values, labels)

    assert found.alike == 1
    assert 0.5 < found.explained < 1
    for method in METHODS:
        plane = found.planes[method].astype(float)
        middles = np.stack([plane[labels == label].mean(axis=0) for label in range(3)])
        nearest = np.linalg.norm(plane[:, None] - middles, axis=-1).argmin(axis=1)
        assert np.array_equal(nearest, labels)


def test_alike_is_the_share_of_neighbours_with_the_same_label() -> None:
    """Eleven digits in one place, six of one label and five of another: each has the other ten beside it."""
    labels = np.array([0] * 6 + [1] * 5, np.uint8)
    values = np.random.default_rng(7).normal(size=(11, 2)).astype(np.float32)

    assert arrangement.alike(values, labels) == pytest.approx((6 * 5 + 5 * 4) / (11 * 10))


@pytest.mark.keras
def test_the_layer_is_the_one_before_the_answers(rng: np.random.Generator) -> None:
    """Its values after activation, which times the last kernel, plus bias, give the logits."""
    model = networks.build(networks.CNN)
    digits = rng.random((3, 28, 28, 1), np.float32)
    kernel, bias = model.layers[-1].get_weights()
    hidden = arrangement.last_hidden(model, digits)

    assert hidden.shape == (3, 5)
    logits = hidden @ kernel + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert np.asarray(model(digits)) == pytest.approx(expected, abs=1e-6)
