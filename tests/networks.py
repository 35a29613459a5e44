"""Small networks for tests: described by hand for those without TensorFlow, built for those with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.analysis import channel_statistics
from models.analysis.channel_statistics import Survey
from models.analysis.layer_statistics import KEPT, UNKNOWN, LayerSurvey, most_similar, quantised
from models.analysis.metrics import log_probabilities
from models.analysis.robustness import Robustness
from models.analysis.selectivity import KINDS
from models.analysis.stimuli import BANK, FAMILIES
from models.analysis.tuning import SEEDS, LayerTuning, Tuning
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.mnist import SPEC
from models.datasets.perturbation import PERTURBATIONS
from models.engine.forward_pass import STAGES, ForwardPass
from models.graph.description import Layer, convolutions, surveyed, switchable
from models.graph.receptive_field import Window, receptive_field
from models.store import artefact, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry, File, Score, SeedScore, Training

if TYPE_CHECKING:
    import keras


@cache
def blank(digits: int = 10_000) -> Dataset:
    """Return digits without ink, all labelled 0, as many as the test set has."""
    return mnist.dataset(np.zeros((digits, *SPEC.sides), np.uint8), np.zeros(digits, np.uint8))


def conv(name: str, side: int, filters: int, slices: int, windows: list[Window]) -> Layer:
    """Return a 3×3 ReLU convolution with square maps of `side` cells behind `windows`, its own included."""
    sight = receptive_field(windows, 28)
    kernel = (3, 3, slices, filters)
    cost = side * side * prod(kernel)
    return Layer(
        name,
        "Conv2D",
        "relu",
        (side, side, filters),
        prod(kernel) + filters,
        cost,
        kernel,
        (sight, sight),
        (windows[-1], windows[-1]),
    )


def dense(name: str, inputs: int, units: int, activation: str = "relu") -> Layer:
    """Return a dense layer."""
    size = inputs * units
    return Layer(name, "Dense", activation, (units,), size + units, size, (inputs, units), None, None)


def flatten(units: int) -> Layer:
    """Return what turns maps into a row."""
    return Layer("flatten", "Flatten", None, (units,), 0, 0, None, None, None)


IMAGE = SPEC.shape
_POOL = receptive_field([Window(3), Window(3), Window(2, 2)], 28)

FCN = (flatten(784), dense("dense1", 784, 6), dense("dense2", 6, 5), dense("output", 5, 10, "softmax"))
MATCHED = (flatten(784), dense("dense1", 784, 8), dense("dense2", 8, 5), dense("output", 5, 10, "softmax"))
CNN = (
    conv("conv1", 26, 3, 1, [Window(3)]),
    conv("conv2", 24, 4, 3, [Window(3), Window(3)]),
    Layer("pool", "MaxPooling2D", None, (12, 12, 4), 0, 0, None, (_POOL, _POOL), (Window(2, 2),) * 2),
    flatten(576),
    dense("dense", 576, 5),
    dense("output", 5, 10, "softmax"),
)


def entry(key: str, layers: tuple[Layer, ...], seed: int = 7) -> Entry:
    """Return an entry of the manifest for a network of these layers that nobody has trained."""
    return Entry(
        key=key,
        title=f"Tiny {key.upper()}",
        architecture=key,
        checkpoint=File(f"{key}.keras", hashlib.sha256(f"{key}{seed}".encode()).hexdigest(), 1_000),
        survey=File(f"{key}.survey.npz", "0" * 64, 100),
        parameters=sum(layer.parameters for layer in layers),
        test=Score(10_000, 9_850, 0.06),
        layers=layers,
        training=Training(
            seed=seed,
            command=f"python -m models.train {key} --seeds {seed}",
            versions={"python": "3.11", "keras": "3.15.1"},
            recipe={"epochs": 2, "batch_size": 128},
            history={
                name: [0.5, 0.25]
                for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
            },
            chosen_epoch=2,
            held_out=Score(5_000, 4_900, 0.07),
            seeds=(SeedScore(seed, 2, Score(5_000, 4_900, 0.07), Score(10_000, 9_850, 0.06)),),
        ),
    )


def training_of(entry: Entry) -> Training:
    """Return how a network was trained, of one of which that is known."""
    assert entry.training
    return entry.training


def in_use(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a recipe that say something: one that is not there is none, or nothing."""
    return {name: value for name, value in recipe.items() if value}


def score_of(entry: Entry) -> Score:
    """Return how a network does on the test images, of one of which that is known."""
    assert entry.test
    return entry.test


def changed(entry: Entry, **parts: Any) -> Entry:
    """Return an entry of which some parts are others: its own, or those of its training."""
    of_training = {each.name for each in fields(Training)} & parts.keys()
    training = replace(training_of(entry), **{name: parts.pop(name) for name in of_training})
    return replace(entry, **{"training": training} | parts)


def entries() -> tuple[Entry, Entry]:
    """Return both small networks, as a manifest lists them."""
    return entry("fcn", FCN), entry("cnn", CNN)


def three() -> tuple[Entry, Entry, Entry]:
    """Return these and a wider one of the first kind, whose name has two words."""
    return *entries(), entry("fcn-matched", MATCHED)


def forward_pass(layers: tuple[Layer, ...], seed: int = 0) -> ForwardPass:
    """Return random values of the right shapes: activations hold, layers do not follow from each other."""
    rng = np.random.default_rng(seed)
    pre = {layer.name: rng.normal(size=layer.output_shape).astype(np.float32) for layer in layers}
    post = {layer.name: _activated(pre[layer.name], layer.activation) for layer in layers}
    return ForwardPass(pre, post)


def _activated(values: Floats, activation: str | None) -> Floats:
    if activation == "relu":
        return np.maximum(values, np.float32(0))
    if activation == "softmax":
        return np.exp(log_probabilities(values)).astype(np.float32)
    return values


def survey(layers: tuple[Layer, ...], digits: int, seed: int = 0, logits: Floats | None = None) -> Survey:
    """Return answers to `digits` digits, these or random ones, and what all channels do there, at random.

    Only the classes are ranked as the answers say, for that is what a survey is read by.
    """
    rng = np.random.default_rng(seed)
    random = rng.normal(size=(digits, 10)).astype(np.float32)
    logits = random if logits is None else logits
    ranges = {
        (layer.name, stage): np.sort(rng.normal(size=(2, layer.channels)).astype(np.float32), axis=0)
        for layer in layers
        for stage in STAGES
    }
    if layers[-1].saturates:
        ranges[layers[-1].name, "pre"] = np.stack([logits.min(axis=0), logits.max(axis=0)])
    return Survey(logits, ranges, layer_surveys(layers, digits, logits, seed))


def survey_of(entry: Entry, folder: Path = CHECKPOINTS) -> Survey:
    """Return the survey that lies beside a checkpoint."""
    found = channel_statistics.MEASUREMENT.read(entry, folder)
    assert found is not None
    return found


def layer_surveys(
    layers: tuple[Layer, ...], digits: int, logits: Floats, seed: int = 0
) -> dict[str, LayerSurvey]:
    """Return what channels do, at random, over `digits` digits, and classes by these logits."""
    rng = np.random.default_rng(seed)
    tried = {layer.name for layer in switchable(layers)}
    return {
        layer.name: layer_survey(layer, digits, rng, layer.name in tried, logits if layer.saturates else None)
        for layer in surveyed(layers)
    }


def layer_survey(
    layer: Layer, digits: int, rng: np.random.Generator, tried: bool, logits: Floats | None = None
) -> LayerSurvey:
    """Return what a layer's channels do, at random; answers change where each was `tried` without."""
    channels = layer.channels
    random = rng.normal(size=(digits, channels)).astype(np.float32)
    peaks = random if logits is None else logits
    strongest = (-peaks).argsort(axis=0, kind="stable")[:KEPT].T
    fewer = np.sort(rng.integers(0, digits, (channels, 2 if tried else 0)), axis=1)
    shape = layer.kernel_shape
    similar, cosine = most_similar(
        None if shape is None else rng.normal(size=shape).astype(np.float32), channels
    )
    return LayerSurvey(
        mean=rng.random(channels, np.float32),
        active=rng.random(channels, np.float32),
        firing=rng.random(channels, np.float32),
        by_class=rng.random((10, channels), np.float32),
        strongest=strongest.astype(np.uint16),
        places=rng.integers(0, prod(layer.output_shape[:-1]), strongest.shape).astype(np.uint16),
        values=np.take_along_axis(peaks.T, strongest, axis=1),
        strength=quantised(peaks),
        similar=similar,
        cosine=cosine,
        correct_without=np.full(channels, digits // 2 if tried else UNKNOWN, np.int32),
        start=(fewer.shape[1] * np.arange(channels + 1)).astype(np.int32),
        digit=fewer.reshape(-1).astype(np.uint16),
        answer=rng.integers(0, 10, fewer.size).astype(np.uint8),
    )


def robust(digits: int) -> Robustness:
    """Return answers to changed digits: of the unchanged ones half are right, one less for every amount on.

    All answers that change are right answers that are lost.
    """
    half = digits // 2
    correct = {
        key: tuple(
            half if amount == each.neutral else half - place for place, amount in enumerate(each.amounts)
        )
        for key, each in PERTURBATIONS.items()
    }
    lost = {key: tuple(half - each for each in counts) for key, counts in correct.items()}
    return Robustness(digits, correct, lost, changed=lost)


def tuned(layers: tuple[Layer, ...]) -> Tuning:
    """Return filters that are tuned, clearly, to one direction each: of the next family, one step further."""
    return Tuning({layer.name: layer_tuned(layer) for layer in convolutions(layers)})


def layer_tuned(layer: Layer) -> LayerTuning:
    """Return those of a layer; the last filter responds to everything alike, which is no tuning."""
    filters = layer.channels
    raised = np.full((len(BANK), filters), 0.25, np.float32)
    for channel in range(filters - 1):
        raised[channel % len(FAMILIES) * 16 + channel, channel] = 16.0
    untrained = np.random.default_rng(0).uniform(0, 0.2, (len(KINDS), SEEDS // 2 * filters))
    untrained[-1] = 1
    return LayerTuning(
        raised=raised,
        lowered=np.full_like(raised, 0.125),
        fired=raised - 0.25,
        paper=np.full(filters, -0.25, np.float32),
        drift=np.zeros((len(FAMILIES), filters), np.float32),
        untrained=untrained.astype(np.float32),
        chance=np.array([1, SEEDS // 2 * filters], np.int64),
    )


def build(layers: tuple[Layer, ...], seed: int = 0) -> keras.Model:
    """Return a Keras model of these layers with random weights and biases."""
    import keras

    made: list[keras.Layer] = [keras.Input((28, 28, 1))]
    for layer in layers:
        if layer.kind == "Conv2D":
            made.append(keras.layers.Conv2D(layer.channels, 3, activation=layer.activation, name=layer.name))
        elif layer.kind == "Dense":
            made.append(keras.layers.Dense(layer.channels, activation=layer.activation, name=layer.name))
        elif layer.kind == "MaxPooling2D":
            made.append(keras.layers.MaxPooling2D(2, name=layer.name))
        else:
            made.append(keras.layers.Flatten(name=layer.name))
    return randomise(keras.Sequential(made), seed)


def randomise(model: keras.Model, seed: int = 0) -> keras.Model:
    """Give every weight of a model a random value, biases and moving statistics too, and return the model."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            spread = prod(weight.shape[:-1]) ** -0.5 if len(weight.shape) > 1 else 0.1
            value = rng.normal(0, spread, weight.shape)
            values.append(np.abs(value) if "variance" in weight.path else value)
        layer.set_weights(values)
    return model


def save(model: keras.Model, key: str, folder: Path) -> Entry:
    """Write a checkpoint, its survey and its place in the manifest; return the entry."""
    from models.graph.description import layers_of
    from models.graph.reading import graph_of

    graph = graph_of(model)
    layers = layers_of(graph)
    path = folder / f"{key}.keras"
    model.save(path)
    file = artefact.write_whole(folder / f"{key}.survey.npz", survey(layers, 100).to_bytes())
    saved = replace(entry(key, layers), image=graph.image, checkpoint=file_of(path), survey=file)
    manifest.write(saved, folder)
    return saved


def file_of(path: Path) -> File:
    """Return what the manifest says of a file."""
    content = path.read_bytes()
    return File(path.name, hashlib.sha256(content).hexdigest(), len(content))
