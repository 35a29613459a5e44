from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.datasets.mnist import CLASSES, SPEC
from models.graph.refusal import UnopenableError
from models.graph.requirements import foreign, require_fitting, require_readable
from models.store import loading
from tests import networks

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras


def ending(units: int = 10, activation: str | None = "softmax", **settings: Any) -> list[keras.Layer]:
    """Return the layers of a small network behind its input."""
    import keras

    return [
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(6, activation="relu", name="dense", **settings),
        keras.layers.Dense(units, activation=activation, name="output"),
    ]


def in_a_row(*layers: keras.Layer, shape: tuple[int | None, ...] = (28, 28, 1), **entry: Any) -> keras.Model:
    """Return a sequential model of these layers, of a small network where there are none."""
    import keras

    return keras.Sequential([keras.Input(shape, **entry), *(layers or ending())])


def by_calls(*layers: keras.Layer, **entry: Any) -> keras.Model:
    """Return a functional model of the same: its input layer is listed among its layers."""
    import keras

    tensor = digit = keras.Input((28, 28, 1), **entry)
    for layer in layers or ending():
        tensor = layer(tensor)
    return keras.Model(digit, tensor)


def with_an_input_layer() -> keras.Model:
    import keras

    return keras.Sequential([keras.layers.InputLayer(shape=(28, 28, 1)), *ending()])


def compiled() -> keras.Model:
    """Return a network that was trained where it was compiled, with the moments of its optimizer."""
    model = in_a_row()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.zeros((2, 28, 28, 1), np.float32), np.zeros(2))
    return model


def with_softmax_behind() -> keras.Model:
    import keras

    return in_a_row(*ending(10, None), keras.layers.Activation("softmax"))


def with_every_initialiser() -> keras.Model:
    import keras

    names = (
        *("zeros", "ones", "orthogonal", "variance_scaling"),
        *("glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal"),
        *("lecun_uniform", "random_normal", "random_uniform", "truncated_normal"),
    )
    first, *rest = ending()
    every = (keras.layers.Dense(6, kernel_initializer=name, name=name) for name in names)
    return in_a_row(first, *every, *rest)


def on_maps(*behind: keras.Layer) -> keras.Model:
    """Return a network whose maps go through these layers before the last one."""
    import keras

    return in_a_row(
        keras.layers.Conv2D(3, 3), *behind, keras.layers.Dense(10, activation="softmax", name="output")
    )


@pytest.mark.parametrize(
    "make",
    [
        in_a_row,
        by_calls,
        with_an_input_layer,
        compiled,
        lambda: in_a_row(batch_size=32),
        lambda: by_calls(batch_size=32),
        with_softmax_behind,
        lambda: in_a_row(*ending(kernel_regularizer="l2", bias_regularizer="l1")),
        lambda: in_a_row(*ending(activity_regularizer="L1L2")),
        with_every_initialiser,
    ],
)
def test_what_fits_is_opened_again(make: Callable[[], keras.Model], tmp_path: Path) -> None:
    """A network that is not refused can be saved, opened by the guarded way, and read: one digit at a time.

    It gives the answers that Keras gives.
    """
    from models.engine.probe import Probe

    model = networks.randomise(make())
    require_readable(model)
    entry = networks.save(model, "own", tmp_path)
    digit = np.random.default_rng(7).random((28, 28, 1), np.float32)

    found = Probe(loading.load(entry, tmp_path)).run(digit)

    expected = model(np.repeat(digit[None], 32, axis=0), training=False)[0]
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)


def branching() -> keras.Model:
    import keras

    digit = keras.Input((28, 28, 1))
    one, other = (keras.layers.Conv2D(2, 3, name=name)(digit) for name in ("left", "right"))
    return keras.Model(digit, keras.layers.Dense(10)(keras.layers.Flatten()(one + other)))


def crossing() -> keras.Model:
    """Return a chain of known layers but for one that is called twice."""
    import keras

    digit = keras.Input((28, 28, 1))
    twice = keras.layers.Dense(784, name="twice")
    row = twice(twice(keras.layers.Flatten()(digit)))
    return keras.Model(digit, keras.layers.Dense(10, activation="softmax")(row))


def two_inputs() -> keras.Model:
    import keras

    digits = [keras.Input((28, 28, 1)) for _ in range(2)]
    return keras.Model(digits, keras.layers.Dense(10)(keras.layers.Flatten()(digits[0] + digits[1])))


def two_outputs() -> keras.Model:
    import keras

    whole = by_calls()
    return keras.Model(whole.inputs[0], [whole.get_layer("dense").output, whole.outputs[0]])


def of_a_class() -> keras.Model:
    import keras

    class Mine(keras.Model):  # type: ignore[misc]
        pass

    return Mine()


def without_input() -> keras.Model:
    import keras

    return keras.Sequential(ending())


def doubled(values: Any) -> Any:
    return 2 * values


def with_layer(kind: str, *settings: Any, **named: Any) -> Callable[[], keras.Model]:
    """Return what makes a network with this layer behind its convolution."""

    def make() -> keras.Model:
        import keras

        flatten = [] if kind.startswith("Global") else [keras.layers.Flatten()]
        return on_maps(getattr(keras.layers, kind)(*settings, name="mine", **named), *flatten)

    return make


def half() -> keras.Model:
    import keras

    with_half = keras.layers.Dense(10, activation="softmax", dtype="mixed_float16", name="output")
    return in_a_row(keras.layers.Flatten(), with_half)


def not_dense() -> keras.Model:
    import keras

    return in_a_row(keras.layers.Conv2D(10, 3, activation="softmax", name="conv"))


def dense_on_maps() -> keras.Model:
    import keras

    pixels = keras.layers.Dense(4, activation="relu", name="each_pixel")
    return in_a_row(pixels, keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(10, activation="softmax"))


def on_any_size() -> keras.Model:
    import keras

    return in_a_row(keras.layers.Conv2D(2, 3), shape=(None, None, 1))


def many() -> keras.Model:
    """Return a chain of many kinds that change maps."""
    from keras import layers

    behind = [layers.LeakyReLU(), layers.PReLU(), layers.ELU(), layers.Rescaling(2.0)]
    behind += [layers.LayerNormalization(), layers.GroupNormalization(3), layers.DepthwiseConv2D(3)]
    behind += [layers.SeparableConv2D(4, 3), layers.Conv2DTranspose(4, 3), layers.UpSampling2D()]
    behind += [layers.ZeroPadding2D(1), layers.Cropping2D(1), layers.SpatialDropout2D(0.5)]
    return on_maps(*behind, layers.GlobalAveragePooling2D())


REFUSED: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "any size": (on_any_size, r"images of no certain size, \(None, None, 1\)"),
    "bytes": (lambda: in_a_row(dtype="uint8"), "its input is uint8, and images are float32"),
    "no input": (without_input, r"does not say what it reads.*begin it with keras\.Input"),
    "two inputs": (two_inputs, "2 inputs and 1 output"),
    "two outputs": (two_outputs, "1 input and 2 outputs"),
    "a class": (of_a_class, r"it is a Mine.*build it with keras\.Model"),
    "a map": (not_dense, r"'conv', gives \(26, 26, 10\), and a classifier gives one number per class"),
    "one of itself": (lambda: in_a_row(*ending(1)), "a softmax of one unit, which is always 1"),
    "regression": (lambda: in_a_row(*ending(1, None)), "that is a regression"),
    "relu last": (lambda: in_a_row(*ending(10, "relu")), "ends in relu, which gives no probabilities"),
    "lambda": (with_layer("Lambda", doubled), "holds .*Lambda.*, which ConvLens does not open"),
    "half": (half, "'output' computes in float16, and ConvLens shows float32"),
    "channels first": (
        with_layer("MaxPooling2D", 2, data_format="channels_first"),
        "'mine' puts its channels first",
    ),
    "own activation": (
        lambda: in_a_row(*ending(), activation(doubled)),
        "'own' has an activation of its own, .* name one of Keras",
    ),
    "constraint": (lambda: in_a_row(*ending(kernel_constraint="non_neg")), "holds NonNeg, .* leave that out"),
}

OPENED: dict[str, Callable[[], keras.Model]] = {
    "logits": lambda: in_a_row(*ending(10, None)),
    "sigmoids": lambda: in_a_row(*ending(10, "sigmoid")),
    "dropout last": lambda: in_a_row(*ending(), dropout("late")),
    "branches": branching,
    "twice": crossing,
    "dense on maps": dense_on_maps,
    "groups": with_layer("Conv2D", 3, 3, groups=3),
    "recurrent": lambda: in_a_row(*recurrent()),
    "called as the image is": lambda: in_a_row(dropout("input"), *ending()),
    "nested": lambda: on_maps(flatten(), inner()),
    "nested by calls": lambda: on_maps(flatten(), inner(functional=True)),
    "many kinds": many,
}


def dropout(name: str) -> keras.Layer:
    import keras

    return keras.layers.Dropout(0.5, name=name)


def activation(function: Callable[[Any], Any]) -> keras.Layer:
    import keras

    return keras.layers.Activation(function, name="own")


def recurrent() -> list[keras.Layer]:
    import keras

    return [keras.layers.Reshape((28, 28)), keras.layers.LSTM(4), *ending()[1:]]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused(name: str) -> None:
    """One sentence, which goes on behind a name: what it is, what is needed, and what to change."""
    make, words = REFUSED[name]

    with pytest.raises(UnopenableError, match=words) as refusal:
        require_readable(make())

    said = str(refusal.value)
    assert "\n" not in said
    assert said[0].islower()
    assert not said.endswith(".")
    assert len(said) < 300


def flatten() -> keras.Layer:
    import keras

    return keras.layers.Flatten()


def inside() -> list[keras.Layer]:
    import keras

    return [keras.layers.Dense(5, activation="relu", name="inner")]


def inner(*, functional: bool = False) -> keras.Model:
    import keras

    digit = keras.Input((26 * 26 * 3,))
    return keras.Model(digit, inside()[0](digit)) if functional else keras.Sequential([digit, *inside()])


@pytest.mark.parametrize("name", OPENED)
def test_what_keras_runs_is_opened(name: str, tmp_path: Path) -> None:
    """Whatever its form, head and kinds of layers: it is saved, opened, and answers as Keras does."""
    from models.engine.probe import Probe

    model = networks.randomise(OPENED[name]())
    graph = require_readable(model)
    entry = networks.save(model, "own", tmp_path)
    image = np.random.default_rng(7).random((28, 28, 1), np.float32)

    found = Probe(loading.load(entry, tmp_path)).run(image)

    answer = np.asarray(model(image[None], training=False)[0])
    expected = graph.head.probabilities(answer) if graph.head.meaning == "logits" else answer
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: in_a_row(*ending()[1:], shape=(784,)),
            r"its input is \(784,\), .* keras\.Input\(\(28, 28, 1\)\) and keras\.layers\.Flatten\(\)",
        ),
        (lambda: in_a_row(shape=(28, 28)), r"its input is \(28, 28\), and the images are \(28, 28, 1\)"),
        (lambda: in_a_row(shape=(32, 32, 3)), r"its input is \(32, 32, 3\)"),
        (
            lambda: in_a_row(*ending(11)),
            r"it tells 11 classes apart, and the images have 10: end it with keras\.layers\.Dense\(10",
        ),
        (lambda: in_a_row(*ending(1, "sigmoid")), "it tells 2 classes apart"),
    ],
)
def test_what_does_not_go_with_the_images_is_refused(make: Callable[[], keras.Model], words: str) -> None:
    """Both shapes, or both numbers of classes, and what to change."""
    graph = require_readable(make())

    with pytest.raises(UnopenableError, match=words):
        require_fitting(graph, SPEC.shape, len(CLASSES))


def test_nothing_is_drawn_or_computed() -> None:
    """Looking at a network leaves its weights, and the random numbers that others draw, as they are."""
    import keras

    drawn = []
    for look in (False, True):
        keras.utils.set_random_seed(7)
        model = in_a_row()
        if look:
            require_readable(model)
        drawn.append([*model.get_weights(), keras.random.normal((3,)).numpy()])

    assert all(map(np.array_equal, *drawn))


def plan(**more: Any) -> dict[str, Any]:
    """Return the configuration of a model with one dense layer."""
    dense: dict[str, Any] = {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {},
        "registered_name": None,
    }
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"layers": [dense | more.pop("dense", {})]},
        "registered_name": "Sequential",
        **more,
    }


OPTIMIZER = {"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {}}}


def test_what_a_model_was_compiled_with_is_passed_over_at_its_top_alone() -> None:
    """Nothing of it is made there; of a part of the model it would be."""
    assert foreign(plan(compile_config=OPTIMIZER, build_config={"class_name": "Adam"})) == []
    assert foreign(plan(dense={"compile_config": OPTIMIZER})) == ["Adam"]
    assert foreign(plan(dense={"config": {"compile_config": OPTIMIZER}})) == ["Adam"]
    assert foreign({"compile_config": plan(dense={"class_name": "Adam"})}) == ["Adam"]
    assert foreign([plan(compile_config=OPTIMIZER)]) == ["Adam"]


def test_a_name_under_which_somebody_registered_a_class_is_foreign() -> None:
    """A class of Keras' own name may be one of somebody else's."""
    assert foreign(plan(dense={"registered_name": "Dense"})) == []
    assert foreign(plan(dense={"registered_name": "mine>Dense"})) == ["mine>Dense"]
    assert foreign(plan(registered_name="mine>Sequential")) == ["mine>Sequential"]
    assert foreign(plan(dense={"module": None, "registered_name": "mine>Dense"})) == ["mine>Dense"]
