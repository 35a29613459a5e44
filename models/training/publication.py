"""How a trained network takes its predecessor's place among the checkpoints.

It can be interrupted at any moment. Everything is measured before anything is written. The checkpoint and
what was measured on it get names of their own, taken from their hashes; only then does the manifest, replaced
as a whole, name them instead of the old ones; only then are the old ones removed. So the manifest always
names files that are whole and belong together. Where that fails half-way, what was written is removed.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.analysis import channel_statistics, metrics, temperature
from models.analysis.channel_statistics import Survey
from models.analysis.measurements import MEASUREMENTS
from models.analysis.timeline import SUFFIX, WEIGHTS
from models.architectures import Architecture
from models.architectures.recipe import Recipe
from models.datasets.shipped import Source
from models.graph.description import describe
from models.graph.requirements import require_fitting, require_readable
from models.store import artefact, manifest
from models.store.entry import Entry, Score, SeedScore, Training, median
from models.training.run import Run

if TYPE_CHECKING:
    import keras

HASH = "[0-9a-f]" * 8  # as `glob` has it
PACKAGES = ("keras", "tensorflow-cpu", "numpy")


def publish(network: Architecture, runs: Mapping[int, Run], command: str, folder: Path) -> Entry:
    """Measure trainings on the test images, write the median one into the folder, and return its entry.

    Args:
        network: What was trained.
        runs: The trainings by seed; they differ in nothing else.
        command: What was typed.
        folder: Of the manifest.

    Raises:
        UnopenableError: The network cannot be shown.
        DataError: The test images cannot be read.
        CheckpointError: The folder's manifest is damaged.
    """
    source = network.source
    require_fitting(require_readable(network.build()), source.spec.shape, len(source.classes))
    scores = [_scores(network, seed, run) for seed, run in sorted(runs.items())]
    return _written(network, runs[median(scores)], scores, command, folder)


def _written(
    network: Architecture, run: Run, scores: Sequence[SeedScore], command: str, folder: Path
) -> Entry:
    """Measure the median training, write it and what was measured, and name it in the manifest."""
    seed, model = median(scores), trained(network, run)
    found = found_on(model, network.source, run.held_out.digits)
    survey: Survey = found[channel_statistics.MEASUREMENT.name]
    own = metrics.score(survey.logits, network.source.part("test").labels)
    degree = temperature.measured(model, network.source, run.held_out.digits)
    content = packed(model)
    name = f"{network.key}-{hashlib.sha256(content).hexdigest()[:8]}.keras"
    with manifest.nothing_unnamed(name, folder):  # what takes minutes lies behind
        checkpoint = artefact.write_whole(folder / name, content)
        files = {
            each.name: each.write(found[each.name], checkpoint, folder)
            for each in MEASUREMENTS
            if each.name in found
        }
        entry = Entry(
            key=network.key,
            title=network.title,
            architecture=network.key,
            checkpoint=checkpoint,
            parameters=model.count_params(),
            test=own,
            layers=describe(model),
            image=network.source.spec.shape,
            dataset=network.dataset,
            short=network.short,
            training=Training(
                seed=seed,
                command=command,
                versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
                recipe=plain(network.recipe),
                history=run.history,
                chosen_epoch=run.chosen,
                held_out=run.held_out,
                seeds=tuple(replace(each, test=own) if each.seed == seed else each for each in scores),
            ),
            temperature=degree,
            **dict[str, Any](files),
        )
        manifest.write(entry, folder)
        remove_all_but(entry, folder)
    return entry


def found_on(model: keras.Model, source: Source, held_out: int) -> dict[str, Any]:
    """Return by name what the measurements that belong to a training find, but for those that find nothing.

    Args:
        model: The network.
        source: The data set that it learned.
        held_out: How many of the training images, the last ones, it did not learn from.
    """
    found = {}
    for each in MEASUREMENTS:
        if each.in_training:
            found[each.name] = each.run(model, source.part(each.part), held_out)
    return {name: each for name, each in found.items() if each is not None}


def _scores(network: Architecture, seed: int, run: Run) -> SeedScore:
    return SeedScore(seed, run.chosen, run.held_out, measured(trained(network, run), network.source))


def trained(network: Architecture, run: Run) -> keras.Model:
    """Return the network with a training's chosen weights; never compiled, so saved without optimizer."""
    model = network.build()
    model.set_weights(run.weights)
    return model


def measured(model: keras.Model, source: Source) -> Score:
    """Return how a network does on the test images of a data set."""
    from models.engine.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    test = source.part("test")
    return metrics.score(Probe(model).logits_without(test.inputs, {}), test.labels)


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
    beside = (*(each.suffix for each in MEASUREMENTS), SUFFIX, WEIGHTS)
    measured = (f"{HASH}.{suffix}" for suffix in beside)
    for suffix in ("keras", "survey.npz", *measured):  # surveys had once no hash of their own
        for path in folder.glob(f"{entry.key}-{HASH}.{suffix}"):
            if path.name not in {file.name for file in entry.files}:
                path.unlink()
