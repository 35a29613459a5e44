"""The floor: a page that does nothing but fetch and paint, and a server that does nothing but compute.

There are two, told apart by the address: `/images/17` runs the compiled function that each network has, one
after the other; `/joint/17` runs the one that ConvLens makes its pictures by, of both networks together.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
from flask import Flask, Response

from dashboard.picture import LEVELS, panels
from dashboard.settings import Settings
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.engine.networks import Networks
from models.graph.description import Layer
from models.store import manifest

PAGE = Path(__file__).with_name("bare.html")


def server() -> Flask:
    """Return the server; it runs the same compiled functions as ConvLens on the same digits, once it can."""
    settings = Settings.from_environment(os.environ)
    entries = manifest.read(settings.checkpoints)[:2]  # what the page opens on
    images = mnist.load("test", settings.data).images
    networks = Networks(entries, settings.checkpoints)
    networks.wake()
    networks.wait()
    keys = tuple(entry.key for entry in entries)
    while not (joint := networks.joint(keys, LEVELS["post"])):
        time.sleep(0.1)
    layers = [(entry.key, layer) for entry in entries for layer in panels(entry.layers)]
    layers.sort(key=lambda each: not each[1].has_maps)  # as they come out of the joint function
    units = sum(layer.channels for _, layer in layers if not layer.has_maps)
    page = PAGE.read_text().replace("LAYERS", json.dumps([_shape(layer) for _, layer in layers]))
    bare = Flask("bare", static_folder=None)

    @bare.get("/")
    def index() -> str:
        return page

    @bare.get("/images/<int:number>")
    def picture(number: int) -> Response:
        digit = prepare(images[number])
        values = {key: networks.probe(key).run(digit).post for key in keys}
        parts = [_levels(values[key][layer.name]) for key, layer in layers]
        return Response(b"".join(parts), mimetype="application/octet-stream")

    @bare.get("/joint/<int:number>")
    def joint_picture(number: int) -> Response:
        shown = joint.run(prepare(images[number]))
        if shown is None:
            raise OverflowError(number)
        numbers, cells = shown  # as many numbers as there are units, whichever: the floor only paints
        return Response(cells.tobytes() + _levels(numbers[:units]), mimetype="application/octet-stream")

    @bare.get("/readyz")
    def ready() -> str:
        return "ready"

    return bare


def _shape(layer: Layer) -> tuple[int, int, int]:
    """Return (channels, rows, columns)."""
    rows, columns = layer.output_shape[:2] if layer.has_maps else (1, 1)
    return layer.channels, rows, columns


def _levels(values: Floats) -> bytes:
    """Return one byte per value, channel by channel, 255 for the layer's largest."""
    scaled = np.moveaxis(values, -1, 0) * (255 / max(float(values.max()), 1e-9))
    levels: bytes = scaled.clip(0).astype(np.uint8).tobytes()
    return levels
