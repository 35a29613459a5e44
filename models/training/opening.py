"""A network that somebody trained is measured as a piece of work, so that all pages can show it.

In the folder of the work lies then `world/`: the network, what every channel does over the test images, and a
manifest that names both.
"""

from __future__ import annotations

import hashlib
import platform
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from models.analysis import channel_statistics, metrics
from models.datasets.dataset import Dataset
from models.graph.description import describe
from models.store import artefact, manifest
from models.store.entry import Entry, Score, SeedScore, Training
from models.training.order import Order
from models.training.publication import PACKAGES, packed, plain
from models.training.run import CURVES
from models.training.snapshots import WEIGHTS
from models.training.work import begun
from models.watcher import Watcher, WorkError, heed

if TYPE_CHECKING:
    from pathlib import Path

    import keras

WORLD = "world"  # in the folder of the work
EVERY = 0.5  # seconds between two words on how far it is


def measure(settings: Mapping[str, Any], watcher: Watcher) -> dict[str, Any]:
    """Measure a network over the test images of what it learned; return its key.

    Args:
        settings: `order`, as it was trained; `network`, the hash of the `.keras` that was given; `key` and
            `title`, what it is called; of a training that is over `result`, what came of it, and `epochs`,
            what was told of each.
        watcher: Has the network.

    Raises:
        WorkError: It cannot be done.
        StoppedError: It was asked to end.
    """
    order, test, model = begun(settings["order"], "test", watcher)
    _fill(model, watcher.given(settings["network"]))
    survey = channel_statistics.begin(model, test.fed, test.labels, telling(watcher))
    folder = watcher.folder / WORLD
    folder.mkdir(exist_ok=True)
    entry = _entry(model, order, settings, test, (survey, folder))
    manifest.write(entry, folder)
    return {"key": entry.key}


def _fill(model: keras.Model, network: Path) -> None:
    """Give a network of ours the weights of an archive of it."""
    try:
        with zipfile.ZipFile(network) as archive, TemporaryDirectory() as folder:
            model.load_weights(archive.extract(WEIGHTS, folder))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WorkError("The network cannot be read.") from error


def telling(watcher: Watcher) -> Callable[[int, int], None]:
    """Return what tells a watcher how many images were measured, not too often, and listens."""
    last = [0.0]

    def told(done: int, of: int) -> None:
        heed(watcher)
        if time.monotonic() - last[0] > EVERY:
            last[0] = time.monotonic()
            watcher.tell({"event": "measured", "images": done, "of": of})

    return told


def _entry(
    model: keras.Model,
    order: Order,
    settings: Mapping[str, Any],
    test: Dataset,
    found: tuple[channel_statistics.Survey, Path],
) -> Entry:
    survey, folder = found
    content = packed(model)
    name = f"{settings['key']}-{hashlib.sha256(content).hexdigest()[:8]}.keras"
    checkpoint = artefact.write_whole(folder / name, content)
    score = metrics.score(survey.logits, test.labels)
    return Entry(
        key=settings["key"],
        title=settings["title"],
        architecture=order.architecture,
        checkpoint=checkpoint,
        survey=channel_statistics.MEASUREMENT.write(survey, checkpoint, folder),
        parameters=model.count_params(),
        test=score,
        layers=describe(model),
        image=order.source.spec.shape,
        dataset=order.dataset,
        training=_training(order, settings, score),
        short=settings["title"],
    )


def _training(order: Order, settings: Mapping[str, Any], score: Score) -> Training | None:
    """Return how it was trained, None of one that still is."""
    result, epochs = settings.get("result"), settings.get("epochs", ())
    if not result:
        return None
    held_out = Score(**result["held_out"])
    return Training(
        seed=order.seed,
        command=order.command,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        recipe=plain(order.recipe) | _further(order),
        history=history(epochs),
        chosen_epoch=result["chosen_epoch"],
        held_out=held_out,
        seeds=(SeedScore(order.seed, result["chosen_epoch"], held_out, score),),
    )


def _further(order: Order) -> dict[str, Any]:
    """Return what recipes do not say, where it is not as in those that are shipped."""
    optimizer = {} if order.optimizer == "adam" else {"optimizer": order.optimizer}
    return optimizer if order.images == order.learnable else {**optimizer, "images": order.images}


def history(epochs: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Return the curves of what was told of epochs; one that was told twice counts as the second time."""
    last = {each["epoch"]: each for each in epochs}
    return {curve: [float(last[epoch][curve]) for epoch in sorted(last)] for curve in CURVES}
