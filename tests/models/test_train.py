from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import architectures, train
from models.analysis import novelty, robustness
from models.analysis.measurements import MEASUREMENTS
from models.analysis.novelty import Novelty
from models.architectures import Architecture
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.store import manifest
from models.store.manifest import CheckpointError
from models.train import Order
from models.training.partial import Partial
from models.training.run import CURVES, Run
from tests.networks import robust

if TYPE_CHECKING:
    import keras


def small() -> keras.Model:
    """Return a network with the dense layers of the CNN, much smaller and quickly trained."""
    import keras

    layers = [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(16, activation="relu", name="dense"),
        keras.layers.Dense(10, activation="softmax", name="output"),
    ]
    return keras.Sequential(layers, name="small")


FCN = architectures.find("fcn")
PLAIN = replace(FCN, key="small", build=small)
AUGMENTED = replace(architectures.find("cnn-augmented"), key="small", build=small)


def test_moved_digits_are_learned_first_and_others_last() -> None:
    """The last fifth of the epochs learns every digit as it is; before, each is moved anew."""
    recipe = AUGMENTED.recipe
    digits, batch = np.random.default_rng(7).random((4, 28, 28, 1), np.float32), np.arange(4)
    early, later, last = (
        train.mover(digits, recipe.augmented(epoch), (7, epoch))(batch) for epoch in (0, 1, recipe.epochs - 1)
    )

    assert not np.allclose(early, digits, atol=0.05)
    assert not np.allclose(early, later, atol=0.05)
    assert np.array_equal(last, digits)


@given(digits=st.integers(0, 300), size=st.integers(1, 40), seed=st.integers(0, 99))
def test_batches_are_full_and_no_digit_comes_twice(digits: int, size: int, seed: int) -> None:
    """All batches have one size; together they hold different digits, and all but less than a batch."""
    batches = list(train.shuffled(np.random.default_rng(seed), digits, size))

    indices = np.concatenate([*batches, np.array([], int)]).tolist()
    assert {len(batch) for batch in batches} <= {size}
    assert set(indices) <= set(range(digits))
    assert len(set(indices)) == len(indices) == digits - digits % size


def test_every_epoch_has_another_order() -> None:
    """The order goes on from epoch to epoch, and begins anew with the seed."""
    one, other = (np.random.default_rng(7) for _ in range(2))
    first, second = (np.concatenate(list(train.shuffled(one, 64, 8))) for _ in range(2))

    assert not np.array_equal(first, second)
    assert np.array_equal(first, np.concatenate(list(train.shuffled(other, 64, 8))))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rnn"],
        ["../cnn"],
        ["fcn", "--seeds", "x"],
        ["fcn", "--seeds", "7", "7"],
        ["fcn", "--epochs", "0"],
        ["fcn", "--epochs", "-1"],
        ["fcn", "--limit", "1"],
        ["fcn", "--limit", "-5"],
    ],
)
def test_a_wrong_command_is_explained_before_anything_happens(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and a usage line; no folder is made and nothing is trained."""
    with pytest.raises(SystemExit, match="2"):
        train.main([*arguments, "--folder", str(tmp_path / "new")])

    assert "usage: python -m models.train" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_damaged_manifest_is_known_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes of training are not thrown away at the end."""
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(train, "fit", pytest.fail)

    with pytest.raises(CheckpointError, match="git checkout -- models/checkpoints"):
        train.train(Order(FCN, (7,), "", tmp_path))


def test_missing_digits_end_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: the file and the command that mends it."""
    monkeypatch.setattr(mnist.load, "__defaults__", (tmp_path,))

    with pytest.raises(SystemExit, match="git checkout -- models/data"):
        train.main(["fcn", "--folder", str(tmp_path)])


@pytest.mark.keras
@pytest.mark.parametrize(
    ("shape", "settings", "words"),
    [
        (
            (28, 28),
            {},
            r"cannot be shown: its input is \(28, 28\), and ConvLens reads \(28, 28, 1\): begin it",
        ),
        ((28, 28, 1), {"units": 11}, r"cannot be shown: its output is \(11,\)"),
        ((28, 28, 1), {"activation": None}, "cannot be shown: its last layer, 'output', has no softmax"),
        ((28, 28, 1), {"kernel_regularizer": "l2"}, "gives its layer 'output' a kernel_regularizer"),
        ((28, 28, 1), {"activity_regularizer": "l2"}, "gives its layer 'output' a activity_regularizer"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_the_training(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shape: tuple[int, ...],
    settings: dict[str, Any],
    words: str,
) -> None:
    """The command ends with one sentence that names the file and what to change in it; no folder is made."""
    import keras

    def build() -> keras.Model:
        last = keras.layers.Dense(**{"units": 10, "activation": "softmax", "name": "output"} | settings)
        return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), last])

    asked = replace(FCN, key="my-own", build=build)
    monkeypatch.setattr(architectures, "keys", lambda: ["my-own"])
    monkeypatch.setattr(architectures, "find", {"my-own": asked}.__getitem__)
    monkeypatch.setattr(train, "fit", pytest.fail)

    with pytest.raises(SystemExit, match=words) as end:
        train.main(["my-own", "--folder", str(tmp_path / "new")])

    said = str(end.value.code)
    assert said.startswith("models/architectures/my_own.py ")
    assert (said.count("\n"), said[-1]) == (0, ".")
    assert not (tmp_path / "new").exists()


def test_a_training_that_is_stopped_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends it with a sentence, not with a traceback."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "train", stop)

    with pytest.raises(SystemExit, match="The same command goes on after the last whole epoch"):
        train.main(["fcn", "--folder", str(tmp_path)])


@pytest.mark.keras
@pytest.mark.parametrize("batch_size", [None, 32])
def test_a_network_of_calls_is_trained_like_one_in_a_row(tmp_path: Path, batch_size: int | None) -> None:
    """Its input layer is no layer of the learner; the size of batch that it was made for does not matter."""
    import keras

    def build() -> keras.Model:
        tensor = digit = keras.Input((28, 28, 1), batch_size=batch_size)
        for layer in small().layers:
            tensor = type(layer).from_config(layer.get_config())(tensor)
        return keras.Model(digit, tensor)

    of_calls, in_a_row = (
        fitted(7, new_folder(tmp_path, place), replace(AUGMENTED, build=make))[1]
        for place, make in enumerate((lambda: train.built(replace(AUGMENTED, build=build)), once))
    )

    assert of_calls.history == in_a_row.history
    assert all(map(np.array_equal, of_calls.weights, in_a_row.weights))


def once() -> keras.Model:
    """Return a network of layers that are made anew, as those of the network of calls are."""
    import keras

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *(type(layer).from_config(layer.get_config()) for layer in small().layers),
        ]
    )


@pytest.mark.keras
def test_the_last_five_thousand_are_never_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The held-out digits are the last 5,000 of the training set; all others are learned."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(train, "fit", lambda *args, **_: seen.update(learned=args[3], held_out=args[4]))
    monkeypatch.setattr(train, "publish", lambda *_: None)
    train.train(Order(FCN, (7,), "", tmp_path))

    digits = mnist.load("train")
    assert np.array_equal(seen["learned"].images, digits.images[:55_000])
    assert np.array_equal(seen["held_out"].images, digits.images[55_000:])
    assert np.array_equal(seen["held_out"].labels, digits.labels[55_000:])


@cache
def training_digits() -> Dataset:
    return mnist.load("train")


def some(start: int, stop: int) -> Dataset:
    """Return real training digits."""
    return training_digits()[start:stop]


def fitted(
    seed: int, folder: Path, network: Architecture = PLAIN, epochs: int = 2
) -> tuple[keras.Model, Run]:
    """Return the model and the run of a short training, which goes on from what the folder keeps of it."""
    import keras

    keras.utils.set_random_seed(seed)
    model = network.build()
    recipe = replace(network.recipe, epochs=epochs)
    partial = Partial.of(folder, network.key, recipe, seed, None)
    return model, train.fit(model, recipe, seed, some(0, 640), some(640, 960), partial=partial)


def new_folder(parent: Path, name: object) -> Path:
    folder = parent / str(name)
    folder.mkdir()
    return folder


@pytest.mark.keras
def test_a_seed_names_one_network(tmp_path: Path) -> None:
    """The same seed on the same machine gives the same weights and curves, another seed others."""
    one, again, other = (fitted(seed, new_folder(tmp_path, place))[1] for place, seed in enumerate((7, 7, 8)))

    assert all(map(np.array_equal, one.weights, again.weights))
    assert one.history == again.history
    assert not np.array_equal(one.weights[0], other.weights[0])


@pytest.mark.keras
def test_it_learns_and_writes_down_what_it_saw(tmp_path: Path) -> None:
    """Loss falls, the rate falls, and the kept weights give the held-out score that is told of them."""
    model, run = fitted(7, tmp_path, FCN, epochs=4)

    assert run.history["loss"][-1] < run.history["loss"][0]
    assert run.history["learning_rate"][0] == FCN.recipe.learning_rate
    assert run.history["learning_rate"] == sorted(run.history["learning_rate"], reverse=True)
    model.set_weights(run.weights)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    held_out = some(640, 960)
    loss, accuracy = model.evaluate(prepare(held_out.images), held_out.labels, verbose=0)
    assert run.held_out.accuracy == pytest.approx(accuracy)
    assert run.held_out.loss == pytest.approx(loss, rel=1e-5)
    assert run.held_out.accuracy > 0.7


@pytest.mark.keras
def test_the_learning_loss_is_the_mean_over_the_epoch(tmp_path: Path) -> None:
    """Not that of the last batch: with a rate of nothing it is the loss over all digits of the batches."""
    import keras

    model = PLAIN.build()
    recipe = replace(PLAIN.recipe, epochs=1, batch_size=100, learning_rate=0.0)
    partial = Partial.of(tmp_path, "small", recipe, 7, None)
    run = train.fit(model, recipe, 7, some(0, 1000), some(0, 1000), partial=partial)

    assert run.history["loss"][0] == pytest.approx(run.history["val_loss"][0], rel=1e-4)
    assert run.history["accuracy"][0] == pytest.approx(run.history["val_accuracy"][0], rel=1e-4)
    assert isinstance(model, keras.Model)


@pytest.mark.keras
def test_an_interrupted_training_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in its second epoch and started again, it ends with the weights and curves of one in peace.

    So it does where digits are moved and inputs dropped at random, which is the more difficult.
    """
    _, peaceful = fitted(7, new_folder(tmp_path, "peaceful"), AUGMENTED)
    folder = new_folder(tmp_path, "killed")
    with monkeypatch.context() as patch:
        patch.setattr(Run, "note", killed_at(2))
        with pytest.raises(KeyboardInterrupt):
            fitted(7, folder, AUGMENTED)
    _, resumed = fitted(7, folder, AUGMENTED)

    assert resumed.history == peaceful.history
    assert all(map(np.array_equal, resumed.weights, peaceful.weights))


def killed_at(epoch: int) -> Callable[..., None]:
    """Return what notes epochs until one, at which the process is interrupted."""
    note = Run.note

    def stop(run: Run, *point: Any) -> None:
        if len(run.history["loss"]) + 1 == epoch:
            raise KeyboardInterrupt
        note(run, *point)

    return stop


@pytest.mark.keras
def test_what_was_kept_of_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    """A recipe that has changed, or a file that is damaged, begins anew."""
    _, first = fitted(7, tmp_path, epochs=1)
    _, longer = fitted(7, tmp_path, epochs=2)
    next(tmp_path.glob(".*.npz")).write_bytes(b"PK damaged")
    _, again = fitted(7, tmp_path, epochs=2)

    assert longer.history["loss"][0] != first.history["loss"][0]  # its rate falls more slowly
    assert again.history == longer.history


@pytest.mark.keras
def test_dropout_is_no_part_of_what_is_trained() -> None:
    """The learner leaves inputs out at random; the network, on the same weights, has no such layer."""
    model = AUGMENTED.build()
    learner = train.with_dropout(model, AUGMENTED.recipe, 7)
    digits = prepare(some(0, 4).images)

    kinds = [type(layer).__name__ for layer in learner.layers]
    assert kinds.count("Dropout") == len(AUGMENTED.recipe.dropout)
    assert len(kinds) - kinds.count("InputLayer") == len(model.layers) + len(AUGMENTED.recipe.dropout)
    assert np.array_equal(learner(digits, training=False), model(digits, training=False))
    assert not np.allclose(learner(digits, training=True), model(digits, training=True))
    assert all(one is other for one, other in zip(learner.weights, model.weights, strict=True))


@given(batches=st.integers(0, 6), seed=st.integers(0, 9))
def test_batches_are_made_ahead_in_their_order(batches: int, seed: int) -> None:
    """Each batch comes with what was made of it; random numbers are drawn in the same order every time."""
    indices = [np.array([place]) for place in range(batches)]

    def made() -> list[tuple[int, float]]:
        rng = np.random.default_rng(seed)
        pairs = train.ahead(indices, lambda batch: (batch + rng.random()).astype(np.float32))
        return [(int(batch[0]), float(moved[0])) for batch, moved in pairs]

    assert made() == made()
    assert [place for place, _ in made()] == list(range(batches))
    assert all(place <= moved <= place + 1 for place, moved in made())


@pytest.mark.keras
def test_the_command_trains_and_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person types trains; it says how good every seed is, and wrote the median one.

    All but trying the network without each of its units, on moved digits and on what is unlike digits: that
    takes minutes, and has tests of its own.
    """
    monkeypatch.setattr("models.analysis.ablation.complete", lambda *measured: measured[-1])
    table = robust(10_000)
    monkeypatch.setattr("models.analysis.robustness.run", lambda *_: table)
    measure = Novelty(np.zeros((1, 256), np.uint8), np.zeros(1, np.float32), 0, 1, 1, np.zeros(1, np.float32))
    novel = replace(novelty.MEASUREMENT, run=lambda *_: measure)
    swift = tuple(novel if each.name == novel.name else each for each in MEASUREMENTS)
    monkeypatch.setattr("models.training.publication.MEASUREMENTS", swift)
    arguments = [
        "fcn",
        "--seeds",
        "3",
        "5",
        "4",
        "--epochs",
        "1",
        "--limit",
        "640",
        "--folder",
        str(tmp_path),
    ]

    train.main(arguments)

    said = capsys.readouterr().out
    (entry,) = manifest.read(tmp_path)
    assert f"test accuracy {entry.test.accuracy:.2%}" in said
    assert said.count("epoch 1 of 1") >= 3
    assert [each.seed for each in entry.seeds] == [3, 4, 5]
    ranked = sorted(entry.seeds, key=lambda each: (each.held_out.correct, -each.held_out.loss))
    assert (entry.seed, entry.held_out, entry.test) == (
        ranked[1].seed,
        ranked[1].held_out,
        ranked[1].test,
    )
    assert f"seed {entry.seed}: " in next(line for line in said.splitlines() if "published" in line)
    assert entry.command == f"python -m models.train {' '.join(arguments)}"
    assert (entry.key, entry.architecture, entry.parameters) == ("fcn", "fcn", 535_818)
    assert entry.recipe["epochs"] == 1
    assert (entry.test.digits, entry.held_out.digits) == (10_000, 5_000)
    assert entry.test.accuracy > 0.5
    assert set(entry.history) == set(CURVES)
    assert not list(tmp_path.glob(".*"))
    assert robustness.MEASUREMENT.read(entry, tmp_path) == table
    assert novelty.MEASUREMENT.read(entry, tmp_path) is not None
    manifest.load(entry, tmp_path)


@pytest.mark.keras
def test_an_interrupted_command_trains_no_seed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one seed learned is kept until all are published; then nothing of it is left."""
    network, digits = replace(PLAIN, recipe=replace(PLAIN.recipe, epochs=1)), training_digits()
    order = Order(network, (3, 4), "", tmp_path, 640)
    published: dict[int, Run] = {}
    monkeypatch.setattr(mnist, "load", lambda _: digits)
    monkeypatch.setattr(train, "publish", lambda _network, runs, *_: published.update(runs))
    with monkeypatch.context() as patch:
        patch.setattr(train, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            train.train(order)
    assert len(list(tmp_path.glob(".*.npz"))) == 2
    with monkeypatch.context() as patch:
        patch.setattr(Run, "note", killed)  # not one epoch more
        train.train(order)

    assert set(published) == {3, 4}
    assert not np.array_equal(published[3].weights[0], published[4].weights[0])
    assert not list(tmp_path.iterdir())


def killed(*_: object) -> None:
    raise KeyboardInterrupt
