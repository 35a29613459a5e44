from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.analysis import projection
from models.analysis.projection import LEVELS, MEASUREMENT, METHODS, Arrangement
from models.arrays import Floats
from models.store import artefact
from models.store.artefact import CheckpointError
from models.store.lazy_npz import Packed
from tests import networks

DIGITS = 6
KEPT = {"pca": (0.125, 0.5), "tsne": (0.375, 0.875)}


def some() -> Arrangement:
    """Return an arrangement of six digits, in another way for each method."""
    plane = np.arange(2 * DIGITS, dtype=np.uint16).reshape(DIGITS, 2)
    near = np.array([[other for other in range(DIGITS) if other != own] for own in range(DIGITS)], np.uint16)
    return Arrangement(
        {"pca": plane, "tsne": plane[::-1].copy()}, explained=0.25, alike=0.75, kept=KEPT, nearest=near
    )


def archive(**arrays: Any) -> bytes:
    """Return a file with the parts of `some`, but for these."""
    with np.load(io.BytesIO(some().to_bytes())) as whole:
        parts = {name: whole[name] for name in whole.files if name not in arrays}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **parts, **{name: v for name, v in arrays.items() if v is not None})
    return buffer.getvalue()


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Planes, numbers and neighbours come back, these unpacked on demand; the file's name has both hashes."""
    entry = networks.entry("cnn", networks.CNN)
    file = MEASUREMENT.write(some(), entry.checkpoint, tmp_path)
    read = MEASUREMENT.read(replace(entry, arrangement=file), tmp_path, DIGITS)

    assert read is not None
    assert (read.explained, read.alike, read.kept) == (0.25, 0.75, KEPT)
    assert isinstance(read.nearest, Packed)
    assert read.near(2) == [0, 1, 3, 4, 5]
    for method in METHODS:
        assert np.array_equal(read.planes[method], some().planes[method])
    assert (
        file.name
        == f"cnn.{hashlib.sha256((tmp_path / file.name).read_bytes()).hexdigest()[:8]}.arrangement.npz"
    )


def test_a_network_may_have_none() -> None:
    """Nothing is read where the manifest names no file."""
    assert MEASUREMENT.read(networks.entry("cnn", networks.CNN), images=DIGITS) is None


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"PK\x03\x04",
        some().to_bytes()[:-9],
        archive(kept=None, nearest=None),
        archive(nearest=None),
        archive(nearest=np.zeros((DIGITS, 4), np.uint16)),
        archive(nearest=np.zeros((DIGITS, 5), np.int64)),
        archive(kept=np.zeros((1, 2))),
    ],
    ids=["empty", "no end", "cut", "older form", "no neighbours", "fewer", "other type", "one method"],
)
def test_what_is_none_is_refused(damage: bytes, tmp_path: Path) -> None:
    """The message names the file, and the commands that mend it; so it is for one of the older form."""
    entry = networks.entry("cnn", networks.CNN)
    file = artefact.write_whole(tmp_path / "cnn.1.arrangement.npz", damage)

    with pytest.raises(CheckpointError, match=r"cnn\.1\.arrangement\.npz is no arrangement") as refused:
        MEASUREMENT.read(replace(entry, arrangement=file), tmp_path, DIGITS)
    assert str(refused.value).endswith(
        f'; or measure anew: python -m models.measure arrangement cnn --folder "{tmp_path}"'
    )


def test_other_digits_are_refused() -> None:
    """An arrangement is of as many digits as there are."""
    with pytest.raises(ValueError, match="does not arrange 7 digits"):
        Arrangement.from_bytes(some().to_bytes(), 7)


@given(arrays(np.float32, st.tuples(st.integers(1, 9), st.just(2)), elements=st.floats(-1e6, 1e6, width=32)))
def test_distances_keep_their_proportions(points: Floats) -> None:
    """The larger side fills the square, the other is in its middle, both in one unit."""
    placed = projection.squared(points).astype(np.float64)
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
    found = projection.arranged(values, labels)

    assert found.alike == 1
    assert found.kept["tsne"][1] > found.kept["tsne"][0] > 0
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

    near = projection.nearest(values, 10)

    assert projection.alike(near, labels) == pytest.approx((6 * 5 + 5 * 4) / (11 * 10))


@given(
    arrays(np.float32, st.tuples(st.integers(2, 40), st.integers(1, 3)), elements=st.integers(0, 3)),
    st.integers(1, 50),
)
def test_the_nearest_come_first_and_equal_ones_by_index(points: Floats, wanted: int) -> None:
    """Of many points in few places: the others by distance, then by index, and never the point itself."""
    count = min(wanted, len(points) - 1)

    found = projection.nearest(points, count)

    for own, near in enumerate(found.tolist()):
        far = np.square(points.astype(float) - points[own]).sum(axis=1)
        others = [other for other in range(len(points)) if other != own]
        assert near == sorted(others, key=lambda other: (far[other], other))[:count]


def test_what_share_of_the_neighbours_a_plane_keeps(rng: np.random.Generator) -> None:
    """All where it is the layer; of chance's order where it knows nothing; counted as a loop counts it."""
    layer = rng.integers(0, LEVELS, (200, 2)).astype(np.uint16)
    near = projection.nearest(layer, 50)
    assert projection.kept(layer, near) == (1, 1)

    plane = rng.integers(0, LEVELS, (200, 2)).astype(np.uint16)
    ten, fifty = projection.kept(plane, near)

    seen = projection.nearest(plane, 10).tolist()
    shares = [
        [len({*own} & {*known[:count]}) / 10 for own, known in zip(seen, near.tolist(), strict=True)]
        for count in (10, 50)
    ]
    assert (ten, fifty) == pytest.approx([np.mean(share) for share in shares])
    assert 0 < ten < 0.2 < fifty < 0.35


@pytest.mark.keras
def test_the_layer_is_the_one_before_the_answers(rng: np.random.Generator) -> None:
    """Its values after activation, which times the last kernel, plus bias, give the logits."""
    model = networks.build(networks.CNN)
    digits = rng.random((3, 28, 28, 1), np.float32)
    kernel, bias = model.layers[-1].get_weights()
    hidden = projection.last_hidden(model, digits)

    assert hidden.shape == (3, 5)
    logits = hidden @ kernel + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert np.asarray(model(digits)) == pytest.approx(expected, abs=1e-6)
