from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize

from models.analysis.adversarial import MARGIN, STEPS, ahead, find, nearest
from models.analysis.adversary import Adversaries, Adversary, Distance, Doubles
from models.arrays import Floats
from models.datasets.dataset import ImageSpec
from models.datasets.mnist import SPEC, prepare

if TYPE_CHECKING:
    import keras

    from models.analysis.attribution_methods import Explainer
    from models.engine.probe import Probe

HALF = 0.5 / 255


class Linear:
    """A network of one layer: how far a class is ahead is a plane, so that the nearest digit is known."""

    def __init__(self, rng: np.random.Generator, bias: float = 0.0, spec: ImageSpec = SPEC) -> None:
        """Draw its weights; class 0 leads by about `bias`."""
        self.spec = spec
        self.weights = rng.normal(size=(spec.size, 3)) / spec.size**0.5
        self.bias = np.array([bias, 0.0, -1e3])

    def logits(self, digit: Floats) -> Floats:
        """Return three logits; the last class never has a chance."""
        return np.asarray(digit.reshape(-1) @ self.weights + self.bias, np.float32)

    def leads(self, digits: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return the logits of each digit, and the gradient of its class's lead over the strongest other."""
        slopes = [self.slope(digit, target) for digit, target in zip(digits, targets, strict=True)]
        return np.stack([self.logits(digit) for digit in digits]), np.stack(slopes)

    def slope(self, digit: Floats, target: int) -> Floats:
        """Return the gradient of a class's lead over the strongest other one."""
        other = int(np.argmax(np.where(np.arange(3) == target, -np.inf, self.logits(digit))))
        slope = self.weights[:, target] - self.weights[:, other]
        return np.asarray(slope.reshape(self.spec.shape), np.float32)


@pytest.fixture
def grey() -> Floats:
    """A digit from which there is room both ways."""
    return prepare(np.full((28, 28), 127, np.uint8))


def squared(point: Doubles, start: Doubles) -> float:
    """Return the squared distance of two points."""
    return float(((point - start) ** 2).sum())


slopes = st.integers(-20, 20).map(lambda tenths: tenths / 10)
vectors = st.lists(st.tuples(st.floats(0, 1), slopes), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(vectors, st.floats(-2, 2))
def test_the_nearest_point_within_black_and_white(pairs: list[tuple[float, float]], more: float) -> None:
    """It is in the box, far enough where that can be, and no nearer one is found by scipy."""
    start, normal = (np.array(each) for each in zip(*pairs, strict=True))
    offset = float(normal @ start) + more
    most = float(np.maximum(normal, 0).sum())

    found = nearest(start, normal, offset)

    assert ((found >= 0) & (found <= 1)).all()
    assert normal @ found >= min(offset, most) - 1e-9
    if offset < most - 1e-3:
        others = minimize(
            squared, (normal > 0) * 1.0, (start,), bounds=[(0, 1)] * len(start),
            constraints=[LinearConstraint(normal, offset, np.inf)],
        )  # fmt: skip
        assert squared(found, start) <= others.fun + 1e-6


@pytest.mark.parametrize(
    "spec", [ImageSpec(12, 20, 3), ImageSpec(12, 20, 3, low=-1, high=1), ImageSpec(6, 9, 1, low=0, high=255)]
)
def test_colours_and_other_ranges_are_changed_as_little(rng: np.random.Generator, spec: ImageSpec) -> None:
    """What is found is as near as the plane is, in shares of black to white, whatever networks are fed."""
    network = Linear(rng, 0.4 * (spec.high - spec.low), spec)
    image = spec.prepare(np.full(spec.sides, 127, np.uint8))
    before, target = (0, 1) if ahead(network.logits(image), 0) > 0 else (1, 0)
    slope = (spec.high - spec.low) * network.slope(image, target)
    exact = (MARGIN - ahead(network.logits(image), target)) / np.linalg.norm(slope)

    every = find(network.leads, network.logits, image, spec)

    found = every.found[target]
    assert (every.before, found.pixels.shape, found.way.shape[1:]) == (before, spec.sides, spec.sides)
    assert found.distance.l2 == pytest.approx(exact, rel=0.02)
    assert ahead(network.logits(spec.prepare(found.pixels)), target) >= MARGIN


@pytest.mark.parametrize("bias", [0.5, 2.0, 6.0])
def test_of_a_linear_network_it_is_the_nearest_there_is(
    rng: np.random.Generator, grey: Floats, bias: float
) -> None:
    """As far as the plane is, to a hundredth; the class leads by the margin, in whole levels of grey."""
    network = Linear(rng, bias)
    before, target = (0, 1) if ahead(network.logits(grey), 0) > 0 else (1, 0)
    lead, slope = -ahead(network.logits(grey), target), network.slope(grey, target)
    exact = (lead + MARGIN) / np.linalg.norm(slope)

    every = find(network.leads, network.logits, grey, SPEC)

    assert (every.before, list(every.found)) == (before, [target])
    found = every.found[target]
    assert found.target == target
    assert found.pixels.shape == (28, 28)
    assert found.pixels.dtype == np.uint8
    assert ahead(network.logits(prepare(found.pixels)), target) >= MARGIN
    assert found.distance == Distance.between(grey, found.pixels, SPEC)
    assert found.distance.l2 == pytest.approx(exact, rel=0.01, abs=28 * HALF / 4)
    leading = np.array([ahead(each, target) for each in found.logits]) >= MARGIN
    assert found.distances[leading].min() == pytest.approx(exact, rel=0.005)


def test_every_step_is_kept(rng: np.random.Generator, grey: Floats) -> None:
    """The digit at hand first; each with its logits and its distance, but for rounding."""
    network = Linear(rng, 2.0)

    found = find(network.leads, network.logits, grey, SPEC).found[1]

    assert found.way.shape == (STEPS, 28, 28)
    assert np.array_equal(found.way[0], np.full((28, 28), 127))
    assert found.distances[0] == 0
    for pixels, logits, distance in zip(found.way, found.logits, found.distances, strict=True):
        change = np.linalg.norm(prepare(pixels) - grey)
        assert change == pytest.approx(distance, abs=28 * HALF)
        np.testing.assert_allclose(network.logits(prepare(pixels)), logits, atol=28 * HALF * 2)


def test_a_digit_at_the_border_is_turned_too(rng: np.random.Generator, grey: Floats) -> None:
    """Where rounding would undo all of it, a few pixels by one level do."""
    network = Linear(rng)
    network.bias[0] -= ahead(network.logits(grey), 0) - 1e-4

    found = find(network.leads, network.logits, grey, SPEC).found[1]

    far = Distance.between(grey, found.pixels, SPEC)
    assert ahead(network.logits(prepare(found.pixels)), 1) >= MARGIN
    assert far.linf <= 2.01 / 255
    assert 0 < far.pixels < 784


@pytest.mark.parametrize("behind", [0.1, 3.0])
def test_two_classes_that_lead_together_are_both_passed(
    rng: np.random.Generator, grey: Floats, behind: float
) -> None:
    """The lead is over the strongest other class, whichever that is: it may change from step to step."""
    network = Linear(rng)
    network.bias -= network.logits(grey) + np.array([0, behind, 0])

    found = find(network.leads, network.logits, grey, SPEC).found[1]

    said = network.logits(prepare(found.pixels))
    assert min(said[1] - said[0], said[1] - said[2]) >= MARGIN
    alone = (behind + MARGIN) / np.linalg.norm(network.slope(grey, 1))
    assert alone < Distance.between(grey, found.pixels, SPEC).l2 < 1.5 * alone


def test_what_is_not_found_is_not_faked(rng: np.random.Generator, grey: Floats) -> None:
    """A class that cannot be had, a flat network, and one that answers otherwise than its gradient says."""
    network = Linear(rng, 2.0)

    def flat(digits: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        return network.leads(digits, targets)[0], np.zeros((len(targets), 28, 28, 1), np.float32)

    assert list(find(network.leads, network.logits, grey, SPEC).found) == [1]  # the last one never leads
    for leads, logits in ((flat, network.logits), (network.leads, lambda _: np.array([1, 0, 0], np.float32))):
        every = find(leads, logits, grey, SPEC)
        assert (every.before, every.found, every.nearest) == (0, {}, None)
        assert every.distances == (None, None, None)


def at(target: int, l2: float) -> Adversary:
    """Return an example of a class, so far away."""
    pixels = np.full((28, 28), target, np.uint8)
    way, logits = np.stack([0 * pixels, pixels]), np.eye(2, 4, dtype=np.float32)
    return Adversary(target, Distance(l2, 0.5, 3), pixels, way, logits, np.array([0, l2]))


@given(st.dictionaries(st.sampled_from([0, 1, 3]), st.sampled_from([0.5, 0.75, 2.0])))
def test_the_nearest_is_the_nearest_of_all(lengths: dict[int, float]) -> None:
    """Over every class but the answer for which something was found; of equals the smallest class."""
    every = Adversaries(2, 4, {target: at(target, lengths[target]) for target in sorted(lengths)})

    assert every.distances == tuple(lengths.get(target) for target in range(4))
    if not lengths:
        assert every.nearest is None
    else:
        assert every.nearest is not None
        assert all(every.nearest.distance.l2 <= length for length in lengths.values())
        ties = [target for target in lengths if lengths[target] == every.nearest.distance.l2]
        assert every.nearest.target == min(ties)


def test_what_was_found_can_be_kept() -> None:
    """All of it comes back from bytes, a class for which nothing was found still without."""
    every = Adversaries(2, 4, {1: at(1, 0.1), 3: at(3, 1 / 3)})

    again = Adversaries.from_bytes(every.to_bytes())

    assert (again.before, again.classes, again.distances) == (2, 4, (None, 0.1, None, 1 / 3))
    for target, one in again.found.items():
        before = every.found[target]
        assert (one.target, one.distance) == (before.target, before.distance)
        for name in ("pixels", "way", "logits", "distances"):
            was, now = getattr(before, name), getattr(one, name)
            assert np.array_equal(was, now)
            assert was.dtype == now.dtype


def test_classes_are_sought_side_by_side(rng: np.random.Generator, grey: Floats) -> None:
    """In each round all searches that go on are run at once: as many rounds as the longest one takes."""
    network = Linear(rng, 2.0)
    network.bias[2] = network.bias[1]
    rounds: list[int] = []

    def leads(digits: Floats, targets: NDArray[np.int32]) -> tuple[Floats, Floats]:
        rounds.append(len(targets))
        return network.leads(digits, targets)

    every = find(leads, network.logits, grey, SPEC)

    assert list(every.found) == [1, 2]
    assert rounds[:STEPS] == [2] * STEPS
    assert every.nearest is not None
    assert every.nearest.distance.l2 == min(one.distance.l2 for one in every.found.values())


def test_distances_are_measured_in_grey() -> None:
    """White is 1; a pixel that changed by less than half a level has not changed."""
    digit = np.zeros((28, 28, 1), np.float32)
    digit[0, 0], digit[5, 5] = 0.4 / 255, 1
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5, 5], pixels[3, 4] = 51, 153

    found = Distance.between(digit, pixels, SPEC)

    assert found.l2 == pytest.approx(1.0, abs=1e-4)
    assert found.linf == pytest.approx(0.8)
    assert found.pixels == 2


@pytest.fixture(scope="module", params=["fcn", "cnn"])
def trained(request: pytest.FixtureRequest) -> tuple[keras.Model, Probe, Explainer]:
    """Each network of the article's pair: as Keras loads it, opened, and explained."""
    from models.analysis.attribution_methods import Explainer
    from models.engine.probe import Probe
    from models.store import loading, manifest

    model = loading.load(next(entry for entry in manifest.read() if entry.key == request.param))
    probe = Probe(model)
    return model, probe, Explainer(probe.opened)


def signed(explainer: Explainer, digit: Floats, target: int) -> Floats | None:
    """Return the digit changed by the sign of the gradient, as little as will do; None if nothing does.

    Source: Goodfellow, Shlens & Szegedy (2014), doi:10.48550/arXiv.1412.6572.
    """
    sign = np.sign(explainer.leads(digit[np.newaxis], np.array([target], np.int32))[1][0])
    levels = np.arange(1, 256, 4, dtype=np.float32)[:, np.newaxis, np.newaxis, np.newaxis]
    digits = np.asarray(np.clip(digit + levels / 255 * sign, 0, 1), np.float32)
    turned = np.flatnonzero(explainer.logits(digits).argmax(axis=1) == target)
    return digits[turned[0]] if len(turned) else None


@pytest.mark.keras
def test_the_trained_networks_are_turned(trained: tuple[keras.Model, Probe, Explainer]) -> None:
    """Keras itself says each class, of pictures nearer than the sign of the gradient leads to.

    The nearest is no further than any of them; the same pictures are found again.
    """
    from models.datasets import mnist

    model, probe, explainer = trained
    digits = prepare(mnist.load("test").images[100:104])
    logits: Callable[[Floats], Floats] = lambda digit: probe.run(digit).logits  # noqa: E731
    for digit in digits:
        every = find(explainer.leads, logits, digit, SPEC)
        assert every.before == logits(digit).argmax()
        assert set(every.found) == set(range(10)) - {every.before}
        assert every.nearest is not None
        for one in every.found.values():
            assert one.distance == Distance.between(digit, one.pixels, SPEC)
            assert every.nearest.distance.l2 <= one.distance.l2 < 5
            other = signed(explainer, digit, one.target)
            assert other is None or one.distance.l2 < 0.9 * np.linalg.norm(other - digit)
        pictures = prepare(np.stack([one.pixels for one in every.found.values()]))
        assert model.predict(pictures, verbose=0).argmax(axis=1).tolist() == list(every.found)

    again = find(explainer.leads, logits, digits[-1], SPEC)
    assert again.distances == every.distances
