from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from models.analysis.attribution import COMPLETE, METHODS, Question, deletion, occluded
from models.arrays import Floats
from models.datasets.mnist import SPEC
from models.graph.description import Layer
from tests import networks

if TYPE_CHECKING:
    import keras

    from models.analysis.attribution_methods import Explainer
    from models.engine.probe import Probe

pytestmark = pytest.mark.keras

Doubles = NDArray[np.float64]
QUESTIONS = [(4, None), (4, 9)]
DENSE = (networks.flatten(784), networks.dense("hidden", 784, 7), networks.dense("output", 7, 10, "softmax"))


def opened(layers: tuple[Layer, ...]) -> tuple[keras.Model, Explainer]:
    model = networks.build(layers)
    return model, explainer_of(model)


def explainer_of(model: keras.Model) -> Explainer:
    from models.analysis.attribution_methods import Explainer
    from models.engine.opened import Opened

    return Explainer(Opened.of(model))


@pytest.fixture(scope="module")
def dense() -> tuple[keras.Model, Explainer]:
    return opened(DENSE)


@pytest.fixture(scope="module")
def cnn() -> tuple[keras.Model, Explainer]:
    return opened(networks.CNN)


@pytest.fixture
def digit(rng: np.random.Generator) -> Floats:
    """Half of its pixels are black."""
    return np.maximum(0, 2 * rng.random((28, 28, 1), np.float32) - 1)


def by_hand(
    model: keras.Model, digit: Floats | Doubles, target: int, against: int | None
) -> tuple[Doubles, float]:
    """Return gradient and score of a dense network with one hidden layer of ReLU, in NumPy."""
    kernel, bias, last, last_bias = (weight.astype(np.float64) for weight in model.get_weights())
    hidden = digit.reshape(-1) @ kernel + bias
    signs = last[:, target] - (0 if against is None else last[:, against])
    offset = last_bias[target] - (0 if against is None else last_bias[against])
    return (kernel @ ((hidden > 0) * signs)).reshape(28, 28), np.maximum(hidden, 0) @ signs + offset


@pytest.mark.parametrize(("target", "against"), QUESTIONS)
def test_the_gradient_of_a_dense_network(
    dense: tuple[keras.Model, Explainer], digit: Floats, target: int, against: int | None
) -> None:
    """Weights times the weights of the hidden units above zero: of the logit, not the probability."""
    model, explainer = dense
    expected, score = by_hand(model, digit, target, against)

    found = explainer.explain(digit, Question("gradient", target, against))

    np.testing.assert_allclose(found.values, expected, atol=1e-5)
    assert found.values.dtype == np.float32
    assert found.residual is None
    question = Question("gradient", target, against)
    assert question.score(explainer.logits(digit[np.newaxis])) == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize(("target", "against"), QUESTIONS)
def test_integrated_gradients_of_a_dense_network(
    dense: tuple[keras.Model, Explainer], digit: Floats, target: int, against: int | None
) -> None:
    """The mean of the gradients by hand on the way from black, times the ink; the residual is what lacks."""
    model, explainer = dense
    steps = 2_000
    gradients = [by_hand(model, digit * (step + 0.5) / steps, target, against)[0] for step in range(steps)]
    expected = digit[..., 0] * np.mean(gradients, axis=0)
    added = by_hand(model, digit, target, against)[1] - by_hand(model, 0 * digit, target, against)[1]

    found = explainer.explain(digit, Question("integrated", target, against))

    assert np.abs(found.values - expected).max() <= 0.02 * np.abs(expected).max()
    assert found.residual == pytest.approx(abs(found.values.sum(dtype=np.float64) - added), abs=1e-4)
    assert found.residual is not None
    assert found.residual <= COMPLETE * abs(added)


@pytest.mark.parametrize(("target", "against"), QUESTIONS)
def test_the_gradient_of_a_convolution(digit: Floats, target: int, against: int | None) -> None:
    """The difference of the score where a pixel has a little more or less ink, divided by that.

    The network is smooth, so that a little is not too much.
    """
    import keras

    layers = keras.layers
    smooth = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(3, 3, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    explainer = explainer_of(networks.randomise(smooth))
    question, little = Question("gradient", target, against), 0.01
    pixels = [(0, 0), (3, 20), (14, 14), (15, 9), (27, 26)]
    moved = np.repeat(digit[np.newaxis], 2 * len(pixels), axis=0)
    for place, pixel in enumerate(pixels):
        moved[2 * place][pixel] += little
        moved[2 * place + 1][pixel] -= little

    found = explainer.explain(digit, question).values

    scores = question.score(explainer.logits(moved))
    slopes = (scores[::2] - scores[1::2]) / (2 * little)
    np.testing.assert_allclose([found[pixel] for pixel in pixels], slopes, atol=1e-4)
    assert np.abs(slopes).max() > 100 * 1e-4
    (logits,), (gradient,) = explainer.leads(digit[np.newaxis], np.array([target], np.int32))
    other = int(np.argmax(np.where(np.arange(10) == target, -np.inf, logits)))
    scores = Question("gradient", target, other).score(explainer.logits(moved))
    slopes = (scores[::2] - scores[1::2]) / (2 * little)
    np.testing.assert_allclose([gradient[pixel][0] for pixel in pixels], slopes, atol=1e-4)


def test_where_a_class_gains_on_all_others(dense: tuple[keras.Model, Explainer], digit: Floats) -> None:
    """Its gradient less that of the strongest other one, by hand; and the logits: of each digit its own."""
    model, explainer = dense
    digits, targets = np.stack([digit, digit, digit / 2]), np.array([0, 9, 4], np.int32)

    logits, gradients = explainer.leads(digits, targets)

    assert logits.dtype == gradients.dtype == np.float32
    for each, target, said, gradient in zip(digits, targets.tolist(), logits, gradients, strict=True):
        scores = np.array([by_hand(model, each, one, None)[1] for one in range(10)])
        other = int(np.argmax(np.where(np.arange(10) == target, -np.inf, scores)))
        expected, _ = by_hand(model, each, target, other)
        np.testing.assert_allclose(said, scores, atol=1e-4)
        np.testing.assert_allclose(gradient[..., 0], expected, atol=1e-5)


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
@pytest.mark.parametrize(("target", "against"), QUESTIONS)
def test_grad_cam_is_the_paper_s(
    cnn: tuple[keras.Model, Explainer], digit: Floats, layer: str, target: int, against: int | None
) -> None:
    """A map's weight is the mean of the derivatives over it: that of a shift of the whole map, measured."""
    import keras

    from models.engine.probe import Probe

    model, explainer = cnn
    maps = Probe(model).run(digit).post[layer]
    place = [each.name for each in model.layers].index(layer)
    tail = keras.Sequential([keras.Input(maps.shape), *model.layers[place + 1 : -1]])
    kernel, bias = (weight.astype(np.float64) for weight in model.layers[-1].get_weights())
    question, little = Question("gradcam", target, against, layer), 1e-3

    def scores(changed: Doubles) -> Doubles:
        before = np.asarray(tail(changed.astype(np.float32)), np.float64)
        return question.score(np.asarray(before @ kernel + bias))

    channels = np.eye(maps.shape[-1])[:, np.newaxis, np.newaxis]
    cells = maps.shape[0] * maps.shape[1]
    slopes = (scores(maps + little * channels) - scores(maps - little * channels)) / (2 * little)
    weights = slopes / cells
    expected = np.maximum(0, (maps * weights).sum(axis=-1))

    found = explainer.explain(digit, question).values

    assert found.shape == maps.shape[:2]
    assert found.max() > 0
    np.testing.assert_allclose(found, expected, atol=0.02 * expected.max())


@pytest.mark.parametrize(("target", "against"), QUESTIONS)
def test_occlusion_is_the_drop_of_the_score(
    cnn: tuple[keras.Model, Explainer], digit: Floats, target: int, against: int | None
) -> None:
    """Around each pixel, by the probe's own logits one digit at a time; zero where there is no ink."""
    from models.engine.probe import Probe

    model, explainer = cnn
    probe = Probe(model)
    digit[14:] = 0
    question = Question("occlusion", target, against)

    found = explainer.explain(digit, question).values

    digits, middles = occluded(digit)
    whole = question.score(probe.run(digit).logits)
    for changed, (row, column) in list(zip(digits, middles, strict=True))[::17]:
        drop = whole - question.score(probe.run(changed).logits)
        assert found[row, column] == pytest.approx(drop, abs=1e-4)
    assert not found[16:].any()


def test_a_black_digit_can_be_explained(cnn: tuple[keras.Model, Explainer]) -> None:
    """Nothing is there to be integrated, occluded or removed."""
    _, explainer = cnn
    digit = np.zeros((28, 28, 1), np.float32)

    for method in ("integrated", "occlusion"):
        found = explainer.explain(digit, Question(method, 4))
        assert not found.values.any()
        assert found.residual in (None, 0.0)
    assert explainer.logits(np.zeros((0, 28, 28, 1), np.float32)).shape == (0, 10)


def test_random_weights_are_others_and_always_the_same(digit: Floats) -> None:
    """No layer keeps a trained weight; a second time they are the same, and so is what they say."""
    from models.analysis.attribution_methods import Explainer, randomised
    from models.engine.opened import Opened

    network = Opened.of(networks.build(networks.CNN))
    first, second = randomised(network), randomised(network)

    arrays = (each.arrays().values() for each in (network, first, second))
    for old, new, again in zip(*arrays, strict=True):
        assert not (old == new).any()
        assert np.array_equal(new, again)
        assert new.ndim == 1 or new.std() > 0
    for method in METHODS:
        question = Question(method, 4, None, "conv2" if method == "gradcam" else None)
        trained, one, other = (
            Explainer(each).explain(digit, question).values for each in (network, first, second)
        )
        assert np.array_equal(one, other)
        assert not np.allclose(trained, one)


def test_many_ask_at_once(digit: Floats) -> None:
    """Whoever comes first compiles; all hear the same."""
    _, explainer = opened(networks.CNN)
    questions = [Question(method, 4, None, "conv1") for method in METHODS] * 4

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda question: explainer.explain(digit, question).values, questions))

    for question, values in zip(questions, found, strict=True):
        np.testing.assert_allclose(values, explainer.explain(digit, question).values, atol=1e-5)


@pytest.fixture(scope="module")
def trained() -> dict[str, Probe]:
    from models.engine.probe import Probe
    from models.store import loading, manifest

    return {entry.key: Probe(loading.load(entry)) for entry in manifest.read()[:2]}


@pytest.mark.parametrize("key", ["fcn", "cnn"])
@pytest.mark.parametrize("index", [0, 8, 115, 4271])
def test_the_trained_networks_explanations_hold(trained: dict[str, Probe], key: str, index: int) -> None:
    """Integrated gradients are complete to 1 %: all pixels add up to what the digit adds to the logit."""
    from models.analysis.attribution_methods import Explainer
    from models.datasets import mnist
    from models.datasets.mnist import prepare

    probe = trained[key]
    explainer = Explainer(probe.opened)
    digit = prepare(mnist.load("test").images[index])
    logits = probe.run(digit).logits
    target, against = (int(each) for each in np.argsort(logits)[:-3:-1])
    np.testing.assert_allclose(explainer.logits(digit[np.newaxis])[0], logits, atol=1e-3)

    for question in (Question("integrated", target), Question("integrated", target, against)):
        score, baseline = question.score(explainer.logits(np.stack([digit, np.zeros_like(digit)])))
        found = explainer.explain(digit, question)
        assert found.residual is not None
        assert abs(found.values.sum(dtype=np.float64) - (score - baseline)) <= COMPLETE * abs(
            score - baseline
        )
        assert found.residual <= COMPLETE * abs(score - baseline)


@pytest.mark.parametrize("key", ["fcn", "cnn"])
def test_the_check_of_an_explanation_can_fail(trained: dict[str, Probe], key: str) -> None:
    """Integrated gradients pass it on most digits; ink, blurred ink and random weights on few or none."""
    from models.analysis.attribution_methods import Explainer, randomised
    from models.datasets import mnist
    from models.datasets.mnist import prepare
    from models.datasets.perturbation import Move

    probe = trained[key]
    explainer, twin = (Explainer(each) for each in (probe.opened, randomised(probe.opened)))
    passed = dict.fromkeys(("integrated", "ink", "blurred", "untrained"), 0)
    digits = prepare(mnist.load("test").images[100:105])
    for digit in digits:
        question = Question("integrated", int(probe.run(digit).logits.argmax()))
        untrained = twin.explain(digit, question).values
        orders = {
            "integrated": explainer.explain(digit, question).values,
            "ink": digit[..., 0],
            "blurred": Move("blur", 1).of(digit, SPEC)[..., 0],
            "untrained": untrained,
        }
        for name, order in orders.items():
            found = deletion(
                lambda digits, asked=question: asked.score(explainer.logits(digits)),  # type: ignore[misc]
                digit,
                order,
                untrained,
            )
            passed[name] += found.passes
        logits = probe.run(digit).logits
        np.testing.assert_allclose(found.scores[0], logits[question.target], atol=1e-3)
        black = probe.run(np.zeros_like(digit)).logits
        np.testing.assert_allclose(found.scores[-1], black[question.target], atol=1e-3)

    assert passed["integrated"] > len(digits) / 2
    assert passed["blurred"] < len(digits) / 4
    assert passed["ink"] == passed["untrained"] == 0
