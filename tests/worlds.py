"""A small made-up world beside the digits: other images, other classes, another network, made in seconds.

37 images of 12×20 in colour, three classes with names, and a network that branches, adds what went around,
normalises and concatenates. Nothing in it is 28, grey, ten or a chain.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.memory import Memory
from dashboard.workspace import Workspace
from models.analysis import collection, metrics, timeline
from models.analysis.measurements import MEASUREMENTS
from models.analysis.timeline import Held, Timeline
from models.datasets.dataset import Dataset, ImageSpec
from models.engine.moments import Moments
from models.engine.networks import Networks
from models.measure import write_timeline
from models.store import manifest
from models.store.entry import Entry, SeedScore
from tests import networks

if TYPE_CHECKING:
    import keras

ROWS, COLUMNS, COLOURS = 12, 20, 3
SPEC = ImageSpec(ROWS, COLUMNS, COLOURS, background=51)
CLASSES = ("bars", "disc", "corner")
COUNT = 37
STEPS = 60  # of their training
HELD_OUT = 7  # the last ones, from which nothing is said to be learned


@cache
def made_up(seed: int = 0) -> Dataset:
    """Return the made-up images of a seed: a shape of one colour on another one, and noise."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(COUNT) % len(CLASSES))
    pictures = np.stack([_picture(CLASSES[label], rng) for label in labels])
    noisy = pictures + rng.normal(0, 0.06, pictures.shape)
    images = np.rint(np.clip(noisy, 0, 1) * 255).astype(np.uint8)
    return Dataset(images, labels.astype(np.uint8), SPEC, CLASSES, key="made-up", title="Made up")


def _picture(name: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return one picture, (12, 20, 3) in [0, 1], without noise."""
    row, column = np.mgrid[:ROWS, :COLUMNS]
    middle = rng.integers(4, ROWS - 4), rng.integers(5, COLUMNS - 5)
    shapes = {
        "bars": (column + rng.integers(0, 4)) % 4 < 2,
        "disc": (row - middle[0]) ** 2 + (column - middle[1]) ** 2 < rng.integers(9, 16),
        "corner": (row >= middle[0]) & (column >= middle[1]),
    }
    ink, paper = rng.uniform(0.6, 1, COLOURS), rng.uniform(0, 0.4, COLOURS)
    return np.where(shapes[name][..., np.newaxis], ink, paper)


def branching(head: str = "softmax") -> keras.Model:
    """Return the network that branches, with random weights of one seed.

    Args:
        head: What it ends in: "softmax", "logits" or "sigmoids" of three units, "sigmoid" of one.
    """
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(3)
    image = keras.Input((ROWS, COLUMNS, COLOURS), name="image")
    stem = layers.Conv2D(6, 3, padding="same", use_bias=False, name="stem")(image)
    stem = layers.ReLU(name="stem_relu")(layers.BatchNormalization(momentum=0.8, name="stem_norm")(stem))
    inner = layers.Conv2D(6, 3, padding="same", activation="relu", name="inner")(stem)
    inner = layers.BatchNormalization(momentum=0.8, name="inner_norm")(inner)
    summed = layers.Add(name="residual")([stem, inner])
    wide = layers.Conv2D(5, (3, 5), strides=2, padding="same", activation="relu", name="wide")(summed)
    pooled = layers.MaxPooling2D(2, name="pooled")(summed)
    both = layers.Concatenate(name="both")([wide, pooled])
    row = layers.GlobalAveragePooling2D(name="mean")(both)
    units, activation = {
        "softmax": (3, "softmax"),
        "logits": (3, None),
        "sigmoids": (3, "sigmoid"),
        "sigmoid": (1, "sigmoid"),
    }[head]
    answer = layers.Dense(units, activation=activation, name="answer")(row)
    return randomised(keras.Model(image, answer, name="branching"))


def randomised(model: keras.Model, seed: int = 0) -> keras.Model:
    """Give every weight a random value, moving statistics and biases too, and return the model."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            size = int(np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 1
            value = rng.normal(0, size**-0.5, weight.shape)
            values.append(np.abs(value) + 0.1 if "variance" in weight.path else value)
        layer.set_weights(values)
    return model


@cache
def trained() -> keras.Model:
    """Return the branching network after it has learned the made-up images, in seconds."""
    import keras

    return _taught(branching(), keras.losses.SparseCategoricalCrossentropy())


def chain() -> keras.Model:
    """Return a chain that ends in logits and reads the same images."""
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(4)
    return keras.Sequential(
        [
            keras.Input((ROWS, COLUMNS, COLOURS)),
            layers.DepthwiseConv2D(3, activation="relu", name="depthwise"),
            layers.AveragePooling2D((2, 3), name="averaged"),
            layers.Flatten(name="flatten"),
            layers.Dense(8, activation="tanh", name="hidden"),
            layers.Dense(3, name="answer"),
        ],
        name="chain",
    )


@cache
def trained_chain() -> keras.Model:
    """Return the chain after it has learned the made-up images, in seconds."""
    import keras

    return _taught(chain(), keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def _taught(model: keras.Model, loss: keras.Loss) -> keras.Model:
    """Let a network learn all images at once, sixty times; an epoch for each would take twice as long."""
    import keras

    world = made_up()
    images, labels = np.tile(world.inputs, (STEPS, 1, 1, 1)), np.tile(world.labels, STEPS)
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    model.fit(images, labels, batch_size=COUNT, shuffle=False, verbose=0)
    return model


def publish(folder: Path) -> tuple[Entry, ...]:
    """Write both networks, what is measured on them, and their manifest; return its entries."""
    for key, title, model in (
        ("branching", "A network that branches", trained()),
        ("chain", "A chain without a softmax", trained_chain()),
    ):
        _written(key, title, model, folder)
    return manifest.read(folder)


def _written(key: str, title: str, model: keras.Model, folder: Path) -> None:
    from models.engine.probe import Probe
    from models.graph.description import layers_of
    from models.graph.reading import graph_of

    world, graph = made_up(), graph_of(model)
    model.save(folder / f"{key}.keras")
    checkpoint = networks.file_of(folder / f"{key}.keras")
    found = {each.name: each.run(model, world, HELD_OUT) for each in MEASUREMENTS}
    files = {
        each.name: each.write(found[each.name], checkpoint, folder)
        for each in MEASUREMENTS
        if found[each.name] is not None
    }
    test = metrics.score(Probe(model).logits_without(world.inputs, {}), world.labels)
    like = networks.entry(key, layers_of(graph))
    training = networks.training_of(like)
    entry = replace(
        like,
        title=title,
        checkpoint=checkpoint,
        image=graph.image,
        parameters=model.count_params(),
        test=test,
        training=replace(training, held_out=test, seeds=(SeedScore(training.seed, 2, test, test),)),
        **dict[str, Any](files),
    )
    manifest.write(entry, folder)
    if key == "branching":
        write_timeline(*learned(model, world), entry, folder)


def learned(model: keras.Model, world: Dataset) -> tuple[Timeline, Moments]:
    """Return a training of a network, made up: from random weights in a line to its own."""
    import keras

    begun, ended = keras.models.clone_model(model), model.get_weights()
    fresh = begun.get_weights()
    held = [
        Held(step, epoch, [(1 - way) * one + way * other for one, other in zip(fresh, ended, strict=True)])
        for step, epoch, way in ((0, 0, 0), (2, None, 0.25), (8, 1, 0.75), (16, 2, 1))
    ]
    return timeline.measure(begun, held, world)


def workspace(folder: Path, cache_dir: Path) -> Workspace:
    """Return a workspace in which the made-up world is open; its networks stay asleep until they are woken.

    Args:
        folder: In which `publish` wrote.
        cache_dir: For what is remembered.
    """
    entries = manifest.read(folder)
    known = collection.of(entries, made_up(), folder)
    return Workspace(known, Networks(entries, folder), Memory(cache_dir))
