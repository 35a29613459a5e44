"""Train one network on MNIST: `python -m models.train cnn --seed 7`.

The last 5,000 training digits are held out and choose the epoch; the test digits are measured once, at the
end. Nothing is written before that; models/publication.py says how an interruption leaves whole files.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models import architectures, mnist, registry
from models.architectures import Architecture
from models.digits import prepare
from models.mnist import DataError, Digits
from models.publication import publish
from models.recipe import Recipe
from models.registry import CheckpointError, Entry
from models.run import CURVES, Run

if TYPE_CHECKING:
    import keras

HELD_OUT = 5_000  # digits
THREADS = "2"  # fixed: how a sum is split over threads changes its last bits, and with them the network


def fit(model: keras.Model, recipe: Recipe, seed: int, learned: Digits, held_out: Digits) -> Run:
    """Train the model by the recipe; the seed orders the digits. Shows a bar for every epoch."""
    import keras  # noqa: PLC0415 - takes seconds; --help must not

    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # the convolutions of oneDNN took half the time of those of XLA
    )
    run, order = Run(len(held_out)), np.random.default_rng(seed)
    images, unseen = prepare(learned.images), prepare(held_out.images)  # (digits, 28, 28, 1)
    steps = len(learned) // recipe.batch_size
    for epoch in range(recipe.epochs):
        print(f"{model.name}, epoch {epoch + 1} of {recipe.epochs}")
        bar = keras.utils.Progbar(steps, verbose=1 if sys.stdout.isatty() else 2)
        seen = []
        for step, batch in enumerate(shuffled(order, len(learned), recipe.batch_size)):
            model.optimizer.learning_rate = recipe.rate((epoch + step / steps) / recipe.epochs)
            seen.append(model.train_on_batch(images[batch], learned.labels[batch]))
            bar.update(step, list(zip(CURVES, seen[-1], strict=False)))
        measured = model.evaluate(unseen, held_out.labels, batch_size=250, verbose=0)
        values = (*np.mean(seen, axis=0), *measured, recipe.rate(epoch / recipe.epochs))
        point = dict(zip(CURVES, values, strict=True))
        bar.update(steps, list(point.items()))
        run.note(point, model)
    return run


def shuffled(order: np.random.Generator, digits: int, size: int) -> Iterator[NDArray[np.int64]]:
    """Yield every digit's index once, in batches; what does not fill the last batch is left out this time."""
    indices = order.permutation(digits)
    return (indices[start : start + size] for start in range(0, digits - size + 1, size))


def train(network: Architecture, seed: int, command: str, folder: Path, limit: int | None = None) -> Entry:
    """Train a network, on the first `limit` digits only if given, and write it into the folder.

    Raises:
        DataError: The digits cannot be read.
        CheckpointError: The folder's manifest is damaged.
    """
    if (folder / registry.MANIFEST).exists():
        registry.read(folder)  # a damaged one is better known before minutes of training than after
    digits = mnist.load("train")
    import keras  # noqa: PLC0415 - takes seconds; errors above must not

    keras.utils.set_random_seed(seed)
    run = fit(network.build(), network.recipe, seed, digits[:-HELD_OUT][:limit], digits[-HELD_OUT:])
    return publish(network, seed, command, run, folder)


def main(arguments: Sequence[str]) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description="Train one network on MNIST.")
    parser.add_argument("network", choices=architectures.keys())
    parser.add_argument("--seed", type=int, default=7, help="of first weights and order of digits (7)")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--limit", type=int, help="learn only this many digits")
    parser.add_argument("--folder", type=Path, default=registry.CHECKPOINTS, help="where to write")
    asked = parser.parse_args(arguments)
    network = architectures.find(asked.network)
    recipe = replace(network.recipe, epochs=network.recipe.epochs if asked.epochs is None else asked.epochs)
    if recipe.epochs < 1 or (asked.limit is not None and asked.limit < recipe.batch_size):
        parser.error(f"at least 1 epoch and {recipe.batch_size} digits, one batch, are needed")
    asked.folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join(["python", "-m", "models.train", *arguments])
    try:
        entry = train(replace(network, recipe=recipe), asked.seed, command, asked.folder, asked.limit)
    except (DataError, CheckpointError) as error:
        sys.exit(str(error))
    print(
        f"{entry.title}: epoch {entry.chosen_epoch} of {recipe.epochs}, "
        f"test accuracy {entry.test.accuracy:.2%}, loss {entry.test.loss:.4f}, in {entry.checkpoint.name}"
    )


if __name__ == "__main__":
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1:])
