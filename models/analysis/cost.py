"""What a network costs on the machine at hand: the processor time that each layer takes for a digit.

`python -m models.measure cost` measures all networks in turns, and writes the times with a description of the
machine beside the checkpoints. They are of that machine; their ratios say more than they do.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
from pydantic import TypeAdapter, with_config

from models.graph.node import IMAGE
from models.remedy import allowed, into, place, unread
from models.store import artefact, loading
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.entry import Entry
from models.store.records import STRICT, Amount, Ordinal, record_of

Name = TypeVar("Name")
FILE = "costs.json"
BATCH = 250  # images at once, so that the millisecond of a call weighs little
ROUNDS = 40  # of which the median is kept
WARMING = 5  # rounds before


@with_config(STRICT)
@dataclass(frozen=True)
class Costs:
    """Times that were measured together on one machine, on one core.

    Attributes:
        machine: Processor and packages.
        batch: Dataset that ran at once.
        rounds: Of which each time is the median.
        layers: By checkpoint's SHA-256 and layer: microseconds of processor time for one image.
    """

    machine: str
    batch: Ordinal
    rounds: Ordinal
    layers: Mapping[str, Mapping[str, Amount]]

    def of(self, entry: Entry) -> Mapping[str, float] | None:
        """Return a network's times by layer, None where this very checkpoint was not measured."""
        return self.layers.get(entry.sha256)


FORM = TypeAdapter(Costs)


def read(folder: Path = CHECKPOINTS) -> Costs | None:
    """Return what was measured last, None where nothing was.

    Raises:
        CheckpointError: The file is damaged.
    """
    try:
        return record_of((folder / FILE).read_bytes(), FORM)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        fault = unread(error) if isinstance(error, OSError) else f"is damaged: {error}"
        anew = f"Measure anew: python -m models.measure cost{into(folder, CHECKPOINTS)}"
        mend = allowed(error, folder) or anew
        raise CheckpointError(f"{place(folder)}/{FILE} {fault}. {mend}") from error


def measure(work: Mapping[Name, Callable[[], object]]) -> dict[Name, float]:
    """Return the median processor time in seconds of each piece of work, all done once in every round.

    Processor time does not grow with what else the machine does, and rounds spread what still does over all.
    """
    taken: dict[Name, list[float]] = {name: [] for name in work}
    for _ in range(WARMING + ROUNDS):
        for name, act in work.items():
            before = time.process_time()
            act()
            taken[name].append(time.process_time() - before)
    return {name: median(times[WARMING:]) for name, times in taken.items()}


def machine() -> str:
    """Return what computes, in a line."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, one core, Keras {version('keras')} on TensorFlow"


def steps(entry: Entry, folder: Path) -> dict[str, Callable[[], object]]:
    """Return, by layer, what runs a batch of images through that layer alone, compiled."""
    import tensorflow as tf  # noqa: PLC0415 - takes seconds

    from models.engine.opened import Opened  # noqa: PLC0415

    tf.get_logger().setLevel("ERROR")  # it warns of compiling the same lines for many layers
    opened = Opened.of(loading.load(entry, folder))
    images = np.random.default_rng(0).random((BATCH, *opened.graph.image), np.float32)
    values = {IMAGE: tf.constant(images)}
    work: dict[str, Callable[[], object]] = {}
    for node in opened.graph.nodes:
        reads = [values[read] for read in node.reads]
        compiled = tf.function(
            partial(lambda step, *batches: step.apply(batches)[1], opened.steps[node.name])
        )
        work[node.name] = partial(compiled, *reads)
        values[node.name] = compiled(*reads)
    return work


def run(entries: Sequence[Entry], folder: Path) -> Costs:
    """Measure networks of a folder, all layers in turns; all are opened before the first is timed.

    Raises:
        CheckpointError: One of them cannot be opened.
    """
    work = {(entry.sha256, name): act for entry in entries for name, act in steps(entry, folder).items()}
    layers: dict[str, dict[str, float]] = {entry.sha256: {} for entry in entries}
    for (sha256, name), seconds in measure(work).items():
        layers[sha256][name] = round(1e6 * seconds / BATCH, 2)
    return Costs(machine(), BATCH, ROUNDS, layers)


def write(found: Costs, folder: Path) -> None:
    """Write what was measured into the folder of the manifest, in place of what was measured before."""
    artefact.write_whole(folder / FILE, json.dumps(asdict(found), indent=1).encode() + b"\n")
