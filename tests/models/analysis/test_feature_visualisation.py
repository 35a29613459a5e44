from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.analysis import feature_visualisation
from models.analysis.feature_visualisation import Illustration, climb, illustrate, middle, penalty, sight
from models.arrays import Floats
from models.datasets.dataset import ImageSpec
from models.datasets.mnist import SPEC
from tests import networks

CONV1, CONV2, POOL, *_ = networks.CNN
WHOLE = (slice(0, 28), slice(0, 28))


@pytest.fixture
def weights(rng: np.random.Generator) -> Floats:
    return rng.normal(size=(28, 28, 1)).astype(np.float32)


def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the regulariser away."""
    monkeypatch.setattr(feature_visualisation, "VARIATION", 0.0)
    monkeypatch.setattr(feature_visualisation, "SQUARES", 0.0)


def test_a_linear_unit_is_raised_most_by_the_signs_of_its_weights(
    monkeypatch: pytest.MonkeyPatch, weights: Floats, rng: np.random.Generator
) -> None:
    """Without a regulariser a pixel ends white where its weight is above zero, black where below."""
    bare(monkeypatch)

    found = climb(rng.random((28, 28, 1), np.float32), WHOLE, 3.0, lambda _: weights)

    assert found is not None
    assert np.array_equal(found, 255 * (weights > 0))


@pytest.mark.parametrize("spec", [ImageSpec(12, 20, 3), ImageSpec(12, 20, 3, low=-1, high=1, background=255)])
def test_colours_and_other_ranges_are_climbed_alike(
    monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator, spec: ImageSpec
) -> None:
    """Each channel of a pixel goes its own way; what a unit is told is what networks are fed."""
    bare(monkeypatch)
    weights = rng.normal(size=spec.shape).astype(np.float32)
    unit = networks.dense("unit", spec.size, 1)

    found = illustrate(unit, 7, 3.0, lambda _: weights, lambda fed: float((fed * weights).sum()), spec=spec)

    assert found.pixels is not None
    assert np.array_equal(found.pixels, 255 * (weights > 0))
    assert found.value == pytest.approx(float((spec.prepare(found.pixels) * weights).sum()), rel=1e-5)
    again = Illustration.from_bytes(found.to_bytes())
    assert again.pixels is not None
    assert np.array_equal(again.pixels, found.pixels)


def test_the_regulariser_makes_a_picture_smoother_and_darker(
    monkeypatch: pytest.MonkeyPatch, weights: Floats, rng: np.random.Generator
) -> None:
    """Neighbours differ less, there is less ink, and the unit is raised less."""
    noise = rng.random((28, 28, 1), np.float32)
    with_it = climb(noise, WHOLE, 30.0, lambda _: weights)
    bare(monkeypatch)
    without = climb(noise, WHOLE, 30.0, lambda _: weights)

    assert with_it is not None
    assert without is not None
    smooth, rough = with_it.astype(float), without.astype(float)
    assert np.abs(np.diff(smooth, axis=0)).sum() < np.abs(np.diff(rough, axis=0)).sum()
    assert np.square(smooth).sum() < np.square(rough).sum()
    assert (smooth * weights).sum() < (rough * weights).sum()


def test_the_penalty_s_derivatives(rng: np.random.Generator) -> None:
    """They are the differences of the weighted means where a pixel has a little more or less ink."""
    picture = rng.random((28, 28))

    def penalised(values: NDArray[np.float64]) -> float:
        around = [np.sqrt(np.diff(values, axis=axis) ** 2 + 0.01**2).sum() for axis in (0, 1)]
        return float(2 * sum(around) + np.square(values).sum()) / 784

    found = penalty(picture.astype(np.float32))

    for pixel in ((0, 0), (0, 13), (27, 27), (14, 9)):
        step = np.zeros_like(picture)
        step[pixel] = 1e-6
        slope = (penalised(picture + step) - penalised(picture - step)) / 2e-6
        assert found[pixel] == pytest.approx(slope, rel=1e-3, abs=1e-6)


@settings(max_examples=20)
@given(seed=st.integers(0, feature_visualisation.SEEDS - 1), span=st.floats(1e-3, 1e3))
def test_a_picture_stays_in_range_and_in_sight(seed: int, span: float) -> None:
    """Wherever the slope leads, pixels are 0 to 255, the rest is black; the same seed gives the same."""
    slope = np.random.default_rng(seed).normal(size=(28, 28, 1)).astype(np.float32)
    seen = sight(CONV2, SPEC)
    told: list[Floats] = []

    def at(picture: Floats) -> Floats:
        told.append(picture)
        return slope

    first = illustrate(CONV2, seed, span, at, lambda picture: float((picture * slope).sum()), spec=SPEC)
    again = illustrate(CONV2, seed, span, at, lambda picture: float((picture * slope).sum()), spec=SPEC)

    assert first.pixels is not None
    assert again.pixels is not None
    assert np.array_equal(first.pixels, again.pixels)
    outside = first.pixels.copy()
    outside[seen] = 0
    assert not outside.any()
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in told)
    assert first.value == pytest.approx(float((first.pixels[..., np.newaxis] / 255 * slope).sum()), abs=1e-4)


def test_another_seed_begins_with_other_noise(weights: Floats) -> None:
    """And the number on that noise is told."""
    one, other = (
        illustrate(POOL, seed, 1.0, lambda _: weights, lambda p: float(p.sum()), spec=SPEC) for seed in (7, 8)
    )

    noise = np.random.default_rng(7).random((28, 28), np.float32)[sight(POOL, SPEC)]
    assert one.noise == pytest.approx(float(noise.sum()))
    assert one.noise != other.noise


def test_what_does_not_respond_is_not_shown_as_noise() -> None:
    """Where no step has a slope there is no picture, and no value of one."""
    found = illustrate(CONV2, 7, 1.0, np.zeros_like, lambda _: -0.25, spec=SPEC)

    assert found == Illustration(noise=-0.25, pixels=None, value=None)


@pytest.mark.parametrize("span", [0.0, -1.0, float("nan"), float("inf")])
def test_a_span_that_is_none(weights: Floats, span: float) -> None:
    """Of a number that never changes over the test digits, or that diverged, it counts as 1."""
    noise = np.zeros((28, 28, 1), np.float32)

    found, expected = (climb(noise, WHOLE, each, lambda _: weights) for each in (span, 1.0))

    assert found is not None
    assert expected is not None
    assert np.array_equal(found, expected)


def test_what_is_raised_and_what_it_sees() -> None:
    """Of maps the middle cell and its receptive field; of units all of the picture."""
    assert (middle(CONV1), sight(CONV1, SPEC)) == ((13, 13), (slice(13, 16), slice(13, 16)))
    assert (middle(CONV2), sight(CONV2, SPEC)) == ((12, 12), (slice(12, 17), slice(12, 17)))
    assert (middle(POOL), sight(POOL, SPEC)) == ((6, 6), (slice(12, 18), slice(12, 18)))
    assert [(middle(layer), sight(layer, SPEC)) for layer in networks.FCN] == [(None, WHOLE)] * 4


@pytest.mark.parametrize("responds", [True, False])
def test_it_is_remembered_as_bytes(rng: np.random.Generator, responds: bool) -> None:
    """What is read is what was written, to the last digit."""
    pixels = rng.integers(0, 256, (28, 28)).astype(np.uint8)
    illustration = Illustration(0.1, pixels, 1 / 3) if responds else Illustration(0.1)

    found = Illustration.from_bytes(illustration.to_bytes())

    assert (found.noise, found.value) == (illustration.noise, illustration.value)
    assert (found.pixels is None) == (not responds)
    assert found.pixels is None or np.array_equal(found.pixels, pixels)
