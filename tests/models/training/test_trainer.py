from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models import architectures
from models.architectures import Architecture
from models.architectures.recipe import Recipe
from models.datasets import mnist
from models.datasets.dataset import Dataset, ImageSpec
from models.training.partial import Partial
from models.training.run import Run
from tests.models.training.small import AUGMENTED, PLAIN, at_epoch, killed, same, small

if TYPE_CHECKING:
    import keras

pytestmark = [pytest.mark.keras, pytest.mark.long]


FCN = architectures.find("fcn")


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

    from models.training import trainer

    keras.utils.set_random_seed(seed)
    model = network.build()
    recipe = replace(network.recipe, epochs=epochs)
    partial = Partial.of(folder, network.key, recipe, seed, None)
    return model, trainer.fit(model, recipe, seed, some(0, 640), some(640, 960), partial=partial)


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A training that is over, and the folder in which it is kept."""
    folder = tmp_path_factory.mktemp("over")
    return folder, fitted(7, folder)[1]


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A training that nothing disturbed, of moved images and dropped inputs, which is the more difficult."""
    return fitted(7, tmp_path_factory.mktemp("peaceful"), AUGMENTED, epochs=3)[1]


def test_a_seed_names_one_network(tmp_path: Path, over: tuple[Path, Run]) -> None:
    """Another seed on the same machine gives other weights; the same one the same, as is seen below."""
    _, other = fitted(8, tmp_path)

    assert not np.array_equal(over[1].weights[0], other.weights[0])


def test_it_learns_and_writes_down_what_it_saw(tmp_path: Path) -> None:
    """Loss falls, the rate along half a cosine, and the weights give the held-out score that is told."""
    model, run = fitted(7, tmp_path, FCN, epochs=4)

    assert run.history["loss"][-1] < run.history["loss"][0]
    assert run.history["learning_rate"][0] == FCN.recipe.learning_rate
    cosine = FCN.recipe.learning_rate * (1 + np.cos(np.pi * np.arange(4) / 4)) / 2
    assert run.history["learning_rate"] == pytest.approx(cosine, rel=1e-5)
    assert all(map(np.array_equal, model.get_weights(), run.weights))
    held_out = some(640, 960)
    probabilities = np.asarray(model(held_out.inputs, training=False))
    assert run.held_out.correct == (probabilities.argmax(1) == held_out.labels).sum()
    loss = -np.log(probabilities[np.arange(320), held_out.labels]).mean()
    assert run.held_out.loss == pytest.approx(loss, rel=1e-5)
    assert run.held_out.accuracy > 0.7


def test_the_learning_loss_is_the_mean_over_the_epoch(tmp_path: Path) -> None:
    """Not that of the last batch: with a rate of nothing it is the loss over all images of the batches."""
    from models.training import trainer

    recipe = replace(PLAIN.recipe, epochs=1, batch_size=100, learning_rate=0.0)
    partial = Partial.of(tmp_path, "small", recipe, 7, None)
    run = trainer.fit(PLAIN.build(), recipe, 7, some(0, 1000), some(0, 1000), partial=partial)

    assert run.history["loss"][0] == pytest.approx(run.history["val_loss"][0], rel=1e-4)
    assert run.history["accuracy"][0] == pytest.approx(run.history["val_accuracy"][0], rel=1e-4)


def test_an_interrupted_training_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peaceful: Run
) -> None:
    """It ends with the weights and curves of one in peace.

    Killed before its second epoch, and, gone on with, when all but the backup is written of that one.
    """
    from models.training import callbacks

    begun: list[int] = []
    begin = callbacks.EpochBegins.on_epoch_begin

    def noted(callback: Any, epoch: int, logs: Any = None) -> None:
        begin(callback, epoch, logs)
        begun.append(epoch)

    monkeypatch.setattr(callbacks.EpochBegins, "on_epoch_begin", noted)
    for kind, method, made in (
        (callbacks.EpochBegins, "on_epoch_begin", [0]),
        (callbacks.Backup, "on_epoch_end", [1]),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(kind, method, at_epoch(1, getattr(kind, method)))
            with pytest.raises(KeyboardInterrupt):
                fitted(7, tmp_path, AUGMENTED, epochs=3)
        assert begun == made
        begun.clear()
    _, resumed = fitted(7, tmp_path, AUGMENTED, epochs=3)

    assert begun == [1, 2]
    assert same(resumed, peaceful)


def test_a_training_that_is_over_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: tuple[Path, Run]
) -> None:
    """What it came to stays until it is published."""
    from models.training import callbacks

    folder = copytree(over[0], tmp_path / "again")
    monkeypatch.setattr(callbacks.EpochBegins, "on_epoch_begin", killed)  # not one epoch more

    assert same(fitted(7, folder)[1], over[1])


def anew(folder: Path, monkeypatch: pytest.MonkeyPatch, epochs: int = 2) -> bool:
    """Return whether a training in a folder begins with the first step of the first epoch, and end it there.

    Its weights are those of the seed then, and of what its optimizer learned nothing is left.
    """
    import keras

    from models.training import callbacks

    begun: list[tuple[int, int, list[Any]]] = []
    begin = callbacks.Backup.on_epoch_begin

    def ended(callback: Any, epoch: int, logs: Any = None) -> None:
        begin(callback, epoch, logs)
        begun.append((epoch, int(callback.model.optimizer.iterations), callback.model.get_weights()))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.Backup, "on_epoch_begin", ended)
        with pytest.raises(KeyboardInterrupt):
            fitted(7, folder, epochs=epochs)
    keras.utils.set_random_seed(7)
    (at,) = begun
    return at[:2] == (0, 0) and all(map(np.array_equal, at[2], PLAIN.build().get_weights()))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("backup/latest.weights.h5", b"\x89HDF damaged"),
        ("backup/training_metadata.json", b""),
        ("backup/training_metadata.json", b'{"epoch": 1, "batch": 0}'),
        ("best.weights.h5", b""),
        ("history.csv", b"epoch"),
    ],
)
def test_what_is_damaged_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: tuple[Path, Run], file: str, content: bytes
) -> None:
    """Cut, or of two epochs, because the machine went down: the training begins anew."""
    folder = copytree(over[0], tmp_path / "again")
    (path,) = folder.glob(f".*/*/{file}")
    path.write_bytes(content)

    assert anew(folder, monkeypatch)


def test_what_began_anew_is_as_good(tmp_path: Path, over: tuple[Path, Run]) -> None:
    """The same weights and curves, by the same seed on the same machine."""
    folder = copytree(over[0], tmp_path / "again")
    (path,) = folder.glob(".*/*/best.weights.h5")
    path.write_bytes(b"")

    assert same(fitted(7, folder)[1], over[1])


def test_another_recipe_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: tuple[Path, Run]
) -> None:
    """Its rate falls faster, so that what was learned is of no use."""
    assert anew(copytree(over[0], tmp_path / "again"), monkeypatch, epochs=1)


def test_blended_images_are_learned_and_whole_ones_measured(tmp_path: Path, over: tuple[Path, Run]) -> None:
    """Loss and accuracy of the held-out images are those of their labels."""
    recipe = replace(PLAIN.recipe, blended=0.5)
    model, run = fitted(7, tmp_path, replace(PLAIN, recipe=recipe))
    model.set_weights(run.weights)
    held_out = some(640, 960)
    probabilities = np.asarray(model(held_out.inputs, training=False))

    right = probabilities[np.arange(320), held_out.labels]
    assert run.held_out.correct == (probabilities.argmax(1) == held_out.labels).sum() > 64
    np.testing.assert_allclose(run.held_out.loss, -np.log(right).mean(), rtol=1e-4)
    assert not same(run, over[1])


def test_decay_takes_its_share_off_every_weight() -> None:
    """Of a weight that no image moves nothing else becomes: each step takes rate times decay of it."""
    from models.training import trainer

    model = small()
    recipe = replace(PLAIN.recipe, learning_rate=0.1, decay=0.5, epochs=1)
    learner = trainer.compiled(model, recipe, steps=1000)
    before = model.get_layer("dense").kernel.numpy()
    black = np.zeros((8, 28, 28, 1), np.float32)  # in which no pixel moves a weight

    learner.train_on_batch(black, np.zeros(8))

    np.testing.assert_allclose(model.get_layer("dense").kernel.numpy(), before * 0.95, rtol=1e-4)


def test_a_network_of_calls_is_trained_like_one_in_a_row(tmp_path: Path, peaceful: Run) -> None:
    """The size of batch that it was made for does not matter."""
    import keras

    def of_calls() -> keras.Model:
        digit = keras.Input((28, 28, 1), batch_size=32)
        hidden = keras.layers.Dense(16, activation="relu", name="dense")(keras.layers.Flatten()(digit))
        return keras.Model(digit, keras.layers.Dense(10, activation="softmax", name="output")(hidden))

    assert same(fitted(7, tmp_path, replace(AUGMENTED, build=of_calls), epochs=3)[1], peaceful)


def test_dropout_is_no_part_of_what_is_trained() -> None:
    """The learner leaves inputs out at random; the network, on the same weights, has no such layer."""
    import keras

    from models.training import trainer

    model = small()
    learner = trainer.with_dropout(model, AUGMENTED.recipe, 7)
    digits = some(0, 4).inputs
    asked = [digits]  # as Keras names the inputs of a network of calls

    assert sum(isinstance(layer, keras.layers.Dropout) for layer in learner.layers) == 1
    assert not any(isinstance(layer, keras.layers.Dropout) for layer in model.layers)
    assert np.array_equal(learner(asked, training=False), model(digits, training=False))
    assert not np.allclose(learner(asked, training=True), model(digits, training=True))
    assert all(one is other for one, other in zip(learner.weights, model.weights, strict=True))


def test_a_branching_network_of_other_images_is_trained(tmp_path: Path) -> None:
    """A residual, normalisation and a layer that is called twice, on coloured images of three classes."""
    import keras

    from models.training import trainer

    rng = np.random.default_rng(7)
    labels = (np.arange(37) % 3).astype(np.uint8)
    pixels = rng.integers(0, 60, (37, 12, 20, 3)) + 90 * (np.arange(3) == labels[:, None])[:, None, None]
    images = Dataset(pixels.astype(np.uint8), labels, ImageSpec(12, 20, 3), ("red", "green", "blue"))
    keras.utils.set_random_seed(7)
    tensor = entry = keras.Input((12, 20, 3))
    first, shared = (
        keras.layers.Conv2D(4, 3, padding="same"),
        keras.layers.Conv2D(4, 3, padding="same", name="twice"),
    )
    tensor = keras.layers.BatchNormalization(momentum=0.5)(first(tensor))
    tensor = keras.layers.Add()([tensor, shared(shared(tensor))])
    pooled = keras.layers.GlobalAveragePooling2D()(tensor)
    model = keras.Model(entry, keras.layers.Dense(3, activation="softmax")(pooled))
    recipe = Recipe(epochs=8, batch_size=8, learning_rate=0.01, dropout={"twice": 0.1})
    partial = Partial.of(tmp_path, "rgb", recipe, 7, None)

    run = trainer.fit(model, recipe, 7, images, images, partial=partial)

    assert run.held_out.accuracy > 0.8
    assert [weight.shape for weight in model.weights] == [array.shape for array in run.weights]
