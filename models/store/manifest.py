"""The list of trained networks, and the one safe way from a name in it to a Keras model."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, with_config

from models.graph.description import Layer, describe, faults, graph_of_layers
from models.graph.graph import Graph
from models.graph.requirements import MAX_BYTES, UnreadableError, foreign, require_readable
from models.remedy import allowed, into, of_machine, place, require_temporary, restored, unread
from models.store.records import STRICT, Amount, Count, Ordinal, Seed, record_of

if TYPE_CHECKING:
    import keras

Found = TypeVar("Found")
CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"
MANIFEST = "manifest.json"
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9]+)*$")]  # addresses and lists hold it as it is
Name = Annotated[str, Field(pattern=r"^[\w-][\w.-]*$")]  # of a file in the manifest's own folder
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


class CheckpointError(Exception):
    """A checkpoint or the manifest cannot be used; the message names the file and what mends it."""


@with_config(STRICT)
@dataclass(frozen=True)
class Score:
    """How a network does on some digits.

    Attributes:
        digits: Number of digits measured.
        correct: Number of them that were named as their label says.
        loss: Mean negative log-likelihood of the label, in nats.
    """

    digits: Ordinal
    correct: Count
    loss: Amount

    def __post_init__(self) -> None:
        """Refuse more right answers than digits."""
        if self.correct > self.digits:
            raise ValueError(f"counts {self.correct} of {self.digits} digits")

    @property
    def accuracy(self) -> float:
        """Fraction of the digits named right, in [0, 1]."""
        return self.correct / self.digits

    @property
    def merit(self) -> tuple[float, float]:
        """What is larger for who is better: more right answers; of as many, the smaller loss."""
        return self.accuracy, -self.loss


@with_config(STRICT)
@dataclass(frozen=True)
class SeedScore:
    """How one seed's training of a recipe did.

    Attributes:
        seed: Of first weights and order of the digits.
        chosen_epoch: Counted from 1.
        held_out: Score on the training digits that chose the epoch.
        test: Score on the 10,000 test digits.
    """

    seed: Seed
    chosen_epoch: Ordinal
    held_out: Score
    test: Score


def median(trainings: Sequence[SeedScore]) -> int:
    """Return the seed of the training in the middle on held-out digits; of two middles the lower one's.

    The test digits have no say, so that on them it is better than its recipe by chance alone.
    """
    ranked = sorted(trainings, key=lambda each: each.held_out.merit)
    return ranked[(len(ranked) - 1) // 2].seed


@with_config(STRICT)
@dataclass(frozen=True)
class File:
    """A file beside the manifest and the SHA-256 of its bytes."""

    name: Name
    sha256: Sha256
    bytes: Ordinal


@with_config(STRICT)
@dataclass(frozen=True)
class Entry:
    """One trained network as the manifest names it.

    Attributes:
        key: Short name, unique in the manifest, such as "cnn".
        title: What a person reads.
        architecture: Name of its recipe in models/architectures.
        checkpoint: The weights, `.keras`, without optimizer.
        survey: Its answers to the test digits, `.npz`.
        parameters: Numbers in the network.
        seed: Seed of the initial weights and of the order of the training digits.
        command: What was typed to train it.
        versions: Of Python and of the packages that computed it.
        recipe: Settings of the training.
        history: Per epoch: loss, accuracy, val_loss, val_accuracy, learning_rate.
        chosen_epoch: Counted from 1; the epoch whose weights were kept.
        held_out: Score on the training digits that chose the epoch.
        test: Score on the 10,000 test digits.
        layers: What it is made of, input side first.
        seeds: Scores of the recipe with several seeds, ascending, this network's among them.
        temperature: By which its logits must be divided to be as sure as it is right, fitted on the held-out
            digits; None where it was not.
        arrangement: The test digits in the plane, `.npz`, None where they were not arranged yet.
        robustness: Its right answers to changed test digits, `.json`, None where they were not counted yet.
        tuning: What its filters are tuned to, `.npz`, None where that was not measured yet or none convolves.
        novelty: How far it puts a picture from the digits that it learned, `.npz`, None where that was not
            measured yet.
    """

    key: Key
    title: Annotated[str, Field(pattern=r"\S")]
    architecture: str
    checkpoint: File
    survey: File
    parameters: Ordinal
    seed: Seed
    command: str
    versions: dict[str, str]
    recipe: dict[str, Any]
    history: dict[str, list[float]]
    chosen_epoch: Ordinal
    held_out: Score
    test: Score
    layers: tuple[Layer, ...]
    seeds: Annotated[tuple[SeedScore, ...], Field(min_length=1)]
    temperature: Annotated[float, Field(gt=0)] | None = None
    arrangement: File | None = None
    robustness: File | None = None
    tuning: File | None = None
    novelty: File | None = None

    @property
    def files(self) -> tuple[File, ...]:
        """All that belongs to it beside the manifest."""
        held = (getattr(self, each.name) for each in fields(self))
        return tuple(each for each in held if isinstance(each, File))

    @cached_property
    def graph(self) -> Graph:
        """Its layers, and what each reads."""
        return graph_of_layers(self.layers)

    @property
    def sha256(self) -> str:
        """Hash of the checkpoint, which names it wherever it is remembered."""
        return self.checkpoint.sha256

    @property
    def is_median(self) -> bool:
        """Whether the training that is shown is the middle one of its seeds on held-out digits."""
        return self.seed == median(self.seeds)

    def layer(self, name: str) -> Layer:
        """Return the layer of that name.

        Raises:
            KeyError: There is none.
        """
        return {layer.name: layer for layer in self.layers}[name]

    def faults(self) -> Iterator[str]:
        """Yield what cannot be, though all of it is of the right type."""
        lengths = {len(self.history.get(name, ())) for name in CURVES}
        if len(lengths) > 1 or not 1 <= self.chosen_epoch <= min(lengths):
            yield "the history does not go with the chosen epoch"
        yield from faults(self.layers)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain lists, numbers and strings."""
        return {**asdict(self), "layers": [layer.to_json() for layer in self.layers]}


@with_config(STRICT)
@dataclass(frozen=True)
class Manifest:
    """The file that lists the networks, in the order in which they are shown."""

    models: tuple[Entry, ...]


FORM = TypeAdapter(Manifest)


def read(folder: Path = CHECKPOINTS) -> tuple[Entry, ...]:
    """Return every network of the manifest, in its order, without opening any.

    Raises:
        CheckpointError: The manifest is missing, is not one, or names what cannot be.
    """
    try:
        return entries_of((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise _unusable_manifest(folder, unread(error), error) from error
    except ValueError as error:
        raise _unusable_manifest(folder, f"is damaged: {error}", error) from error


def _unusable_manifest(folder: Path, fault: str, error: Exception) -> CheckpointError:
    mend = allowed(error, folder) or f"Restore it: {restored(folder, CHECKPOINTS)}"
    return CheckpointError(f"{place(folder)}/{MANIFEST} {fault}. {mend}")


def entries_of(content: bytes) -> tuple[Entry, ...]:
    """Return the networks that a manifest lists.

    Raises:
        ValueError: It is none, or names what cannot be: the first of it, as a sentence goes on that has named
            the file.
    """
    entries = record_of(content, FORM).models
    keys = [entry.key for entry in entries]
    if not keys:
        raise ValueError("it names no networks")
    if len(set(keys)) < len(keys):
        raise ValueError("it names a network twice")
    for entry in entries:
        if wrong := next(entry.faults(), None):
            raise ValueError(f"of {entry.key!r}, {wrong}")
    return entries


def find(key: str, folder: Path = CHECKPOINTS) -> Entry:
    """Return the network of that key.

    Raises:
        CheckpointError: The manifest cannot be used, or has no such network.
    """
    for entry in read(folder):
        if entry.key == key:
            return entry
    raise CheckpointError(
        f"There is no network {key} in {place(folder)} yet. "
        f"Train it: python -m models.train {key}{into(folder, CHECKPOINTS)}"
    )


def write(entry: Entry, folder: Path = CHECKPOINTS) -> None:
    """Put an entry into the manifest in place of the one with its key, or behind the last one.

    Raises:
        CheckpointError: There is a manifest, and it is damaged; or the new one could not be read again.
    """
    entries = {old.key: old for old in read(folder)} if (folder / MANIFEST).exists() else {}
    entries[entry.key] = entry
    plain = {"models": [each.to_json() for each in entries.values()]}
    content = json.dumps(plain, indent=1).encode() + b"\n"
    try:
        entries_of(content)
    except ValueError as error:
        raise CheckpointError(
            f"{place(folder)}/{MANIFEST} was left as it was. As written, {error}."
        ) from error
    write_whole(folder / MANIFEST, content)


def write_whole(path: Path, content: bytes) -> File:
    """Write a file so that whoever reads it finds the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return File(path.name, hashlib.sha256(content).hexdigest(), len(content))


def write_beside(checkpoint: File, content: bytes, suffix: str, folder: Path) -> File:
    """Write what was measured on a checkpoint; both hashes name the file, so that no other is replaced."""
    stem = f"{Path(checkpoint.name).stem}.{hashlib.sha256(content).hexdigest()[:8]}"
    return write_whole(folder / f"{stem}.{suffix}", content)


def checked(file: File, folder: Path, key: str, measure: str = "") -> bytes:
    """Return the bytes of a file of the manifest, after comparing them with their hash.

    Args:
        file: As the manifest names it.
        folder: Of the manifest.
        key: Of the network.
        measure: What measures it anew, as `python -m models.measure` takes it, as `unusable` takes it.

    Raises:
        CheckpointError: The file is missing or is not the one that the manifest names.
    """
    try:
        content = (folder / file.name).read_bytes()
    except OSError as error:
        if mend := allowed(error, folder):
            raise CheckpointError(f"{place(folder)}/{file.name} {unread(error)}. {mend}") from error
        raise unusable(file, folder, key, unread(error), measure) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise unusable(file, folder, key, "is not the file that the manifest names", measure)
    return content


def read_beside(
    file: File | None,
    parse: Callable[[bytes], Found],
    folder: Path,
    key: str,
    *,
    fault: str,
    measure: str,
) -> Found | None:
    """Return what was measured on a checkpoint and lies beside it; None where nothing was.

    Args:
        file: As the manifest names it.
        parse: Makes of its bytes what they hold; raises anything at all where they make no sense.
        folder: Of the manifest.
        key: The network.
        fault: What is then said of the file.
        measure: What measures it anew, as `python -m models.measure` takes it, as `unusable` takes it.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, or makes no sense.
    """
    return parsed(file, parse, folder, key, fault=fault, measure=measure) if file else None


def parsed(
    file: File, parse: Callable[[bytes], Found], folder: Path, key: str, *, fault: str, measure: str
) -> Found:
    """Return what lies in a file beside a checkpoint, as `read_beside` does where there is one."""
    content = checked(file, folder, key, measure)
    try:
        return parse(content)
    except Exception as error:  # NumPy and zipfile raise anything at all over a bad archive
        raise unusable(file, folder, key, fault, measure) from error


def unusable(file: File, folder: Path, key: str, fault: str, measure: str = "") -> CheckpointError:
    """Return the error that names a file, its fault and the commands that mend it.

    Args:
        file: Beside the manifest.
        folder: Of the manifest.
        key: Of the network.
        fault: What goes on where a sentence has named the file.
        measure: The module that measures such a file anew; "" where only training makes it.
    """
    anew = (
        f"measure anew: python -m models.measure {measure}"
        if measure
        else "train anew: python -m models.train"
    )
    elsewhere = into(folder, CHECKPOINTS)  # where nobody but its owner knows what lay there
    restore = "Restore it" if elsewhere else f"Restore it: {restored(folder, CHECKPOINTS)}"
    return CheckpointError(f"{place(folder)}/{file.name} {fault}. {restore}; or {anew} {key}{elsewhere}")


@contextmanager
def nothing_unnamed(checkpoint: str, folder: Path) -> Iterator[None]:
    """Remove again what was written meanwhile of a checkpoint, if that fails before the manifest names it.

    Args:
        checkpoint: Name of its file, with which the names of all that is measured on it begin.
        folder: Of the manifest.
    """
    pattern = f"{Path(checkpoint).stem}.*"
    before = set(folder.glob(pattern))
    try:
        yield
    except (Exception, KeyboardInterrupt):
        named = _named(folder)
        for path in set(folder.glob(pattern)) - before:
            if path.name not in named:
                path.unlink(missing_ok=True)
        raise


def _named(folder: Path) -> set[str]:
    """Return the names of all files of a manifest; none where it cannot be read."""
    try:
        return {file.name for entry in read(folder) for file in entry.files}
    except CheckpointError:
        return set()


def load(entry: Entry, folder: Path = CHECKPOINTS) -> keras.Model:
    """Return the trained network, after checking its file, and that it can be shown.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, holds anything but the
            layers that ConvLens knows, cannot be opened, or holds a network that cannot be shown rightly or
            has other layers than the manifest says.
        MachineError: There is no temporary folder, or Keras cannot be imported.
    """
    checked(entry.checkpoint, folder, entry.key)
    path = folder / entry.checkpoint.name
    try:
        refuse_foreign(path)
    except ValueError as error:
        raise unusable(entry.checkpoint, folder, entry.key, str(error)) from error
    require_temporary()
    try:
        import keras  # noqa: PLC0415 - takes seconds; reading the manifest must not
    except ImportError as error:
        raise of_machine(error) or error from error
    try:
        model: keras.Model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises anything at all over a bad file
        raise of_machine(error) or unusable(
            entry.checkpoint, folder, entry.key, "cannot be opened"
        ) from error
    try:
        require_readable(model)
    except UnreadableError as error:
        raise unusable(entry.checkpoint, folder, entry.key, f"cannot be shown: {error}") from error
    if describe(model) != entry.layers:
        raise unusable(entry.checkpoint, folder, entry.key, "has other layers than the manifest says")
    return model


def refuse_foreign(path: Path) -> None:
    """Read a checkpoint's plan without importing anything it names.

    Raises:
        ValueError: It is not a `.keras` archive, is too large, or names a class that is not allowed; the
            message goes on where a sentence has named the file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
            names = foreign(json.loads(archive.read("config.json"))) if size <= MAX_BYTES else []
    except Exception as error:  # anything at all may come of a foreign archive
        raise ValueError("is not a Keras checkpoint") from error
    if size > MAX_BYTES or path.suffix != ".keras":
        raise ValueError(f"is not a .keras file of at most {MAX_BYTES >> 20} MiB")
    if names:
        raise ValueError(f"holds {', '.join(names)}, which ConvLens does not open")
