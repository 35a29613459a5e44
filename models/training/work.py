"""A training as a piece of work: what the page, a cluster and the command line run is this one function.

Its folder holds `snapshots/`, as `convlens.Snapshots` writes them, and at the end `model.keras` and
`result.json`, what came of it; meanwhile also `partial/`, from which it goes on.
`order.json` says whose all this is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.architectures.recipe import HELD_OUT
from models.datasets.dataset import DataError, Dataset, Part
from models.gc_freeze import load_keras
from models.store.artefact import write_whole
from models.training.order import Order, OrderError, ordered
from models.training.outcome import Outcome, claim, known
from models.training.partial import Partial
from models.training.publication import measured, packed, plain
from models.watcher import Watcher, WorkError, heed

if TYPE_CHECKING:
    import keras

    from models.training.run import Run

THREADS = "2"  # fixed: how a sum is split over threads changes its last bits, and with them the network
SNAPSHOTS, MODEL, PARTIAL = "snapshots", "model.keras", "partial"  # in the folder of a training


def train(settings: Mapping[str, Any], watcher: Watcher) -> dict[str, Any]:
    """Train what was ordered, from where the folder left off; return what came of it.

    What is over is not trained again, nor are the test images asked again.

    Returns:
        `chosen_epoch`, from 1, by the held-out images; `parameters`; and `held_out` and `test`, each with
        `digits`, `correct` and `loss`.

    Raises:
        WorkError: It cannot be done, or came to numbers that are none; what was there stays.
        StoppedError: It was asked to end.
    """
    order = _valid(settings)
    claim(order, watcher.folder)
    outcome = known(order, watcher.folder)
    if outcome is None:
        order, images, model = begun(settings, "train", watcher)
        run = _fitted(model, order, images, watcher)
        heed(watcher)
        outcome = _finished(model, order, run, watcher.folder)
    Partial(watcher.folder / PARTIAL).forget()
    return outcome.told


def begun(settings: Mapping[str, Any], part: Part, watcher: Watcher) -> tuple[Order, Dataset, keras.Model]:
    """Return what was ordered, a part of its images, and its network with the fresh weights of its seed.

    Raises:
        WorkError: It cannot be had.
        StoppedError: It was asked to end.
    """
    order = _valid(settings)
    heed(watcher)
    try:
        images = order.source.part(part)
    except DataError as error:
        raise WorkError(str(error)) from error
    heed(watcher)
    os.environ["TF_NUM_INTRAOP_THREADS"] = THREADS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    load_keras()
    import keras  # noqa: PLC0415 - takes seconds; errors above must not

    from models.training.built import built  # noqa: PLC0415

    heed(watcher)
    keras.utils.set_random_seed(order.seed)
    return order, images, built(order)


def _valid(settings: Mapping[str, Any]) -> Order:
    try:
        return ordered(settings)
    except OrderError as error:
        raise WorkError(str(error)) from error


def _fitted(model: keras.Model, order: Order, images: Dataset, watcher: Watcher) -> Run:
    from convlens.snapshots import Snapshots  # noqa: PLC0415 - loads Keras, as all below
    from models.training import trainer  # noqa: PLC0415
    from models.training.watching import Watching  # noqa: PLC0415

    def tell(event: Mapping[str, Any]) -> None:
        if event["event"] == "snapshot":
            watcher.tell(event)

    snapshots = Snapshots(
        watcher.folder / SNAPSHOTS,
        dtype="float16",
        every_epochs=order.every_epochs,
        of=model,
        going_on=True,
        tell=tell,
    )
    try:
        return trainer.fit(
            model,
            order.recipe,
            order.seed,
            images[:-HELD_OUT][: order.images],
            images[-HELD_OUT:],
            partial=Partial(watcher.folder / PARTIAL),
            optimizer=order.optimizer,
            followed=[Watching(watcher), snapshots],
        )
    except trainer.DivergedError as error:
        raise WorkError(
            f"The training ended because {error}; its snapshots up to then are kept. A learning rate below "
            f"{order.learning_rate:g} may do better."
        ) from error


def _finished(model: keras.Model, order: Order, run: Run, folder: Path) -> Outcome:
    """Measure the chosen epoch on the test images, once, and write the network and what came of it down."""
    test = measured(model, order.source)
    outcome = Outcome(
        order,
        recipe=plain(order.recipe),
        network=write_whole(folder / MODEL, packed(model)),
        chosen_epoch=run.chosen,
        parameters=model.count_params(),
        held_out=run.held_out,
        test=test,
    )
    outcome.write(folder)
    return outcome
