"""The training of a person's own network, as `convlens.Snapshots` wrote it down, moment by moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter

from models.analysis import timeline
from models.analysis.telling import Told
from models.analysis.timeline import Held
from models.datasets.shipped import part_of
from models.graph.description import is_large
from models.measure import write_timeline
from models.opening import apart
from models.opening.preprocessing import Preprocessing
from models.opening.tidied import Size
from models.store.entry import Entry
from models.store.loading import refuse_foreign
from models.training import snapshots
from models.training.snapshots import Moment
from models.whole import write_whole

MOST = 24  # moments that are kept
ROOM = 200 * 2**20  # bytes of their weights together


@dataclass(frozen=True)
class Taught:
    """Where snapshots of a training lie, and how they are opened.

    Attributes:
        folder: As `convlens.Snapshots` writes it.
        size: Rows and columns of the images, where the files leave them open.
        preprocessing: What is done to images first.
    """

    folder: Path
    size: Size | None = None
    preprocessing: Preprocessing = field(default_factory=Preprocessing)


PLAIN = TypeAdapter(Taught)


def note(taught: Taught, key: str, folder: Path) -> None:
    """Write down beside a network where its training lies."""
    write_whole(folder / f"{key}.training.json", PLAIN.dump_json(taught))


def to_measure(entry: Entry, folder: Path) -> Taught | None:
    """Return what was written down of a training that is still to be measured, None where nothing is."""
    if entry.timeline or is_large(entry.layers):  # of which not all layers can be held
        return None
    return noted(entry.key, folder)


def noted(key: str, folder: Path) -> Taught | None:
    """Return what was written down of a network's training, None where nothing was."""
    path = folder / f"{key}.training.json"
    return PLAIN.validate_json(path.read_bytes()) if path.is_file() else None


def chosen(moments: Sequence[Moment], parameters: int) -> list[Moment]:
    """Return the moments that are kept of a training: all, or the early ones and epochs at even distances.

    Args:
        moments: In the order of their steps.
        parameters: Of the network; its weights are kept as float16.
    """
    most = max(2, min(MOST, ROOM // (2 * max(1, parameters))))
    early = [each for each in moments if each.kind != "epoch"][: most // 2]
    epochs = [each for each in moments if each.kind == "epoch"]
    if len(epochs) > (room := most - len(early)):
        last = len(epochs) - 1
        epochs = [epochs[last - round(last * place / room)] for place in range(room)]
    return sorted([*early, *epochs], key=lambda each: each.step)


def measure(entry: Entry, taught: Taught, folder: Path, told: Told) -> None:
    """Open a training's moments apart, measure them, and write them beside their network.

    Args:
        entry: Of the network.
        taught: Where its training lies.
        folder: Of the manifest.
        told: Is told how many moments are done.

    Raises:
        SnapshotError: A snapshot cannot be read.
        UnopenableError: One cannot be opened.
    """
    import keras  # noqa: PLC0415 - takes seconds

    found = snapshots.read(taught.folder)
    held, model = [], None
    for moment in chosen(found.moments, entry.parameters):
        with TemporaryDirectory(dir=folder) as place:
            packed = found.pack(moment, Path(place))
            into = Path(place) / "opened"
            into.mkdir()
            written = apart.opened(packed, into, taught.size, "", taught.preprocessing)
            refuse_foreign(written)  # what wrote it had a stranger's file in its hands
            model = keras.saving.load_model(written, compile=False)
        epoch = None if moment.kind == "step" else moment.epoch
        held.append(Held(moment.step, epoch, model.get_weights()))
    if model is not None and any(each.epoch for each in held):
        found_then = timeline.measure(model, held, part_of(entry.dataset, "test", folder), told)
        write_timeline(*found_then, entry, folder)
