from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.arrays import Floats
from tests import networks

if TYPE_CHECKING:
    import keras

    from models.engine.fused import Joint

pytestmark = pytest.mark.keras


def joined(*models: keras.Model) -> Joint:
    from models.engine.fused import Joint
    from models.engine.probe import Probe

    return Joint([Probe(model) for model in models], 256)


@pytest.fixture(scope="module")
def joint() -> Joint:
    return joined(networks.build(networks.FCN), networks.build(networks.CNN))


def test_a_digit_without_ink_is_no_fault(joint: Joint) -> None:
    """Constant maps have no span: all their levels are 0, and nothing is divided by it."""
    shown = joint.run(np.zeros((28, 28, 1), np.float32))

    assert shown
    assert np.isfinite(shown[0]).all()
    assert not shown[1].any()


def test_many_threads_get_their_own_digits(joint: Joint, rng: np.random.Generator) -> None:
    """What one asks for at the same time as others is what it gets alone."""
    digits = list(rng.random((24, 28, 28, 1), np.float32))
    alone = [joint.run(digit) for digit in digits]

    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(alone, pool.map(joint.run, digits), strict=True):
            assert one
            assert other
            assert np.array_equal(one[0], other[0])
            assert np.array_equal(one[1], other[1])


@pytest.mark.parametrize("scale", [np.nan, np.inf, 3e38, 1e-37])
def test_maps_beyond_float32_are_left_to_others(scale: float) -> None:
    """Not finite, or of a span that cannot be divided by: there is nothing then, rather than wrong levels."""
    model = networks.build(networks.CNN)
    kernel, bias = model.get_layer("conv1").weights
    kernel.assign(np.full(kernel.shape, scale, np.float32))
    bias.assign(np.zeros(bias.shape, np.float32))
    digit = np.zeros((28, 28, 1), np.float32)
    digit[9, 9] = 1

    assert joined(model).run(digit) is None


def test_a_network_without_maps_runs_too(rng: np.random.Generator) -> None:
    """There are no cells then."""
    from models.engine.probe import Probe

    model = networks.build(networks.FCN)
    digit: Floats = rng.random((28, 28, 1), np.float32)

    shown = joined(model).run(digit)

    assert shown
    assert shown[1].size == 0
    np.testing.assert_allclose(shown[0][:10], Probe(model).run(digit).logits, rtol=1e-5, atol=1e-6)
