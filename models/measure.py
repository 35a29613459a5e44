"""Measure trained networks anew: `python -m models.measure robustness cnn`.

What is found lies beside the checkpoints, or stands in the manifest. Without a network all are measured.
Training measures its own.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models import architectures
from models.analysis import cost, temperature, timeline
from models.analysis.ending import in_a_sentence
from models.analysis.measurement import Found, Measurement
from models.analysis.measurements import MEASUREMENTS
from models.analysis.timeline import Timeline
from models.datasets.shipped import SOURCES, part_of
from models.engine.moments import Moments
from models.store import artefact, loading, manifest
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.entry import Entry, File
from models.train import built


@in_a_sentence()
def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the networks that a command line names, or all; without one, that of the process.

    All of them are opened before the first is measured, which may take minutes. Where one cannot be, or a
    file is missing, the process ends with a sentence.

    Raises:
        SystemExit: There is no measurement or network of a name, or something cannot be used.
    """
    parser = _parser()
    asked = parser.parse_args(arguments)
    known = [entry.key for entry in manifest.read(asked.folder)]
    if unknown := sorted(set(asked.key) - set(known)):
        parser.error(f"there is no network {', '.join(unknown)}; there are {', '.join(known)}")
    if asked.key and asked.name == "cost":
        parser.error("times are compared, so cost is of all networks together: name none")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keys = asked.key or known
    for measurement in MEASUREMENTS:
        if measurement.name == asked.name:
            measure(measurement, keys, asked.folder)
    if asked.name in OTHERS:
        OTHERS[asked.name][1](keys, asked.folder)


def _parser() -> argparse.ArgumentParser:
    finds = {each.name: each.finds for each in MEASUREMENTS} | {
        key: told for key, (told, _) in OTHERS.items()
    }
    parser = argparse.ArgumentParser(
        prog="python -m models.measure",
        description=__doc__,
        epilog="\n".join(["measurements:", *(f"  {name:<12} {told}" for name, told in finds.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=[*finds], help="what is measured")
    parser.add_argument("key", nargs="*", help="a network of the manifest; all without one")
    parser.add_argument("--folder", type=Path, default=CHECKPOINTS, help="where the networks lie")
    return parser


def measure(measurement: Measurement[Any], keys: Sequence[str], folder: Path = CHECKPOINTS) -> None:
    """Measure networks and write what was found beside their checkpoints, in place of what lay there."""
    _open_all(keys, folder)
    for key in keys:
        started, entry = time.monotonic(), manifest.find(key, folder)
        model = loading.load(entry, folder)
        images = part_of(entry.dataset, measurement.part, folder)
        found = measurement.run(model, images, _held_out(entry))
        if found is None:
            print(f"{key}: has nothing to measure")
            continue
        file = keep(measurement, found, entry, folder)
        print(f"{key}: {file.bytes:,} bytes in {file.name}, after {time.monotonic() - started:.0f} s")


def keep(measurement: Measurement[Found], found: Found, entry: Entry, folder: Path) -> File:
    """Write what was found on a network beside its checkpoint, for what lay there; return the file."""
    with manifest.nothing_unnamed(entry.checkpoint.name, folder):
        file = measurement.write(found, entry.checkpoint, folder)
        before = measurement.file(manifest.find(entry.key, folder))
        _change(entry.key, {measurement.name: file}, folder)
    if before and before.name != file.name:
        (folder / before.name).unlink(missing_ok=True)
    return file


def _held_out(entry: Entry) -> int:
    """Return how many of the training images a network did not learn from, 0 where nobody knows any."""
    return entry.training.held_out.digits if entry.training else 0


def fit_temperatures(keys: Sequence[str], folder: Path) -> None:
    """Fit networks on the images that were held out from their training, and write it into the manifest."""
    _open_all(keys, folder)
    for key in keys:
        entry = manifest.find(key, folder)
        if not entry.training:
            raise CheckpointError(f"{key} was trained elsewhere: no images are known that were held out.")
        found = temperature.measured(loading.load(entry, folder), SOURCES[entry.dataset], _held_out(entry))
        _change(key, {"temperature": found}, folder)
        print(f"{key}: {found:.3f}")


def time_layers(_: Sequence[str], folder: Path) -> None:
    """Time the layers of all networks, in turns, for times are compared, and write them into one file."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = (
        "1"  # times are of one thread, which is set before TensorFlow loads
    )
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    entries: tuple[Entry, ...] = manifest.read(folder)
    found = cost.run(entries, folder)
    cost.write(found, folder)
    for entry in entries:
        print(f"{entry.key}: {sum(found.layers[entry.sha256].values()):.0f} µs an image")


def keep_timelines(keys: Sequence[str], folder: Path) -> None:
    """Train networks again by recipe and seed, and write what they were on the way beside them.

    Raises:
        CheckpointError: A network was trained elsewhere.
    """
    import keras  # noqa: PLC0415 - takes seconds; reading the manifest must not

    from models.training.retracing import retrace  # noqa: PLC0415 - loads TensorFlow

    for key in keys:
        entry = manifest.find(key, folder)
        if not entry.training:
            raise CheckpointError(f"{key} was trained elsewhere, by settings that nobody knows.")
        network = architectures.find(entry.architecture)
        keras.utils.set_random_seed(entry.training.seed)
        model = built(network)
        held = retrace(model, network, entry.training.seed)
        images = part_of(entry.dataset, "test", folder)
        found = timeline.measure(model, held, images)
        for file in write_timeline(*found, entry, folder):
            print(f"{key}: {file.bytes:,} bytes in {file.name}")


def write_timeline(found: Timeline, weights: Moments, entry: Entry, folder: Path) -> tuple[File, File]:
    """Write a timeline and its weights beside a network's checkpoint; return the files."""
    with manifest.nothing_unnamed(entry.checkpoint.name, folder):
        files = {
            "timeline": artefact.write_beside(entry.checkpoint, found.to_bytes(), timeline.SUFFIX, folder),
            "moments": artefact.write_beside(entry.checkpoint, weights.to_bytes(), timeline.WEIGHTS, folder),
        }
        before = manifest.find(entry.key, folder)
        _change(entry.key, files, folder)
    for name, file in files.items():
        was: File | None = getattr(before, name)
        if was and was.name != file.name:
            (folder / was.name).unlink(missing_ok=True)
    return files["timeline"], files["moments"]


def _open_all(keys: Sequence[str], folder: Path) -> None:
    """Open networks for nothing but to see that it can be done."""
    for key in keys:
        loading.load(manifest.find(key, folder), folder)


def _change(key: str, fields: Mapping[str, Any], folder: Path) -> None:
    """Write fields of a network into the manifest as it is by now: others may have written meanwhile."""
    manifest.write(replace(manifest.find(key, folder), **dict[str, Any](fields)), folder)


OTHERS: Mapping[str, tuple[str, Callable[[Sequence[str], Path], None]]] = MappingProxyType(
    {
        "temperature": ("how much less sure each network should be", fit_temperatures),
        "timeline": ("what each network was at moments of a training like its own", keep_timelines),
        "cost": ("how much processor time each layer takes, always of all networks", time_layers),
    }
)  # what lies in no file of its own beside each checkpoint

if __name__ == "__main__":
    main()
