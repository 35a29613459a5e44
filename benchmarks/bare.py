"""The floor: a page that does nothing but fetch and paint, and a server that does nothing but compute."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from flask import Flask, Response

from dashboard.picture import panels
from dashboard.settings import Settings
from models import mnist, registry
from models.description import Layer
from models.digits import prepare
from models.forward_pass import Floats
from models.networks import Networks, WakingError
from models.registry import Entry

PAGE = Path(__file__).with_name("bare.html")


def server() -> Flask:
    """Return the server; it runs the same compiled functions as ConvLens on the same digits."""
    settings = Settings.from_environment(os.environ)
    entries = registry.read(settings.checkpoints)[:2]  # what the page opens on
    images = mnist.load("test", settings.data).images
    networks = Networks(entries, settings.checkpoints)
    networks.wake()
    page = PAGE.read_text().replace("LAYERS", json.dumps(_shapes(entries)))
    bare = Flask("bare", static_folder=None)

    @bare.get("/")
    def index() -> str:
        return page

    @bare.get("/digits/<int:number>")
    def picture(number: int) -> Response:
        digit = prepare(images[number])
        parts = []
        for entry in entries:
            values = networks.probe(entry.key).run(digit).post
            parts += [_levels(values[layer.name]) for layer in panels(entry.layers)]
        return Response(b"".join(parts), mimetype="application/octet-stream")

    @bare.get("/readyz")
    def ready() -> tuple[str, int]:
        try:
            for entry in entries:
                networks.probe(entry.key)
        except WakingError:
            return "waking", 503
        return "ready", 200

    return bare


def _shapes(entries: tuple[Entry, ...]) -> list[tuple[int, int, int]]:
    """Return (channels, rows, columns) of every layer, in the order of the bytes."""
    layers = [layer for entry in entries for layer in panels(entry.layers)]
    return [(layer.channels, *_sides(layer)) for layer in layers]


def _sides(layer: Layer) -> tuple[int, int]:
    return (layer.output_shape[0], layer.output_shape[1]) if layer.has_maps else (1, 1)


def _levels(values: Floats) -> bytes:
    """Return one byte per value, channel by channel, 255 for the layer's largest."""
    scaled = np.moveaxis(values, -1, 0) * (255 / max(float(values.max()), 1e-9))
    return scaled.astype(np.uint8).tobytes()
