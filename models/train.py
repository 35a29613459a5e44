"""Train one network on MNIST: `python -m models.train cnn --seed 7`.

The last 5,000 training digits are held out and choose the epoch; the test digits are measured once, at the
end. Interrupted, the same command goes on after the last whole epoch; models/publication.py says how the
published files stay whole.
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
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models import architectures, mnist, registry
from models.architectures import Architecture
from models.augmentation import Augmentation
from models.digits import prepare
from models.forward_pass import Floats
from models.mnist import DataError, Digits
from models.partial import Partial
from models.publication import publish, spread
from models.recipe import Recipe
from models.registry import CheckpointError, Entry
from models.run import CURVES, Run

if TYPE_CHECKING:
    import keras

HELD_OUT = 5_000  # digits
THREADS = "2"  # fixed: how a sum is split over threads changes its last bits, and with them the network


def fit(
    model: keras.Model, recipe: Recipe, seed: int, learned: Digits, held_out: Digits, *, partial: Partial
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

    parts: list[keras.Layer] = [keras.Input(model.input_shape[1:])]
    for layer in model.layers:
        if layer.name in recipe.dropout:
            parts.append(keras.layers.Dropout(recipe.dropout[layer.name], seed=seed))
        parts.append(layer)
    return keras.Sequential(parts)


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
        seed: Of first weights, order and movements of the digits, and dropout.
        command: What was typed.
        folder: Where to write.
        limit: Learn only so many digits, None for all.
        spread: Only add this seed's scores to those of the published network.
    """

    network: Architecture
    seed: int
    command: str
    folder: Path
    limit: int | None = None
    spread: bool = False


def train(order: Order) -> Entry:
    """Train a network and write it into the folder; return the manifest's entry.

    Raises:
        DataError: The digits cannot be read.
        CheckpointError: The folder's manifest is damaged, or holds no network to add scores to.
    """
    network, seed, folder = order.network, order.seed, order.folder
    if order.spread or (folder / registry.MANIFEST).exists():
        known = {entry.key for entry in registry.read(folder)}  # better known before minutes of training
        if order.spread and network.key not in known:
            raise CheckpointError(f"There is no {network.key} yet: python -m models.train {network.key}")
    digits = mnist.load("train")
    import keras  # noqa: PLC0415 - takes seconds; errors above must not

    keras.utils.set_random_seed(seed)
    partial = Partial.of(folder, network.key, network.recipe, seed, order.limit)
    learned, held_out = digits[:-HELD_OUT][: order.limit], digits[-HELD_OUT:]
    run = fit(network.build(), network.recipe, seed, learned, held_out, partial=partial)
    finish = spread if order.spread else publish
    entry = finish(network, seed, order.command, run, folder)
    partial.forget()
    return entry


def main(arguments: Sequence[str]) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description="Train one network on MNIST.")
    parser.add_argument("network", choices=architectures.keys())
    parser.add_argument("--seed", type=int, default=7, help="of first weights and order of digits (7)")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--limit", type=int, help="learn only this many digits")
    parser.add_argument("--spread", action="store_true", help="only add this seed's scores to the network's")
    parser.add_argument("--folder", type=Path, default=registry.CHECKPOINTS, help="where to write")
    asked = parser.parse_args(arguments)
    network = architectures.find(asked.network)
    recipe = replace(network.recipe, epochs=network.recipe.epochs if asked.epochs is None else asked.epochs)
    if recipe.epochs < 1 or (asked.limit is not None and asked.limit < recipe.batch_size):
        parser.error(f"at least 1 epoch and {recipe.batch_size} digits, one batch, are needed")
    asked.folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join(["python", "-m", "models.train", *arguments])
    try:
        order = Order(
            replace(network, recipe=recipe), asked.seed, command, asked.folder, asked.limit, asked.spread
        )
        entry = train(order)
    except (DataError, CheckpointError) as error:
        sys.exit(str(error))
    scores = next(each for each in entry.seeds if each.seed == asked.seed)
    print(
        f"{entry.title}, seed {asked.seed}: epoch {scores.chosen_epoch} of {recipe.epochs}, "
        f"held-out accuracy {scores.held_out.accuracy:.2%}, "
        f"test accuracy {scores.test.accuracy:.2%}, loss {scores.test.loss:.4f}"
    )


if __name__ == "__main__":
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1:])
