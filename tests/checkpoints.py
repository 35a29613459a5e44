"""Small checkpoints that a server can be started on: opened by Keras, with a survey of all test digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from models.analysis import metrics
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.store import artefact, manifest
from tests import networks

LAYERS = {"fcn": networks.FCN, "cnn": networks.CNN, "fcn-matched": networks.MATCHED}


@cache
def small() -> Mapping[str, bytes]:
    """Build all networks, once, and return the files of their folder by name; takes TensorFlow.

    The surveys claim that every answer is right, but for that to digit 0, which is measured: it is the one
    that the page then begins with, and the one by which a server knows that its networks work.
    """
    from models.engine.probe import Probe

    test = mnist.load("test")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for key, layers in LAYERS.items():
            model = networks.build(layers)
            entry = networks.save(model, key, folder)
            logits = 3 * np.eye(10, dtype=np.float32)[test.labels]
            logits[0] = Probe(model).run(prepare(test.images[0])).logits
            survey = networks.survey(layers, len(logits), logits=logits)
            file = artefact.write_whole(folder / entry.survey.name, survey.to_bytes())
            manifest.write(replace(entry, survey=file, test=metrics.score(logits, test.labels)), folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(folder: Path) -> Path:
    """Write them into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in small().items():
        (folder / name).write_bytes(content)
    return folder
