"""Train one network on MNIST, once with each of several seeds: `python -m models.train cnn`.

The last 5,000 training digits are held out. They choose the epoch of every training, and which training is
published: the median one. The test digits are measured at the end, and choose nothing. Interrupted, the same
command goes on after the last whole epoch; models/training/publication.py says how the published files stay
whole.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models import architectures
from models.architectures import Architecture
from models.architectures.recipe import HELD_OUT, Recipe
from models.architectures.recipe.augmentation import Augmentation
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.mnist import DataError, prepare
from models.graph.requirements import UnreadableError, require_readable
from models.store import manifest
from models.store.manifest import CheckpointError, Entry
from models.training.partial import Partial
from models.training.publication import publish
from models.training.run import CURVES, Run

if TYPE_CHECKING:
    import keras

SEEDS = (1, 2, 3, 4, 7)
THREADS = "2"  # fixed: how a sum is split over threads changes its last bits, and with them the network


def fit(
    model: keras.Model, recipe: Recipe, seed: int, learned: Dataset, held_out: Dataset, *, partial: Partial
) -> Run:
    """Train the model by the recipe, from where `partial` left off; the seed orders and moves the digits.

    Shows a bar for every epoch.
    """
    import keras  # noqa: PLC0415 - takes seconds; --help must not

    learner = with_dropout(model, recipe, seed)
    learner.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # the convolutions of oneDNN took half the time of those of XLA
    )
    run, order = Run(len(held_out)), np.random.default_rng(seed)
    images, unseen = prepare(learned.images), prepare(held_out.images)  # (digits, 28, 28, 1)
    steps = len(learned) // recipe.batch_size
    partial.resume(run, learner)
    for epoch in range(recipe.epochs):
        batches = list(shuffled(order, len(learned), recipe.batch_size))
        if epoch < len(run.history["loss"]):
            continue  # learned before the interruption
        print(f"{model.name}, epoch {epoch + 1} of {recipe.epochs}", flush=True)
        bar = keras.utils.Progbar(steps, verbose=1 if sys.stdout.isatty() else 2)
        seen = []
        make = mover(images, recipe.augmented(epoch), (seed, epoch))
        for step, (batch, moved) in enumerate(ahead(batches, make)):
            learner.optimizer.learning_rate = recipe.rate((epoch + step / steps) / recipe.epochs)
            seen.append(learner.train_on_batch(moved, learned.labels[batch]))
            bar.update(step, list(zip(CURVES, seen[-1], strict=False)))
        measured = learner.evaluate(unseen, held_out.labels, batch_size=250, verbose=0)
        values = (*np.mean(seen, axis=0), *measured, recipe.rate(epoch / recipe.epochs))
        point = dict(zip(CURVES, values, strict=True))
        bar.update(steps, list(point.items()))
        run.note(point, model)
        partial.keep(run, learner)
    return run


def with_dropout(model: keras.Model, recipe: Recipe, seed: int) -> keras.Model:
    """Return a model of the same layers, with dropout before those that the recipe names."""
    import keras  # noqa: PLC0415

    def call(layer: keras.Layer, read: keras.KerasTensor, *more: Any, **how: Any) -> keras.KerasTensor:
        if layer.name in recipe.dropout:
            read = keras.layers.Dropout(recipe.dropout[layer.name], seed=seed)(read)
        return layer(read, *more, **how)

    whole = keras.Model(model.inputs, model.outputs)  # of layers in a row there is no other way to call them
    return keras.models.clone_model(whole, clone_function=lambda layer: layer, call_function=call)


def mover(
    images: Floats, augmentation: Augmentation | None, seeds: tuple[int, ...]
) -> Callable[[NDArray[np.int64]], Floats]:
    """Return what makes of digits' indices what is learned: the digits, moved if they are to be."""
    rng = np.random.default_rng(seeds)
    if augmentation is None:
        return lambda batch: images[batch]
    return lambda batch: augmentation.apply(images[batch], rng)


def ahead(
    batches: Sequence[NDArray[np.int64]], make: Callable[[NDArray[np.int64]], Floats]
) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """Yield every batch with what is made of it; the next is made, in a thread, while one is learned."""
    with ThreadPoolExecutor(1) as pool:
        making = [pool.submit(make, batch) for batch in batches[:2]]
        for place, batch in enumerate(batches):
            moved = making.pop(0).result()
            making += [pool.submit(make, later) for later in batches[place + 2 : place + 3]]
            yield batch, moved


def shuffled(order: np.random.Generator, digits: int, size: int) -> Iterator[NDArray[np.int64]]:
    """Yield every digit's index once, in batches; what does not fill the last batch is left out this time."""
    indices = order.permutation(digits)
    return (indices[start : start + size] for start in range(0, digits - size + 1, size))


@dataclass(frozen=True)
class Order:
    """What was asked for.

    Attributes:
        network: What to train, by its recipe.
        seeds: Of first weights, order and movements of the digits, and dropout: one training each.
        command: What was typed.
        folder: Where to write.
        limit: Learn only so many digits, None for all.
    """

    network: Architecture
    seeds: tuple[int, ...]
    command: str
    folder: Path
    limit: int | None = None

    def partial(self, seed: int) -> Partial:
        """Return where one of the trainings is kept until all are published."""
        return Partial.of(self.folder, self.network.key, self.network.recipe, seed, self.limit)


def built(network: Architecture) -> keras.Model:
    """Return an architecture's network with fresh weights, once it is known that it can be shown.

    Raises:
        CheckpointError: It cannot; the message names the file and what to change in it.
    """
    model, file = network.build(), f"models/architectures/{network.key.replace('-', '_')}.py"
    try:
        require_readable(model)
    except UnreadableError as error:
        raise CheckpointError(f"{file} makes a network that cannot be shown: {error}.") from error
    for layer in model.layers:
        if added := [
            name for name, kept in layer.get_config().items() if kept and name.endswith("regularizer")
        ]:
            raise CheckpointError(
                f"{file} gives its layer {layer.name!r} a {added[0]}, which adds to the loss: that on "
                "held-out digits would not be that of the answers. Leave it out."
            )
    return model


def train(order: Order) -> Entry:
    """Train a network with every seed and write the median one into the folder; return the manifest's entry.

    Raises:
        DataError: The digits cannot be read.
        CheckpointError: The folder's manifest is damaged, or the architecture is of a network that cannot be
            shown.
    """
    network = order.network
    if (order.folder / manifest.MANIFEST).exists():
        manifest.read(order.folder)  # better known before minutes of training
    digits = mnist.load("train")
    import keras  # noqa: PLC0415 - takes seconds; errors above must not

    learned, held_out = digits[:-HELD_OUT][: order.limit], digits[-HELD_OUT:]
    runs = {}
    for seed in order.seeds:
        print(f"{network.key}, seed {seed}", flush=True)
        keras.utils.set_random_seed(seed)
        model = built(network)
        order.folder.mkdir(parents=True, exist_ok=True)
        runs[seed] = fit(model, network.recipe, seed, learned, held_out, partial=order.partial(seed))
    entry = publish(network, runs, order.command, order.folder)
    for seed in order.seeds:
        order.partial(seed).forget()
    return entry


def main(arguments: Sequence[str]) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description="Train one network on MNIST.")
    parser.add_argument("network", choices=architectures.keys())
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=SEEDS,
        help=f"one training each; the median on held-out digits is kept ({' '.join(map(str, SEEDS))})",
    )
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--limit", type=int, help="learn only this many digits")
    parser.add_argument("--folder", type=Path, default=manifest.CHECKPOINTS, help="where to write")
    asked = parser.parse_args(arguments)
    network = architectures.find(asked.network)
    recipe = replace(network.recipe, epochs=network.recipe.epochs if asked.epochs is None else asked.epochs)
    if recipe.epochs < 1 or (asked.limit is not None and asked.limit < recipe.batch_size):
        parser.error(f"at least 1 epoch and {recipe.batch_size} digits, one batch, are needed")
    if len(set(asked.seeds)) < len(asked.seeds):
        parser.error("a seed that is named twice would count twice")
    command = shlex.join(["python", "-m", "models.train", *arguments])
    try:
        network = replace(network, recipe=recipe)
        entry = train(Order(network, tuple(asked.seeds), command, asked.folder, asked.limit))
    except (DataError, CheckpointError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on after the last whole epoch.")
    for scores in entry.seeds:
        print(
            f"{entry.title}, seed {scores.seed}: epoch {scores.chosen_epoch} of {recipe.epochs}, "
            f"held-out accuracy {scores.held_out.accuracy:.2%}, "
            f"test accuracy {scores.test.accuracy:.2%}, loss {scores.test.loss:.4f}"
            f"{', the median: published' if scores.seed == entry.seed else ''}"
        )


if __name__ == "__main__":
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1:])
