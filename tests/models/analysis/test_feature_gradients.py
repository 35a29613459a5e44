from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.analysis.feature_visualisation import illustrate, middle, sight
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import SPEC, prepare
from models.store import loading, manifest
from tests import networks

if TYPE_CHECKING:
    from models.analysis.feature_gradients import Slopes
    from models.engine.probe import Probe

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def small() -> tuple[Probe, Slopes]:
    from models.analysis.feature_gradients import Slopes
    from models.engine.probe import Probe

    probe = Probe(networks.build(networks.CNN))
    return probe, Slopes(probe.opened)


@pytest.fixture(scope="module")
def digit() -> Floats:
    return prepare(mnist.load("test").images[12])


def number(probe: Probe, digit: Floats, name: str, channel: int) -> float:
    layer = next(layer for layer in probe.layers if layer.name == name)
    return float(probe.run(digit).pre[name][(*(middle(layer) or ()), channel)])


@pytest.mark.parametrize("name", ["conv1", "conv2", "dense", "output"])
def test_the_slope_is_what_a_pixel_changes(small: tuple[Probe, Slopes], digit: Floats, name: str) -> None:
    """The pre-activation where a pixel has a little more ink and a little less: of a class, of its logit."""
    probe, slopes = small
    found = slopes.at(digit, name, 2)[..., 0]

    for row, column in ((14, 14), (15, 13)):
        step = np.zeros_like(digit)
        step[row, column] = 1e-2
        up, down = (number(probe, digit + sign * step, name, 2) for sign in (1, -1))
        assert found[row, column] == pytest.approx((up - down) / 2e-2, abs=2e-3)


@pytest.mark.parametrize("name", ["conv1", "conv2", "pool"])
def test_a_cell_sees_what_is_said_of_it(small: tuple[Probe, Slopes], digit: Floats, name: str) -> None:
    """No pixel outside of the sight has a slope."""
    probe, slopes = small
    layer = next(layer for layer in probe.layers if layer.name == name)
    found = slopes.at(digit, name, 1)[..., 0].copy()

    assert found[sight(layer, SPEC)].any()
    found[sight(layer, SPEC)] = 0
    assert not found.any()


def test_pooling_is_climbed_from_below_zero(small: tuple[Probe, Slopes], digit: Floats) -> None:
    """Where ReLU has cut all cells under the window, the largest before it still leads up."""
    probe, slopes = small
    rng = np.random.default_rng(7)
    for _ in range(200):
        noise = rng.random((28, 28, 1), np.float32)
        passed = probe.run(noise)
        silent = np.flatnonzero(passed.post["pool"][6, 6] == 0)
        if silent.size:
            break
    channel = int(silent[0])
    under = passed.pre["conv2"][12:14, 12:14, channel]
    place = np.unravel_index(under.argmax(), (2, 2))

    found = slopes.at(noise, "pool", channel)[..., 0]

    assert found.any()
    step = 1e-2 * (found / np.abs(found).max())[..., np.newaxis]
    up, down = (probe.run(noise + sign * step).pre["conv2"][12:14, 12:14, channel][place] for sign in (1, -1))
    assert (up - down) / 2 == pytest.approx(float((found[..., np.newaxis] * step).sum()), rel=0.02)


def test_there_is_one_function_for_all_channels(
    monkeypatch: pytest.MonkeyPatch, small: tuple[Probe, Slopes], digit: Floats
) -> None:
    """Many at once, of many channels, lead through the layers once, and all hear the same."""
    from models.analysis.feature_gradients import Slopes
    from models.engine.opened import Step

    probe, slopes = small
    once = Slopes(probe.opened)
    traced: list[object] = []

    apply = Step.apply

    def watched(step: Step, reads: Any) -> Any:
        traced.append(step)
        return apply(step, reads)

    monkeypatch.setattr(Step, "apply", watched)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda channel: once.at(digit, "dense", channel), [0, 1, 2, 3, 4] * 4))

    assert len(traced) == 5  # three layers with maps, Flatten, and the dense one itself
    for place, each in enumerate(found):
        np.testing.assert_allclose(each, slopes.at(digit, "dense", place % 5), atol=1e-6)


CASES = {
    "fcn": [("dense1", 17), ("dense2", 9), ("output", 8)],
    "cnn": [("conv1", 3), ("conv2", 21), ("dense", 5), ("output", 4)],
}


@pytest.mark.parametrize("key", CASES)
def test_the_trained_networks_are_raised_above_every_test_digit(key: str) -> None:
    """What is told is the probe's number on the very picture: above noise, no lower than any digit's largest.

    Of the first convolution real digits reach the most there is. The same seed gives the same picture.
    """
    from models.analysis.feature_gradients import Slopes
    from models.engine.probe import Probe

    entry = next(entry for entry in manifest.read() if entry.key == key)
    ranges, probe = networks.survey_of(entry).ranges, Probe(loading.load(entry))
    slopes = Slopes(probe.opened)
    for name, channel in CASES[key]:
        low, high = ranges[name, "pre"][:, channel].tolist()
        climbed = partial(slopes.at, name=name, channel=channel)
        told = partial(number, probe, name=name, channel=channel)
        layer = next(layer for layer in probe.layers if layer.name == name)

        first = illustrate(layer, 7, high - low, climbed, told, spec=SPEC)

        assert first.pixels is not None
        assert first.value is not None
        assert first.value == told(prepare(first.pixels))
        assert first.noise < first.value
        assert first.value >= high - 1e-4
    again = illustrate(layer, 7, high - low, climbed, told, spec=SPEC)
    assert again.to_bytes() == first.to_bytes()
