"""A person's networks and images as a folder like the shipped one: a manifest, and all that it names.

As a program, `python -m models.own.world CACHE` reads a wish as JSON, says what it does, and last, behind
`FOLDER`, where the folder is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from models.analysis import channel_statistics, metrics
from models.analysis.ending import in_a_sentence
from models.datasets import own
from models.datasets.dataset import Dataset
from models.datasets.shipped import SOURCES
from models.graph.description import describe
from models.graph.graph import Graph
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError
from models.graph.requirements import require_fitting
from models.own import networks
from models.own.feeding import fed
from models.own.networks import Opened
from models.own.wish import FOLDER, PLAIN, Wish, WishError
from models.store import artefact, manifest
from models.store.entry import Entry

if TYPE_CHECKING:
    import keras

FORM = 1  # changes whenever what lies in such a folder does
Say = Callable[[str], None]


def prepared(wish: Wish, cache: Path, say: Say) -> Path:
    """Return the folder of a wish's networks and images, made unless it is there.

    Args:
        wish: What is to be opened.
        cache: Folder for what may be lost at any time.
        say: Is told what is done, sentence by sentence.

    Raises:
        WishError: A network cannot be opened, or the networks do not go with each other.
        DataError: The images cannot be used.
    """
    opened = networks.opened(wish, cache / "own" / "networks", say)
    folder = cache / "own" / _name(wish, opened)
    if not (folder / manifest.MANIFEST).is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=folder.parent))
        try:
            _fill(unfinished, wish, opened, say)
            shutil.rmtree(folder, ignore_errors=True)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _name(wish: Wish, opened: Sequence[Opened]) -> str:
    """Return what a wish's folder is called: by all that it depends on."""
    images = own.fingerprint(wish.images, wish.labels) if wish.images else ""
    told = [FORM, [(each.key, each.sha256) for each in opened], images, wish.names, wish.span, wish.size]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _fill(folder: Path, wish: Wish, opened: Sequence[Opened], say: Say) -> None:
    """Write networks, images, what is measured on them, and the manifest."""
    import keras  # noqa: PLC0415 - takes seconds

    models = {each.key: keras.saving.load_model(each.path, compile=False) for each in opened}
    graphs = {key: graph_of(model) for key, model in models.items()}
    titles = {each.key: each.title for each in opened}
    images = _images(wish, graphs, titles, say)
    images = fed(images, wish.span, models, titles, say)
    if images.key == own.KEY:
        own.write(images, folder)
    for each in opened:
        say(f"Measuring every channel of {each.title} over {images.noun.counted(len(images))} …")
        _published(each, models[each.key], images, folder)


def _images(wish: Wish, graphs: Mapping[str, Graph], titles: Mapping[str, str], say: Say) -> Dataset:
    """Return the images of a wish, in the form that all of its networks read."""
    (first, graph), *others = graphs.items()
    for key, other in others:
        ends = [(each.image, each.head.classes) for each in (graph, other)]
        if ends[0] != ends[1]:
            raise WishError(
                f"{titles[first]} reads {ends[0][0]} and tells {ends[0][1]} classes apart, {titles[key]} "
                f"reads {ends[1][0]} and tells {ends[1][1]}: open them one after the other."
            )
    if wish.images is None:
        return _shipped(graph, titles[first])
    brought = own.bring(
        wish.images, graph.image, classes=graph.head.classes, names=wish.names, labels=wish.labels
    )
    for note in brought.notes:
        say(note)
    return brought.dataset


def _shipped(graph: Graph, title: str) -> Dataset:
    """Return the shipped images that a network reads, or refuse with what is missing."""
    for source in SOURCES.values():
        try:
            require_fitting(graph, source.spec.shape, len(source.classes))
        except UnopenableError:
            continue
        return source.part("test")
    raise WishError(
        f"{title} reads {graph.image} and tells {graph.head.classes} classes apart, and no images that come "
        "with ConvLens are like that: name yours with --images, a folder with a subfolder for each class."
    )


def _published(network: Opened, model: keras.Model, images: Dataset, folder: Path) -> None:
    """Measure a network on the images and name it in the manifest."""
    content = network.path.read_bytes()
    name = f"{network.key}-{hashlib.sha256(content).hexdigest()[:8]}.keras"
    checkpoint = artefact.write_whole(folder / name, content)
    with redirect_stdout(sys.stderr):  # how far it is stands there
        survey = channel_statistics.run(model, images.inputs, images.labels)
    entry = Entry(
        key=network.key,
        title=network.title,
        architecture=network.key,
        checkpoint=checkpoint,
        survey=channel_statistics.MEASUREMENT.write(survey, checkpoint, folder),
        parameters=model.count_params(),
        test=metrics.score(survey.logits, images.labels),
        layers=describe(model),
        image=images.spec.shape,
        dataset=images.key,
    )
    manifest.write(entry, folder)


@in_a_sentence("Interrupted. What was opened before is kept.")
def main(cache: str) -> None:
    """Prepare the wish that comes in, and say where it lies."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    def say(sentence: str) -> None:
        print(sentence, flush=True)

    try:
        folder = prepared(PLAIN.validate_json(sys.stdin.read()), Path(cache), say)
    except (WishError, UnopenableError) as error:
        sys.exit(str(error))
    print(f"{FOLDER}{folder}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
