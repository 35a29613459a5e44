"""A person's networks and images as a folder like the shipped one: a manifest, and all that it names.

As a program, `python -m models.own.world CACHE [FIRST]` reads a wish as JSON, says what it does, behind
`PROGRESS` how far it is, and last, behind `FOLDER`, where the folder is: FIRST for a part of the images.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from models.analysis import channel_statistics, metrics
from models.analysis.ending import in_a_sentence
from models.analysis.telling import Told, untold
from models.datasets import own
from models.datasets.dataset import Dataset
from models.datasets.shipped import SOURCES
from models.gc_freeze import load_keras
from models.graph.description import describe
from models.graph.graph import Graph
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError
from models.graph.requirements import require_fitting
from models.limits import limited_to_this_machine
from models.own import networks, training
from models.own.feeding import TRIED, best_known, fed
from models.own.networks import Opened
from models.own.state import SAID
from models.own.wish import FOLDER, PART, PLAIN, Wish, WishError, telling
from models.store import artefact, manifest
from models.store.entry import Entry
from models.whole import write_whole

if TYPE_CHECKING:
    import keras

FORM = 4  # changes whenever what lies in such a folder does
AT_ONCE = 10**11  # multiplications that somebody waits for: some seconds of two processors
FEWEST, MOST_FILES = 50, 1_000  # images that are opened at once, and those of them that are to be decoded
Say = Callable[[str], None]


def prepared(wish: Wish, cache: Path, say: Say, first: Path | None = None, told: Told = untold) -> Path:
    """Return the folder of a wish's networks and images, made unless it is there.

    Args:
        wish: What is to be opened.
        cache: Folder for what may be lost at any time.
        say: Is told what is done, sentence by sentence.
        first: Where a first part of the images is opened, if somebody waits and all of them take long.
        told: Is told how many images have been measured.

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
            if _fill(unfinished, wish, opened, (say, told), at_once=first is not None):
                folder = first or folder
            shutil.rmtree(folder, ignore_errors=True)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _name(wish: Wish, opened: Sequence[Opened]) -> str:
    """Return what a wish's folder is called: by all that it depends on."""
    images = own.fingerprint(wish.images, wish.labels) if wish.images else ""
    networks = [(each.key, each.sha256, each.path.name) for each in opened]
    of_paths = {"networks", "images", "labels", "architecture"}  # of which what is in them counts
    told = [FORM, networks, images, PLAIN.dump_python(wish, mode="json", exclude=of_paths)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _fill(
    folder: Path, wish: Wish, opened: Sequence[Opened], heard: tuple[Say, Told], *, at_once: bool = False
) -> bool:
    """Write networks, images, what is measured on them, and the manifest; return whether images are left.

    Args:
        folder: Empty.
        wish: What is to be opened.
        opened: Its networks.
        heard: Who is told what is done, and how many images have been measured.
        at_once: Whether somebody waits, so that no more is opened than is quick.
    """
    load_keras()  # takes seconds, and what is there already needs none of it
    import keras  # noqa: PLC0415

    (say, told), said = heard, list[str]()

    def note(sentence: str) -> None:
        said.append(sentence)
        say(sentence)

    models = {each.key: keras.saving.load_model(each.path, compile=False) for each in opened}
    titles = {each.key: each.title for each in opened}
    quick = quickly(models.values(), are_files=bool(wish.images and wish.images.is_dir()))
    limits = [each for each in (wish.most, quick if at_once else None) if each]
    images, count = _images(wish, models, titles, note, min(limits, default=None))
    images = fed(images, wish.span, models, titles, note, tried=min(quick, TRIED))
    if images.key == own.KEY:
        own.write(images, folder)
    write_whole(folder / SAID, json.dumps(said).encode())
    for each in opened:
        say(f"Measuring every channel of {each.title} over {images.noun.counted(len(images))} …")
        _published(each, models[each.key], images, folder, told)
    count = min(count, wish.most or count)
    if at_once and count > quick:
        print(f"{PART}{len(images)} of {count}", flush=True)
    return at_once and count > quick


def quickly(models: Iterable[keras.Model], *, are_files: bool = False) -> int:
    """Return how many images all networks together go through in some seconds.

    Args:
        models: The networks.
        are_files: Whether each has to be read from a file of its own.
    """
    work = sum(layer.multiply_accumulates for model in models for layer in describe(model))
    return max(FEWEST, min(AT_ONCE // max(work, 1), MOST_FILES if are_files else own.MOST))


def _images(
    wish: Wish, models: Mapping[str, keras.Model], titles: Mapping[str, str], say: Say, first: int | None
) -> tuple[Dataset, int]:
    """Return the first images of a wish, in the form that its networks read, and how many there are."""
    (one, graph), *others = ((key, graph_of(model)) for key, model in models.items())
    for key, other in others:
        ends = [(each.image, each.head.classes) for each in (graph, other)]
        if ends[0] != ends[1]:
            raise WishError(
                f"{titles[one]} reads {ends[0][0]} and tells {ends[0][1]} classes apart, {titles[key]} "
                f"reads {ends[1][0]} and tells {ends[1][1]}: open them one after the other."
            )
    if wish.images is None:
        shipped = best_known(_shipped(graph, titles[one]), wish.span, models.values(), say)
        part = replace(shipped[:first], key=own.KEY) if first and first < len(shipped) else shipped
        return part, len(shipped)
    brought = own.bring(
        wish.images,
        graph.image,
        classes=graph.head.classes,
        names=wish.names,
        labels=wish.labels,
        first=first,
    )
    for note in brought.notes:
        say(note)
    return brought.dataset, brought.count


def _shipped(graph: Graph, title: str) -> list[Dataset]:
    """Return the shipped images that a network reads, or refuse with what is missing."""
    found = []
    for source in SOURCES.values():
        with suppress(UnopenableError):
            require_fitting(graph, source.spec.shape, len(source.classes))
            found.append(source.part("test"))
    if found:
        return found
    raise WishError(
        f"{title} reads {graph.image} and tells {graph.head.classes} classes apart, and no images that come "
        "with ConvLens are like that: name yours with --images, a folder with a subfolder for each class."
    )


def _published(network: Opened, model: keras.Model, images: Dataset, folder: Path, told: Told) -> None:
    """Measure a network on the images, but for what takes longer, and name it in the manifest."""
    content = network.path.read_bytes()
    name = f"{network.key}-{hashlib.sha256(content).hexdigest()[:8]}.keras"
    checkpoint = artefact.write_whole(folder / name, content)
    survey = channel_statistics.begin(model, images.fed, images.labels, told)
    entry = Entry(
        key=network.key,
        title=network.title,
        architecture=network.key,
        checkpoint=checkpoint,
        survey=channel_statistics.MEASUREMENT.write(survey, checkpoint, folder),
        parameters=model.count_params(),
        test=metrics.score(survey.logits, images.labels) if images.is_labelled else None,
        layers=describe(model),
        image=images.spec.shape,
        dataset=images.key,
        short=network.short,
    )
    manifest.write(entry, folder)
    if network.taught:
        training.note(network.taught, network.key, folder)


@in_a_sentence("Interrupted. What was opened before is kept.")
def main(cache: str, first: str = "") -> None:
    """Prepare the wish that comes in, and say where it lies."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    limited_to_this_machine()

    def say(sentence: str) -> None:
        print(sentence, flush=True)

    wish = PLAIN.validate_json(sys.stdin.read())
    try:
        folder = prepared(wish, Path(cache), say, Path(first) if first else None, telling(say))
    except (WishError, UnopenableError) as error:
        sys.exit(str(error))
    print(f"{FOLDER}{folder}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
