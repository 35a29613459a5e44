"""What is measured on a network once, written beside its checkpoint, and read again whenever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from models.datasets.dataset import Dataset, Part
from models.store import artefact
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry, File

if TYPE_CHECKING:
    import keras

Found = TypeVar("Found")


@dataclass(frozen=True)
class Measurement(Generic[Found]):
    """One kind of thing that is measured on networks: how it is found, written and read.

    Attributes:
        name: What `python -m models.measure` takes; the manifest's field and the file are called so too.
        form: The file's, "npz" or "json".
        finds: What it finds, as a sentence ends.
        run: Measures a network on images, of which the last so many were held out from its training; None
            where there is nothing to measure.
        pack: Makes bytes of what was found on the network of a checkpoint.
        parse: Makes of such bytes what was found, for a network and so many test images, None for any
            number; raises anything at all where they make no sense.
        fault: What is said of a file that makes none, as a sentence goes on.
        part: The images that it is measured on.
        in_training: Whether training measures it of what it publishes; else only the command does.
    """

    name: str
    form: str
    finds: str
    run: Callable[[keras.Model, Dataset, int], Found | None]
    pack: Callable[[Found, File], bytes]
    parse: Callable[[bytes, Entry, int | None], Found]
    fault: str
    part: Part = "test"
    in_training: bool = True

    @property
    def suffix(self) -> str:
        """How the name of its file ends, behind the two hashes."""
        return f"{self.name}.{self.form}"

    def file(self, entry: Entry) -> File | None:
        """Return the file that the manifest names of a network, None where it was not measured."""
        file: File | None = getattr(entry, self.name)
        return file

    def read(self, entry: Entry, folder: Path = CHECKPOINTS, images: int | None = None) -> Found | None:
        """Return what lies beside a checkpoint, after comparing it with its hash; None where nothing does.

        Args:
            entry: Of the network.
            folder: Of the manifest.
            images: How many test images there are; None where it does not matter.

        Raises:
            CheckpointError: The file is missing, is not the one that the manifest names, or makes no sense.
        """
        return artefact.read_beside(
            self.file(entry),
            lambda content: self.parse(content, entry, images),
            folder,
            entry.key,
            fault=self.fault,
            measure=self.name,
        )

    def write(self, found: Found, checkpoint: File, folder: Path) -> File:
        """Write what was found on the network of a checkpoint beside it, and return the file."""
        return artefact.write_beside(checkpoint, self.pack(found, checkpoint), self.suffix, folder)
