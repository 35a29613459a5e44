"""What is shipped: for every data set with trained networks a folder with a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.datasets.shipped import DEFAULT, SOURCES
from models.store.artefact import CHECKPOINTS
from models.store.manifest import MANIFEST

OTHERS = CHECKPOINTS.parent / "exhibits"


@dataclass(frozen=True)
class Exhibit:
    """Networks that were trained on one data set, and are shown together.

    Attributes:
        key: Of the data set; the exhibit's path in addresses is called so too.
        title: What a person reads.
        folder: Of the manifest.
    """

    key: str
    title: str
    folder: Path


def folder_of(dataset: str) -> Path:
    """Return where the shipped networks of a data set lie, or are to lie once there are any."""
    return CHECKPOINTS if dataset == DEFAULT else OTHERS / dataset


def shipped() -> tuple[Exhibit, ...]:
    """Return every data set of which there are networks, the one that opens first in front."""
    every = (Exhibit(key, source.title, folder_of(key)) for key, source in SOURCES.items())
    return tuple(each for each in every if (each.folder / MANIFEST).is_file())
