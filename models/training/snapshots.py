"""Snapshots of a training, as `convlens.Snapshots` writes them: which there are, and each as a model file.

Its docstring has the form of the folder. What is read here is a stranger's: names of files are only such as
the callback gives, and what lies in them is only packed together, for whoever opens model files safely.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.remedy import unread

INDEX, ARCHITECTURE = "index.json", "architecture.keras"
WEIGHTS = "model.weights.h5"  # of an archive of Keras
KEPT = ("metadata.json", "config.json")
MOST = 2**26  # bytes of an index


class SnapshotError(Exception):
    """A snapshot cannot be had; the message is a sentence for whoever asked."""


class Moment(BaseModel):
    """One snapshot; whatever else was measured is among its extra fields.

    Attributes:
        file: Its weights.
        kind: What it is of: the start, a step, or an epoch.
        step: Steps that were made before it.
        epoch: Epochs that were.
        loss: Of what was learned last, None where it was not measured.
        accuracy: The same.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    file: Annotated[str, Field(pattern=r"^\d{6,12}\.weights\.h5$")]
    kind: Literal["start", "step", "epoch"]
    step: Annotated[int, Field(ge=0)]
    epoch: Annotated[int, Field(ge=0)]
    loss: float | None = None
    accuracy: float | None = None


class _Index(BaseModel):
    format: Literal[1]
    dtype: Literal["float32", "float16"]
    moments: Annotated[tuple[Moment, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Snapshots:
    """All of a folder.

    Attributes:
        folder: Where they lie.
        dtype: Of their weights.
        moments: In the order of their steps.
    """

    folder: Path
    dtype: str
    moments: tuple[Moment, ...]

    def at(self, step: int | None = None) -> Moment:
        """Return the snapshot after so many steps, by default the last.

        Raises:
            SnapshotError: There is none.
        """
        if step is None:
            return self.moments[-1]
        for moment in self.moments:
            if moment.step == step:
                return moment
        steps = ", ".join(str(each.step) for each in self.moments[:40])
        raise SnapshotError(f"{self.folder.name} has no snapshot after {step} steps, but after {steps}.")

    def pack(self, moment: Moment, into: Path) -> Path:
        """Write a snapshot as a `.keras` file into a folder; return the file.

        Raises:
            SnapshotError: A file of it is missing or damaged.
        """
        made = into / f"{self.folder.name}@{moment.step}.keras"
        try:
            with (
                zipfile.ZipFile(self.folder / ARCHITECTURE) as whole,
                zipfile.ZipFile(made, "w") as archive,
            ):
                for name in KEPT:
                    if whole.getinfo(name).file_size > MOST:
                        raise SnapshotError(f"{ARCHITECTURE} of {self.folder.name} is too large.")
                    archive.writestr(name, whole.read(name))
                archive.write(self.folder / moment.file, WEIGHTS)
        except OSError as error:
            raise SnapshotError(f"A file of {self.folder.name} {unread(error)}.") from error
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
            raise SnapshotError(f"{ARCHITECTURE} of {self.folder.name} is damaged.") from error
        return made


def named(path: Path) -> tuple[Path, int | None] | None:
    """Return the folder that a path means, and after how many steps; None of what is no folder of snapshots.

    >>> named(Path("nowhere@12"))
    """
    found = re.fullmatch(r"(.+)@(\d{1,12})", path.name)
    if found and not path.exists():
        folder, step = path.with_name(found[1]), int(found[2])
    else:
        folder, step = path, None
    return (folder, step) if (folder / INDEX).is_file() else None


def read(folder: Path) -> Snapshots:
    """Return the snapshots of a folder.

    Raises:
        SnapshotError: Its index cannot be read.
    """
    try:
        if (folder / INDEX).stat().st_size > MOST:
            raise SnapshotError(f"{INDEX} of {folder.name} is too large.")
        index = _Index.model_validate_json((folder / INDEX).read_bytes())
    except OSError as error:
        raise SnapshotError(f"{INDEX} of {folder.name} {unread(error)}.") from error
    except ValidationError as error:
        raise SnapshotError(f"{INDEX} of {folder.name} is no index of snapshots.") from error
    return Snapshots(folder, index.dtype, tuple(sorted(index.moments, key=lambda each: each.step)))
