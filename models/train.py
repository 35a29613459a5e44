"""Train one network, once with each of several seeds: `python -m models.train cnn`; `… order` is another.

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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models import architectures
from models.architectures import Architecture
from models.architectures.recipe import HELD_OUT
from models.datasets.dataset import DataError
from models.gc_freeze import load_keras
from models.graph.refusal import UnopenableError
from models.graph.requirements import require_fitting, require_readable
from models.store import manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from models.store.exhibits import folder_of
from models.training import command
from models.training.partial import Partial
from models.training.publication import publish
from models.training.work import THREADS

if TYPE_CHECKING:
    import keras

SEEDS = (1, 2, 3, 4, 7)
LARGEST_SEED = 2**32 - 1  # that NumPy and Keras take


@dataclass(frozen=True)
class Order:
    """What was asked for.

    Attributes:
        network: What to train, by its recipe.
        seeds: Of first weights, order and movements of the images, and dropout: one training each.
        command: What was typed.
        folder: Where to write.
        limit: Learn only so many images, None for all.
    """

    network: Architecture
    seeds: tuple[int, ...]
    command: str
    folder: Path
    limit: int | None = None

    def partial(self, seed: int) -> Partial:
        """Return where one of the trainings is kept until all are published."""
        return Partial.of(self.folder, self.network.key, self.network.recipe, seed, self.limit)


def file_of(network: Architecture) -> str:
    """Return where an architecture stands, from the top of the tree."""
    return f"models/architectures/{network.key.replace('-', '_')}.py"


def built(network: Architecture) -> keras.Model:
    """Return an architecture's network with fresh weights, once it is known that it can be shown.

    Raises:
        CheckpointError: It cannot; the message names the file and what to change in it.
    """
    model, file = network.build(), file_of(network)
    try:
        graph = require_readable(model)
        require_fitting(graph, network.source.spec.shape, len(network.source.classes))
    except UnopenableError as error:
        raise CheckpointError(f"{file} makes a network that cannot be shown: {error}.") from error
    if graph.head.meaning != "softmax":
        raise CheckpointError(
            f"{file} makes a network that does not end in a softmax, by whose probabilities it would be "
            'trained: give its last layer activation="softmax".'
        )
    for layer in model.layers:
        if added := [
            name for name, kept in layer.get_config().items() if kept and name.endswith("regularizer")
        ]:
            raise CheckpointError(
                f"{file} gives its layer {layer.name!r} a {added[0]}, which adds to the loss: that on "
                "held-out images would not be that of the answers. Leave it out."
            )
    return model


def train(order: Order) -> Entry:
    """Train a network with every seed and write the median one into the folder; return the manifest's entry.

    Raises:
        DataError: The images cannot be read.
        CheckpointError: The folder's manifest is damaged, the architecture is of a network that cannot be
            shown, or a training comes to numbers that are none.
    """
    network = order.network
    if (order.folder / manifest.MANIFEST).exists():
        manifest.read(order.folder)  # better known before minutes of training
    images = network.source.part("train")
    load_keras()
    import keras  # noqa: PLC0415 - takes seconds; errors above must not

    from models.training import trainer  # noqa: PLC0415

    learned, held_out = images[:-HELD_OUT][: order.limit], images[-HELD_OUT:]
    runs = {}
    for seed in order.seeds:
        print(f"{network.key}, seed {seed}", flush=True)
        keras.utils.set_random_seed(seed)
        model = built(network)
        partial = order.partial(seed)
        try:
            runs[seed] = trainer.fit(model, network.recipe, seed, learned, held_out, partial=partial)
        except trainer.DivergedError as error:
            raise CheckpointError(
                f"{network.key}, seed {seed}, was not trained: {error}. Nothing was published. Lower the "
                f"learning_rate in {file_of(network)}."
            ) from error
    entry = publish(network, runs, order.command, order.folder)
    for seed in order.seeds:
        order.partial(seed).forget_all()
    return entry


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.train",
        description="Train one network.",
        epilog="python -m models.train order --help trains one by settings of one's own, as the page does.",
    )
    parser.add_argument("network", choices=architectures.keys())
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=SEEDS,
        help=f"one training each; the median on held-out images is kept ({' '.join(map(str, SEEDS))})",
    )
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--limit", type=int, help="learn only this many images")
    parser.add_argument(
        "--folder", type=Path, help="where to write, if not where its data set's networks lie"
    )
    return parser


def main(arguments: Sequence[str]) -> None:
    """Do what the command line says."""
    if [*arguments[:1]] == ["order"]:
        command.main(arguments[1:])
        return
    parser = _parser()
    asked = parser.parse_args(arguments)
    network = architectures.find(asked.network)
    recipe = replace(network.recipe, epochs=network.recipe.epochs if asked.epochs is None else asked.epochs)
    if recipe.epochs < 1 or (asked.limit is not None and asked.limit < recipe.batch_size):
        parser.error(f"at least 1 epoch and {recipe.batch_size} images, one batch, are needed")
    if len(set(asked.seeds)) < len(asked.seeds):
        parser.error("a seed that is named twice would count twice")
    if not all(0 <= seed <= LARGEST_SEED for seed in asked.seeds):
        parser.error(f"a seed is a whole number from 0 to {LARGEST_SEED}")
    typed = shlex.join(["python", "-m", "models.train", *arguments])
    try:
        network = replace(network, recipe=recipe)
        folder = asked.folder or folder_of(network.dataset)
        entry = train(Order(network, tuple(asked.seeds), typed, folder, asked.limit))
        training = entry.training
    except (DataError, CheckpointError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on after the last whole epoch.")
    for scores in training.seeds if training else ():
        print(
            f"{entry.title}, seed {scores.seed}: epoch {scores.chosen_epoch} of {recipe.epochs}, "
            f"held-out accuracy {scores.held_out.accuracy:.2%}, "
            f"test accuracy {scores.test.accuracy:.2%}, loss {scores.test.loss:.4f}"
            f"{', the median: published' if training and scores.seed == training.seed else ''}"
        )


if __name__ == "__main__":
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1:])
