"""One training of a network by its recipe, as Keras does it: compiled, fitted, backed up every epoch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from models.architectures.recipe import Recipe
from models.arrays import Floats, Labels
from models.datasets.dataset import Dataset
from models.training.batches import Batches, shares
from models.training.callbacks import Backup, BestKept, EpochBegins
from models.training.partial import DamagedError, Partial
from models.training.run import Run

AT_ONCE = 250  # held-out images that are measured in one step
OPTIMIZERS: Mapping[str, Callable[..., keras.optimizers.Optimizer]] = MappingProxyType(
    {
        "adam": keras.optimizers.Adam,
        "sgd": lambda rate, **more: keras.optimizers.SGD(rate, momentum=0.9, **more),
        "rmsprop": keras.optimizers.RMSprop,
    }
)  # as Keras sets them


class DivergedError(Exception):
    """A training has come to numbers that are none; the message goes on where a sentence has named it."""


def fit(
    model: keras.Model,
    recipe: Recipe,
    seed: int,
    learned: Dataset,
    held_out: Dataset,
    *,
    partial: Partial,
    optimizer: str = "adam",
    followed: Sequence[keras.callbacks.Callback] = (),
) -> Run:
    """Train a network by a recipe, from where `partial` left off; it ends with the weights of the best epoch.

    Args:
        model: With fresh weights.
        recipe: Its settings.
        seed: Orders and moves the images, and drops inputs.
        learned: What it learns.
        held_out: What chooses the epoch.
        partial: Where it is kept meanwhile. What is damaged there is forgotten, and the training begins anew.
        optimizer: One of `OPTIMIZERS`.
        followed: Who else follows it; what they write of an epoch is there before it counts as made.

    Raises:
        DivergedError: A loss is no number any more.
    """
    fresh = model.get_weights()
    batches = Batches(learned, recipe, seed)
    learner = compiled(with_dropout(model, recipe, seed), recipe, len(batches), optimizer)
    try:
        return _fitted(model, learner, batches, held_out, partial=partial, followed=followed)
    except DamagedError:
        partial.forget()
        model.set_weights(fresh)
        learner = compiled(with_dropout(model, recipe, seed), recipe, len(batches), optimizer)
        return _fitted(model, learner, batches, held_out, partial=partial, followed=followed)


def _fitted(
    model: keras.Model,
    learner: keras.Model,
    batches: Batches,
    held_out: Dataset,
    *,
    partial: Partial,
    followed: Sequence[keras.callbacks.Callback],
) -> Run:
    recipe = batches.recipe
    partial.folder.mkdir(parents=True, exist_ok=True)
    log = keras.callbacks.CSVLogger(partial.log, append=True)
    around = [
        keras.callbacks.TerminateOnNaN(),
        EpochBegins(batches, batches.seed),
        log,
        *followed,
        BestKept(model, partial),
        Backup(partial.backup),
    ]
    try:
        told = learner.fit(
            batches,
            epochs=recipe.epochs,
            shuffle=False,  # of the batches: they are in the seed's order already
            validation_data=(held_out.inputs, targets(held_out, recipe)),
            validation_batch_size=AT_ONCE,
            verbose=0 if followed else 1 if sys.stdout.isatty() else 2,
            callbacks=around,
        )
    finally:
        log.on_train_end()  # closes its file, which Keras does only where a training comes to its end
    if learner.stop_training or not np.isfinite([*told.history.values()]).all():
        partial.forget()
        raise DivergedError(f"its loss was no number any more in epoch {told.epoch[-1] + 1}")
    history = partial.history(recipe.epochs)
    try:
        model.load_weights(partial.best)
    except (OSError, ValueError, KeyError) as error:
        raise DamagedError from error
    return Run(len(held_out), history, model.get_weights())


def compiled(learner: keras.Model, recipe: Recipe, steps: int, optimizer: str = "adam") -> keras.Model:
    """Return a network that is ready to learn, at a rate that falls along half a cosine to zero.

    Args:
        learner: The network.
        recipe: Its settings.
        steps: Of an epoch.
        optimizer: One of `OPTIMIZERS`.

    Source: Loshchilov & Hutter (2017), arXiv:1608.03983, without restarts.
    """
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, decay_steps=steps * recipe.epochs)
    learner.compile(
        optimizer=OPTIMIZERS[optimizer](rate, weight_decay=recipe.decay or None),
        loss="categorical_crossentropy" if recipe.blended else "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # the convolutions of oneDNN took half the time of those of XLA
    )
    return learner


def targets(images: Dataset, recipe: Recipe) -> Labels | Floats:
    """Return what a network that learns by a recipe is to say of images: labels, or shares of all classes."""
    return shares(images.labels, len(images.classes)) if recipe.blended else images.labels


def with_dropout(model: keras.Model, recipe: Recipe, seed: int) -> keras.Model:
    """Return a network of the same layers and weights, with dropout before those that the recipe names."""

    def called(layer: keras.Layer, *inputs: Any, **settings: Any) -> Any:
        if layer.name in recipe.dropout:
            dropped = keras.layers.Dropout(recipe.dropout[layer.name], seed=seed)
            inputs = dropped(inputs[0]), *inputs[1:]
        return layer(*inputs, **settings)

    return keras.models.clone_model(
        keras.Model(model.inputs, model.outputs),
        input_tensors=[keras.Input(each.shape[1:], dtype=each.dtype) for each in model.inputs],
        clone_function=lambda layer: layer,
        call_function=called,
    )
