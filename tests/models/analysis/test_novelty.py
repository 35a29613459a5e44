from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.analysis import novelty
from models.analysis.novelty import CENTRES, MEASUREMENT, Novelty, Separation, measured, places
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.sketch.drawing import PAD
from models.sketch.preparation import prepare_drawing
from models.sketch.strangers import REPORTING
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from tests import networks

Pixels = NDArray[np.uint8]
UNITS = 5


def rays(count: int, rng: np.random.Generator, axis: int) -> Floats:
    """Return what a layer might make of digits of a label: about along an axis, about 10 long."""
    return np.asarray(10 * np.eye(UNITS)[axis] + rng.normal(0, 0.5, (count, UNITS)), np.float32)


def some(rng: np.random.Generator, strangers: dict[str, Floats] | None = None) -> Novelty:
    """Return the measure of a made-up network of two labels, along the first two axes."""
    learned = np.concatenate([rays(300, rng, 0), rays(300, rng, 1)])
    held_out = np.concatenate([rays(250, rng, 0), rays(250, rng, 1)])
    return measured(learned, np.repeat([0, 1], 300).astype(np.uint8), held_out, strangers)


def test_directions_and_lengths_by_hand() -> None:
    """(3, 4) of typical length 5 points to (0.6, 0.8) and is as long as usual; twice that, log 2 longer."""
    found = places(np.array([[3, 4], [6, 8], [0, 0]], np.float32), 5)

    assert found == pytest.approx(np.array([[0.6, 0.8, 0], [0.6, 0.8, np.log(2)], [0, 0, np.log(1e-6)]]))


def test_the_score_is_the_distance_to_the_nearest_centre() -> None:
    """Of two centres that are known; equal to the sum over all numbers, to float64."""
    known = Novelty(
        directions=np.array([[255, 0], [0, 255]], np.uint8),
        lengths=np.array([0, np.log(2)], np.float32),
        low=0,
        step=1 / 255,
        typical=5,
        scores=np.arange(200, dtype=np.float32),
    )

    found = known.score(np.array([[5, 0], [0, 10], [10, 0], [0, 0]], np.float32))

    assert found[:3] == pytest.approx([0, 0, np.log(2)], abs=1e-7)
    assert found[3] == pytest.approx(np.hypot(1, np.log(1e-6)))


def test_what_is_farther_is_more_unlike(rng: np.random.Generator) -> None:
    """The more a picture turns away from all labels, or the longer or shorter it is, the larger the score."""
    known = some(rng)
    turned = (0.5, 1, 1.5)
    away = np.outer(np.cos(turned), np.eye(UNITS)[0]) + np.outer(np.sin(turned), np.eye(UNITS)[4])
    longer, shorter = (np.outer(sizes, np.eye(UNITS)[0]) for sizes in ([20, 40, 80], [5, 2, 1]))

    for rows in (10 * away, longer, shorter):
        scores = known.score(rows.astype(np.float32))
        assert (np.diff(scores) > 0).all()
        assert all(map(known.is_unlike, scores))


@given(st.lists(st.floats(0, 10, width=32), min_size=1, max_size=300), st.floats(0, 10, width=32))
def test_a_hundredth_of_the_held_out_digits_is_flagged(scores: list[float], score: float) -> None:
    """No more than that; a percentile is the share of smaller scores, and rises with the score."""
    known = replace(some(np.random.default_rng(7)), scores=np.sort(np.array(scores, np.float32)))

    assert sum(map(known.is_unlike, scores)) <= 0.01 * len(scores)
    assert known.percentile(score) == pytest.approx(np.mean(np.array(scores) < score))
    assert known.percentile(score) <= known.percentile(score + 1)
    if known.is_unlike(score):
        assert known.percentile(score) >= 0.99


def test_how_well_kinds_are_told_is_measured(rng: np.random.Generator) -> None:
    """What lies elsewhere has an AUROC of 1; digits of the same kind one of a half; the interval holds it."""
    known = some(rng, {"elsewhere": rays(100, rng, 3), "alike": rays(400, rng, 0)})

    assert known.separated["elsewhere"] == Separation(1, 1, 1, 1)
    alike = known.separated["alike"]
    assert alike.low < alike.auroc < alike.high
    assert alike.auroc == pytest.approx(0.5, abs=0.08)
    assert alike.flagged == pytest.approx(0.01, abs=0.02)


def test_auroc_is_scikit_learns(rng: np.random.Generator) -> None:
    """Ties counted by half."""
    from sklearn.metrics import roc_auc_score

    known = replace(some(rng), scores=np.sort(rng.integers(0, 9, 300)).astype(np.float32))
    others = rng.integers(3, 12, 100).astype(np.float64)

    truth = np.repeat([0, 1], [300, 100])
    expected = roc_auc_score(truth, np.concatenate([known.scores, others]))
    assert novelty.separation(known, others).auroc == pytest.approx(expected)


def test_centres_are_means_of_what_is_nearest() -> None:
    """Rows in heaps, more rows than centres: the centres are where k-means leaves them, none is lost."""
    rng = np.random.default_rng(7)
    heaps = rng.normal(size=(CENTRES, 3)) * 100
    rows = np.concatenate([heaps + rng.normal(0, 0.01, heaps.shape) for _ in range(5)])

    found = novelty.k_means(rows, rng)

    assert found.shape == (CENTRES, 3)
    nearest = np.linalg.norm(rows[:, np.newaxis] - found, axis=2).argmin(axis=1)
    for centre in np.unique(nearest):
        assert found[centre] == pytest.approx(rows[nearest == centre].mean(axis=0), abs=40)
    assert np.array_equal(np.sort(novelty.k_means(rows[:4], rng), axis=0), np.sort(rows[:4], axis=0))


def test_it_is_read_as_it_was_written(rng: np.random.Generator) -> None:
    """Every number, so that every score is the same."""
    known = some(rng, {"elsewhere": rays(10, rng, 3)})
    again = Novelty.from_bytes(known.to_bytes())

    assert again.separated == known.separated
    assert (again.threshold, again.typical) == (known.threshold, known.typical)
    rows = rays(20, rng, 2)
    assert np.array_equal(again.score(rows), known.score(rows))
    assert np.array_equal(again.scores, known.scores)


@pytest.mark.parametrize(
    "damage", ["nothing", "no archive", "cut", "no scores", "other numbers", "descending"]
)
def test_what_is_no_measure_is_refused(damage: str, rng: np.random.Generator, tmp_path: Path) -> None:
    """Whatever is in the file; the message names it and what mends it."""
    known = some(rng)
    content = {
        "nothing": b"",
        "no archive": b"PK\x03\x04",
        "cut": known.to_bytes()[:-9],
        "no scores": replace(known, scores=np.zeros(0, np.float32)).to_bytes(),
        "other numbers": replace(known, lengths=known.lengths.astype(np.float64)).to_bytes(),
        "descending": replace(known, scores=known.scores[::-1]).to_bytes(),
    }[damage]
    entry = networks.entry("cnn", networks.CNN)
    file = artefact.write_whole(tmp_path / "cnn.1.novelty.npz", content)

    with pytest.raises(CheckpointError, match=r"cnn\.1\.novelty\.npz is no measure of novelty"):
        MEASUREMENT.read(replace(entry, novelty=file), tmp_path)


def test_it_lies_beside_its_checkpoint(rng: np.random.Generator, tmp_path: Path) -> None:
    """The manifest names it; a network may have none; one of another layer is refused."""
    entry = networks.entry("cnn", networks.CNN)
    file = MEASUREMENT.write(some(rng), replace(entry.checkpoint, name="cnn-01234567.keras"), tmp_path)
    manifest.write(replace(entry, novelty=file), tmp_path)
    (read,) = manifest.read(tmp_path)

    assert file in read.files
    assert file.name.startswith("cnn-01234567.")
    found = MEASUREMENT.read(read, tmp_path)
    assert found is not None
    assert np.array_equal(found.scores, some(np.random.default_rng(7)).scores)
    assert MEASUREMENT.read(entry, tmp_path) is None
    wider = replace(
        networks.entry("fcn", (networks.flatten(784), networks.dense("output", 784, 10))), novelty=file
    )
    with pytest.raises(CheckpointError, match="no measure of novelty of this network"):
        MEASUREMENT.read(wider, tmp_path)


@pytest.mark.keras
def test_a_network_is_measured_on_what_it_has_not_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last digits alone are the held-out ones; kinds of pictures that are no digits are told."""
    monkeypatch.setattr(novelty, "PICTURES", 10)
    digits = mnist.load("test")[:300]
    model = networks.build(networks.CNN)

    found = novelty.run(model, digits, held_out=50)
    assert found
    assert novelty.run(model, digits, held_out=0) is None  # nothing is known that it did not learn

    hidden = novelty.hidden_of(model, prepare(digits.images))
    assert found.scores == pytest.approx(np.sort(found.score(hidden[-50:])), abs=1e-6)
    assert found.directions.shape == (250, hidden.shape[1])  # each label has fewer digits than centres
    assert found.score(hidden[:250]).max() < found.scores.max()
    assert found.separated.keys() == REPORTING.keys()


@pytest.fixture(scope="module")
def reader() -> Entry:
    """The shipped network that reads what people bring."""
    return max(manifest.read(), key=lambda each: networks.training_of(each).held_out.merit)


def cross() -> Pixels:
    """Return a multiplication sign as a pen draws it on the pad, prepared."""
    rows, columns = np.mgrid[:PAD, :PAD]
    ink = (np.abs(rows - columns) < 6) | (np.abs(rows + columns - PAD + 1) < 6)
    ink[:20], ink[-20:], ink[:, :20], ink[:, -20:] = (False,) * 4
    return prepare_drawing(ink * np.uint8(255)).pixels


BROUGHT = {
    "multiplication sign": cross(),
    "filled square": prepare_drawing(np.full((60, 60), 255, np.uint8)).pixels,
    "noise": np.random.default_rng(7).integers(0, 256, (28, 28), np.uint8),
    "nothing": np.zeros((28, 28), np.uint8),
}


@pytest.mark.keras
def test_what_the_shipped_reader_finds_unlike_anything(reader: Entry) -> None:
    """A multiplication sign, a filled square, noise and an empty picture; few of the first 500 test digits.

    That many as a hundredth of them may be flagged, with an error of 4.5 standard deviations.
    """
    known = MEASUREMENT.read(reader)
    if known is None:
        pytest.skip(f"{reader.key} is not measured yet")
    model, test = loading.load(reader), mnist.load("test")[:500]

    brought = known.score(novelty.hidden_of(model, prepare(np.stack(list(BROUGHT.values())))))
    unlike = {name: known.is_unlike(score) for name, score in zip(BROUGHT, brought, strict=True)}
    assert unlike == dict.fromkeys(BROUGHT, True)
    flagged = np.mean(known.score(novelty.hidden_of(model, prepare(test.images))) > known.threshold)
    assert flagged <= 0.01 + 4.5 * np.sqrt(0.01 * 0.99 / 500)


@pytest.mark.keras
@pytest.mark.parametrize("key", [entry.key for entry in manifest.read()])
def test_what_is_stored_is_what_the_network_does(key: str) -> None:
    """Held-out digits, put into the network again, have the stored scores, and a hundredth is flagged."""
    entry = manifest.find(key)
    known = MEASUREMENT.read(entry)
    if known is None:
        pytest.skip(f"{key} is not measured yet")
    held_out = mnist.load("train")[-networks.training_of(entry).held_out.digits :]

    scores = known.score(novelty.hidden_of(loading.load(entry), prepare(held_out.images)))

    assert len(known.scores) == len(held_out)
    assert np.sort(scores) == pytest.approx(known.scores, abs=1e-4)
    assert np.mean(scores > known.threshold) == pytest.approx(0.01, abs=5e-4)
