from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.graph.requirements import UnreadableError, foreign, require_readable
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
    model.fit(np.zeros((2, 28, 28, 1), np.float32), np.zeros(2), verbose=0)
    return model


def with_softmax_behind() -> keras.Model:
    import keras

    return in_a_row(*ending(10, None), keras.layers.Activation("softmax"))


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
        *(
            lambda name=name: in_a_row(*ending(kernel_initializer=name))
            for name in (
                *("zeros", "ones", "orthogonal", "variance_scaling"),
                *("glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal"),
                *("lecun_uniform", "random_normal", "random_uniform", "truncated_normal"),
            )
        ),
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

    return in_a_row(keras.layers.Conv2D(4, 3, name="conv"), keras.layers.Dense(10, activation="softmax"))


def on_any_size() -> keras.Model:
    import keras

    return in_a_row(keras.layers.Conv2D(2, 3), shape=(None, None, 1))


REFUSED: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "28×28": (
        lambda: in_a_row(shape=(28, 28)),
        r"its input is \(28, 28\), and .* \(28, 28, 1\): begin it with keras\.Input\(\(28, 28, 1\)\)",
    ),
    "784": (
        lambda: in_a_row(*ending()[1:], shape=(784,)),
        r"its input is \(784,\), .* keras\.Input\(\(28, 28, 1\)\) and keras\.layers\.Flatten\(\)",
    ),
    "colours": (lambda: in_a_row(shape=(32, 32, 3)), r"its input is \(32, 32, 3\)"),
    "channels first": (lambda: in_a_row(shape=(1, 28, 28)), r"its input is \(1, 28, 28\)"),
    "any size": (on_any_size, r"its input is \(None, None, 1\)"),
    "bytes": (lambda: in_a_row(dtype="uint8"), "its input is uint8, and digits are float32"),
    "no input": (without_input, r"does not say what it reads.*begin it with keras\.Input"),
    "two inputs": (two_inputs, "2 inputs and 1 output"),
    "two outputs": (two_outputs, "1 input and 2 outputs"),
    "a class": (of_a_class, r"it is a Mine.*build it with keras\.Sequential"),
    "eleven": (lambda: in_a_row(*ending(11)), r"its output is \(11,\).*keras\.layers\.Dense\(10"),
    "two classes": (lambda: in_a_row(*ending(2)), r"its output is \(2,\)"),
    "a map": (not_dense, r"its output is \(26, 26, 10\)"),
    "logits": (lambda: in_a_row(*ending(10, None)), "'output', has no softmax.*trained to give logits"),
    "sigmoid": (lambda: in_a_row(*ending(10, "sigmoid")), "'output', has no softmax"),
    "dropout last": (lambda: in_a_row(*ending(), dropout("late")), "'late', has no softmax"),
    "branches": (
        branching,
        "no chain .* 'right' does not take the output of the layer before it; .* as in keras",
    ),
    "twice": (crossing, "no chain that can be shown: layer 'twice.2' is 'twice', called once more"),
    "dense on maps": (dense_on_maps, "no chain .* Flatten layer must come before"),
    "groups": (with_layer("Conv2D", 3, 3, groups=3), "no chain .* in groups"),
    "lambda": (with_layer("Lambda", doubled), "its layer 'mine' is a Lambda"),
    "recurrent": (lambda: in_a_row(*recurrent()), "is a Reshape, .* leave it out"),
    "half": (half, "'output' computes in float16, and ConvLens shows float32"),
    "own activation": (
        lambda: in_a_row(*ending(), activation(doubled)),
        "'own' has an activation of its own, .* name one of Keras",
    ),
    "constraint": (lambda: in_a_row(*ending(kernel_constraint="non_neg")), "holds NonNeg, .* leave that out"),
    "comma": (lambda: in_a_row(dropout("a,b"), *ending()), r"'a,b' has a name that no address can hold"),
    "question": (lambda: in_a_row(dropout("why?"), *ending()), "no address can hold"),
    "the digit": (lambda: in_a_row(dropout("input"), *ending()), "'input' has a name .* which is the digit"),
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

    with pytest.raises(UnreadableError, match=words) as refusal:
        require_readable(make())

    said = str(refusal.value)
    assert "\n" not in said
    assert said[0].islower()
    assert not said.endswith(".")
    assert len(said) < 300


def advised(kind: str) -> tuple[Callable[[], keras.Model], Callable[[], keras.Model]]:
    """Return what makes a network with a layer of a kind, and what is made of it as the refusal advises."""
    import keras

    layers, flatten = keras.layers, keras.layers.Flatten
    over_all = {"name": "mine"}
    pairs: dict[str, tuple[Callable[[], keras.Model], Callable[[], keras.Model]]] = {
        "Functional": (
            lambda: on_maps(flatten(), inner(functional=True)),
            lambda: on_maps(flatten(), *inside()),
        ),
        "Sequential": (lambda: on_maps(flatten(), inner()), lambda: on_maps(flatten(), *inside())),
        "GlobalAveragePooling2D": (
            with_layer("GlobalAveragePooling2D"),
            lambda: on_maps(layers.AveragePooling2D(26, **over_all), flatten()),
        ),
        "GlobalMaxPooling2D": (
            with_layer("GlobalMaxPooling2D"),
            lambda: on_maps(layers.MaxPooling2D(26, **over_all), flatten()),
        ),
        "LeakyReLU": (with_layer("LeakyReLU", 0.2), with_layer("ReLU", negative_slope=0.2)),
        "Rescaling": (lambda: in_a_row(layers.Rescaling(1.0), *ending()), in_a_row),
        "Reshape": (lambda: in_a_row(layers.Reshape((28, 28, 1)), *ending()), in_a_row),
        "Softmax": (
            lambda: in_a_row(*ending(10, None), layers.Softmax()),
            lambda: in_a_row(*ending(10, None), layers.Activation("softmax")),
        ),
    }
    return pairs[kind]


def inside() -> list[keras.Layer]:
    import keras

    return [keras.layers.Dense(5, activation="relu", name="inner")]


def inner(*, functional: bool = False) -> keras.Model:
    import keras

    digit = keras.Input((26 * 26 * 3,))
    return keras.Model(digit, inside()[0](digit)) if functional else keras.Sequential([digit, *inside()])


@pytest.mark.parametrize(
    "kind",
    [
        "Functional",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "LeakyReLU",
        "Rescaling",
        "Reshape",
        "Sequential",
        "Softmax",
    ],
)
def test_what_is_advised_gives_the_same_network(kind: str, rng: np.random.Generator) -> None:
    """The refusal names what to do; done, and on the same weights, the network is shown and answers alike."""
    from models.graph.requirements import INSTEAD

    with_it, without_it = (make() for make in advised(kind))

    with pytest.raises(UnreadableError) as refusal:
        require_readable(with_it)
    assert f"is a {kind}," in str(refusal.value)
    assert str(refusal.value).endswith(INSTEAD[kind])
    require_readable(without_it)
    without_it.set_weights(with_it.get_weights())
    digits = rng.random((3, 28, 28, 1), np.float32)
    np.testing.assert_allclose(without_it(digits), with_it(digits), rtol=1e-5, atol=1e-6)


def test_all_that_is_advised_is_tried() -> None:
    """No advice is given that no test has followed."""
    from models.graph.requirements import INSTEAD

    for kind in INSTEAD:
        advised(kind)


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (lambda: in_a_row(shape=(28, 28)), in_a_row),
        (lambda: in_a_row(*ending()[1:], shape=(784,)), in_a_row),
        (lambda: in_a_row(*ending(10, None)), with_softmax_behind),
        (two_outputs, by_calls),
    ],
    ids=["28×28", "784", "logits", "two outputs"],
)
def test_trained_weights_go_over_as_they_are(
    bad: Callable[[], keras.Model], good: Callable[[], keras.Model]
) -> None:
    """Changed as advised, a network takes the weights that it had, so nothing has to be trained anew."""
    before, after = bad(), good()
    with pytest.raises(UnreadableError):
        require_readable(before)
    require_readable(after)
    after.set_weights(before.get_weights())


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
