"""The API over the made-up world: real networks that branch, images of 12×20 in colour, three classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from dashboard import security, unavailable
from dashboard.api import activations, arithmetic, images, models, weights
from dashboard.memory import Memory
from dashboard.query import check_queries
from dashboard.workspace import Workspace
from models.analysis.collection import Collection
from models.engine.networks import Networks
from tests import networks, worlds

if TYPE_CHECKING:
    import keras

    from models.engine.probe import Probe


class Opened(Networks):
    """Networks that are open at once, of models that lie nowhere."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        """Take networks that are opened already, by key."""
        super().__init__((), Path("nowhere"))
        self._probes = probes

    def probe(self, key: str) -> Probe:
        """Return one of them."""
        return self._probes[key]


def assorted() -> keras.Model:
    """Return a network of many kinds that the one that branches has not, one of them opaque."""
    import keras

    layers = keras.layers
    image = keras.Input((worlds.ROWS, worlds.COLUMNS, worlds.COLOURS), name="image")
    scaled = layers.Rescaling(2.0, offset=-1.0, name="scaled")(image)
    deep = layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", name="deep")(scaled)
    apart = layers.SeparableConv2D(4, 3, padding="same", activation="gelu", name="apart")(deep)
    grouped = layers.Conv2D(6, 3, groups=2, strides=2, padding="same", name="grouped")(apart)
    stamped = layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="stamped")(grouped)
    halved = layers.AveragePooling2D(3, strides=2, padding="same", name="halved")(stamped)
    wide = layers.UpSampling2D(2, interpolation="bilinear", name="wide")(halved)
    framed = layers.ZeroPadding2D(((1, 0), (0, 2)), name="framed")(wide)
    damped = layers.PReLU(shared_axes=[1, 2], name="damped")(framed)
    level = layers.LayerNormalization(name="level")(damped)
    mixed = layers.Dense(4, activation="tanh", name="mixed")(level)
    top = layers.GlobalMaxPooling2D(keepdims=True, name="top")(mixed)
    gated = layers.Multiply(name="gated")([mixed, top])
    shared = layers.Softmax(axis=1, name="shared")(gated)
    turned = layers.Permute((2, 1, 3), name="turned")(shared)
    rows = layers.Reshape((20, 44), name="rows")(turned)
    seen = layers.MultiHeadAttention(2, 4, name="seen")(rows, rows)
    row = layers.Dropout(0.5, name="dropped")(layers.Flatten(name="flat")(seen))
    bent = layers.Activation("swish", name="bent")(layers.Dense(5, name="units")(row))
    answer = layers.Softmax(name="answer")(layers.Dense(3, name="logits")(bent))
    return worlds.randomised(keras.Model(image, answer, name="assorted"))


def plain() -> keras.Model:
    """Return a chain in which units read maps through a row."""
    import keras

    layers = keras.layers
    image = keras.Input((worlds.ROWS, worlds.COLUMNS, worlds.COLOURS), name="image")
    pooled = layers.MaxPooling2D((3, 4), name="pooled")(image)
    answer = layers.Dense(3, activation="softmax", name="answer")(layers.Flatten(name="flat")(pooled))
    return worlds.randomised(keras.Model(image, answer, name="plain"))


@cache
def probes() -> Mapping[str, Probe]:
    """Return the networks, opened, by key."""
    from models.engine.probe import Probe

    models = {"branching": worlds.branching(), "assorted": assorted(), "plain": plain()}
    return {key: Probe(model) for key, model in models.items()}


def workspace(cache_dir: Path) -> Workspace:
    """Return what is open: these networks and the made-up images."""
    entries = tuple(
        replace(networks.entry(key, probe.layers), image=probe.image) for key, probe in probes().items()
    )
    return Workspace(Collection(entries, worlds.made_up()), Opened(probes()), Memory(cache_dir))


def server(opened: Workspace) -> Flask:
    """Return what answers of its tensors, and how they come about; without pages."""
    made = Flask("made-up", static_folder=None)
    for question in (
        models.blueprint,
        weights.blueprint,
        images.blueprint,
        activations.blueprint,
        arithmetic.blueprint,
    ):
        made.register_blueprint(question(opened))
    unavailable.say_so(made, str)
    security.protect(made, (), [])
    check_queries(made)
    return made
