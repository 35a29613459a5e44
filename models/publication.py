"""How a trained network takes its predecessor's place among the checkpoints.

It can be interrupted at any moment. The checkpoint and what was measured on it get names of their own, taken
from their hashes; only then does the manifest, replaced as a whole, name them instead of the old ones; only
then are the old ones removed. So the manifest always names files that are whole and belong together.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import evaluate, mnist, registry, robustness, survey, temperature
from models.architectures import Architecture
from models.description import describe
from models.digits import prepare
from models.recipe import Recipe
from models.registry import CheckpointError, Entry, Score, SeedScore
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
    scores = SeedScore(seed, run.chosen, run.held_out, evaluate.score(found.logits, test.labels))
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
        recipe=plain(network.recipe),
        history=run.history,
        chosen_epoch=run.chosen,
        held_out=run.held_out,
        test=scores.test,
        layers=describe(model),
        seeds=with_scores(others(network, folder), scores),
        temperature=temperature.measured(model, run.held_out.digits),
        robustness=robustness.write(
            robustness.run(model, prepare(test.images), test.labels), checkpoint, folder
        ),
    )
    registry.write(entry, folder)
    remove_all_but(entry, folder)
    return entry


def spread(network: Architecture, seed: int, command: str, run: Run, folder: Path) -> Entry:
    """Measure another seed's weights on the test digits, and add the scores to the published network's entry.

    Args:
        network: What was trained.
        seed: Another than the published network's.
        command: What was typed; it is not kept.
        run: The training.
        folder: Of the manifest.

    Raises:
        CheckpointError: The manifest is damaged, or the published network is of another recipe or this seed.
    """
    entry = next(each for each in registry.read(folder) if each.key == network.key)
    if entry.recipe != plain(network.recipe) or entry.seed == seed:
        raise CheckpointError(f"{command} is not another seed of the {entry.key} in the manifest.")
    model = network.build()
    model.set_weights(run.weights)
    scores = SeedScore(seed, run.chosen, run.held_out, measured(model))
    entry = replace(entry, seeds=with_scores(entry.seeds, scores))
    registry.write(entry, folder)
    return entry


def measured(model: keras.Model) -> Score:
    """Return how a network does on the test digits."""
    from models.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    test = mnist.load("test")
    return evaluate.score(Probe(model).logits_without(prepare(test.images), {}), test.labels)


def others(network: Architecture, folder: Path) -> tuple[SeedScore, ...]:
    """Return the scores that the manifest has of this very recipe."""
    known = registry.read(folder) if (folder / registry.MANIFEST).exists() else ()
    same = (each for each in known if (each.key, each.recipe) == (network.key, plain(network.recipe)))
    return next((each.seeds for each in same), ())


def with_scores(known: Sequence[SeedScore], scores: SeedScore) -> tuple[SeedScore, ...]:
    """Return the scores by seed, ascending, with those of one seed added or replaced."""
    return tuple(
        by_seed
        for _, by_seed in sorted(({each.seed: each for each in known} | {scores.seed: scores}).items())
    )


def plain(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as JSON reads it again."""
    read: dict[str, Any] = json.loads(json.dumps(asdict(recipe)))
    return read


def packed(model: keras.Model) -> bytes:
    """Return the `.keras` archive of a model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def remove_all_but(entry: Entry, folder: Path) -> None:
    """Remove the files of this network's earlier trainings, finished or interrupted."""
    measured = ("survey.npz", "arrangement.npz", "robustness.json")
    for suffix in ("keras", "survey.npz", *(f"{HASH}.{each}" for each in measured)):
        for path in folder.glob(f"{entry.key}-{HASH}.{suffix}"):
            if path.name not in {file.name for file in entry.files}:
                path.unlink()
