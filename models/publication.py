"""How a trained network takes its predecessor's place among the checkpoints.

It can be interrupted at any moment. The checkpoint and its survey get names of their own, taken from their
hashes; only then does the manifest, replaced as a whole, name them instead of the old ones; only
then are the old ones removed. So the manifest always names files that are whole and belong together.
"""

from __future__ import annotations

import hashlib
import platform
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from models import evaluate, mnist, registry, survey
from models.architectures import Architecture
from models.description import describe
from models.digits import prepare
from models.registry import Entry
from models.run import Run

if TYPE_CHECKING:
    import keras

HASH = "[0-9a-f]" * 8  # as `glob` has it
PACKAGES = ("keras", "tensorflow-cpu", "numpy")


def publish(network: Architecture, seed: int, command: str, run: Run, folder: Path) -> Entry:
    """Measure the chosen weights on the test digits, write everything into the folder, and return the entry.

    Raises:
        DataError: The test digits cannot be read.
        CheckpointError: The folder's manifest is damaged.
    """
    model = network.build()  # never compiled, so that it is saved without optimizer
    model.set_weights(run.weights)
    test = mnist.load("test")
    found = survey.run(model, prepare(test.images), test.labels)
    content = packed(model)
    name = f"{network.key}-{hashlib.sha256(content).hexdigest()[:8]}.keras"
    checkpoint = registry.write_whole(folder / name, content)
    entry = Entry(
        key=network.key,
        title=network.title,
        architecture=network.key,
        checkpoint=checkpoint,
        survey=survey.write(found, checkpoint, folder),
        parameters=model.count_params(),
        seed=seed,
        command=command,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        recipe=asdict(network.recipe),
        history=run.history,
        chosen_epoch=run.chosen,
        held_out=run.held_out,
        test=evaluate.score(found.logits, test.labels),
        layers=describe(model),
    )
    registry.write(entry, folder)
    remove_all_but(entry, folder)
    return entry


def packed(model: keras.Model) -> bytes:
    """Return the `.keras` archive of a model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def remove_all_but(entry: Entry, folder: Path) -> None:
    """Remove the files of this network's earlier trainings, finished or interrupted."""
    for suffix in ("keras", "survey.npz", f"{HASH}.survey.npz"):
        for path in folder.glob(f"{entry.key}-{HASH}.{suffix}"):
            if path.name not in (entry.checkpoint.name, entry.survey.name):
                path.unlink()
